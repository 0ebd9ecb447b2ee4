"""The desk on the command line: cases taken, looked at, decided, seconded and undone, appeals, and what is exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.flow import quality
from qalqan.flow.services import Services
from qalqan.model.cases import CaseState
from qalqan.model.ids import Id
from qalqan.model.roles import Role
from qalqan.settings import Settings
from qalqan.store import audit, cases, findings, people
from support import desk, made
from support.cases import open_case
from support.desk import case_of_texts
from support.saying import Say

WHY = "A report of the local news."
FORMULA = '=HYPERLINK("https://a.example/") in what was said'


@pytest.fixture
def services(ready: Say, home: Path) -> Iterator[Services]:
    """Return services over the store that the commands use, with people in it."""
    assert ready
    with opened(Settings(home=home)) as services:
        with services.store.writing() as tx:
            roles = {"aziz": Role.REVIEWER, "bobur": Role.REVIEWER, "dana": Role.LEAD, "vera": Role.VIEWER}
            for name, role in roles.items():
                people.add(tx, name, None, role)
        yield services


@pytest.fixture
def case(services: Services) -> Id:
    """Open a case over two items with texts."""
    return case_of_texts(services, "The reeds by the lake.", "The reeds by the \x1b[2J lake.")


def taken(say: Say, case: Id, who: str) -> None:
    """Have somebody take a case and look at all of it."""
    say("cases", "take", case, "--as", who)
    while say("cases", "look", case, "--as", who, "--json").json["left"]:
        pass


def state(services: Services, case: Id) -> CaseState:
    """Return a case's state."""
    with services.store.reading() as tx:
        return cases.get(tx, case).state


def grave(services: Services) -> list[str]:
    """Return the words of a decision that needs a second person."""
    given = desk.grave(services)
    return [
        "--outcome", "terrorist", "--category", str(given.category), "--ground", given.ground,
        "--measure", given.measure.value, "--rationale", given.rationale,
    ]  # fmt: skip


def test_a_case_is_taken_looked_at_decided_and_undone(ready: Say, services: Services, case: Id) -> None:
    """Each step says what comes next; the case is decided by the one who holds it, once all of it was seen."""
    assert [one["id"] for one in ready("cases", "list", "--json").lines] == [case]
    assert "1 of 1." in ready("cases", "list", "--language", "ru").out
    assert "No such case." in ready("cases", "list", "--state", "decided").out
    assert case in ready("cases", "take", "--as", "aziz").out
    assert "look at" in ready("cases", "decide", case, "--outcome", "lawful", "--as", "aziz", code=2).err.lower()
    seen = [ready("cases", "look", case, "--as", "aziz").out for _ in range(2)]
    assert ("1 left." in seen[0], "cases decide" in seen[1], "\x1b" in seen[0] + seen[1]) == (True, True, False)
    words = ("--outcome", "news-research-counter", "--rationale", WHY, "--as", "aziz")
    decision = ready("cases", "decide", case, *words, "--json").json
    assert (decision["by"], decision["outcome"], len(decision["item_ids"])) == ("aziz", "news-research-counter", 2)
    assert state(services, case) is CaseState.DECIDED
    ready("cases", "undo", decision["id"], "--as", "bobur", code=4)
    ready("cases", "undo", decision["id"], "--as", "aziz")
    shown = ready("cases", "show", case, "--as", "aziz")
    assert WHY in shown.out
    assert "Taken back by aziz" in shown.out
    assert "aziz holds it" in shown.out
    ready("cases", "release", case, "--as", "aziz")
    assert ready("cases", "list", "--json").lines[0]["claimed_by"] is None


def test_two_people_never_hold_one_case(ready: Say, services: Services, case: Id) -> None:
    """Whoever comes second is told who holds it; there is nothing else to take."""
    ready("cases", "take", case, "--as", "aziz")
    assert "aziz holds this case" in ready("cases", "take", case, "--as", "bobur", code=2).err
    ready("cases", "take", "--as", "bobur", code=3)
    assert "You do not hold this case" in ready("cases", "decide", case, *grave(services), "--as", "bobur", code=4).err


