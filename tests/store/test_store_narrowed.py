"""What lists are narrowed by lies in indexes: it says the same there, and no rows are read to count or to sort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from qalqan.model.assessments import Band
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import Case, CaseState
from qalqan.model.ids import new_id
from qalqan.store import Store, banks, cases, casing, findings, item_lists, open_store, pages, schema, search, signals
from qalqan.store.cases import QueueFilter
from qalqan.store.findings import MatchFilter
from qalqan.store.item_lists import ItemFilter
from qalqan.store.pages import FoundFilter
from qalqan.store.tables import matches
from support.made import NOON, assessment, entry, match, rolled_back, signal, stored


def test_a_match_repeats_its_items_place_and_its_entrys_bank(store: Store) -> None:
    """So that lists of matches and of findings are narrowed by source and by bank."""
    first, second = stored(store, "One.", "Two.")
    with store.writing() as tx:
        known = [entry(banks.create(tx, name, "terrorist-content", "Aziz").id) for name in ("herons", "lanterns")]
        banks.add_entries(tx, known)
        seen = [signal(f"{n}", item_id=one.id) for n, one in enumerate((first, second))]
        signals.add(tx, seen)
        found = [match(one.id, its.id, near.id) for one, its, near in zip((first, second), seen, known, strict=True)]
        findings.add_matches(tx, found)
        findings.add_assessments(tx, [assessment(one.id) for one in (first, second)])
    with store.reading() as tx:
        rows = tx.execute(sa.select(matches.c.seq, matches.c.source_id, matches.c.bank_id).order_by(matches.c.id)).all()
        assert [tuple(row) for row in rows] == [(n, first.source_id, one.bank_id) for n, one in enumerate(known, 1)]
        assert [one.item_id for one in pages.found(tx, FoundFilter(bank="lanterns"), 10)] == [second.id]
        assert [one.match.id for one in findings.list_matches(tx, MatchFilter(bank="herons"))] == [found[0].id]
        assert findings.count_matches(tx, MatchFilter(source_id=first.source_id)) == 2
        assert findings.count_matches(tx, MatchFilter(source_id=new_id())) == 0


def _case(priority: float, queue: str = "") -> Case:
    return Case(
        new_id(), CaseState.OPEN, "incitement", Band.KNOWN, 90, 1, 2, priority, (), "uz", "web", None, queue, NOON, None
    )


def test_queues_are_named_once_each_and_in_order(store: Store) -> None:
    """The common one has no name."""
    made = [_case(1.0, queue) for queue in ("uzbek", "", "night", "uzbek", "night", "ыssyk")]
    with store.writing() as tx:
        assert cases.queues(tx) == []
        casing.open_cases(tx, {one.id: one for one in made})
        assert cases.queues(tx) == ["night", "uzbek", "ыssyk"]


def test_the_most_pressing_case_comes_first_and_of_equals_the_older(store: Store) -> None:
    """On each page of the queue."""
    made = [_case(priority) for priority in (1.0, 3.0, 2.0, 3.0)]
    with store.writing() as tx:
        casing.open_cases(tx, {one.id: one for one in made})
        pages_of_two = [cases.page(tx, QueueFilter(language="uz"), 2, start) for start in (0, 2)]
    assert [one.id for page in pages_of_two for one in page] == [made[n].id for n in (1, 3, 2, 0)]


@contextmanager
def _plans(store: Store) -> Iterator[list[str]]:
    """Collect how SQLite walks what is asked meanwhile."""
    plans: list[str] = []

    def explain(
        connection: sa.Connection, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        if statement.startswith(("SELECT", "WITH")):
            plans.extend(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(store.engine, "before_cursor_execute", explain)
    yield plans
    sa.event.remove(store.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_sqlite_counts_and_sorts_by_indexes_alone(store: Store) -> None:
    """Rows are read by their own numbers and ids, which are those that are shown; never while a list is walked."""
    source_id = stored(store, "One.")[0].source_id
    with store.reading() as tx, _plans(store) as plans:
        cases.queues(tx)
        several = QueueFilter(queue="night", language="uz", source_id=source_id, severity=2)
        for wanted in (QueueFilter(), several, QueueFilter(claimed_by="Aziz")):
            cases.count(tx, wanted)
            cases.page(tx, wanted, 50)
        for narrowed in (FoundFilter(), FoundFilter(bank="herons", kind="pdq", source_id=source_id, words="one")):
            pages.count_bands(tx, narrowed)
            pages.found(tx, narrowed, 50)
        for one in (ItemFilter(), ItemFilter(query="one", source_id=source_id), ItemFilter(band="found", query="one")):
            item_lists.page(tx, one, 50)
    walked = [plan for plan in plans if re.search(r"\b(cases|assessments|assessments_1|matches|items|here)\b", plan)]
    dear = [one for one in walked if "COVERING" not in one and not re.search(r"\((id|rowid|item_id)=\?", one)]
    assert [one for one in dear if "claimed_by" not in one] == []


def test_an_upgrade_keeps_what_words_find(empty_sqlite_url: str, tmp_path: Path) -> None:
    """The index of words is built anew from itself, with beginnings."""
    engine = sa.create_engine(empty_sqlite_url)
    config = schema._config()  # noqa: SLF001 - to stop at an older revision
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        words = [(1, "market рынок"), (2, "marble"), (7, "bread нон")]
        for number, text in words:
            connection.exec_driver_sql("INSERT INTO items_search (rowid, words) VALUES (?, ?)", (number, text))
    engine.dispose()
    store = open_store(empty_sqlite_url, tmp_path / "blobs", create=True)
    asked = {"ma*": [1, 2], "market": [1], "m*": [1, 2], "marb*": [2], "рын*": [1], "ры*": [1], "b* н*": [7], "x*": []}
    with store.reading() as tx:
        found = {query: sorted(tx.execute(search.numbers("sqlite", query)).scalars()) for query in asked}
    store.close()
    assert found == asked


def test_entries_are_counted_anew_whenever_one_changes(store: Store) -> None:
    """What is remembered is of one version of the banks; what a transaction has changed is counted in it alone."""
    with store.writing() as tx:
        bank = banks.create(tx, "herons", "terrorist-content", "Aziz")
        first, second = entry(bank.id), entry(bank.id, "b" * 64)
        banks.add_entries(tx, [first])
        assert banks.counts(tx) == {bank.id: {"active": 1}}
    with store.reading() as tx:
        assert banks.counts(tx) == banks.counts(tx) == {bank.id: {"active": 1}}
    with rolled_back(store) as tx:
        banks.add_entries(tx, [second])
        assert banks.counts(tx) == {bank.id: {"active": 2}}
    with store.reading() as tx:
        assert banks.counts(tx) == {bank.id: {"active": 1}}
    with store.writing() as tx:
        banks.change_status(tx, first.id, EntryStatus.DISPUTED, "Aziz", "It shows a lake.")
    with store.reading() as tx:
        assert banks.counts(tx) == {bank.id: {"disputed": 1}}
