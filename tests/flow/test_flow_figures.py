"""What is measured from decisions and second looks: whose fault a wrong match is, of when, and how often anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qalqan.assess.weigh import weigh
from qalqan.flow import figures
from qalqan.flow.figures import Days, Figures
from qalqan.flow.services import Services
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.quality import Precision, Second, Sort
from qalqan.model.times import now
from qalqan.store import banks, decisions, findings, quality
from qalqan.store.records import row_of
from qalqan.store.tables_cases import decisions as decisions_table
from support import filled
from support.cases import open_case
from support.filled import Filled


@pytest.fixture
def things(services: Services) -> Filled:
    """Fill the store."""
    return filled.fill(services.store)


def decide(services: Services, item_id: Id, outcome: Outcome, *, entry: Id | None = None, days: float = 0) -> Decision:
    """Open a case over an item and store a decision on it as of so many days ago."""
    case_id = open_case(services, [item_id])
    at = now() - timedelta(days=days)
    category = "terrorist-content" if outcome is Outcome.TERRORIST else None
    made = Decision(
        new_id(), case_id, "aziz", at, outcome, category, "", "", "So.", Measure.NONE, "first/1", (item_id,),
        entry_id=entry,
    )  # fmt: skip
    with services.store.writing() as tx:
        tx.execute(decisions_table.insert(), row_of(made, standing=True))
    return made


def answer(services: Services, first: Decision, outcome: Outcome, *, days: float = 0) -> None:
    """Store a second look at a decision, given so many days ago."""
    at = now() - timedelta(days=days)
    look = Second(
        new_id(), Sort.BLIND, first.case_id, first.id, None, first.by, None, first.outcome, first.category, at,
        held_by="dana", held_until=at,
    )  # fmt: skip
    other = Decision(new_id(), first.case_id, "dana", at, outcome, None, "", "", "So.", Measure.NONE, "", ())
    with services.store.writing() as tx:
        quality.add(tx, look)
        quality.give(tx, look, other, 0)


def by_name(some: list[Precision]) -> dict[str, dict[str, int]]:
    """Return outcomes by name."""
    return {one.name: one.outcomes for one in some}


def test_a_wrong_match_counts_against_the_bank_it_names_and_no_other(services: Services, things: Filled) -> None:
    """Nor against features that do not stand on it; other outcomes count for all that was found."""
    decide(services, things.items["quoted"], Outcome.WRONG_MATCH, entry=things.entries["text"])
    decide(services, things.items["again"], Outcome.TERRORIST)
    found = services.figures.of(services.store, Days.ALL)
    assert by_name(found.banks) == {"blue-heron": {"terrorist": 1, "wrong-match": 1}}
    assert by_name(found.matchers) == {"sha256": {"terrorist": 1}, "text": {"wrong-match": 1}}
    assert by_name(found.features) == {"exact-copy": {"terrorist": 1}, "quoted-text": {"wrong-match": 1}}
    assert [(one.decided.right, one.decided.of) for one in found.banks] == [(1, 2)]


def test_cases_of_which_there_is_not_enough_to_say_are_no_part_of_the_share(services: Services, things: Filled) -> None:
    """They stand among the counts."""
    decide(services, things.items["quoted"], Outcome.NOT_ENOUGH)
    found = services.figures.of(services.store, Days.ALL)
    assert by_name(found.banks) == {"blue-heron": {"not-enough": 1}, "listed links": {"not-enough": 1}}
    assert {one.decided.of for one in found.banks} == {0}


def test_what_is_weighed_anew_after_a_decision_does_not_change_what_it_was_made_on(
    services: Services, things: Filled
) -> None:
    """A dispute takes a match's points away; the feature that was wrong stays counted."""
    item, entry = things.items["again"], things.entries["exact"]
    decide(services, item, Outcome.WRONG_MATCH, entry=entry)
    with services.store.writing() as tx:
        banks.change_status(tx, entry, EntryStatus.DISPUTED, "aziz", "It matched wrongly.")
        found, standing = findings.matches_of(tx, [item])[item], findings.current_assessments(tx, [item])[item]
        findings.add_assessments(tx, weigh(services.policy, item, found, standing))
        assert {one.score for one in findings.current_assessments(tx, [item])[item]} == {0}
    measured = services.figures.of(services.store, Days.ALL)
    assert by_name(measured.features) == {"exact-copy": {"wrong-match": 1}}
    assert by_name(measured.banks) == {"blue-heron": {"wrong-match": 1}}


def test_each_time_counts_what_was_decided_and_answered_in_it(services: Services, things: Filled) -> None:
    """By when a case was decided, and when it was looked at again."""
    names = ("exact", "again", "mirrored", "video")
    for name, days in zip(names, (1, 60, 200, 500), strict=True):
        made = decide(services, things.items[name], Outcome.LAWFUL, days=days)
        answer(services, made, Outcome.LAWFUL if days < 100 else Outcome.CONTEXT, days=days)
    found = {days: services.figures.of(services.store, days) for days in Days}
    assert [found[days].decided for days in (Days.MONTH, Days.SEASON, Days.YEAR, Days.ALL)] == [1, 2, 3, 4]
    assert [found[days].blind.cases for days in (Days.MONTH, Days.SEASON, Days.YEAR, Days.ALL)] == [1, 2, 3, 4]
    assert (found[Days.ALL].blind.same.right, found[Days.ALL].blind.same.of) == (2, 4)


def test_a_second_look_at_what_was_taken_back_counts_no_more(services: Services, things: Filled) -> None:
    """Two people did not differ: the first had clicked the wrong thing."""
    made = decide(services, things.items["exact"], Outcome.LAWFUL)
    answer(services, made, Outcome.CONTEXT)
    assert services.figures.of(services.store, Days.ALL).blind.cases == 1
    with services.store.writing() as tx:
        decisions.take_back(tx, made.id, "aziz")
    found = services.figures.of(services.store, Days.ALL)
    assert (found.blind.cases, found.decided) == (0, 0)


def test_figures_of_a_large_store_are_those_measured_last_until_the_keeper_measures(
    services: Services, things: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks never waits for them a second time; nothing is measured anew while nothing has changed."""
    monkeypatch.setattr(figures, "QUICK", 0.0)
    monkeypatch.setattr(figures, "REST", 0)
    kept = Figures()
    first = kept.of(services.store, Days.ALL)
    decide(services, things.items["exact"], Outcome.LAWFUL)
    assert kept.of(services.store, Days.ALL) is first
    kept.refresh(services.store)
    second = kept.of(services.store, Days.ALL)
    assert (first.decided, second.decided) == (0, 1)
    kept.refresh(services.store)
    assert kept.of(services.store, Days.ALL) is second


def test_figures_that_took_long_are_left_to_rest(
    services: Services, things: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper measures no more than a twentieth of its time."""
    monkeypatch.setattr(figures, "REST", 1e6)
    kept = Figures()
    kept.refresh(services.store)
    decide(services, things.items["exact"], Outcome.LAWFUL)
    kept.refresh(services.store)
    monkeypatch.setattr(figures, "QUICK", 0.0)
    assert kept.of(services.store, Days.ALL).decided == 0
