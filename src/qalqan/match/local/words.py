"""What was done to a known picture, in the words of people."""

from __future__ import annotations

from math import atan2, degrees, hypot, log2, sqrt

from qalqan.match.local.verify import Verified

STRAIGHT = 2.0
"""Degrees from a quarter turn that are not worth a word."""
SIZED = 0.1
"""Octaves, the same for sizes."""
STRETCHED = 1.12
"""The same for stretching in one direction."""

QUARTERS = {
    (False, 0): "",
    (False, 1): "turned 90° clockwise",
    (False, 2): "upside down",
    (False, 3): "turned 90° counter-clockwise",
    (True, 0): "mirrored",
    (True, 1): "mirrored and turned 90° clockwise",
    (True, 2): "mirrored top to bottom",
    (True, 3): "mirrored and turned 90° counter-clockwise",
}
"""(mirrored, quarter turns clockwise after that), as the matcher `picture` says it."""


def words_of(verified: Verified) -> str | None:
    """Return what was done to the known picture, such as `mirrored, turned 12° clockwise, at 0.5 × size`, or None.

    A size of 1 is that of the known picture when both pictures' long sides are equally long: a crop shows it larger,
    a border smaller.
    """
    a, b, _, d, e, _ = verified.transform
    turn = degrees(atan2(d - b, a + e))
    size = sqrt(abs(a * e - b * d))
    parts = [
        _turned(-turn if verified.mirrored else turn, mirrored=verified.mirrored),
        f"at {size:.2g} × size" if abs(log2(size)) > SIZED else "",
        "stretched" if _stretch(a, b, d, e) > STRETCHED else "",
        "colours inverted" if verified.inverted else "",
    ]
    return ", ".join(part for part in parts if part) or None


def _turned(turn: float, *, mirrored: bool) -> str:
    """Name a turn clockwise in degrees, after mirroring."""
    quarters = round(turn / 90)
    if abs(turn - 90 * quarters) <= STRAIGHT:
        return QUARTERS[mirrored, quarters % 4]
    way = "clockwise" if turn > 0 else "counter-clockwise"
    return f"{'mirrored, ' if mirrored else ''}turned {abs(turn):.0f}° {way}"


def _stretch(a: float, b: float, d: float, e: float) -> float:
    """Return by how much more a map enlarges in one direction than across it: the quotient of its singular values."""
    same, other = hypot(a + e, d - b), hypot(a - e, b + d)
    return (same + other) / max(abs(same - other), 1e-9)
