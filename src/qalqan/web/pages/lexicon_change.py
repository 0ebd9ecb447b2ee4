"""How people change the lexicons: a form, then what it would do to stored items, then saving.

Nothing is kept on the server between the two but an imported file, under the name of its own hash, for a day.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Response, UploadFile
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue, QalqanError
from qalqan.flow import effects
from qalqan.flow.effects import Effect
from qalqan.flow.handing import compare_again
from qalqan.flow.lexicon_changes import Plan, after, plan_added, plan_list, plan_off, save
from qalqan.flow.lexicon_files import FORMS, checked, read_file
from qalqan.i18n import gettext as _
from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.official import FORMS as LISTS
from qalqan.web.pages.lexicon import entry_of
from qalqan.web.visits import Sending, Visit, Visiting, plain_text

Deed = Literal["add", "off", "on", "import"]
SECONDS = 8.0
"""After so long an effect is told as far as it was found; the command line has all the time."""
KEPT_SECONDS = 86_400
"""An imported file waits so long for its form to be sent."""
LONGEST_LIST = 100_000
"""Characters of terms or sentences in a form."""
SHOWN = 50
"""Entries of a change that are listed."""
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What a form says."""

    deed: Deed
    key: str = ""
    """The entry that is switched, or that the new one takes the place of."""
    language: str = "und"
    sense: str = ""
    strength: str = "strong"
    terms: str = ""
    source: str = ""
    hits: str = ""
    misses: str = ""
    exact: bool = False
    follows: bool = False
    entity: str = ""
    name: str = ""
    reason: str = ""
    upload: str = ""
    """SHA-256 of an imported file."""
    filename: str = ""
    form: str = "yaml"
    programmes: str = ""
    replaces: bool = False


