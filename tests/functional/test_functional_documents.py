"""The five public documents that this program comes from: whom they name is found, and none of them is flagged."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan.assess.policy import read_policy
from qalqan.assess.policy_words import Sort
from qalqan.model.signals import NAME, WALLET
from support.functional import Read, flags, lexicon

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the five documents are not here")
POLICY = read_policy()
NAMED = {
    "000": {"islamic-state"},
    "001": {"islamic-state", "is-khorasan", "al-qaida", "ttp", "taliban", "riyadus-salikhin", "sanaullah-ghafari"},
    "002": set(),
    "003": {
        *("islamic-state", "al-qaida", "taliban", "al-shabaab", "hts", "ktj", "kib", "etim", "imu", "malhama-tactical"),
        *("al-awlaki", "al-baghdadi", "al-zawahiri", "abu-qatada"),
    },
    "004": {"islamic-state", "is-khorasan", "voice-of-khorasan", "al-azaim", "ilam-foundation"},
}


@pytest.mark.parametrize("document", NAMED)
def test_whom_a_document_names_is_found_and_it_is_not_flagged(document: str) -> None:
    """News and research: at most a person's question, with that context."""
    (file,) = SEEDS.glob(f"{document}_*.txt")
    text = file.read_text("utf-8")
    reader = Read(POLICY, lexicon())
    signals = reader.signals(text)
    assert {one.value for one in signals if one.kind == NAME} >= NAMED[document]
    assert len({one.value for one in signals if one.kind == WALLET}) == (2 if document == "003" else 0)
    found = reader.assessments(text)
    assert flags(POLICY, found) == []
    assert {POLICY.categories[one.category].sort for one in found} <= {Sort.CONTEXT}
