"""Pictures are blurred until somebody chooses to look. Who looked, at what and when is in the audit log.

To reveal is a POST, which writes the audit event and answers with a key: the file's hash, an end a few minutes away,
and an HMAC of both under the session's own token. Only with such a key, and only in that session, is a clear picture
served. So nothing is kept on the server, and a key that is copied elsewhere opens nothing.
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

from qalqan.model.items import Rendition, RenditionKind
from qalqan.store import pages, signals
from qalqan.web.visits import Visit, same

SECONDS = 300
STILLS = 8
MOST_KEYS = 40
_PLACE = re.compile(r"[a-z0-9-]{1,60}")


def make_key(visit: Visit, sha256: str, until: int | None = None) -> str:
    """Return the key that shows a file in the clear to this session for five minutes."""
    until = int(time.time()) + SECONDS if until is None else until
    message = f"{sha256}.{until}".encode()
    return f"{sha256}.{until}.{hmac.new(visit.token.encode(), message, hashlib.sha256).hexdigest()[:40]}"


def opens(visit: Visit, key: str, sha256: str) -> bool:
    """Whether `key` shows this file to this session now."""
    _sha256, _, rest = key.partition(".")
    until, _, _mac = rest.partition(".")
    if not until.isascii() or not until.isdecimal() or len(until) > 12:  # noqa: PLR2004 - seconds, for a long time to come
        return False
    return same(key, make_key(visit, sha256, int(until))) and int(until) > time.time()


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

    def _url(self, one: Rendition) -> str:
        place = f"/media/{self.sha256}/{one.kind.value}/{one.blob}"
        return f"{place}?{urlencode({'key': self.key})}" if self.key else place


def _spread(found: Sequence[Rendition]) -> list[Rendition]:
    if len(found) <= STILLS:
        return list(found)
    return [found[round(i * (len(found) - 1) / (STILLS - 1))] for i in range(STILLS)]


def shots(tx: sa.Connection, visit: Visit, hashes: Iterable[str]) -> dict[str, Shots]:
    """Return the pictures of these files, with all the moments of videos."""
    wanted = list(dict.fromkeys(hashes))
    return _by_file(visit, wanted, signals.renditions_of(tx, wanted))


def thumbnails(tx: sa.Connection, visit: Visit, hashes: Iterable[str]) -> dict[str, Shots]:
    """Return the first picture of each of these files."""
    wanted = list(dict.fromkeys(hashes))
    return _by_file(visit, wanted, pages.first_renditions(tx, wanted))


def _by_file(visit: Visit, hashes: Sequence[str], found: Iterable[Rendition]) -> dict[str, Shots]:
    keys = keys_of(visit)
    by_hash: dict[str, list[Rendition]] = {sha256: [] for sha256 in hashes}
    for one in found:
        by_hash[one.media_sha256].append(one)
    return {sha256: Shots(sha256, keys.get(sha256), of_file) for sha256, of_file in by_hash.items() if of_file}
