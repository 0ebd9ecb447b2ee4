"""All 256-bit hashes within a Hamming distance of others: the plain way, and indexes that give the same answers.

`PlainRadius` compares with all, `RadiusIndex` answers the same from tables in memory, `RadiusStore` keeps such tables
in a folder, and `RadiusReader` searches there. See docs/matching.md for how it works and how quick it is.
"""

from typing import TYPE_CHECKING, Any

from qalqan.match.radius.arrays import Found, FoundIds, Hashes, Ids
from qalqan.match.radius.index import RadiusIndex
from qalqan.match.radius.plain import BLOCK, QUALITY, RADIUS, PlainRadius, hashes_of

if TYPE_CHECKING:
    from qalqan.match.radius.reader import RadiusReader
    from qalqan.match.radius.store import RadiusStore

__all__ = [
    "BLOCK", "QUALITY", "RADIUS", "Found", "FoundIds", "Hashes", "Ids", "PlainRadius", "RadiusIndex", "RadiusReader",
    "RadiusStore", "hashes_of", "warm",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401 # the parts that load numba, only where they are used
    if name == "RadiusStore":
        from qalqan.match.radius.store import RadiusStore

        return RadiusStore
    if name == "RadiusReader":
        from qalqan.match.radius.reader import RadiusReader

        return RadiusReader
    raise AttributeError(name)


def warm() -> None:
    """Compile all loops of the index, so that nobody's first search waits for it. Takes seconds, once a machine."""
    from qalqan.match.radius.warming import warm

    warm()
