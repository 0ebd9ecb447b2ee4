"""Pictures: the blurred ones for everybody who is logged in, the clear ones by a key, while they are held."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Path, Response
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from qalqan.errors import NotAllowed, NotFound
from qalqan.flow import protection as shields
from qalqan.i18n import gettext as _
from qalqan.i18n import ngettext
from qalqan.model.items import Rendition, RenditionKind
from qalqan.model.protection import Shield, Standing
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.review.protection import HARD
from qalqan.store import audit, findings, items, pages, protection, signals
from qalqan.store.findings import MatchFilter
from qalqan.web import blur
from qalqan.web.reveal import HELD_SECONDS, SECONDS, UNASKED, Shots, make_key, opens, with_key
from qalqan.web.urls import local
from qalqan.web.visits import Sending, Visit, Visiting, id_of

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
JPEG = "image/jpeg"
router = APIRouter(prefix="/media", include_in_schema=False)


@router.get("/{sha256}/blurred/{blob}")
def blurred(visit: Visiting, sha256: Hash, blob: Hash, *, alone: bool = False) -> Response:
    """Return a picture, blurred as much as the reader's shield says; in lists never less than `UNASKED`."""
    with visit.reading() as tx:
        stored = _rendition(tx, sha256, RenditionKind.BLURRED, blob)
        where = shields.standing(tx, visit.person.id)
        level = _level(visit, where, alone=alone)
        if level == blur.STORED and where.shield.grey:
            return FileResponse(visit.services.store.blobs.path(stored.blob), media_type=JPEG)
        clear = _clear_of(tx, stored)
    if level < UNASKED:
        _note_unblurred(visit, sha256)
    return Response(_made(visit, stored, clear, level, where.shield), media_type=JPEG)


def _level(visit: Visit, where: Standing, *, alone: bool) -> int:
    as_set = alone and may(visit.person.role, Right.REVEAL) and not where.at_bound
    return where.shield.blur if as_set else max(where.shield.blur, UNASKED)


def _clear_of(tx: sa.Connection, stored: Rendition) -> Rendition | None:
    """Return the clear copy of the same moment; None where only the blurred one is kept."""
    same = (one for one in signals.renditions_of(tx, [stored.media_sha256]) if one.at == stored.at)
    return next((one for one in same if one.kind is RenditionKind.CLEAR), None)


def _made(visit: Visit, stored: Rendition, clear: Rendition | None, level: int, shield: Shield) -> bytes:
    source = clear or stored
    path = visit.services.store.blobs.path(source.blob)
    return blur.blurred(path, (stored.width, stored.height), level, grey=shield.grey)


def _note_unblurred(visit: Visit, sha256: str) -> None:
    """Note and count what somebody sees nearly in the clear, since they want no blur, as if it were revealed."""
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "media.revealed", sha256, item=None)
        severity = shields.severities(tx, [sha256])[sha256]
        protection.begin(tx, visit.person.id, severity, SECONDS)


@router.get("/{sha256}/clear/{blob}")
def clear(visit: Visiting, sha256: Hash, blob: Hash, key: str = "") -> Response:
    """Return a clear picture to the session that chose to look at it."""
    if not opens(visit, key, sha256):
        raise NotAllowed(_("This picture is blurred."), hint=_("Open its page and choose to reveal it."))
    with visit.reading() as tx:
        found = _rendition(tx, sha256, RenditionKind.CLEAR, blob)
    return FileResponse(visit.services.store.blobs.path(found.blob), media_type=JPEG)


def _rendition(tx: sa.Connection, sha256: str, kind: RenditionKind, blob: str) -> Rendition:
    found = pages.rendition(tx, sha256, kind, blob)
    if found is None:
        raise NotFound(_("There is no such picture."))
    return found


@router.post("/{sha256}/reveal")
def reveal(
    visit: Sending,
    sha256: Hash,
    item: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Note who looks at what, count it, and show it: to a script that holds it, or on the page that asked."""
    held = _wants_json(visit.request)
    seconds = HELD_SECONDS if held else SECONDS
    with visit.services.store.writing() as tx:
        item_id = id_of(item)
        if sha256 not in items.media_by_hash(tx, [sha256]) or (item_id and not _speaks_of(tx, item_id, sha256)):
            raise NotFound(_("There is no such file."))
        severity = shields.severities(tx, [sha256])[sha256]
        protection.settle(tx, visit.person.id, now())
        where = shields.standing(tx, visit.person.id)
        if severity >= HARD and where.at_bound:
            return _rest(visit, where, held=held)
        audit.append(tx, visit.person.name, "media.revealed", sha256, item=item_id)
        protection.begin(tx, visit.person.id, severity, seconds)
        found = signals.renditions_of(tx, [sha256])
    key = make_key(visit, sha256, seconds)
    if held:
        return JSONResponse({"frames": Shots(sha256, key, found).pairs, **_said(where)})
    return RedirectResponse(with_key(local(back), sha256, key, place), 303)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _rest(visit: Visit, where: Standing, *, held: bool) -> Response:
    """Answer, kindly, that it is enough for today."""
    if held:
        return JSONResponse(_said(where), 403)
    page = visit.page("rest.html", standing=where, said=_said(where)["stop"])
    page.status_code = 403
    return page


def _said(where: Standing) -> dict[str, str | None]:
    """Return what is to be said about somebody's bounds; None where nothing is."""
    bound, minutes = where.shield.day_minutes, round(where.stretch / 60)
    stop = ngettext(
        "You have looked at hard material for %(shown)s minute today. That is the bound: what is hard stays blurred "
        "until tomorrow.",
        "You have looked at hard material for %(shown)s minutes today. That is the bound: what is hard stays blurred "
        "until tomorrow.",
        bound,
    ) % {"shown": bound}
    pause = ngettext(
        "That was %(shown)s minute of hard material. Five minutes away from the screen would be good now.",
        "That was %(shown)s minutes of hard material. Five minutes away from the screen would be good now.",
        minutes,
    ) % {"shown": minutes}
    return {"stop": stop if where.at_bound else None, "pause": pause if where.pause_due else None}


def _speaks_of(tx: sa.Connection, item_id: str, sha256: str) -> bool:
    """Whether an item's page shows this file: as its own, or as the known one of a match. Raises NotFound."""
    if any(one.media_sha256 == sha256 for one in items.get(tx, item_id).attachments):
        return True
    matches = findings.list_matches(tx, MatchFilter(item_id=item_id))
    return any(sha256 in (one.match.media_sha256, one.entry.media_sha256) for one in matches)


@router.post("/beat")
def beat(visit: Sending) -> Response:
    """Count on: what was revealed is still looked at."""
    with visit.services.store.writing() as tx:
        protection.beat(tx, visit.person.id)
        return JSONResponse(_said(shields.standing(tx, visit.person.id)))


@router.post("/hidden")
def hidden(visit: Sending) -> Response:
    """Count no more: what was revealed is blurred again."""
    with visit.services.store.writing() as tx:
        protection.end(tx, visit.person.id)
        return JSONResponse(_said(shields.standing(tx, visit.person.id)))
