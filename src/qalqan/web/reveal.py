"""Pictures are blurred until somebody chooses to look. Who looked, at what and when is in the audit log.

To reveal is a POST, which writes the audit event and answers with a key: the file's hash, an end within a minute, and
an HMAC of both under the session's own token. Only with such a key, and only in that session, is a clear picture
served. So no key is kept on the server, and one that is copied elsewhere opens nothing.

How much a picture is blurred until then follows from the reader's shield; its severity is told before it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import sqlalchemy as sa

from qalqan.flow import protection
from qalqan.i18n import gettext as _
from qalqan.model.items import Rendition, RenditionKind
from qalqan.model.protection import Shield
from qalqan.model.roles import Right, may
from qalqan.review.protection import SEVERITIES
from qalqan.store import pages, signals
from qalqan.web.visits import Visit, same

SECONDS = 60
"""How long a key lasts that a page without a script was given."""
HELD_SECONDS = 20
"""How long one lasts that a script asked for: it fetches the pictures at once, and keeps them while it is held."""
UNASKED = 3
"""The weakest blur of what nobody asked for: of lists, and of pictures for those who may reveal none."""
STILLS = 8
MOST_KEYS = 40
_PLACE = re.compile(r"[a-z0-9-]{1,60}")


def make_key(visit: Visit, sha256: str, seconds: int = SECONDS) -> str:
    """Return the key that shows a file in the clear to this session for so long."""
    return _key_until(visit, sha256, int(time.time()) + seconds)


def _key_until(visit: Visit, sha256: str, until: int) -> str:
    message = f"{sha256}.{until}".encode()
    return f"{sha256}.{until}.{hmac.new(visit.token.encode(), message, hashlib.sha256).hexdigest()[:40]}"


def opens(visit: Visit, key: str, sha256: str) -> bool:
    """Whether `key` shows this file to this session now."""
    _sha256, _, rest = key.partition(".")
    until, _, _mac = rest.partition(".")
    if not until.isascii() or not until.isdecimal() or len(until) > 12:  # noqa: PLR2004 - seconds, for a long time to come
        return False
    return same(key, _key_until(visit, sha256, int(until))) and int(until) > time.time()


def keys_of(visit: Visit) -> dict[str, str]:
    """Return the keys in a request's address that hold, by the file they show."""
    given = visit.request.query_params.getlist("show")[:MOST_KEYS]
    return {key.partition(".")[0]: key for key in given if opens(visit, key, key.partition(".")[0])}


def with_key(back: str, sha256: str, key: str, place: str = "") -> str:
    """Return the address of a page with this file shown by `key`, at the picture named `place`."""
    parts = urlsplit(back)
    query = [(n, v) for n, v in parse_qsl(parts.query) if n != "show" or not v.startswith(f"{sha256}.")]
    return f"{parts.path}?{urlencode([*query, ('show', key)])}" + (f"#{place}" if _PLACE.fullmatch(place) else "")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture on a page."""

    url: str
    width: int
    height: int
    at: float


@dataclass(frozen=True, slots=True)
class Shots:
    """A file's pictures on a page, blurred or in the clear."""

    sha256: str
    key: str | None
    renditions: Sequence[Rendition] = field(default=())
    severity: int = 0
    """How hard it may be to look at, 0 to 4."""
    shield: Shield = field(default_factory=Shield)
    may_reveal: bool = True
    alone: bool = False
    """Whether it stands on a page of its own, and not in a list."""

    @property
    def told(self) -> str:
        """What its severity is called."""
        return _(SEVERITIES[self.severity])

    @property
    def clear(self) -> bool:
        """Whether they are shown in the clear."""
        return self.key is not None

    @property
    def frames(self) -> list[Frame]:
        """The pictures, in the order of their moments; of a long video's, some that are evenly spread."""
        kind = RenditionKind.CLEAR if self.clear else RenditionKind.BLURRED
        of_kind = [one for one in self.renditions if one.kind is kind]
        return [Frame(self._url(one), one.width, one.height, one.at) for one in _spread(of_kind)]

    @property
    def pairs(self) -> dict[str, str]:
        """The address of each blurred picture, and that of the clear one of the same moment."""
        clear = {one.at: one for one in self.renditions if one.kind is RenditionKind.CLEAR}
        blurred = (one for one in self.renditions if one.kind is RenditionKind.BLURRED and one.at in clear)
        return {_place(one): self._url(clear[one.at]) for one in blurred}

    def _url(self, one: Rendition) -> str:
        place = _place(one)
        if self.key:
            return f"{place}?{urlencode({'key': self.key})}"
        return f"{place}?alone=1" if self.alone and self.shield.blur < UNASKED else place


def _place(one: Rendition) -> str:
    return f"/media/{one.media_sha256}/{one.kind.value}/{one.blob}"


def _spread(found: Sequence[Rendition]) -> list[Rendition]:
    if len(found) <= STILLS:
        return list(found)
    return [found[round(i * (len(found) - 1) / (STILLS - 1))] for i in range(STILLS)]


def shots(tx: sa.Connection, visit: Visit, hashes: Iterable[str]) -> dict[str, Shots]:
    """Return the pictures of these files, with all the moments of videos."""
    wanted = list(dict.fromkeys(hashes))
    return _by_file(tx, visit, signals.renditions_of(tx, wanted), alone=True)


def thumbnails(tx: sa.Connection, visit: Visit, hashes: Iterable[str]) -> dict[str, Shots]:
    """Return the first picture of each of these files."""
    wanted = list(dict.fromkeys(hashes))
    return _by_file(tx, visit, pages.first_renditions(tx, wanted), alone=False)


def _by_file(tx: sa.Connection, visit: Visit, found: Iterable[Rendition], *, alone: bool) -> dict[str, Shots]:
    by_hash: dict[str, list[Rendition]] = {}
    for one in found:
        by_hash.setdefault(one.media_sha256, []).append(one)
    if not by_hash:
        return {}
    keys, shield = keys_of(visit), protection.in_force(tx, visit.person.id)
    hard = protection.severities(tx, list(by_hash))
    may_reveal = may(visit.person.role, Right.REVEAL)
    return {
        sha256: Shots(sha256, keys.get(sha256), of_file, hard[sha256], shield, may_reveal, alone)
        for sha256, of_file in by_hash.items()
    }
