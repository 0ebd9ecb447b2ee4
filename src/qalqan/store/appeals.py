"""Appeals against decisions, and the decision that follows from one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.cases import Appeal, AppealState, CaseState, Decision
from qalqan.model.ids import Id
from qalqan.store.records import insert_new, key_of, record_of, records_of, row_of
from qalqan.store.tables_cases import case_items, cases, decisions
from qalqan.store.tables_quality import appeals


def add(tx: sa.Connection, appeal: Appeal) -> Appeal:
    """Keep an appeal; return it, or the one that was handed in with the same reference before."""
    whose = (appeal.decision_id, appeal.sender, appeal.contact, appeal.text)
    key = _key(appeal.taken_by, appeal.reference) if appeal.reference else key_of(appeal.taken_by, *whose)
    if not insert_new(tx, appeals, [row_of(appeal, key=key)], "key"):
        return record_of(Appeal, tx.execute(sa.select(appeals).where(appeals.c.key == key)).one())
    _mark(tx, appeal.case_id, CaseState.DECIDED, CaseState.APPEALED)
    return appeal


def handed_in(tx: sa.Connection, taken_by: str, reference: str) -> Appeal | None:
    """Return the appeal that somebody has handed in with a reference of theirs."""
    row = tx.execute(sa.select(appeals).where(appeals.c.key == _key(taken_by, reference))).first()
    return record_of(Appeal, row) if row and reference else None


def _key(taken_by: str, reference: str) -> str:
    return key_of(taken_by, reference)


def get(tx: sa.Connection, appeal_id: Id) -> Appeal:
    """Return an appeal. Raises NotFound."""
    row = tx.execute(sa.select(appeals).where(appeals.c.id == appeal_id)).first()
    if row is None:
        raise NotFound(f"There is no appeal {appeal_id}.", hint="qalqan appeal list shows them.")
    return record_of(Appeal, row)


def page(tx: sa.Connection, state: str, limit: int, offset: int = 0, taken_by: str | None = None) -> list[Appeal]:
    """Return appeals in a state, or in any where it is empty: the one that is due first comes first.

    With `taken_by`, only those that this person has handed in.
    """
    query = sa.select(appeals).where(*_in(state, taken_by))
    first = query.order_by(appeals.c.state != AppealState.OPEN.value, appeals.c.due, appeals.c.id)
    return records_of(Appeal, tx.execute(first.limit(limit).offset(offset)))


def count(tx: sa.Connection, state: str, taken_by: str | None = None) -> int:
    """Count appeals in a state, or all where it is empty; with `taken_by`, only those that this person handed in."""
    query = sa.select(sa.func.count()).select_from(appeals).where(*_in(state, taken_by))
    return int(tx.execute(query).scalar_one())


def count_overdue(tx: sa.Connection, moment: datetime) -> int:
    """Count open appeals whose day has passed."""
    late = (appeals.c.state == AppealState.OPEN.value, appeals.c.due < moment)
    return int(tx.execute(sa.select(sa.func.count()).select_from(appeals).where(*late)).scalar_one())


def _in(state: str, taken_by: str | None) -> list[sa.ColumnElement[bool]]:
    asked = ((appeals.c.state, state), (appeals.c.taken_by, taken_by))
    return [column == value for column, value in asked if value]


def end(tx: sa.Connection, appeal: Appeal, state: AppealState, by: str, reasons: str | None, at: datetime) -> None:
    """Write how an appeal ended. Raises AlreadyThere where it ended before: the first answer stands."""
    values = {"state": state.value, "decided_by": by, "decided_at": at, "reasons": reasons}
    ours = (appeals.c.id == appeal.id, appeals.c.state == AppealState.OPEN.value)
    if tx.execute(appeals.update().where(*ours).values(**values)).rowcount != 1:
        raise AlreadyThere("This appeal has its answer.", hint="Reload the page to read it.")
    others = (appeals.c.case_id == appeal.case_id, appeals.c.state == AppealState.OPEN.value)
    if tx.execute(sa.select(appeals.c.id).where(*others).limit(1)).first() is None:
        _mark(tx, appeal.case_id, CaseState.APPEALED, CaseState.DECIDED)


def _mark(tx: sa.Connection, case_id: Id, before: CaseState, after: CaseState) -> None:
    """Bring a case from one state into another, where it is in that one."""
    there = (cases.c.id == case_id, cases.c.state == before.value)
    tx.execute(cases.update().where(*there).values(state=after.value))


def decision(tx: sa.Connection, decision_id: Id) -> Decision:
    """Return the decision that is appealed. Raises NotFound."""
    row = tx.execute(sa.select(decisions).where(decisions.c.id == decision_id)).first()
    if row is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return record_of(Decision, row)


def standing(tx: sa.Connection, case_id: Id) -> Decision | None:
    """Return the decision that stands on a case."""
    row = tx.execute(sa.select(decisions).where(decisions.c.case_id == case_id, decisions.c.standing)).first()
    return record_of(Decision, row) if row else None


def standing_on_item(tx: sa.Connection, item_id: Id) -> Decision:
    """Return the decision that stands on an item's case. Raises NotFound."""
    in_case = sa.select(case_items.c.case_id).where(case_items.c.item_id == item_id).scalar_subquery()
    row = tx.execute(sa.select(decisions).where(decisions.c.case_id == in_case, decisions.c.standing)).first()
    if row is None:
        raise NotFound(f"No decision stands on the item {item_id}.", hint="There is nothing to appeal against.")
    return record_of(Decision, row)