def change_of(  # noqa: PLR0913, PLR0917 - each is a field of the form
    deed: Annotated[Deed, Form()],
    key: Annotated[str, Form(pattern="^([0-9a-f]{64})?$")] = "",
    language: Annotated[str, Form(max_length=20)] = "und",
    sense: Annotated[str, Form(max_length=40)] = "",
    strength: Annotated[str, Form(max_length=10)] = "strong",
    terms: Annotated[str, Form(max_length=LONGEST_LIST)] = "",
    source: Annotated[str, Form(max_length=500)] = "",
    hits: Annotated[str, Form(max_length=LONGEST_LIST)] = "",
    misses: Annotated[str, Form(max_length=LONGEST_LIST)] = "",
    exact: Annotated[bool, Form()] = False,  # noqa: FBT002 - a checkbox that is not sent
    follows: Annotated[bool, Form()] = False,  # noqa: FBT002 - see above
    entity: Annotated[str, Form(max_length=200)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    upload: Annotated[str, Form(pattern="^([0-9a-f]{64})?$")] = "",
    filename: Annotated[str, Form(max_length=300)] = "",
    form: Annotated[str, Form(max_length=10)] = "yaml",
    programmes: Annotated[str, Form(max_length=200)] = "",
    replaces: Annotated[bool, Form()] = False,  # noqa: FBT002 - see above
) -> Change:
    """Return what a form says. Raises BadValue for what no database holds."""
    fields = {
        "language": language, "sense": sense, "source": source, "entity": entity, "name": name, "reason": reason,
        "programmes": programmes, "filename": filename,
    }  # fmt: skip
    made: dict[str, Any] = {field: plain_text(value) or "" for field, value in fields.items()}
    made |= {field: _lines(value) for field, value in (("terms", terms), ("hits", hits), ("misses", misses))}
    made |= {"exact": exact, "follows": follows, "replaces": replaces}
    return Change(deed=deed, key=key, strength=strength, upload=upload, form=form, **made)


def _lines(value: str) -> str:
    """Return what stands in a field of several lines, without empty ones. Raises BadValue."""
    kept = plain_text(value.replace("\r", ""), LONGEST_LIST) or ""
    return "\n".join(one.strip() for one in kept.split("\n") if one.strip())


Changing = Annotated[Change, Depends(change_of)]


@router.get("/lexicon/new")
def new(visit: Visiting, like: str = "") -> Response:
    """Show an empty form, or one filled with an entry that a new one is to take the place of."""
    change = Change("add", source=visit.person.name)
    if like:
        change = _like(entry_of(visit, like).entry)
    return _form(visit, change)


def _like(entry: Entry) -> Change:
    made: dict[str, Any] = {name: getattr(entry, name) for name in ("language", "source", "exact", "follows")}
    made |= {name: "\n".join(getattr(entry, name)) for name in ("terms", "hits", "misses")}
    return Change(
        "add", key=entry.key, sense=entry.sense.value, strength=entry.strength.value, entity=entry.entity or "",
        name=entry.name or "", **made,
    )  # fmt: skip


def _form(visit: Visit, change: Change, problem: QalqanError | None = None) -> Response:
    response = visit.page(
        "lexicon_form.html", change=change, senses=list(Sense), strengths=list(Strength), problem=problem, forms=FORMS
    )
    response.status_code = problem.status if problem else 200
    return response


@router.post("/lexicon/preview")
def preview(visit: Sending, change: Changing) -> Response:
    """Show what a change would do to stored items; nothing is saved."""
    try:
        plan = plan_of(visit, change)
    except BadValue as wrong:
        return _form(visit, change, wrong)
    return _preview(visit, change, plan)


def _preview(visit: Visit, change: Change, plan: Plan) -> Response:
    effect, whole = (None, True) if plan.empty else measured(visit, plan)
    return visit.page("lexicon_preview.html", change=change, plan=plan, effect=effect, whole=whole, shown=SHOWN)


def measured(visit: Visit, plan: Plan) -> tuple[Effect, bool]:
    """Return what a plan does to the newest stored items, and whether all that were asked for were looked at."""
    began = time.monotonic()
    found = effects.of_lexicon(visit.services, after(visit.services, plan))
    effect = next(found)
    for effect in found:  # noqa: B007 - the last one is the answer
        if time.monotonic() - began > SECONDS:
            break
    return effect, effect.looked_at >= effect.wanted


@router.post("/lexicon/save")
def save_change(visit: Sending, change: Changing, again: Annotated[bool, Form()] = False) -> Response:  # noqa: FBT002 - a checkbox
    """Save a change that was looked at."""
    plan = plan_of(visit, change)
    done = save(visit.services, plan, visit.person.name)
    if change.upload:
        _place(visit, change.upload).unlink(missing_ok=True)
    if again:
        scan = compare_again(visit.services, visit.person.name)
        return RedirectResponse(f"/scans/{scan.id}", 303)
    changed = (*done.added, *done.off)
    place = f"/lexicon/{changed[0].key}" if changed and change.deed != "import" else "/lexicon"
    return RedirectResponse(f"{place}?saved={len(changed)}", 303)


def plan_of(visit: Visit, change: Change) -> Plan:
    """Return what a form asks for as a plan. Raises BadValue where it is wrong, NotFound for an entry that is gone."""
    if change.deed == "import":
        return _plan_of_file(visit, change)
    if change.deed == "add":
        return _plan_of_entry(visit, change)
    entry = entry_of(visit, change.key).entry
    if change.deed == "on":
        return plan_added(visit.services, [entry], change.reason)
    if not change.reason:
        raise BadValue(_("Say why: the reason is kept with the entry."))
    return plan_off(visit.services, [entry], change.reason)


def _plan_of_entry(visit: Visit, change: Change) -> Plan:
    plain: dict[str, Any] = {
        "sense": change.sense, "strength": change.strength, "source": change.source or visit.person.name,
        "terms": change.terms.split("\n") if change.terms else [], "exact": change.exact, "follows": change.follows,
        "hits": change.hits.split("\n") if change.hits else [],
        "misses": change.misses.split("\n") if change.misses else [],
        "entity": change.entity or None, "name": change.name or None,
    }  # fmt: skip
    plan = plan_added(visit.services, checked(change.language, [plain], _("the entry")), change.reason)
    if not change.key or change.key in {one.key for one in plan.added}:
        return plan
    old = entry_of(visit, change.key).entry
    return replace(plan, off=plan_off(visit.services, [old], change.reason).off)


@router.get("/lexicon/import")
def show_import(visit: Visiting) -> Response:
    """Show the form for a file."""
    return _import_form(visit)


def _import_form(visit: Visit, problem: QalqanError | None = None) -> Response:
    response = visit.page("lexicon_import.html", forms=FORMS, problem=problem)
    response.status_code = problem.status if problem else 200
    return response


@router.post("/lexicon/import")
def bring_in(visit: Sending, change: Changing, file: UploadFile) -> Response:
    """Read a file and show what it would do; nothing is saved but the file, for a day."""
    try:
        sha256 = _keep(visit, file)
        name = plain_text(file.filename, 300) or ""
        change = replace(change, deed="import", upload=sha256, filename=name)
        return _preview(visit, change, plan_of(visit, change))
    except QalqanError as wrong:
        return _import_form(visit, wrong)


def _plan_of_file(visit: Visit, change: Change) -> Plan:
    place = _place(visit, change.upload)
    if not change.upload or not place.is_file():
        raise BadValue(_("The file is not here any more."), hint=_("Choose it again."))
    programmes = frozenset(change.programmes.upper().replace(",", " ").split())
    reason = change.reason or _("import of %(name)s") % {"name": change.filename}
    if change.form not in FORMS:
        raise BadValue(_("There is no such form of a file."))
    read = read_file(visit.services, place, change.form, programmes or None)
    if change.form in LISTS:
        return plan_list(visit.services, read.on, read.origin, reason, replaces=change.replaces)
    plan = plan_added(visit.services, read.on, reason)
    return replace(plan, off=plan_off(visit.services, read.off, reason).off)


def _folder(visit: Visit) -> Path:
    return visit.services.settings.home / "imports"


def _place(visit: Visit, sha256: str) -> Path:
    return _folder(visit) / (sha256 or "none")


def _keep(visit: Visit, file: UploadFile) -> str:
    """Keep an imported file until its form is sent; forget those that nobody sent for a day."""
    content = file.file.read()
    if not content:
        raise BadValue(_("The file is empty."), hint=_("Choose another."))
    folder = _folder(visit)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget(folder.iterdir())
    sha256 = hashlib.sha256(content).hexdigest()
    place = folder / sha256
    place.touch(mode=0o600)
    place.write_bytes(content)
    return sha256


def _forget(places: Iterable[Path]) -> None:
    for one in places:
        if time.time() - one.stat().st_mtime > KEPT_SECONDS:
            one.unlink(missing_ok=True)
