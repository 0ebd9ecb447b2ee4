"""All that a store holds of the desk, read at once and judged in plain Python: what its fast queries are held to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from qalqan.model.cases import GRAVE, AppealState, Case, CaseState, Decision
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.store import Store, appeals, cases
from qalqan.store.cases import QueueFilter
from qalqan.store.records import records_of
from qalqan.store.tables_cases import case_items, case_looks, case_notes, undone
from qalqan.store.tables_cases import cases as cases_table
from qalqan.store.tables_cases import decisions as decisions_table


class Seen:
    """All that the store holds of the desk, read at once and judged in plain Python."""

    def __init__(self, store: Store) -> None:
        with store.reading() as tx:
            self.cases = {one.id: one for one in records_of(Case, tx.execute(sa.select(cases_table)))}
            self.decisions = {one.id: one for one in records_of(Decision, tx.execute(sa.select(decisions_table)))}
            stands = sa.select(decisions_table.c.case_id, decisions_table.c.id).where(decisions_table.c.standing)
            self.standing_ids = [(row.case_id, row.id) for row in tx.execute(stands)]
            self.undone = set(tx.execute(sa.select(undone.c.decision_id)).scalars())
            self.members: dict[Id, set[Id]] = {}
            for row in tx.execute(sa.select(case_items)):
                self.members.setdefault(row.case_id, set()).add(row.item_id)
            looks = tx.execute(sa.select(case_looks))
            self.looks: dict[tuple[Id, str, Id], datetime] = {
                (row.case_id, row.person, row.item_id): row.at for row in looks
            }
            notes = tx.execute(sa.select(case_notes.c.case_id, case_notes.c.at))
            self.notes: dict[Id, list[datetime]] = {}
            for case_id, at in notes:
                self.notes.setdefault(case_id, []).append(at)
            self.appeals = appeals.page(tx, "", 1_000)
            self.open = {state: cases.count(tx, QueueFilter(state=state)) for state in CaseState}
        self.standing = dict(self.standing_ids)

    def holder(self, case_id: Id) -> str | None:
        """Return who holds a case now."""
        case = self.cases[case_id]
        return case.claimed_by if case.claimed_until is not None and case.claimed_until > now() else None

    def proposal(self, case_id: Id) -> Decision | None:
        """Return the proposal that waits on a case."""
        if self.cases[case_id].state is not CaseState.SECOND:
            return None
        made = [one for one in self.decisions.values() if one.case_id == case_id and one.id not in self.undone]
        grave = [one for one in made if one.measure in GRAVE and one.second_to is None]
        return max(grave, key=lambda one: one.id)

    def looked_at_all(self, case_id: Id, name: str) -> bool:
        """Whether somebody has looked at all items of a case since it last came back."""
        back = max(self.notes.get(case_id, []), default=None)
        seen = (self.looks.get((case_id, name, one)) for one in self.members[case_id])
        return all(at is not None and (back is None or at > back) for at in seen)

    def open_appeals(self, case_id: Id) -> list[Id]:
        """Return the decisions on a case against which an appeal is open."""
        return [one.decision_id for one in self.appeals if one.case_id == case_id and one.state is AppealState.OPEN]

    def may_take(self, case: Case, person: Person) -> bool:
        """Whether somebody may take a case."""
        proposal, stands = self.proposal(case.id), self.standing.get(case.id)
        own = stands is None or self.decisions[stands].by == person.name or may(person.role, Right.LEAD)
        return (
            self.holder(case.id) in (None, person.name)
            and case.state is not CaseState.APPEALED
            and (proposal is None or proposal.by != person.name)
            and (case.state is not CaseState.DECIDED or own)
        )

    def hold_together(self) -> None:
        """Assert what holds of any desk at any time."""
        assert len(self.standing_ids) == len(self.standing)
        for one in self.decisions.values():
            assert not one.second_to or self.decisions[one.second_to].by != one.by
            assert one.id not in self.undone or one.id not in self.standing.values()
        for case in self.cases.values():
            self._at_rest(case)

    def _at_rest(self, case: Case) -> None:
        """Assert that a case's state is what its decisions and appeals make it."""
        stands = self.standing.get(case.id)
        assert (case.state is CaseState.SECOND) <= (self.proposal(case.id) is not None)
        if case.state not in (CaseState.DECIDED, CaseState.APPEALED):
            return
        assert stands is not None
        assert bool(self.open_appeals(case.id)) == (case.state is CaseState.APPEALED)
        made = self.decisions[stands]
        if case.state is CaseState.DECIDED:
            assert self.members[case.id] == set(made.item_ids)
        if not any(one.decided_at == made.at for one in self.appeals):
            back = max((at for at in self.notes.get(case.id, []) if at < made.at), default=None)
            for item_id in made.item_ids:
                at = self.looks[case.id, made.by, item_id]
                assert back is None or at > back
