"""The two loops of the search for near texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled


@compiled
def gather(
    rows: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    asked: npt.NDArray[np.uint64],
    most: int,
    owners: npt.NDArray[np.uint32],
) -> int:
    """Write the texts that have each asked shingle into `owners`, at most `most` of each; return how many.

    `rows`, `starts`: see `shingles.Table`; `asked` has the shingles' bits where `rows` has them; `owners` has room for
    `most` times as many.
    """
    found = 0
    for one in asked:
        bucket = np.int64(one >> np.uint64(48))
        low, high = starts[bucket], starts[bucket + 1]
        end = high
        while low < high:
            middle = (low + high) >> 1
            if rows[middle] < one:
                low = middle + 1
            else:
                high = middle
        end = min(end, low + most)
        while low < end and rows[low] >> np.uint64(32) == one >> np.uint64(32):
            owners[found] = np.uint32(rows[low] & np.uint64(0xFFFFFFFF))
            found += 1
            low += 1
    return found


@compiled
def best_window(ids: npt.NDArray[np.int64], weights: npt.NDArray[np.int64], width: int) -> int:
    """Return where the first window of `width` ids begins whose different ids weigh the most.

    `ids` are −1 for what has no weight, else below the number of `weights`; `width` is at least 1.
    """
    inside = np.zeros(len(weights), np.int64)
    weight, most, best = np.int64(0), np.int64(-1), 0
    for last in range(len(ids)):
        entering = ids[last]
        if entering >= 0:
            if inside[entering] == 0:
                weight += weights[entering]
            inside[entering] += 1
        if last >= width:
            leaving = ids[last - width]
            if leaving >= 0:
                inside[leaving] -= 1
                if inside[leaving] == 0:
                    weight -= weights[leaving]
        if weight > most:
            most, best = weight, max(0, last - width + 1)
    return best
