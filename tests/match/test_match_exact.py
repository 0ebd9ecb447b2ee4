"""Identical values: the index in a file answers as the plain one does, whatever is asked of whatever entries."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.errors import StoreError
from qalqan.match.exact import KEYS, ROWS, ExactMatcher
from qalqan.model.banks import BankEntry
from qalqan.model.signals import LINK, SHA256, WALLET, Signal
from support import made

KINDS = st.sampled_from([SHA256, LINK, WALLET])
VALUES = st.one_of(
    st.sampled_from(["a", "b", "eth:0xAb", "eth?:0xab", "ETH:0xab", "ltc:x", "", "\udcff", "https://reeds.example/"]),
    st.text(max_size=6),
)
PAIRS = st.lists(st.tuples(KINDS, VALUES), max_size=12)


def entries_of(pairs: Sequence[tuple[str, str]]) -> list[BankEntry]:
    """Return entries."""
    return [made.entry("bank", value, kind=kind) for kind, value in pairs]


def signals_of(pairs: Sequence[tuple[str, str]]) -> list[Signal]:
    """Return signals."""
    return [made.signal(value, kind=kind) for kind, value in pairs]


@given(known=PAIRS, asked=PAIRS)
def test_the_filed_index_answers_as_the_plain_one(known: list[tuple[str, str]], asked: list[tuple[str, str]]) -> None:
    """Every pair that the plain one finds, and no other: the same value under two entries, and nothing at all, too."""
    matcher, entries, signals = ExactMatcher(), entries_of(known), signals_of(asked)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        matcher.write(entries, folder)
        filed, plain = matcher.open(folder, entries), matcher.build(entries)
        found = [(one.signal.id, one.entry.id, one.distance, one.verified) for one in filed.find(signals)]
        expected = [(one.signal.id, one.entry.id, one.distance, one.verified) for one in plain.find(signals)]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("name", [KEYS, ROWS])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, name: str) -> None:
    """Cut off, or with places that are none: it is refused, never read beyond."""
    entries = entries_of([(SHA256, f"{n:064x}") for n in range(5)])
    ExactMatcher().write(entries, tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-3])
    with pytest.raises((StoreError, ValueError)):
        ExactMatcher().open(tmp_path, entries)
    (tmp_path / name).write_bytes(whole)
    (tmp_path / ROWS).write_bytes(b"\xff" * (4 * len(entries)))
    with pytest.raises(StoreError):
        ExactMatcher().open(tmp_path, entries)
