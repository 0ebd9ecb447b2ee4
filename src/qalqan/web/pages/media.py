"""Pictures: the blurred ones for everybody who is logged in, the clear ones by a key."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Path, Response
from starlette.responses import FileResponse, RedirectResponse

from qalqan.errors import NotAllowed, NotFound
from qalqan.i18n import gettext as _
from qalqan.model.items import RenditionKind
from qalqan.store import audit, findings, items, pages
from qalqan.store.findings import MatchFilter
from qalqan.web.reveal import make_key, opens, with_key
from qalqan.web.urls import local
from qalqan.web.visits import Sending, Visit, Visiting, id_of

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
router = APIRouter(prefix="/media", include_in_schema=False)


@router.get("/{sha256}/blurred/{blob}")
def blurred(visit: Visiting, sha256: Hash, blob: Hash) -> Response:
    """Return a blurred picture."""
    return _picture(visit, sha256, RenditionKind.BLURRED, blob)


@router.get("/{sha256}/clear/{blob}")
def clear(visit: Visiting, sha256: Hash, blob: Hash, key: str = "") -> Response:
    """Return a clear picture to the session that chose to look at it."""
    if not opens(visit, key, sha256):
        raise NotAllowed(_("This picture is blurred."), hint=_("Open its page and choose to reveal it."))
    return _picture(visit, sha256, RenditionKind.CLEAR, blob)


def _picture(visit: Visit, sha256: str, kind: RenditionKind, blob: str) -> Response:
    with visit.reading() as tx:
        found = pages.rendition(tx, sha256, kind, blob)
    if found is None:
        raise NotFound(_("There is no such picture."))
    return FileResponse(visit.services.store.blobs.path(found.blob), media_type="image/jpeg")


@router.post("/{sha256}/reveal")
def reveal(
    visit: Sending,
    sha256: Hash,
    item: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Note who looks at what, and show it on the page that asked."""
    with visit.services.store.writing() as tx:
        item_id = id_of(item)
        if sha256 not in items.media_by_hash(tx, [sha256]) or (item_id and not _speaks_of(tx, item_id, sha256)):
            raise NotFound(_("There is no such file."))
        audit.append(tx, visit.person.name, "media.revealed", sha256, item=item_id)
    return RedirectResponse(with_key(local(back), sha256, make_key(visit, sha256), place), 303)


def _speaks_of(tx: sa.Connection, item_id: str, sha256: str) -> bool:
    """Whether an item's page shows this file: as its own, or as the known one of a match. Raises NotFound."""
    if any(one.media_sha256 == sha256 for one in items.get(tx, item_id).attachments):
        return True
    matches = findings.list_matches(tx, MatchFilter(item_id=item_id))
    return any(sha256 in (one.match.media_sha256, one.entry.media_sha256) for one in matches)
