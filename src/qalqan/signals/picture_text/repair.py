"""Mends an address that was misread by a letter or two: its checksum says which of the likely readings is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, islice, product

MOST_TRIALS = 400
MOST_CHANGED = 2
LENGTHS = range(20, 120)

_LOOKALIKES = (
    "0OoQD", "1lIi|!j", "8B3", "5Ss", "2Zz", "6Gb", "9gq", "cC", "vV", "wW", "xX", "kK", "pP", "uU", "yY", "nh", "4A",
    "7T", "mM", "eE", "aA", "dD", "fF", "rR", "tT",
)  # fmt: skip
"""Letters and digits that are taken for each other, the likeliest mistakes first."""
_OTHERS: dict[str, str] = {}
for _letters in _LOOKALIKES:
    for _one in _letters:
        _OTHERS[_one] = _OTHERS.get(_one, "") + _letters.replace(_one, "")
_RANK = {one: rank for rank, letters in reversed(list(enumerate(_LOOKALIKES))) for one in letters}
_BASE58 = str.maketrans("0OIl|!", "oo1111")
"""Base58 has no 0, O, I, l: what was read as one of them is something else."""
_BECH32 = str.maketrans("oib|!", "0l6ll")
"""Bech32 has no b, i, o, and but one 1, which ends its prefix."""
_HEX = str.maketrans("OoQlI|SsGZz", "00011155622")


def repaired(candidate: str, valid: Callable[[str], bool]) -> str | None:
    """Return the likeliest reading of `candidate` that `valid` takes, the candidate itself where it does.

    Tries at most 400 readings with at most two letters changed beyond those that no address has; None where none of
    them will do. What comes of it is inferred: say so wherever it is shown.
    """
    if len(candidate) not in LENGTHS:
        return None
    return next((one for one in islice(_readings(candidate), MOST_TRIALS) if valid(one)), None)


def _readings(candidate: str) -> Iterator[str]:
    """Yield readings, the likeliest first, each once."""
    seen: set[str] = set()
    bases = list(dict.fromkeys((candidate, *_in_alphabets(candidate))))
    for changed in range(MOST_CHANGED + 1):
        for base in bases:
            for reading in _changed(base, changed):
                if reading not in seen:
                    seen.add(reading)
                    yield reading


def _in_alphabets(candidate: str) -> Iterator[str]:
    """Yield the candidate with letters that an alphabet lacks read as those it has."""
    yield candidate.translate(_BASE58)
    prefix, mark, rest = candidate.lower().partition("1")
    if mark:
        yield prefix + mark + rest.replace("1", "l").translate(_BECH32)
    if candidate[:2] in ("0x", "Ox", "ox", "OX", "0X"):
        yield "0x" + candidate[2:].translate(_HEX)


def _changed(base: str, number: int) -> Iterator[str]:
    """Yield readings with so many letters changed, in the order of how often they are mistaken."""
    places = sorted((at for at, one in enumerate(base) if one in _OTHERS), key=lambda at: _RANK[base[at]])
    for some in combinations(places, number):
        for letters in product(*(_OTHERS[base[at]] for at in some)):
            reading = list(base)
            for at, letter in zip(some, letters, strict=True):
                reading[at] = letter
            yield "".join(reading)
