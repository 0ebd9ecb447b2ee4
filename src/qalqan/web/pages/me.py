"""One's own login: password, second factor, sessions, tokens for programs."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Annotated

import pyotp
import segno
from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue, NotAllowed, NotFound
from qalqan.i18n import gettext as _
from qalqan.model.ids import Id
from qalqan.model.roles import MAY, Right
from qalqan.model.times import now
from qalqan.store import audit, factors, people, tokens
from qalqan.store.sealing import Sealer, sealer
from qalqan.web import throttle
from qalqan.web.pages.login import LONGEST_CODE, LONGEST_PASSWORD
from qalqan.web.visits import Sending, Visit, Visiting, id_of, plain_text

SHORTEST_PASSWORD = 12
ISSUER = "Qalqan"
router = APIRouter(prefix="/me", include_in_schema=False)

Code = Annotated[str, Form(max_length=LONGEST_CODE)]
Password = Annotated[str, Form(max_length=LONGEST_PASSWORD)]


@router.get("")
def show(visit: Visiting) -> Response:
    """Show one's own login."""
    return _page(visit)


def _page(visit: Visit, **shown_once: object) -> Response:
    """Show the page; a new token or new recovery codes stand on it this once."""
    person = visit.person
    with visit.reading() as tx:
        factor = factors.of_person(tx, person.id)
        sessions = people.sessions_of(tx, person.id)
        own = tokens.of_person(tx, person.id) if visit.may(Right.TOKENS) else []
        codes_left = factors.recovery_codes_left(tx, person.id)
    secret = _seal(visit).unseal(factor.secret) if factor and not factor.confirmed_at else ""
    idle = now() - timedelta(minutes=visit.services.settings.idle_minutes)
    return visit.page(
        "me.html", factor=factor, secret=secret, codes_left=codes_left,
        sessions=[one for one in sessions if one.seen_at > idle], here_id=_here(visit),
        tokens=[(one, tokens.state(one, now())) for one in own], rights=sorted(MAY[person.role]),
        must=person.role in visit.services.settings.totp_roles, makes_tokens=visit.may(Right.TOKENS),
        days=tokens.MOST_DAYS, **{"fresh_token": "", "fresh_codes": [], **shown_once},
    )  # fmt: skip


def _seal(visit: Visit) -> Sealer:
    return sealer(visit.services.settings.key_file)


def _show_again_who(visit: Visit, password: str, code: str) -> None:
    """Raise NotAllowed unless somebody shows once more who they are: a session that was left open is not enough.

    By a code where they have a second factor, else by their password; who comes in through a provider has neither.
    """
    bounds = throttle.own_bounds(visit.person)
    if not throttle.take(visit.services, bounds):
        raise NotAllowed(_("Too many tries."), hint=_("Wait a minute, then try again."))
    with visit.writing() as tx:
        if factors.needed(tx, visit.person.id):
            right = factors.take_code(tx, visit.person.id, code, _seal(visit))
            right = right or factors.take_recovery_code(tx, visit.person.id, code)
        elif visit.person.password_hash:
            people.check_password(tx, visit.person.name, password)
            right = True
        else:
            right = True
    if not right:
        raise NotAllowed(_("This code is wrong, or was used before."), hint=_("Wait for the next one."))
    throttle.give_back(visit.services, bounds)


@router.post("/factor")
def begin_factor(visit: Sending, password: Password = "", code: Code = "") -> Response:
    """Make a second factor that is asked for once it is confirmed."""
    _show_again_who(visit, password, code)
    with visit.writing() as tx:
        factors.begin(tx, visit.person.id, _seal(visit))
        audit.append(tx, visit.person.name, "totp.begun", visit.person.name)
    return RedirectResponse("/me#factor", 303)


@router.get("/factor/code.svg")
def picture_of_secret(visit: Visiting) -> Response:
    """Return the secret for a telephone's camera, as long as it is not confirmed."""
    with visit.reading() as tx:
        factor = factors.of_person(tx, visit.person.id)
    if factor is None or factor.confirmed_at:
        raise NotFound(_("There is no second factor that waits to be confirmed."))
    totp = pyotp.TOTP(_seal(visit).unseal(factor.secret), interval=factors.STEP)
    drawing = io.BytesIO()
    drawn = segno.make_qr(totp.provisioning_uri(name=visit.person.name, issuer_name=ISSUER))
    drawn.save(drawing, kind="svg", scale=5, light="white")
    return Response(drawing.getvalue(), media_type="image/svg+xml")


