"""All 256-bit hashes within a Hamming distance of another: the plain way, and an index that gives the same answers."""

from qalqan.match.radius.plain import BLOCK, QUALITY, RADIUS, Found, Hashes, PlainRadius, hashes_of

__all__ = ["BLOCK", "QUALITY", "RADIUS", "Found", "Hashes", "PlainRadius", "hashes_of"]
