"""One place, turn and size for many pairs of points: compiled loops without chance.

Each pair of SIFT points says by itself how the whole known picture would lie in the query (turn, size, place): D. Lowe
2004, section 7. So every pair is a hypothesis, all are counted, and there is nothing to draw at random. The best few
are fitted to their own pairs by least squares, as an affine map where they are many, and counted again.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

Floats = npt.NDArray[np.float32]
Map = npt.NDArray[np.float64]
"""(6,): a, b, c, d, e, f of x' = a·x + b·y + c and y' = d·x + e·y + f, from known to query pixels."""

ROUGH_PIXELS = 6.0
ROUGH_SLACK = 0.08
"""A single pair's turn and size are rough: what lies farther from it may be farther off, by this part."""
TIGHT_PIXELS = 5.0
TURN_OFF = 0.5
"""Radians by which a pair's own turn may differ from the whole's: perspective and shear turn parts differently."""
SIZE_OFF = 0.7
"""The same for sizes, in octaves."""
AFFINE_FROM = 7
"""So few pairs or more are needed to fit six numbers rather than four."""
LEAST_SPREAD = 10.0
"""Pixels of deviation, in the mean of both directions, under which pairs lie on a line."""
ROUNDS = 4
MOST_STRETCH = 3.0


@compiled
def turn_between(a: float, b: float) -> float:
    """Return by how many radians `b` lies apart from `a`, 0 to π."""
    off = abs(b - a) % (2.0 * np.pi)
    return min(off, 2.0 * np.pi - off)


@compiled
def size_of(way: Map) -> float:
    """Return how much larger a map makes things."""
    return float(np.sqrt(abs(way[0] * way[4] - way[1] * way[3])))


@compiled
def of_one_pair(known: Floats, query: Floats) -> Map:
    """Return the map that one pair of points (4,) stands for by itself."""
    size = 2.0 ** (query[2] - known[2])
    turn = query[3] - known[3]
    a, b = size * np.cos(turn), size * np.sin(turn)
    c = query[0] - (a * known[0] - b * known[1])
    f = query[1] - (b * known[0] + a * known[1])
    return np.array([a, -b, c, b, a, f])


@compiled
def agreeing(known: Floats, query: Floats, way: Map, pixels: float, slack: float, at: int) -> npt.NDArray[np.bool_]:
    """Return which pairs lie where `way` says, within `pixels` and `slack` of the distance from pair `at` (or -1)."""
    size = size_of(way)
    octaves = np.log2(max(size, 1e-6))
    turn = np.arctan2(way[3] - way[1], way[0] + way[4])
    base = pixels * min(max(size, 0.6), 1.6)
    agree = np.zeros(len(known), np.bool_)
    for j in range(len(known)):
        x = way[0] * known[j, 0] + way[1] * known[j, 1] + way[2] - query[j, 0]
        y = way[3] * known[j, 0] + way[4] * known[j, 1] + way[5] - query[j, 1]
        allowed = base
        if at >= 0:
            allowed += slack * np.hypot(query[j, 0] - query[at, 0], query[j, 1] - query[at, 1])
        if x * x + y * y > allowed * allowed or abs(query[j, 2] - known[j, 2] - octaves) > SIZE_OFF:
            continue
        agree[j] = turn_between(turn, query[j, 3] - known[j, 3]) <= TURN_OFF
    return agree


@compiled
def similarity(known: Floats, query: Floats, agree: npt.NDArray[np.bool_]) -> Map:
    """Return the turn, size and place that fit the agreeing pairs best."""
    n, kx, ky, qx, qy = 0, 0.0, 0.0, 0.0, 0.0
    for j in range(len(known)):
        if agree[j]:
            n, kx, ky, qx, qy = n + 1, kx + known[j, 0], ky + known[j, 1], qx + query[j, 0], qy + query[j, 1]
    kx, ky, qx, qy = kx / n, ky / n, qx / n, qy / n
    along, across, spread = 0.0, 0.0, 1e-9
    for j in range(len(known)):
        if agree[j]:
            x, y, u, v = known[j, 0] - kx, known[j, 1] - ky, query[j, 0] - qx, query[j, 1] - qy
            along, across, spread = along + x * u + y * v, across + x * v - y * u, spread + x * x + y * y
    a, b = along / spread, across / spread
    return np.array([a, -b, qx - a * kx + b * ky, b, a, qy - b * kx - a * ky])


