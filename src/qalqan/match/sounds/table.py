"""All known landmarks on one line of time, and the triplets they begin, in buckets by hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.sounds.triplets import HASH_BITS, KNOWN_TARGETS, fill_buckets, known_triplets, look_up
from qalqan.model.sound import Sound

APART = 3000
"""Frames of nothing between two known sounds, so that no alignment reaches from one into the next."""
FEWEST_BITS, MOST_BITS = 8, 24
"""Bits of the buckets' numbers: two triplets a bucket, as far as that goes."""
CROWDED = 60
"""Triplets of a bucket, over what chance gives it, from which on it says nothing: drums, dial tones, loops."""
WIDEST = 9
"""48ths of an octave that a copy may be higher or lower: 14 %, with what landmarks err."""
MOST_VOTES = 4_000_000
"""Votes of one window that are counted. More come only of a query made for it."""
TRIPLETS = KNOWN_TARGETS * (KNOWN_TARGETS - 1) // 2


@dataclass(frozen=True, slots=True)
class Table:
    """Known sounds, ready to be asked. Plain arrays, so that they can lie in a file that is mapped."""

    frames: npt.NDArray[np.uint32]
    """(n,): each landmark's frame on the common line."""
    pitches: npt.NDArray[np.uint8]
    """(n,)"""
    begins: npt.NDArray[np.int64]
    """(sounds + 1,): the frame on the common line at which each sound begins; the last is where none does."""
    starts: npt.NDArray[np.int64]
    """(buckets + 1,)"""
    firsts: npt.NDArray[np.uint32]
    """The first landmark of each triplet, bucket by bucket."""
    shift: int
    """Bits of a hash that its bucket's number leaves out."""

    def owner(self, frame: float) -> int:
        """Return which sound a frame of the common line belongs to."""
        return int(np.clip(np.searchsorted(self.begins, frame, side="right") - 1, 0, len(self.begins) - 2))

    def votes(self, sound: Sound) -> npt.NDArray[np.int64]:
        """Return, sorted, the votes of one window of a query: see `triplets.look_up`."""
        crowded = CROWDED + 4 * len(self.firsts) // (len(self.starts) - 1)
        room = 1 << 16
        while True:
            out = np.empty(room, np.int64)
            found = look_up(
                sound.frames, sound.pitches, self.shift, self.starts, self.firsts,
                self.frames, self.pitches, crowded, WIDEST, out,
            )  # fmt: skip
            if found < room or room >= MOST_VOTES:
                return np.unique(out[:found])
            room *= 8


def table_of(sounds: Sequence[Sound]) -> Table:
    """Return a table of known sounds. Raises ValueError where they are longer than 2³² frames in all (27,000 h)."""
    begins = np.cumsum([APART, *(sound.length + APART for sound in sounds)], dtype=np.int64)
    if begins[-1] >= 1 << 32:
        raise ValueError("more known sound than one index can hold: 27,000 hours")
    frames = np.concatenate([np.empty(0, np.int64), *(s.frames + b for s, b in zip(sounds, begins, strict=False))])
    pitches = np.concatenate([np.empty(0, np.uint8), *(sound.pitches for sound in sounds)])
    firsts, hashes = np.empty(TRIPLETS * len(frames), np.uint32), np.empty(TRIPLETS * len(frames), np.uint32)
    count = known_triplets(frames, pitches, firsts, hashes)
    bits = min(MOST_BITS, max(FEWEST_BITS, count.bit_length() - 1))
    starts, ordered = np.zeros((1 << bits) + 1, np.int64), np.empty(count, np.uint32)
    fill_buckets(hashes[:count], firsts[:count], HASH_BITS - bits, starts, ordered)
    return Table(frames.astype(np.uint32), pitches, begins, starts, ordered, HASH_BITS - bits)