def open_on(tx: sa.Connection, case_id: Id) -> bool:
    """Whether an appeal against a decision on a case is open."""
    return _any_open(tx, appeals.c.case_id == case_id)


def open_against(tx: sa.Connection, decision_id: Id) -> bool:
    """Whether an appeal against a decision is open."""
    return _any_open(tx, appeals.c.decision_id == decision_id)


def first_open(tx: sa.Connection, case_id: Id) -> Id | None:
    """Return the open appeal against a decision on a case that is due first; None where none is."""
    ours = (appeals.c.case_id == case_id, appeals.c.state == AppealState.OPEN.value)
    return tx.execute(sa.select(appeals.c.id).where(*ours).order_by(appeals.c.due, appeals.c.id).limit(1)).scalar()


def _any_open(tx: sa.Connection, wanted: sa.ColumnElement[bool]) -> bool:
    ours = (wanted, appeals.c.state == AppealState.OPEN.value)
    return tx.execute(sa.select(appeals.c.id).where(*ours).limit(1)).first() is not None


def granted_by(tx: sa.Connection, made: Decision) -> bool:
    """Whether an appeal was granted by a decision: they bear the same name and moment."""
    ours = (appeals.c.case_id == made.case_id, appeals.c.state == AppealState.GRANTED.value)
    same = (appeals.c.decided_by == made.by, appeals.c.decided_at == made.at)
    return tx.execute(sa.select(appeals.c.id).where(*ours, *same).limit(1)).first() is not None


def took_part(tx: sa.Connection, one: Decision) -> set[str]:
    """Return who has a part in a decision: who gave it, who proposed it, who gave a second opinion on either."""
    ids = [each for each in (one.id, one.second_to) if each]
    query = sa.select(decisions.c.by).where(sa.or_(decisions.c.id.in_(ids), decisions.c.second_to.in_(ids)))
    return {row.by for row in tx.execute(query)}


def supersede(tx: sa.Connection, fresh: Decision) -> None:
    """Let a decision stand in the place of the one that it supersedes."""
    of_case = (decisions.c.case_id == fresh.case_id, decisions.c.standing)
    tx.execute(decisions.update().where(*of_case).values(standing=False))
    tx.execute(decisions.insert(), row_of(fresh, standing=True))
