"""The learned order and the second opinion on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.cli.main import VERBS
from qalqan.flow import deciding
from qalqan.model.cases import Measure
from qalqan.settings import Settings
from qalqan.store import findings
from support import desk, made
from support.answering import answering
from support.saying import Say


@pytest.fixture
def decided(ready: Say, home: Path, tmp_path: Path) -> Path:
    """Store 20 items with a finding each, and return decisions about them."""
    with opened(Settings(home=home)) as services:
        stored = made.stored(services.store, *(f"River {n}." for n in range(20)))
        with services.store.writing() as tx:
            findings.add_assessments(tx, [made.assessment(one.id, 90 + n % 5) for n, one in enumerate(stored)])
    file = tmp_path / "decisions.csv"
    lines = [f"{one.id},{'terrorist' if n % 5 > 1 else 'wrong-match'}" for n, one in enumerate(stored)]
    file.write_text("\n".join(["item,outcome", *lines]), "utf-8")
    assert ready
    return file


def test_an_order_is_learned_audited_and_stays_off_without_500_decisions(ready: Say, decided: Path) -> None:
    """Each step says what it found and what comes next."""
    assert "missing" in ready("learn", "status").out
    assert ready("learn", "status", "--json").json["state"] == "none"
    ready("learn", "on", code=2)
    fit = ready("learn", "fit", decided, "--json").json
    assert (fit["decisions"], fit["terrorist"], fit["left_out"]) == (20, 12, 0)
    assert fit["auc"] > 0.5
    assert "learn audit" in ready("learn", "fit", decided).out
    audited = ready("learn", "audit", decided, "--items", 1)
    assert "0 ranks changed" in audited.out
    assert "too few to say" in audited.out
    assert "20 decisions" in ready("learn", "on", code=2).err
    status = ready("learn", "status", "--json").json
    assert (status["state"], status["decisions"]) == ("off", 20)
    assert "points:exact-copy" in ready("learn", "status").out
    ready("learn", "off")
    assert "No learned order is in force" in ready("items", "--band", "known", "--by-learned", code=2).err


def test_an_order_is_learned_from_what_was_decided_here(ready: Say, home: Path) -> None:
    """Without a file: learned and audited on the same decisions."""
    assert "learn fit" in ready("learn", "audit", code=2).err
    with opened(Settings(home=home)) as services:
        aziz = desk.somebody(services, "aziz")
        for n in range(4):
            case = desk.case_of_texts(services, f"River {n}.")
            desk.take(services, aziz, case)
            given = replace(desk.grave(services), measure=Measure.NONE) if n % 2 else desk.LAWFUL
            deciding.decide(services, aziz, case, given)
    fit = ready("learn", "fit", "--json").json
    assert (fit["decisions"], fit["terrorist"], fit["left_out"]) == (4, 2, 0)
    assert ready("learn", "fit").out.endswith("Next: qalqan learn audit\n")
    assert "0 ranks changed" in ready("learn", "audit", "--items", 1).out


def test_a_second_opinion_is_refused_where_no_endpoint_is_set(ready: Say, decided: Path) -> None:
    """It is off by default, and says how it is switched on."""
    item = decided.read_text("utf-8").splitlines()[1].split(",")[0]
    error = ready("opinion", item, "--json", code=8).error
    assert error["error"] == "not-installed"
    assert "QALQAN_OPINION_URL" in error["hint"]
    assert "opinion" in VERBS


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_a_second_opinion_is_marked_as_one(ready: Say, decided: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For people and for programs it says first what it is."""
    item = decided.read_text("utf-8").splitlines()[1].split(",")[0]
    with answering() as server:
        monkeypatch.setenv("QALQAN_OPINION_URL", server.url)
        monkeypatch.setenv("QALQAN_OPINION_MODEL", "small")
        server.says({"category": "none", "why": "A river.\x1b[2J", "quotes": ["River 0"]})
        shown = ready("opinion", item)
        told = ready("opinion", item, "--json").json
        server.says("no")
        refused = ready("opinion", item, code=5)
    assert shown.out.startswith("A machine's second opinion. It decides nothing and weighs nothing.")
    assert "\x1b" not in shown.out
    assert list(told) == ["item", "note", "category", "title", "why", "quotes", "model", "sent"]
    assert (told["category"], told["quotes"], told["sent"]) == ("none", ["River 0"], 8)
    assert "refused: it is no JSON" in refused.err