@compiled
def affine(known: Floats, query: Floats, agree: npt.NDArray[np.bool_]) -> Map:
    """Return the affine map that fits the agreeing pairs best, or their similarity where they lie on a line."""
    plain = similarity(known, query, agree)
    n, kx, ky, qx, qy = 0, 0.0, 0.0, 0.0, 0.0
    for j in range(len(known)):
        if agree[j]:
            n, kx, ky, qx, qy = n + 1, kx + known[j, 0], ky + known[j, 1], qx + query[j, 0], qy + query[j, 1]
    if n < AFFINE_FROM:
        return plain
    kx, ky, qx, qy = kx / n, ky / n, qx / n, qy / n
    xx, xy, yy, xu, yu, xv, yv = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(len(known)):
        if agree[j]:
            x, y, u, v = known[j, 0] - kx, known[j, 1] - ky, query[j, 0] - qx, query[j, 1] - qy
            xx, xy, yy = xx + x * x, xy + x * y, yy + y * y
            xu, yu, xv, yv = xu + x * u, yu + y * u, xv + x * v, yv + y * v
    spread = xx * yy - xy * xy
    if spread < (n * LEAST_SPREAD**2) ** 2:
        return plain
    a, b = (xu * yy - yu * xy) / spread, (yu * xx - xu * xy) / spread
    d, e = (xv * yy - yv * xy) / spread, (yv * xx - xv * xy) / spread
    way = np.array([a, b, qx - a * kx - b * ky, d, e, qy - d * kx - e * ky])
    return way if believable(way) else plain


@compiled
def believable(way: Map) -> bool:
    """Whether a map turns nothing inside out and stretches no more than uploaders do."""
    area = way[0] * way[4] - way[1] * way[3]
    squares = way[0] ** 2 + way[1] ** 2 + way[3] ** 2 + way[4] ** 2
    # With singular values s ≥ t: area = s·t and squares = s² + t².
    return bool(area > 1e-4 and squares / area <= MOST_STRETCH + 1.0 / MOST_STRETCH)  # noqa: PLR2004


@compiled
def distinct(known: Floats, query: Floats, agree: npt.NDArray[np.bool_], apart: float) -> npt.NDArray[np.bool_]:
    """Return the agreeing pairs without those within `apart` pixels of an earlier one in either picture."""
    kept = np.zeros(len(known), np.bool_)
    for j in range(len(known)):
        if not agree[j]:
            continue
        new = True
        for i in range(j):
            if kept[i] and (
                np.hypot(known[i, 0] - known[j, 0], known[i, 1] - known[j, 1]) <= apart
                or np.hypot(query[i, 0] - query[j, 0], query[i, 1] - query[j, 1]) <= apart
            ):
                new = False
                break
        kept[j] = new
    return kept


@compiled
def best_map(known: Floats, query: Floats, hypotheses: int, tries: int) -> tuple[Map, npt.NDArray[np.bool_]]:
    """Return the map on which most pairs (n, 4) agree, and which those are.

    Pairs come nearest first; the first `hypotheses` are counted as maps, the best `tries` fitted.
    """
    number = min(hypotheses, len(known))
    votes = np.zeros(number, np.int64)
    for i in range(number):
        votes[i] = agreeing(known, query, of_one_pair(known[i], query[i]), ROUGH_PIXELS, ROUGH_SLACK, i).sum()
    best, best_agree, most = np.zeros(6), np.zeros(len(known), np.bool_), 0
    for i in np.argsort(-votes)[:tries]:
        agree = agreeing(known, query, of_one_pair(known[i], query[i]), ROUGH_PIXELS, ROUGH_SLACK, i)
        way = similarity(known, query, agree)
        for _ in range(ROUNDS):
            closer = agreeing(known, query, way, TIGHT_PIXELS, 0.0, -1)
            if closer.sum() < 2 or not believable(way):  # noqa: PLR2004 - one point fixes no turn
                break
            agree = closer
            way = affine(known, query, agree)
        agree = agreeing(known, query, way, TIGHT_PIXELS, 0.0, -1)
        if agree.sum() > most and believable(way):
            best, best_agree, most = way, agree, agree.sum()
    return best, best_agree
