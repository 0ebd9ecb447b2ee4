"""A misread address is mended by its checksum, within bounds, or not at all."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.signals.picture_text.repair import MOST_TRIALS, repaired

TRUE = "1HeronReedLake7JettyStone9Water2Z"


def is_true(candidate: str) -> bool:
    """Stand for a checksum that one address alone has."""
    return candidate == TRUE


def test_what_is_right_stays() -> None:
    """It is the first thing tried."""
    assert repaired(TRUE, is_true) == TRUE


@pytest.mark.parametrize(
    "misread",
    ["lHeronReedLake7JettyStone9Water2Z", "1Her0nReedLake7JettySt0ne9Water2Z", "1HeronReedLake7JettyStone9Water22",
     "1HeronReedLakeTJettyStone9Water2Z", "|HeronReedLake7JettyStonegWater2Z"],
)  # fmt: skip
def test_usual_mistakes_are_mended(misread: str) -> None:
    """One letter, two letters, and letters that no such address has."""
    assert repaired(misread, is_true) == TRUE


def test_bech32_is_lower_case_and_lacks_four_letters() -> None:
    """What was read as one of them is something else."""
    true = "bc1qheronreedlake0jetty6stone9water2q7"
    true = true.replace("o", "0")
    assert repaired(true.upper().replace("0", "O"), lambda one: one == true) == true


def test_hexadecimal_has_no_letters_beyond_f() -> None:
    """An O is a zero there."""
    true = "0x" + "0b15e0" * 6 + "beef"
    assert repaired(true.replace("0b", "Ob"), lambda one: one == true) == true


@given(st.text("0O1lI8B5S2Zabcq", min_size=20, max_size=119))
def test_the_number_of_trials_is_bounded(candidate: str) -> None:
    """However many letters could be others."""
    tried: list[str] = []

    def never(one: str) -> bool:
        tried.append(one)
        return False

    assert repaired(candidate, never) is None
    assert 0 < len(tried) <= MOST_TRIALS
    assert len(set(tried)) == len(tried)


@given(st.text(max_size=300))
def test_what_comes_of_it_has_a_checksum_that_holds(candidate: str) -> None:
    """Nothing is ever made up that the check does not take."""

    def valid(one: str) -> bool:
        return hashlib.sha256(one.encode("utf-8", "replace")).digest()[0] < 8

    mended = repaired(candidate, valid)
    assert mended is None or (valid(mended) and len(mended) == len(candidate))


def test_what_has_no_address_s_length_is_not_tried() -> None:
    """A word is no address."""
    assert repaired("heron", lambda _: True) is None