def test_the_second_person_is_told_neither_reasons_nor_names(ready: Say, services: Services, case: Id) -> None:
    """They are shown what is asked for; where they come to the same the proposal stands."""
    taken(ready, case, "aziz")
    proposal = ready("cases", "decide", case, *grave(services), "--as", "aziz", "--json").json
    assert state(services, case) is CaseState.SECOND
    assert "waits for a second person" in ready("cases", "show", case, "--as", "aziz").out
    for shown in (
        ready("cases", "show", case, "--as", "bobur"),
        ready("cases", "show", case, "--as", "bobur", "--json"),
    ):
        assert "removal-order" in shown.out
        assert "praises" not in shown.out
        assert "aziz" not in shown.out
    assert ready("decisions", "list", "--json").lines == []
    ready("cases", "second", case, *grave(services), "--as", "aziz", code=4)
    taken(ready, case, "bobur")
    ready("cases", "second", case, *grave(services), "--as", "bobur")
    assert state(services, case) is CaseState.DECIDED
    assert [one["id"] for one in ready("decisions", "list", "--json").lines] == [proposal["id"]]


def test_who_looks_a_second_time_is_told_nothing_of_the_first(
    ready: Say, services: Services, case: Id, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take, look and decide as with any case; nothing says that it was decided, and what stands stays."""
    taken(ready, case, "aziz")
    words = ("--outcome", "news-research-counter", "--rationale", WHY, "--as", "aziz", "--json")
    decision = ready("cases", "decide", case, *words).json["id"]
    monkeypatch.setattr(quality, "draws", lambda *_asked: True)
    quality.follow(services)
    assert ready("cases", "take", "--as", "bobur", "--json").json["state"] == "open"
    taken(ready, case, "bobur")
    shown = [ready("cases", "show", case, "--as", "bobur"), ready("cases", "list", "--as", "bobur")]
    shown += [ready("decisions", verb, "--as", "bobur") for verb in ("list", "export")]
    assert not [one for one in shown if WHY in one.out or "aziz" in one.out or decision in one.out]
    assert case in shown[1].out
    ready("cases", "decide", case, "--outcome", "lawful", "--as", "bobur")
    assert [one["id"] for one in ready("decisions", "list", "--json").lines] == [decision]


def test_rights_are_those_of_the_desk(ready: Say, services: Services, case: Id) -> None:
    """Nobody acts who has no login, may not come in, or whose role has no right; without --as it is one's own name."""
    assert "nobody named 'tester'" in ready("cases", "take", case, code=3).err
    assert "role of vera" in ready("cases", "take", case, "--as", "vera", code=4).err
    ready("person", "off", "bobur")
    assert "may not come in" in ready("cases", "take", case, "--as", "bobur", code=4).err
    assert "role of aziz" in ready("cases", "rules", "add", "uzbek", "--language", "uz", "--as", "aziz", code=4).err
    ready("appeal", "add", "No.", "--item", case, "--as", "aziz", code=4)
    with services.store.reading() as tx:
        assert {one.verb for one in audit.newest(tx, 50)} == {"person.off"}


def test_what_is_done_at_a_terminal_is_in_the_log_as_such(ready: Say, services: Services, case: Id) -> None:
    """Beside what somebody did stands which of the machine's users said that it was them."""
    ready("cases", "take", case, "--as", "aziz")
    with services.store.reading() as tx:
        deed, said = audit.newest(tx, 2)
    assert (deed.verb, deed.by, deed.subject) == ("case.claimed", "aziz", case)
    assert (said.verb, said.subject, said.detail) == ("person.at-terminal", "aziz", {"deed": "cases take"})
    assert said.by not in ("tester", "aziz")


def test_an_item_with_a_file_is_looked_at_in_the_console(ready: Say, services: Services) -> None:
    """A terminal shows texts: it never stands for a look at a picture."""
    stored = made.stored(services.store, "The river.", files=(made.media(),))
    with services.store.writing() as tx:
        findings.add_assessments(tx, [made.assessment(one.id) for one in stored])
    case = open_case(services, [stored[0].id])
    ready("cases", "take", case, "--as", "aziz")
    assert f"/cases/{case}?item={stored[0].id}" in ready("cases", "look", case, "--as", "aziz", code=4).err
    ready("cases", "decide", case, "--outcome", "lawful", "--as", "aziz", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--outcome lawful --category praise", "Only terrorist content"),
        ("--outcome lawful --measure account", "Only terrorist content"),
        ("--outcome lawful --entry 0197a000-0000-7000-8000-000000000000", "Only a wrong match"),
        ("--outcome wrong-match", "reasons"),
        ("--outcome terrorist", "category"),
        ("--outcome maybe", "maybe"),
    ],
)
def test_what_makes_no_decision_is_refused(ready: Say, case: Id, words: str, said: str) -> None:
    """As the form at the desk refuses it, and nothing is written."""
    taken(ready, case, "aziz")
    assert said in ready("cases", "decide", case, *words.split(), "--as", "aziz", code=2).err


