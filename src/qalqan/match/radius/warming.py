"""Compiles the loops ahead: one search of each kind."""

from __future__ import annotations

import numpy as np

from qalqan.match.radius import segment
from qalqan.match.radius.permute import permuted
from qalqan.match.radius.plan import FEWEST, RADIUS


def warm() -> None:
    """Build and search one index with tables and one without, both with weak hashes."""
    hashes = permuted(np.random.default_rng(1).integers(0, 256, (3 * FEWEST, 32), np.uint8))
    ids = np.arange(len(hashes), dtype=np.uint64)
    for many in (len(hashes), 2):
        made = segment.build(hashes[:many], ids[:many], hashes[:2], ids[:2])
        made.within(hashes[:2], RADIUS)
