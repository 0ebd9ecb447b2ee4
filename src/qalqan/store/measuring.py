"""What standing decisions and second looks say of people's agreement, of the policy's features and of banks.

Everything is asked of the newest decisions alone, so many that more would not tell more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from qalqan.model.cases import Outcome
from qalqan.model.ids import Id
from qalqan.model.quality import Pair, Sort
from qalqan.store.records import streamed
from qalqan.store.tables import assessments, bank_entries, banks, matches
from qalqan.store.tables_cases import case_items, cases, decisions, undone
from qalqan.store.tables_quality import golden_cases, second_looks

NEWEST = 20_000
"""Decisions, and second looks, that are measured: with so many, a share is known to one in a hundred."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """Something that spoke for terrorist content in a decided case."""

    case_id: Id
    at: datetime
    """When the case was decided."""
    outcome: str
    name: str


def latest(tx: sa.Connection) -> tuple[str, ...]:
    """Return what changes whenever something else would be measured."""
    newest = tx.execute(sa.select(decisions.c.id).order_by(decisions.c.id.desc()).limit(1)).scalar()
    taken_back = tx.execute(sa.select(sa.func.count()).select_from(undone)).scalar_one()
    given = sa.select(sa.func.max(second_looks.c.at), sa.func.count(second_looks.c.at))
    golden = sa.select(sa.func.count(), sa.func.count(golden_cases.c.ended_at)).select_from(golden_cases)
    return tuple(str(one) for one in (newest, taken_back, *tx.execute(given).one(), *tx.execute(golden).one()))


def pairs(tx: sa.Connection) -> list[Pair]:
    """Return the two answers of the newest second looks; none where the first was taken back meanwhile."""
    query = sa.select(second_looks, cases.c.category.label("of_case"), cases.c.language)
    query = query.join(cases, cases.c.id == second_looks.c.case_id)
    query = query.outerjoin(undone, undone.c.decision_id == second_looks.c.decision_id)
    given = query.where(second_looks.c.at.is_not(None), undone.c.decision_id.is_(None))
    return [_pair(row) for row in tx.execute(given.order_by(second_looks.c.at.desc()).limit(NEWEST))]


def _pair(row: sa.Row[Any]) -> Pair:
    first, second = answer(row.expected, row.expected_category), answer(row.outcome, row.category)
    return Pair(Sort(row.sort), first, second, row.of_case, row.language, row.at, row.by)


def answer(outcome: str, category: str | None) -> str:
    """Return an outcome with its category as one answer."""
    return f"{outcome}: {category}" if category else outcome


def _newest() -> sa.Subquery:
    query = sa.select(decisions.c.case_id, decisions.c.at, decisions.c.outcome, decisions.c.entry_id)
    return query.where(decisions.c.standing).order_by(decisions.c.id.desc()).limit(NEWEST).subquery()


def times(tx: sa.Connection) -> list[datetime]:
    """Return when each of the newest decisions that stand was made."""
    return [row.at for row in tx.execute(sa.select(_newest().c.at))]


def by_bank(tx: sa.Connection) -> Iterator[Spoke]:
    """Yield the banks of whose entries one was found in a decided case; a case counts once for each."""
    yield from _found(tx, banks.c.name)


def by_matcher(tx: sa.Connection) -> Iterator[Spoke]:
    """Yield the kinds of match that were found in a decided case; a case counts once for each."""
    yield from _found(tx, matches.c.kind)


def _found(tx: sa.Connection, what: sa.ColumnElement[str]) -> Iterator[Spoke]:
    newest = _newest()
    query = (
        sa.select(newest.c.case_id, newest.c.at, newest.c.outcome, what.label("name"))
        .join(case_items, case_items.c.case_id == newest.c.case_id)
        .join(matches, matches.c.item_id == case_items.c.item_id)
        .join(bank_entries, bank_entries.c.id == matches.c.entry_id)
        .join(banks, banks.c.id == bank_entries.c.bank_id)
        # A wrong match says something of the entry that it names, and nothing of what else was found beside it. Such
        # a match stands no longer, and counts all the same.
        .where(
            matches.c.found_at <= newest.c.at,
            sa.or_(
                sa.and_(newest.c.outcome != Outcome.WRONG_MATCH.value, matches.c.stands),
                matches.c.entry_id == newest.c.entry_id,
            ),
        )
        .distinct()
    )
    for row in streamed(tx, query, 1000):
        yield Spoke(row.case_id, row.at, row.outcome, row.name)


def by_feature(tx: sa.Connection) -> Iterator[Spoke]:
    """Yield the policy's features that gave points in a decided case when it was decided; once for each case.

    Of a case with a wrong match they are those that stand on it: the others were not judged.
    """
    wrong = _wrong_matches(tx)
    for _case, rows in groupby(_weighed(tx), key=lambda row: row.case_id):
        # Of each item and category the last is what stood at the decision: a dispute weighs anew what it was made on.
        stood = {(row.item_id, row.category): row for row in rows}.values()
        names: set[str] = set()
        for row in stood:
            only = wrong.get(row.case_id, frozenset()) if row.outcome == Outcome.WRONG_MATCH.value else None
            names |= _gave_points(row.reasons, only)
            last = row
        for name in sorted(names):
            yield Spoke(last.case_id, last.at, last.outcome, name)


def _weighed(tx: sa.Connection) -> Iterator[sa.Row[Any]]:
    newest = _newest()
    query = (
        sa.select(newest, assessments.c.item_id, assessments.c.category, assessments.c.reasons)
        .join(case_items, case_items.c.case_id == newest.c.case_id)
        .join(assessments, assessments.c.item_id == case_items.c.item_id)
        .where(assessments.c.assessed_at <= newest.c.at)
        .order_by(newest.c.case_id, assessments.c.id)
    )
    yield from streamed(tx, query, 1000)


def _wrong_matches(tx: sa.Connection) -> dict[Id, frozenset[Id]]:
    """Return the matches that were called wrong, by case."""
    newest = _newest()
    query = (
        sa.select(newest.c.case_id, matches.c.id)
        .join(case_items, case_items.c.case_id == newest.c.case_id)
        .join(matches, sa.and_(matches.c.item_id == case_items.c.item_id, matches.c.entry_id == newest.c.entry_id))
        .where(newest.c.outcome == Outcome.WRONG_MATCH.value)
    )
    found: dict[Id, set[Id]] = {}
    for case_id, match_id in tx.execute(query):
        found.setdefault(case_id, set()).add(match_id)
    return {case_id: frozenset(some) for case_id, some in found.items()}


def _gave_points(reasons: list[dict[str, Any]], only: frozenset[Id] | None) -> set[str]:
    """Return the features that gave points, those alone that stand on some matches where these are given."""
    spoke = (one for one in reasons if one.get("points") and (only is None or one.get("match_id") in only))
    return {str(one["feature"]) for one in spoke}
