"""Fills the review desk over items that are there: cases, decisions, appeals, second looks, people, webhooks.

    from bench.million_desk import fill_desk
    fill_desk(store, cases=100_000)

Of 100 cases 58 wait, 2 ask for a second opinion, 1 is appealed, the rest is decided; four in five have one item, one in
1,700 has 200. The shares are guesses at a desk after some months. Every text is bland and every name invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from qalqan.model.assessments import Band
from qalqan.model.cases import (
    GRAVE,
    Appeal,
    AppealState,
    Case,
    CaseState,
    Decision,
    Measure,
    Member,
    Outcome,
    Points,
    Route,
    Undone,
    View,
)
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.protection import Exposure, Shield
from qalqan.model.quality import Golden, Second, Sort
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.model.webhooks import EVENTS, Delivery, DeliveryState, Webhook
from qalqan.store import Store, protection
from qalqan.store.cases import Note
from qalqan.store.records import key_of, row_of
from qalqan.store.tables import assessments, items, people
from qalqan.store.tables_cases import (
    case_items,
    case_looks,
    case_notes,
    case_routes,
    case_ties,
    case_views,
    cases,
    decisions,
    undone,
)
from qalqan.store.tables_protection import exposures
from qalqan.store.tables_quality import appeals, draws, golden_cases, second_looks
from qalqan.store.tables_webhooks import deliveries, webhooks

AT_ONCE = 5_000
"""Cases of one transaction."""
PEOPLE = 40
QUEUES = ("", "", "", "uzbek", "tajik", "kazakh", "arabic", "pictures", "partner list", "night")
LANGUAGES = ("uz", "tg", "ky", "kk", "ug", "tk", "ru", "ar", None)
PLATFORMS = ("telegram", "telegram", "telegram", "web", "tiktok", None)
STATES = tuple(CaseState)
OFTEN = (58, 2, 39, 1)
"""How many of 100 cases are in each of the states, in their order."""
OUTCOMES = tuple(Outcome)
HOOKS = 5
DELIVERIES = 10_000
"""Of each webhook, or as many as there are cases."""
GOLDEN = 200


def fill_desk(store: Store, number: int = 100_000, seed: int = 2) -> None:
    """Put `number` cases over the items of a store that has none, or fewer where it has too few items."""
    chance = random.Random(seed)
    with store.writing() as tx:
        names = _people(tx, chance)
        _rules(tx, names)
        free = _free_items(tx)
    made = 0
    while made < number:
        batch = _Desk(chance, names)
        for one in islice(free, min(AT_ONCE, number - made)):
            batch.case(*one)
        if not batch.cases:
            break
        with store.writing() as tx:
            batch.write(tx)
        made += len(batch.cases)
    with store.writing() as tx:
        _golden(tx, chance, names)
        _webhooks(tx, chance, min(DELIVERIES, number))
        tx.exec_driver_sql("ANALYZE")


def _people(tx: sa.Connection, chance: random.Random) -> list[str]:
    """Add reviewers and others, with the time they spent on what is hard; return the reviewers' names."""
    roles = [Role.REVIEWER] * (PEOPLE - 8) + [Role.LEAD] * 4 + [Role.INVESTIGATOR] * 2 + [Role.VIEWER] * 2
    everybody = [Person(new_id(), f"person-{n:02}", "", role, now()) for n, role in enumerate(roles)]
    tx.execute(people.insert(), list(map(row_of, everybody)))
    days = [(now() - timedelta(days=day)).date().isoformat() for day in range(14)]
    spent = [Exposure(one.id, day, severity, chance.randrange(3_000_000)) for one in everybody for day in days
             for severity in range(1, 5)]  # fmt: skip
    tx.execute(exposures.insert(), list(map(row_of, spent)))
    for _ in range(20):
        protection.set_floor(tx, Shield(), everybody[-4].name)
    wanted = [View(new_id(), one.id, f"View {n}", {"language": "uz"}, now()) for one in everybody for n in range(5)]
    tx.execute(case_views.insert(), list(map(row_of, wanted)))
    return [one.name for one in everybody if one.role in (Role.REVIEWER, Role.LEAD)]


def _rules(tx: sa.Connection, names: Sequence[str]) -> None:
    queues = sorted({*QUEUES} - {""})
    made = [Route(new_id(), n, queue, "uz", "", "", None, names[-1], now()) for n, queue in enumerate(queues)]
    tx.execute(case_routes.insert(), list(map(row_of, made)))


