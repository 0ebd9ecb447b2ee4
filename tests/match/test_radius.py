"""The plain radius search, held to a loop that cannot be wrong."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qalqan.match.radius import BLOCK, Found, Hashes, PlainRadius, hashes_of


def by_loop(rows: Hashes, queries: Hashes, radius: int) -> list[tuple[int, int, int]]:
    """Compare each with each, as whole numbers."""
    numbers = [[int.from_bytes(each.tobytes(), "big") for each in side] for side in (queries, rows)]
    pairs = [
        (q, r, (one ^ other).bit_count()) for q, one in enumerate(numbers[0]) for r, other in enumerate(numbers[1])
    ]
    return [pair for pair in pairs if pair[2] <= radius]


def listed(found: Found) -> list[tuple[int, int, int]]:
    """Return the three arrays as triples."""
    return list(zip(*(each.tolist() for each in found), strict=True))


# Few different bytes make near pairs likely.
HASHES = st.integers(0, 6).flatmap(
    lambda n: arrays.arrays(np.uint8, (n, 32), elements=st.sampled_from([0, 1, 3, 128, 255]), fill=st.just(0))
)


@given(rows=HASHES, queries=HASHES, radius=st.sampled_from([0, 1, 31, 32, 128, 255, 256]))
def test_finds_what_a_loop_finds(rows: Hashes, queries: Hashes, radius: int) -> None:
    """Every pair within the radius, none beyond it, sorted by query and row."""
    assert listed(PlainRadius(rows).within(queries, radius)) == by_loop(rows, queries, radius)


def test_finds_rows_on_both_sides_of_a_block() -> None:
    """Rows are numbered through all blocks."""
    rows = np.full((2 * BLOCK + 3, 32), 0xAA, np.uint8)
    places = [0, BLOCK - 1, BLOCK, 2 * BLOCK + 2]
    rows[places] = 0x55
    rows[BLOCK, 0] = 0x54
    query = np.full((1, 32), 0x55, np.uint8)
    assert listed(PlainRadius(rows).within(query, 31)) == [(0, place, int(place == BLOCK)) for place in places]


def test_the_edge_of_the_radius() -> None:
    """31 bits are near, 32 are not."""
    rows = hashes_of(["f" * 7 + "e" + "0" * 56, "f" * 8 + "0" * 56])
    assert listed(PlainRadius(rows).within(hashes_of(["0" * 64]), 31)) == [(0, 0, 31)]


def test_hashes_come_from_hexadecimal_digits() -> None:
    """The first digits are the first byte."""
    assert hashes_of(["01" + "00" * 30 + "ff"]).tolist() == [[1, *[0] * 30, 255]]
    assert hashes_of([]).shape == (0, 32)
