"""Posts as researchers describe them land where those put them; an article about them flags nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from qalqan.assess.policy import read_policy
from qalqan.assess.policy_words import Sort
from qalqan.model.assessments import Band
from qalqan.model.signals import SAID, WALLET
from qalqan.model.words import WHO, Entry, Sense, Strength, said_from
from qalqan.signals.lexicon import Lexicon, built_in_entries
from support.functional import FOLDER, Read, flags

POLICY = read_policy()
CONTENT: dict[str, Any] = yaml.safe_load((FOLDER / "posts.yaml").read_text("utf-8"))
NAMES = [
    Entry(Sense(sense), Strength.STRONG, "und", (name,), "invented", entity=name, name=name)
    for name, sense in (*CONTENT["names"].items(), ("The Ferryman", "product"))
]
READER = Read(POLICY, Lexicon([*built_in_entries(), *NAMES]))
LANDS = {"lawful": [], "unclear": ["not-enough"]}


@pytest.mark.parametrize("post", CONTENT["posts"], ids=[one["sort"] for one in CONTENT["posts"]])
def test_a_post_lands_where_researchers_put_it(post: dict[str, str]) -> None:
    """Lawful and conservative, hateful, unclear, supporting: four outcomes, told apart."""
    found = READER.assessments(post["text"])
    assert flags(POLICY, found) == LANDS.get(post["lands"], [post["lands"]]), [one.reasons for one in found]


def test_an_article_names_whom_it_names_and_flags_nobody() -> None:
    """The groups, the outlet, the magazine and both wallets are found; it is research, for a person."""
    text = (FOLDER / "article.txt").read_text("utf-8")
    signals = READER.signals(text)
    said = [said_from(one.value) for one in signals if one.kind == SAID]
    assert {one.name for one in said if one.sense in WHO} == {
        "Blue Heron Front", "Grey Lantern Brigade", "Reedlight Media", "The Ferryman",
    }  # fmt: skip
    assert {one.value for one in signals if one.kind == WALLET} == {
        "btc:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "btc:3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    }  # fmt: skip
    found = READER.assessments(text)
    assert flags(POLICY, found) == []
    assert {one.band for one in found} <= {Band.CONTEXT}
    assert {POLICY.categories[one.category].sort for one in found} <= {Sort.CONTEXT}
