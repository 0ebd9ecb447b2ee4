"""The desk as a machine: whatever people do in whatever order, what must hold of cases and decisions holds after it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from qalqan.app import opened
from qalqan.errors import QalqanError
from qalqan.flow import appealing, deciding, holding
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import AppealState, Case, CaseState, Decision, Outcome
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import cases, open_store
from qalqan.store.cases import QueueFilter
from qalqan.store.tables_cases import cases as cases_table
from support import reviewing
from support.seen import Seen

NAMES = st.sampled_from(sorted(reviewing.PEOPLE))
CHOICE = st.integers(0, 3)
READY = st.sampled_from(["looked", "looked", "held", "not"])
"""Whether somebody takes a case and looks at all of it first, only takes it, or neither."""
MOSTLY = st.sampled_from([True, True, True, False])
MOST_ITEMS = 6
"""Items of one example: of more, people would seldom come to the same case twice."""
LONG_TEXT = "The water stood at the third step of the mill on the day of the fair."
TERRORIST = "terrorist"


def _never_sync(connection: sqlite3.Connection, _record: object) -> None:
    """Let SQLite not wait for the disk: hundreds of stores come and go here, and none is to outlast the machine."""
    connection.execute("PRAGMA synchronous=OFF")


class Desk(RuleBasedStateMachine):
    """People at the desk; after each deed all that must hold is looked at."""

    services: Services
    people: dict[str, Person]
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        place = Path(self.folder.name)
        shutil.copyfile(self.template, place / "qalqan.db")
        self.store = open_store(f"sqlite:///{place / 'qalqan.db'}", place / "blobs")
        sa.event.listen(self.store.engine, "connect", _never_sync)
        self.here = replace(self.services, store=self.store)
        self.came: list[reviewing.Arrived] = []
        self.entries: list[Id] = []
        self.done: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.fell: set[Id] = set()
        self.before = Seen(self.store)
        self.undid = False

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        self.folder.cleanup()

    def case(self, number: int) -> Case:
        """Return one of the cases."""
        return sorted(self.before.cases.values(), key=lambda one: one.id)[number % len(self.before.cases)]

    def attempt(self, allowed: bool, verbs: tuple[str, ...], deed: Callable[[], object]) -> object:  # noqa: FBT001 - what is to come of it
        """Do a deed; it must be refused just where it is not allowed. Return what came of it."""
        try:
            made = deed()
        except QalqanError as refused:
            if allowed:
                raise AssertionError(f"{verbs} was refused") from refused
            return None
        assert allowed, f"{verbs} was let through"
        self.done.update(verbs)
        return made

    @precondition(lambda self: len(self.came) < MOST_ITEMS)
    @rule(tie=st.sampled_from(["alone", "near-copy", "same-text", "unsure"]), number=CHOICE)
    def arrive(self, tie: str, number: int) -> None:
        """Let an item come in: alone, as a copy of a known thing, with the same text, or only near to a known thing."""
        active = [one for one in self.entries if reviewing.status_of(self.store, one).value == "active"]
        near = active[number % len(active)] if active and tie in ("near-copy", "unsure") else None
        text = LONG_TEXT if tie == "same-text" else None
        came = reviewing.arrive(self.store, near=near, text=text, verified=tie != "unsure")
        self.came.append(came)
        if near is None:
            self.entries.append(came.entry_id)
        now_in = Seen(self.store).cases
        grown = reviewing.case_of(self.store, came.item_id)
        self.told["case.opened"] += len(now_in) - len(self.before.cases)
        if grown in self.before.cases and self.before.cases[grown].state is CaseState.DECIDED:
            assert now_in[grown].state is CaseState.OPEN
            self.done["case.grown"] += 1

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE, name=NAMES)
    def take(self, number: int, name: str) -> None:
        """Somebody takes a case, or holds it for longer."""
        case, person = self.case(number), self.people[name]
        allowed = self.before.may_take(case, person)
        self.attempt(allowed, ("case.claimed",), lambda: holding.take(self.here, person, case.id))

    @rule(name=NAMES, state=st.sampled_from([*cases.TAKEABLE, *CaseState]))
    def take_next(self, name: str, state: CaseState) -> None:
        """Somebody takes the next case: the most pressing one that waits and that they may take."""
        person = self.people[name]
        waits = [one for one in self.before.cases.values() if one.state is state and state in cases.TAKEABLE]
        free = [one for one in waits if self.before.may_take(one, person)]
        taken = holding.take_next(self.here, person, QueueFilter(state=state))
        first = min(free, key=lambda one: (-one.priority, one.id), default=None)
        assert (taken and taken.id) == (first and first.id)
        self.done["case.claimed"] += taken is not None

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE, name=NAMES)
    def let_go(self, number: int, name: str) -> None:
        """Somebody lets a case go; where they do not hold it, nothing happens."""
        case = self.case(number)
        holding.let_go(self.here, self.people[name], case.id)
        self.done["case.released"] += case.claimed_by == name

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE)
    def run_out(self, number: int) -> None:
        """Let the time of a claim be over."""
        with self.store.writing() as tx:
            ended = cases_table.update().where(cases_table.c.id == self.case(number).id)
            tx.execute(ended.values(claimed_until=now() - timedelta(seconds=1)))

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE, name=NAMES, part=st.booleans())
    def look(self, number: int, name: str, *, part: bool) -> None:
        """Somebody looks at a case: at all of its items, or at one."""
        case = self.case(number)
        with self.store.writing() as tx:
            cases.look(tx, case.id, cases.item_ids(tx, case.id)[: 1 if part else None], name)

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE, name=NAMES, what=st.sampled_from(["lawful", "context", "grave", "wrong"]), ready=READY)
    def decide(self, number: int, name: str, what: str, ready: str) -> None:
        """Somebody decides a case, mostly one that they have taken and looked at."""
        case = self.case(number)
        person = self.ready(case, name, ready)
        seen, name = Seen(self.store), person.name
        held = seen.cases[case.id].claimed_by == name
        allowed = held and seen.looked_at_all(case.id, name) and case.state in (CaseState.OPEN, CaseState.DECIDED)
        verb = "case.proposed" if what == "grave" else "case.decided"
        given = self.given(what, case.id)
        disputes = given.entry_id and reviewing.status_of(self.store, given.entry_id).value == "active"
        made = self.attempt(allowed, (verb,), lambda: deciding.decide(self.here, person, case.id, given))
        if isinstance(made, Decision):
            self.told["decision.made"] += what != "grave"
            self.done["entry.disputed"] += bool(disputes)

    def ready(self, case: Case, name: str, how: str) -> Person:
        """Let somebody take a case and look at all of it: who holds it, else the one named or another who may."""
        if how == "not":
            return self.people[name]
        wanted = [self.before.holder(case.id) or name, *sorted(self.people)]
        person = next((self.people[one] for one in wanted if self.before.may_take(case, self.people[one])), None)
        if person is None:
            return self.people[name]
        holding.take(self.here, person, case.id)
        self.done["case.claimed"] += 1
        if how == "looked":
            reviewing.look_at_all(self.store, person, case.id)
        return person

    def given(self, what: str, case_id: Id) -> Given:
        """Return what to decide."""
        found = next(one.entry_id for one in self.came if one.item_id in self.before.members[case_id])
        wrong = Given(Outcome.WRONG_MATCH, rationale="It is another picture.", entry_id=found)
        sorts = {
            "lawful": reviewing.LAWFUL,
            "context": reviewing.CONTEXT,
            "grave": reviewing.grave(self.here),
            "wrong": wrong,
        }
        return sorts[what]

    @precondition(lambda self: any(one.state is CaseState.SECOND for one in self.before.cases.values()))
    @rule(number=CHOICE, name=NAMES, agrees=MOSTLY, ready=READY)
    def second(self, number: int, name: str, ready: str, *, agrees: bool) -> None:
        """Somebody gives a second opinion."""
        waits = [one for one in self.before.cases.values() if one.state is CaseState.SECOND]
        case = sorted(waits, key=lambda one: one.id)[number % len(waits)]
        person = self.ready(case, name, ready)
        seen, name = Seen(self.store), person.name
        proposal = seen.proposal(case.id)
        assert proposal is not None
        own = proposal.by == name
        allowed = seen.cases[case.id].claimed_by == name and seen.looked_at_all(case.id, name) and not own
        given = reviewing.grave(self.here, "I come to the same.") if agrees else reviewing.LAWFUL
        made = self.attempt(allowed, ("case.seconded",), lambda: deciding.second(self.here, person, case.id, given))
        self.told["decision.made"] += bool(made and agrees)

    @precondition(lambda self: self.before.decisions)
    @rule(number=CHOICE, name=NAMES, own=MOSTLY)
    def undo(self, number: int, name: str, *, own: bool) -> None:
        """Somebody takes a decision back, mostly their own."""
        made = sorted(self.before.decisions.values(), key=lambda one: one.id, reverse=True)
        taken, seen = made[number % len(made)], self.before
        name = taken.by if own else name
        person = self.people[name]
        proposal = seen.proposal(taken.case_id)
        counts = taken.id in (seen.standing.get(taken.case_id), proposal and proposal.id)
        appealed = taken.id in seen.open_appeals(taken.case_id)
        granted = any(one.decided_at == taken.at and one.state is AppealState.GRANTED for one in seen.appeals)
        own = taken.by == name or may(person.role, Right.LEAD)
        free = seen.holder(taken.case_id) in (None, name)
        self.undid = bool(counts and own and free and not appealed and not granted)
        self.attempt(self.undid, ("decision.undone",), lambda: deciding.undo(self.here, person, taken.id))
        self.told["decision.undone"] += self.undid

    @precondition(lambda self: self.before.cases)
    @rule(number=CHOICE)
    def reopen(self, number: int) -> None:
        """Bring a case back."""
        case = self.case(number)
        with self.store.writing() as tx:
            back = deciding.reopen(tx, [case.id], "qalqan", "Something new was found.")
        assert back == (case.state is CaseState.DECIDED)

    @precondition(lambda self: len(self.before.appeals) < len(self.before.standing))
    @rule(number=CHOICE)
    def appeal(self, number: int) -> None:
        """Somebody objects to a decision that stands."""
        ids = sorted(self.before.standing.values())
        sent = Sent("It was a report.", reference=f"R{len(self.before.appeals)}", decision_id=ids[number % len(ids)])
        self.attempt(bool(ids), ("appeal.received",), lambda: appealing.take_in(self.here, "platform", sent))
        self.told["appeal.received"] += 1

    @precondition(lambda self: any(one.state is AppealState.OPEN for one in self.before.appeals))
    @rule(number=CHOICE, name=NAMES, granted=st.booleans())
    def answer(self, number: int, name: str, *, granted: bool) -> None:
        """Somebody answers an appeal."""
        waits = [one for one in self.before.appeals if one.state is AppealState.OPEN]
        one, seen = waits[number % len(waits)], self.before
        first = seen.decisions[one.decision_id]
        stands = seen.decisions[seen.standing[one.case_id]]
        outcome = Outcome.LAWFUL if granted else None
        given = Answer(AppealState.GRANTED if granted else AppealState.REFUSED, "We looked.", outcome)
        allowed = name not in self.parts(first) | self.parts(stands)
        allowed = allowed and not (granted and first.outcome is Outcome.LAWFUL)
        verbs = [f"appeal.{given.state.value}"]
        if granted and stands.outcome is not Outcome.LAWFUL:
            verbs.append("decision.superseded")
        answered = self.attempt(
            allowed, tuple(verbs), lambda: appealing.answer(self.here, self.people[name], one.id, given)
        )
        self.told["appeal.decided"] += bool(answered)
        self.told["decision.superseded"] += bool(answered) and len(verbs) > 1

    def parts(self, first: Decision) -> set[str]:
        """Return who had a part in a decision."""
        seconds = {one.by for one in self.before.decisions.values() if one.second_to == first.id}
        return {first.by} | seconds

    @invariant()
    def whole(self) -> None:
        """All of it holds, and nothing that was superseded stands again but by undoing."""
        seen, before = Seen(self.store), self.before
        with self.store.reading() as tx:
            reviewing.whole(tx, [one.item_id for one in self.came])
        fallen = set(before.standing.values()) - set(seen.standing.values())
        risen = set(seen.standing.values()) - set(before.standing.values())
        assert not risen & self.fell or self.undid, "what was superseded stands again"
        self.fell |= fallen
        self.undid = False
        seen.hold_together()
        assert seen.open == {state: sum(one.state is state for one in seen.cases.values()) for state in CaseState}
        self.before = seen

    @invariant()
    def told_of(self) -> None:
        """Every deed is in the audit log, once, and others are told of what concerns them, once."""
        log = reviewing.deeds(self.store)
        log.pop("case.reopened", None)
        assert log == +self.done
        assert reviewing.events(self.store) == +self.told


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[type[Desk]]:
    """Return the machine, over a store with people, a bank and a webhook that each example has a copy of."""
    home = tmp_path_factory.mktemp("desk")
    shutil.copyfile(sqlite_template, home / "qalqan.db")
    with opened(Settings(home=home)) as services:
        people = reviewing.furnish(services.store)
        services.store.close()
        shutil.copyfile(home / "qalqan.db", home / "furnished.db")
        yield type("Furnished", (Desk,), {"services": services, "people": people, "template": home / "furnished.db"})


@pytest.mark.slow
def test_whatever_people_do_the_desk_holds_together(furnished: type[Desk]) -> None:
    """In any order, by any of four people, two of whom are leads."""
    run_state_machine_as_test(furnished, settings=settings(max_examples=60, stateful_step_count=50, deadline=None))
