"""Many people at the desk at once: nobody waits for ever, nothing is lost, and all that must hold holds afterwards."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from qalqan.errors import AlreadyThere, BadValue, NotAllowed, NotFound
from qalqan.flow import appealing, deciding, holding
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import AppealState, CaseState, Outcome
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.store.cases import QueueFilter
from support import reviewing
from support.seen import Seen

PEOPLE_AT_ONCE = 6
DEEDS = 25
TOLD_NO = (AlreadyThere, BadValue, NotAllowed, NotFound)
"""What somebody may be told who comes too late. A database that gave up on two who wait for each other is none."""


@dataclass
class Hand:
    """Somebody who does whatever comes to mind, as fast as they can."""

    services: Services
    person: Person
    known: list[Id]
    chance: random.Random
    came: list[Id] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Do some deeds; one that is refused is no deed."""
        deeds: list[Callable[[], object]] = [self.arrive, self.decide, self.decide, self.second, self.undo, self.appeal]
        for _ in range(DEEDS):
            deed = self.chance.choice(deeds)
            try:
                deed()
                self.done[deed.__name__] += 1
            except TOLD_NO:
                self.done["told no"] += 1

    def arrive(self) -> None:
        """Let a copy of a known thing come in."""
        near = self.chance.choice(self.known)
        self.came.append(reviewing.arrive(self.services.store, near=near, verified=self.chance.random() < 0.7).item_id)

    def taken(self, state: CaseState) -> Id:
        """Take the next case and look at all of it. Raises NotFound where none is free."""
        case = holding.take_next(self.services, self.person, QueueFilter(state=state))
        if case is None:
            raise NotFound("None is free.")
        reviewing.look_at_all(self.services.store, self.person, case.id)
        return case.id

    def decide(self) -> None:
        """Decide the next case: as lawful, as a wrong match, or by a grave measure."""
        case_id = self.taken(CaseState.OPEN)
        wrong = Given(Outcome.WRONG_MATCH, rationale="Another picture.", entry_id=self.chance.choice(self.known))
        given = self.chance.choice([reviewing.LAWFUL, reviewing.grave(self.services), wrong])
        deciding.decide(self.services, self.person, case_id, given)

    def second(self) -> None:
        """Give a second opinion."""
        given = self.chance.choice([reviewing.grave(self.services), reviewing.LAWFUL])
        deciding.second(self.services, self.person, self.taken(CaseState.SECOND), given)

    def undo(self) -> None:
        """Take back any decision that may be."""
        made = list(Seen(self.services.store).decisions)
        if made:
            deciding.undo(self.services, self.person, self.chance.choice(made))

    def appeal(self) -> None:
        """Object to a decision, and have it answered."""
        standing = list(Seen(self.services.store).standing.values())
        if standing:
            decision = self.chance.choice(standing)
            appeal = appealing.take_in(self.services, self.person.name, Sent("It was a report.", decision_id=decision))
            state = self.chance.choice([AppealState.GRANTED, AppealState.REFUSED])
            outcome = Outcome.CONTEXT if state is AppealState.GRANTED else None
            appealing.answer(self.services, self.person, appeal.id, Answer(state, "We looked.", outcome))


def test_people_who_do_everything_at_once_leave_a_desk_that_holds_together(services: Services) -> None:
    """On either database: each is told yes or no at once, and every deed is there as a whole."""
    people = list(reviewing.furnish(services.store).values())
    first = [reviewing.arrive(services.store) for _ in range(3)]
    known = [one.entry_id for one in first]
    hands = [
        Hand(services, people[number % len(people)], known, random.Random(number)) for number in range(PEOPLE_AT_ONCE)
    ]
    with ThreadPoolExecutor(PEOPLE_AT_ONCE) as pool:
        for ended in [pool.submit(one.work) for one in hands]:
            ended.result()
    came = [one.item_id for one in first] + [item_id for hand in hands for item_id in hand.came]
    with services.store.reading() as tx:
        reviewing.whole(tx, came)
    Seen(services.store).hold_together()
    log = reviewing.deeds(services.store)
    done = sum((hand.done for hand in hands), Counter())
    assert log["case.seconded"] == done["second"]
    assert log["case.decided"] + log["case.proposed"] == done["decide"]
    assert min(done["arrive"], done["decide"], log["decision.undone"]) > 0