@router.post("/factor/confirm")
def confirm_factor(visit: Sending, code: Code = "") -> Response:
    """Have the second factor asked for from now on, and show the recovery codes. Other sessions end."""
    bounds = throttle.own_bounds(visit.person)
    if not throttle.take(visit.services, bounds):
        raise NotAllowed(_("Too many tries."), hint=_("Wait a minute, then try again."))
    with visit.writing() as tx:
        factor = factors.of_person(tx, visit.person.id)
        if factor is None or factor.confirmed_at:
            raise NotFound(_("There is no second factor that waits to be confirmed."))
        codes = factors.confirm(tx, visit.person.id, code, _seal(visit))
        if codes is None:
            raise BadValue(_("This code is wrong."), hint=_("Check the telephone's clock, and try the next code."))
        people.end_sessions(tx, visit.person.id, but=_here(visit))
        audit.append(tx, visit.person.name, "totp.confirmed", visit.person.name)
    throttle.give_back(visit.services, bounds)
    return _page(visit, fresh_codes=codes)


@router.post("/factor/remove")
def remove_factor(visit: Sending, code: Code = "") -> Response:
    """Have no second factor any more."""
    if visit.person.role in visit.services.settings.totp_roles:
        raise NotAllowed(_("Your role must have a second factor."), hint=_("Make a new one in its place."))
    _show_again_who(visit, "", code)
    with visit.writing() as tx:
        factors.remove(tx, visit.person.id)
        audit.append(tx, visit.person.name, "totp.removed", visit.person.name)
    return RedirectResponse("/me", 303)


@router.post("/codes")
def renew_codes(visit: Sending, code: Code = "") -> Response:
    """Make new recovery codes; the old ones open nothing any more."""
    with visit.reading() as tx:
        if not factors.needed(tx, visit.person.id):
            raise NotFound(_("There is no second factor to recover."))
    _show_again_who(visit, "", code)
    with visit.writing() as tx:
        codes = factors.fresh_recovery_codes(tx, visit.person.id)
        audit.append(tx, visit.person.name, "totp.codes", visit.person.name)
    return _page(visit, fresh_codes=codes)


@router.post("/password")
def change_password(visit: Sending, old: Password = "", new: Password = "") -> Response:
    """Change one's password, which ends all of one's sessions: one logs in anew."""
    if len(new) < SHORTEST_PASSWORD:
        raise BadValue(_("A password has at least 12 characters."), hint=_("Some words that you remember do well."))
    bounds = throttle.own_bounds(visit.person)
    if not throttle.take(visit.services, bounds):
        raise NotAllowed(_("Too many tries."), hint=_("Wait a minute, then try again."))
    with visit.writing() as tx:
        people.check_password(tx, visit.person.name, old)
        people.set_password(tx, visit.person.name, new)
        audit.append(tx, visit.person.name, "person.password", visit.person.name)
    throttle.give_back(visit.services, bounds)
    return RedirectResponse("/login", 303)


@router.post("/sessions")
def end_sessions(visit: Sending, session: Annotated[str, Form()] = "") -> Response:
    """End one of one's sessions, or with none named all but this one."""
    wanted = id_of(session)
    with visit.writing() as tx:
        people.end_sessions(tx, visit.person.id, wanted, but=None if wanted else _here(visit))
        audit.append(tx, visit.person.name, "sessions.ended", visit.person.name)
    return RedirectResponse("/me", 303)


def _here(visit: Visit) -> Id | None:
    return visit.session.id if visit.session else None


@router.post("/tokens")
def add_token(
    visit: Sending,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[Right] | None, Form()] = None,
    days: Annotated[int, Form()] = 90,
) -> Response:
    """Make a token and show it this once."""
    with visit.writing() as tx:
        shown, token = tokens.add(tx, visit.person, plain_text(name) or "", scopes or [], days)
        audit.append(
            tx, visit.person.name, "token.added", token.id, owner=visit.person.name, name=token.name,
            scopes=sorted(token.scopes),
        )  # fmt: skip
    return _page(visit, fresh_token=shown)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(visit: Sending, token_id: str) -> Response:
    """End one of one's tokens."""
    with visit.writing() as tx:
        token = tokens.revoke(tx, token_id, visit.person)
        audit.append(tx, visit.person.name, "token.revoked", token.id, name=token.name)
    return RedirectResponse("/me#tokens", 303)