def test_rules_put_new_cases_into_queues(ready: Say, services: Services) -> None:
    """Listed, added by leads, deleted."""
    assert services
    assert "No rule" in ready("cases", "rules", "list").out
    ready("cases", "rules", "add", "uzbek", "--language", "uz-Latn", "--as", "dana")
    rule = ready("cases", "rules", "list", "--json").lines[0]
    assert (rule["queue"], rule["language"], rule["by"]) == ("uzbek", "uz-Latn", "dana")
    ready("cases", "rules", "delete", rule["id"], "--as", "dana")
    assert ready("cases", "rules", "list", "--json").lines == []


def test_gathering_puts_items_into_cases_once(ready: Say, services: Services) -> None:
    """What lay in the store before there were cases comes into one."""
    stored = made.stored(services.store, "The reeds by the lake.")
    with services.store.writing() as tx:
        findings.add_assessments(tx, [made.assessment(stored[0].id)])
    assert ready("cases", "gather", "--json").json == {"items": 1}
    assert ready("cases", "gather").out == "0 items came into a case.\n"


def test_appeals_are_taken_in_and_answered_by_somebody_else(ready: Say, services: Services, case: Id) -> None:
    """A granted one reverses the decision; the answer that the sender gets names nobody."""
    taken(ready, case, "dana")
    decision = ready("cases", "decide", case, "--outcome", "lawful", "--as", "dana", "--json").json["id"]
    appeal = ready("appeal", "add", "It is not.", "--decision", decision, "--as", "dana", "--json").json
    assert state(services, case) is CaseState.APPEALED
    assert "1 of 1." in ready("appeal", "list", "--state", "open").out
    refused = ready("appeal", "decide", appeal["id"], "--refused", "--reasons", "No.", "--as", "dana", code=4)
    assert "had a part" in refused.err
    ready("person", "add", "erlan", "--role", "lead")
    granted = ("--granted", "--reasons", "It reports.", "--outcome", "news-research-counter", "--as", "erlan")
    assert ready("appeal", "decide", appeal["id"], *granted, "--json").json["state"] == "granted"
    shown = ready("appeal", "show", appeal["id"], "--json").json
    assert shown["standing"]["outcome"] == "news-research-counter"
    assert "It reports." in shown["letter"]
    assert not {"dana", "erlan"} & set(shown["letter"].split())
    assert "It was decided by somebody" in ready("appeal", "show", appeal["id"]).out


def test_an_appeal_is_withdrawn(ready: Say, services: Services, case: Id) -> None:
    """The decision stays; the case is decided again."""
    taken(ready, case, "dana")
    ready("cases", "decide", case, "--outcome", "lawful", "--as", "dana")
    with services.store.reading() as tx:
        item = cases.item_ids(tx, case)[0]
    appeal = ready("appeal", "add", "It is not.", "--item", item, "--as", "dana", "--json").json["id"]
    ready("appeal", "withdraw", appeal, "--as", "dana")
    assert state(services, case) is CaseState.DECIDED


def test_decisions_are_listed_and_exported_as_they_stand(ready: Say, services: Services, tmp_path: Path) -> None:
    """One that was taken back is not among them; no cell is a formula to a spreadsheet; the export is in the log."""
    two = [case_of_texts(services, text) for text in ("The reeds by the lake.", "The river by the town.")]
    made_by = {}
    for case, who in zip(two, ("aziz", "bobur"), strict=True):
        taken(ready, case, who)
        words = ("--outcome", "news-research-counter", "--rationale", FORMULA, "--as", who, "--json")
        made_by[who] = ready("cases", "decide", case, *words).json["id"]
    assert len(ready("decisions", "list", "--json").lines) == 2
    assert [one["id"] for one in ready("decisions", "list", "--person", "aziz", "--json").lines] == [made_by["aziz"]]
    for narrowed in ("--outcome lawful", "--category praise", "--since 2999-01-01"):
        assert "No such decision" in ready("decisions", "list", *narrowed.split()).out
    ready("cases", "undo", made_by["bobur"], "--as", "bobur")
    file = tmp_path / "decisions.csv"
    ready("decisions", "export", "--format", "csv", "--out", file)
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [(one["id"], one["rationale"]) for one in rows] == [(made_by["aziz"], f"'{FORMULA}")]
    lines = [json.loads(line) for line in ready("decisions", "export", "--since", "2020-01-01").out.splitlines()]
    assert lines == ready("decisions", "list", "--json").lines
    with services.store.reading() as tx:
        exported = audit.newest(tx, 1)[0]
    assert (exported.verb, exported.subject, exported.by) == ("decisions.exported", "ndjson", "tester")
    assert exported.detail == {"since": "2020-01-01 00:00:00"}
