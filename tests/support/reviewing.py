"""A desk for tests: items come as if they had been read, compared and weighed; people are there; nothing is walked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.flow import casing
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import CaseState, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.model.webhooks import Webhook
from qalqan.store import Store, audit, banks, cases, findings, intake, people, signals, webhooks
from qalqan.store.tables import audit as audit_table
from qalqan.store.tables_cases import case_items, decisions
from qalqan.store.tables_cases import cases as cases_table
from qalqan.store.tables_webhooks import deliveries
from support import made

PEOPLE = {"aziz": Role.REVIEWER, "bobur": Role.REVIEWER, "lola": Role.LEAD, "erlan": Role.LEAD}
BANK = "blue heron"
LAWFUL = Given(Outcome.LAWFUL)
CONTEXT = Given(Outcome.CONTEXT, rationale="A report of the local news.")


def furnish(store: Store) -> dict[str, Person]:
    """Add people, a bank, a source and a webhook that wants to know everything; without passwords, which take time."""
    furnish_bank(store)
    with store.writing() as tx:
        webhooks.add(tx, Webhook(new_id(), "https://platform.example/hook", (), "sealed", "lola", now()))
        return {name: people.add(tx, name, None, role) for name, role in PEOPLE.items()}


def furnish_bank(store: Store) -> None:
    """Add a bank."""
    with store.writing() as tx:
        banks.create(tx, BANK, "terrorist-content", "lola")


@dataclass(frozen=True, slots=True)
class Arrived:
    """An item that came, and what it was found near."""

    item_id: Id
    entry_id: Id


def arrive(
    store: Store, *, near: Id | None = None, text: str | None = None, file: str | None = None, verified: bool = True,
    band: Band = Band.KNOWN,
) -> Arrived:  # fmt: skip
    """Let an item come in that was found near a known thing, a new one unless named, and put it into its case."""
    with store.writing() as tx:
        item_id, entry_id = come(tx, near=near, text=text, file=file, verified=verified, band=band)
        casing.place(tx, [item_id])
    return Arrived(item_id, entry_id)


def come(
    tx: sa.Connection, *, near: Id | None = None, text: str | None = None, file: str | None = None,
    verified: bool = True, band: Band = Band.KNOWN, flagged: bool = True,
) -> tuple[Id, Id]:  # fmt: skip
    """Store an item and what was found in it, in no case yet; return its id and that of the known thing."""
    source = intake.ensure_source(tx, "/exports/valley", "valley", "lola")
    files = [made.media(file)] if file else []
    one = made.new_item(source.id, f"chat.json#{new_id()}", text or f"Message {new_id()} tells of the river.", *files)
    intake.add_media(tx, files)
    intake.add_items(tx, [one])
    known = near or fresh_entry(tx)
    if not flagged:
        return one.item.id, known
    signal = made.signal(item_id=one.item.id)
    signals.add(tx, [signal])
    more = {"media_sha256": files[0].sha256} if files else {}
    findings.add_matches(tx, [made.match(one.item.id, signal.id, known, verified=verified, **more)])
    findings.add_assessments(tx, [made.assessment(one.item.id, band=band)])
    return one.item.id, known


def fresh_entry(tx: sa.Connection) -> Id:
    """Bank a known thing."""
    entry = made.entry(banks.by_name(tx, BANK).id, f"{new_id()} {new_id()}")
    banks.add_entries(tx, [entry])
    return entry.id


def case_of(store: Store, item_id: Id) -> Id:
    """Return the case of an item. Raises NotFound."""
    with store.reading() as tx:
        found = cases.case_of(tx, item_id)
    if found is None:
        raise NotFound(f"{item_id} is in no case.")
    return found.id


def look_at_all(store: Store, person: Person, case_id: Id) -> None:
    """Let somebody look at all items of a case."""
    with store.writing() as tx:
        cases.look(tx, case_id, cases.item_ids(tx, case_id), person.name)


def grave(services: Services, rationale: str = "It praises an act by name.") -> Given:
    """Return a decision that needs a second person."""
    named = ((name, one.grounds) for name, one in services.policy.categories.items())
    category, grounds = next((name, some) for name, some in named if some)
    jurisdiction = services.policy.grounds[grounds[0]].jurisdiction
    return Given(Outcome.TERRORIST, category, grounds[0], jurisdiction, rationale, Measure.REMOVAL_ORDER)


def state(store: Store, case_id: Id) -> CaseState:
    """Return a case's state."""
    with store.reading() as tx:
        return cases.get(tx, case_id).state


def status_of(store: Store, entry_id: Id) -> EntryStatus:
    """Return an entry's status."""
    with store.reading() as tx:
        return banks.entry(tx, entry_id).status


def deeds(store: Store) -> Counter[str]:
    """Return how often each verb is in the audit log, which must hold together."""
    with store.reading() as tx:
        audit.verify(tx)
        return Counter(tx.execute(sa.select(audit_table.c.verb)).scalars())


def events(store: Store) -> Counter[str]:
    """Return how often others are told of each event."""
    with store.reading() as tx:
        return Counter(tx.execute(sa.select(deliveries.c.event)).scalars())


def whole(tx: sa.Connection, flagged: Iterable[Id]) -> None:
    """Assert what holds of any desk at any time: every flagged item is in one case, and at most one decision stands."""
    members = list(tx.execute(sa.select(case_items.c.item_id, case_items.c.case_id)))
    assert sorted(row.item_id for row in members) == sorted(flagged)
    sizes = Counter(row.case_id for row in members)
    assert sizes == {row.id: row.size for row in tx.execute(sa.select(cases_table.c.id, cases_table.c.size))}
    standing = Counter(tx.execute(sa.select(decisions.c.case_id).where(decisions.c.standing)).scalars())
    assert set(standing.values()) <= {1}
