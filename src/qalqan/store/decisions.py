"""Decisions: each a new row, one at most standing for a case, none ever changed in what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.i18n import gettext as _
from qalqan.model.cases import Case, Decision, Outcome, Undone
from qalqan.model.ids import Id
from qalqan.model.times import now
from qalqan.store.records import record_of, records_of, row_of
from qalqan.store.tables import matches
from qalqan.store.tables_cases import case_items, decisions
from qalqan.store.tables_cases import undone as undone_rows


def get(tx: sa.Connection, decision_id: Id) -> Decision:
    """Return a decision. Raises NotFound."""
    row = tx.execute(sa.select(decisions).where(decisions.c.id == decision_id)).first()
    if row is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return record_of(Decision, row)


def standing(tx: sa.Connection, case_id: Id) -> Decision | None:
    """Return the decision that stands for a case; None where none does."""
    row = tx.execute(sa.select(decisions).where(decisions.c.case_id == case_id, decisions.c.standing)).first()
    return record_of(Decision, row) if row else None


def history(tx: sa.Connection, case_id: Id) -> list[Decision]:
    """Return all that was decided and proposed on a case, oldest first, whether it stands or not."""
    query = sa.select(decisions).where(decisions.c.case_id == case_id).order_by(decisions.c.id)
    return records_of(Decision, tx.execute(query))


def proposal(tx: sa.Connection, case_id: Id) -> Decision | None:
    """Return the newest decision on a case that is no second opinion and was not taken back."""
    taken_back = sa.exists().where(undone_rows.c.decision_id == decisions.c.id)
    query = sa.select(decisions).where(decisions.c.case_id == case_id, decisions.c.second_to.is_(None), ~taken_back)
    row = tx.execute(query.order_by(decisions.c.id.desc()).limit(1)).first()
    return record_of(Decision, row) if row else None


def recent(tx: sa.Connection, limit: int, offset: int = 0, *, only_standing: bool = True) -> list[Decision]:
    """Return decisions, newest first."""
    query = sa.select(decisions).order_by(decisions.c.id.desc()).limit(limit).offset(offset)
    return records_of(Decision, tx.execute(query.where(decisions.c.standing) if only_standing else query))


def on_like(tx: sa.Connection, case: Case, limit: int) -> list[Decision]:
    """Return what stands for other cases whose items were found near the same known things, newest first."""
    own = sa.select(matches.c.entry_id).join(case_items, case_items.c.item_id == matches.c.item_id)
    entries = own.where(case_items.c.case_id == case.id, matches.c.stands)
    like = (
        sa.select(case_items.c.case_id)
        .join(matches, matches.c.item_id == case_items.c.item_id)
        .where(matches.c.entry_id.in_(entries), matches.c.stands, case_items.c.case_id != case.id)
    )
    query = sa.select(decisions).where(decisions.c.standing, decisions.c.case_id.in_(like))
    return records_of(Decision, tx.execute(query.order_by(decisions.c.id.desc()).limit(limit)))


def undone(tx: sa.Connection, ids: Sequence[Id]) -> dict[Id, Undone]:
    """Return which of these decisions were taken back, by whom and when."""
    rows = tx.execute(sa.select(undone_rows).where(undone_rows.c.decision_id.in_(ids))) if ids else ()
    return {row.decision_id: record_of(Undone, row) for row in rows}


def add(tx: sa.Connection, made: Decision, *, stands: bool) -> None:
    """Keep a decision; one that stands takes the place of the one it supersedes.

    Raises AlreadyThere where another decision came to stand meanwhile.
    """
    if stands and made.supersedes:
        _end(tx, made.supersedes)
    try:
        tx.execute(decisions.insert(), row_of(made, standing=stands))
    except sa.exc.IntegrityError as error:
        raise AlreadyThere(_("Somebody else has decided this case meanwhile."), hint=_("Look at it again.")) from error


def _end(tx: sa.Connection, decision_id: Id) -> None:
    tx.execute(decisions.update().where(decisions.c.id == decision_id).values(standing=False))


def take_back(tx: sa.Connection, made: Decision, by: str) -> None:
    """Let a decision stand no longer; what it superseded does not stand again by itself."""
    tx.execute(undone_rows.insert(), row_of(Undone(made.id, by, now())))
    _end(tx, made.id)


def outcomes_of_items(tx: sa.Connection, after: Id | None, limit: int) -> list[Any]:
    """Return standing decisions in the order of their ids, those after one, to be read in stretches."""
    query = sa.select(decisions).where(decisions.c.standing, decisions.c.outcome != Outcome.WRONG_MATCH.value)
    query = query.order_by(decisions.c.id).limit(limit)
    return records_of(Decision, tx.execute(query if after is None else query.where(decisions.c.id > after)))


def cases_matched_by(tx: sa.Connection, entry_id: Id) -> list[Id]:
    """Return the cases with an item that was ever found near a known thing."""
    query = sa.select(case_items.c.case_id).join(matches, matches.c.item_id == case_items.c.item_id)
    return sorted(set(tx.execute(query.where(matches.c.entry_id == entry_id, matches.c.stands)).scalars()))
