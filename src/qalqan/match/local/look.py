"""The second look: do the two thumbnails show the same where the points say they do?

Correlation of brightness in small windows of their own mean and contrast, so that filters, pale or recoloured copies
agree as well. The median over the windows bears a sticker or a caption over some of them; the lower quartile tells a
copy from another picture in the same frame or on the same screen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.model.local import THUMB

Look = npt.NDArray[np.float64]

GRID = 24
"""So many places along each side of the common region are compared."""
WINDOW = 8
FLAT = 3.0
"""Grey levels of deviation under which a window shows nothing to compare."""


@compiled
def sampled(thumb: npt.NDArray[np.uint8], u: float, v: float) -> float:
    """Return the thumbnail's grey between its pixels; `u` and `v` are fractions of the picture's sides."""
    side = len(thumb)
    x = min(max(u * side - 0.5, 0.0), side - 1.001)
    y = min(max(v * side - 0.5, 0.0), side - 1.001)
    i, j = int(y), int(x)
    p, q = y - i, x - j
    top = thumb[i, j] * (1 - q) + thumb[i, j + 1] * q
    return float(top * (1 - p) + (thumb[i + 1, j] * (1 - q) + thumb[i + 1, j + 1] * q) * p)


@compiled
def correlations(
    known: npt.NDArray[np.uint8], query: npt.NDArray[np.uint8], way: Look, region: Look
) -> npt.NDArray[np.float64]:
    """Return the correlation, −1 to 1, of each window of `region` that shows something in both thumbnails.

    `way` (6,) leads from the known picture's fractions to the query's; `region` (4,) is left, top, right, bottom in
    the known picture. Windows overlap by half.
    """
    a, b = np.zeros((GRID, GRID)), np.zeros((GRID, GRID))
    inside = np.zeros((GRID, GRID), np.bool_)
    for i in range(GRID):
        for j in range(GRID):
            u = region[0] + (region[2] - region[0]) * (j + 0.5) / GRID
            v = region[1] + (region[3] - region[1]) * (i + 0.5) / GRID
            x = way[0] * u + way[1] * v + way[2]
            y = way[3] * u + way[4] * v + way[5]
            inside[i, j] = 0 <= x <= 1 and 0 <= y <= 1
            a[i, j] = sampled(known, u, v)
            b[i, j] = sampled(query, x, y)
    half = WINDOW // 2
    out = np.zeros((GRID // half) ** 2)
    count = 0
    for top in range(0, GRID - half, half):
        for left in range(0, GRID - half, half):
            if not inside[top : top + WINDOW, left : left + WINDOW].all():
                continue
            p, q = a[top : top + WINDOW, left : left + WINDOW], b[top : top + WINDOW, left : left + WINDOW]
            p, q = p - p.mean(), q - q.mean()
            spread_p, spread_q = np.sqrt((p * p).mean()), np.sqrt((q * q).mean())
            if spread_p < FLAT or spread_q < FLAT:
                continue
            out[count] = (p * q).mean() / (spread_p * spread_q)
            count += 1
    return out[:count]


def correlation(
    known: npt.NDArray[np.uint8], query: npt.NDArray[np.uint8], way: Look, region: Look, *, inverted: bool
) -> tuple[float | None, float | None]:
    """Return the median and the lower quartile of the windows' correlations, 1 for the same; None where all are plain.

    Both thumbnails are (32, 32). With `inverted`, opposite brightness is what counts as the same.
    """
    if known.shape != (THUMB, THUMB) or query.shape != (THUMB, THUMB):
        raise ValueError("thumbnails of other sides")
    found = correlations(known, query, way, region)
    if not len(found):
        return None, None
    median, quartile = np.quantile(-found if inverted else found, (0.5, 0.25)).tolist()
    return median, quartile