def _free_items(tx: sa.Connection) -> Iterator[tuple[list[Id], sa.Row[Any] | None]]:
    """Yield the items of one case after the other, with what was found in the first: those with findings come first."""
    found = (assessments.c.leads, assessments.c.band != Band.NOTHING.value)
    columns = (assessments.c.item_id, assessments.c.category, assessments.c.band, assessments.c.score)
    first: Sequence[Any] = tx.execute(sa.select(*columns, assessments.c.source_id).where(*found)).all()
    inside = {row.item_id for row in first}
    others = (
        one for one in tx.execute(sa.select(items.c.id).order_by(items.c.seq)).scalars().all() if one not in inside
    )
    return _grouped(first, others)


def _grouped(first: Sequence[Any], others: Iterator[Id]) -> Iterator[tuple[list[Id], sa.Row[Any] | None]]:
    chance = random.Random(3)
    for row in first:
        yield [row.item_id, *islice(others, _size(chance) - 1)], row
    while some := list(islice(others, _size(chance))):
        yield some, None


def _size(chance: random.Random) -> int:
    drawn = chance.random()
    if drawn < 1 / 1700:
        return 200
    return 1 if drawn < 0.8 else 2 if drawn < 0.95 else chance.randrange(3, 13)


class _Desk:
    """Some cases and all that hangs on them, ready to be written at once."""

    def __init__(self, chance: random.Random, names: Sequence[str]) -> None:
        self.chance, self.names, self.moment = chance, names, now()
        self.cases: list[Case] = []
        self.members: list[Member] = []
        self.decisions: list[tuple[Decision, bool]] = []
        self.looks: list[dict[str, Any]] = []
        self.undone: list[Undone] = []
        self.notes: list[Note] = []
        self.appeals: list[Appeal] = []
        self.seconds: list[Second] = []
        self.draws: list[dict[str, Any]] = []

    def case(self, ids: list[Id], found: sa.Row[Any] | None) -> None:
        """Make a case of these items, in one of the states, with what led there."""
        state = self.chance.choices(STATES, OFTEN)[0]
        opened = self.moment - timedelta(minutes=self.chance.randrange(180 * 24 * 60))
        score = found.score if found else self.chance.randrange(30, 100)
        parts = (
            Points("band", float(score), "Its score is {score} of 100.", {"score": score}),
            Points("spread", float(min(15, len(ids))), "It has {size} items.", {"size": len(ids)}),
        )
        held = self.chance.choice(self.names) if state is CaseState.OPEN and self.chance.random() < 0.001 else None
        made = Case(
            new_id(), state, found.category if found else "terrorist-content", Band(found.band) if found else Band.LOOK,
            score, len(ids), self.chance.randrange(5), sum(one.points for one in parts), parts,
            self.chance.choice(LANGUAGES), self.chance.choice(PLATFORMS), found.source_id if found else None,
            self.chance.choice(QUEUES), opened, opened + timedelta(hours=24) if self.chance.random() < 0.05 else None,
            held, self.moment + timedelta(hours=1) if held else None,
        )  # fmt: skip
        self.cases.append(made)
        self.members += [Member(made.id, one, "near-copy" if n else "first", opened) for n, one in enumerate(ids)]
        if state is not CaseState.OPEN:
            self._decided(made, ids)
        elif self.chance.random() < 0.02:
            self._taken_back(made, ids)

    def _decided(self, case: Case, ids: list[Id]) -> None:
        by = self.chance.choice(self.names)
        self._looked(case, ids, by)
        if case.state is CaseState.SECOND:
            self.decisions.append((self._decision(case, ids, by, Measure.REMOVAL_ORDER), False))
            return
        first = self._decision(case, ids, by, Measure.NONE)
        last = first
        if self.chance.random() < 0.1:
            last = self._decision(case, ids, self._other(by), Measure.REFERRAL, first.id)
            self.decisions.append((first, False))
        self.decisions.append((last, True))
        self._drawn(case, last)
        if case.state is CaseState.APPEALED or self.chance.random() < 0.05:
            self._appealed(case, last)

    def _taken_back(self, case: Case, ids: list[Id]) -> None:
        by = self.chance.choice(self.names)
        self._looked(case, ids, by)
        gone = self._decision(case, ids, by, Measure.NONE)
        self.decisions.append((gone, False))
        self.undone.append(Undone(gone.id, by, self.moment))
        self.notes.append(Note(new_id(), case.id, by, self.moment, "A near-copy came to this case."))

    def _decision(self, case: Case, ids: list[Id], by: str, measure: Measure, supersedes: Id | None = None) -> Decision:
        listed = measure in GRAVE or self.chance.random() < 0.5
        outcome = Outcome.TERRORIST if listed else self.chance.choice(OUTCOMES)
        category = case.category if outcome is Outcome.TERRORIST else None
        return Decision(
            new_id(), case.id, by, case.opened_at + timedelta(hours=1), outcome, category, "Rule 1", "XX",
            "What it shows is what the rule says.", measure, "default/1", tuple(ids), supersedes,
        )  # fmt: skip

    def _looked(self, case: Case, ids: list[Id], by: str) -> None:
        self.looks += [{"case_id": case.id, "person": by, "item_id": one, "at": case.opened_at} for one in ids]

    def _other(self, by: str) -> str:
        return self.chance.choice([one for one in self.names if one != by])

    def _drawn(self, case: Case, made: Decision) -> None:
        blind = self.chance.random() < 0.1
        self.draws.append({"decision_id": made.id, "blind": blind, "golden": False, "at": made.at})
        if not blind:
            return
        other, given, same = self._other(made.by), self.chance.random() < 0.9, self.chance.random() < 0.9
        outcome = made.outcome if same else Outcome.LAWFUL
        look = Second(
            new_id(), Sort.BLIND, case.id, made.id, None, made.by, None, made.outcome, made.category, made.at,
            by=other if given else None, at=made.at + timedelta(hours=2) if given else None,
            outcome=outcome if given else None, category=made.category if given and same else None,
            agrees=(outcome is made.outcome) if given else None,
        )  # fmt: skip
        self.seconds.append(look)

    def _appealed(self, case: Case, made: Decision) -> None:
        number, waits = len(self.appeals), case.state is CaseState.APPEALED
        state = AppealState.OPEN if waits else self.chance.choice(tuple(AppealState)[1:])
        received = made.at + timedelta(days=2)
        answered = None if waits else received + timedelta(days=3)
        self.appeals.append(
            Appeal(
                new_id(),
                made.id,
                case.id,
                f"Sender {number}",
                "sender@example.org",
                "This was a weather report.",
                f"{case.id}/{number}",
                state,
                received,
                received + timedelta(days=14),
                made.by,
                None if waits else self._other(made.by),
                answered,
                None if waits else "It was looked at anew.",
            )
        )

    def write(self, tx: sa.Connection) -> None:
        """Write all of it."""
        _insert(tx, cases, [row_of(one, key=key_of(one.id), aged=0) for one in self.cases])
        _insert(tx, case_items, map(row_of, self.members))
        _insert(tx, case_ties, [{"tie": key_of("tie", one.id), "case_id": one.id} for one in self.cases])
        _insert(tx, decisions, [row_of(one, standing=standing) for one, standing in self.decisions])
        _insert(tx, case_looks, self.looks)
        _insert(tx, undone, map(row_of, self.undone))
        _insert(tx, case_notes, map(row_of, self.notes))
        _insert(tx, appeals, [row_of(one, key=key_of(one.reference)) for one in self.appeals])
        _insert(tx, draws, self.draws)
        _insert(tx, second_looks, [row_of(one, key=key_of(one.id)) for one in self.seconds])


def _insert(tx: sa.Connection, table: sa.Table, rows: Any) -> None:  # noqa: ANN401 - rows of any table
    if found := list(rows):
        tx.execute(table.insert(), found)


def _golden(tx: sa.Connection, chance: random.Random, names: Sequence[str]) -> None:
    """Mark some decided cases as golden, and have each shown to a few people."""
    query = sa.select(decisions).where(decisions.c.standing, decisions.c.outcome == Outcome.LAWFUL.value)
    looks = []
    for row in tx.execute(query.limit(GOLDEN)).all():
        one = Golden(new_id(), row.case_id, Outcome(row.outcome), None, "Agreed on together.", names[-1], row.at)
        tx.execute(golden_cases.insert(), row_of(one))
        for name in chance.sample(names[:-1], 5):
            look = Second(
                new_id(), Sort.GOLDEN, one.case_id, None, one.id, names[-1], name, one.outcome, None, one.at,
                by=name, at=one.at + timedelta(days=1), outcome=one.outcome, agrees=True,
            )  # fmt: skip
            looks.append(row_of(look, key=key_of(look.id)))
    _insert(tx, second_looks, looks)


def _webhooks(tx: sa.Connection, chance: random.Random, told: int) -> None:
    """Add webhooks with what they were told: an address that is nobody's, secrets that open nothing."""
    began = datetime.now(UTC) - timedelta(days=30)
    for number in range(HOOKS):
        hook = Webhook(new_id(), f"https://hook{number}.example/", EVENTS, "none", "bench", began)
        tx.execute(webhooks.insert(), row_of(hook))
        rows = []
        for n in range(told):
            state = DeliveryState.GIVEN_UP if chance.random() < 0.01 else DeliveryState.DELIVERED
            at = began + timedelta(minutes=n)
            one = Delivery(
                new_id(), hook.id, chance.choice(EVENTS), '{"id": "none"}', state, 1, at, at, status=200, ended_at=at
            )
            rows.append(row_of(one))
        tx.execute(deliveries.insert(), rows)
