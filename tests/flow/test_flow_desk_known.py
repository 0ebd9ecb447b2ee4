"""Known things change and cases follow: new, disputed and restored entries against all that is stored."""

from __future__ import annotations

import pytest

from qalqan.flow import deciding, holding, retro
from qalqan.flow.deciding import Given
from qalqan.flow.known import Voucher, add_values, change_status, new_bank
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import CaseState, Decision, Outcome
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.signals import PDQ
from qalqan.store import banks, cases, findings, signals
from support import made, reviewing
from support.walking import walk_batches

KNOWN = "0f" * 32
"""A PDQ hash."""


@pytest.fixture
def people(services: Services) -> dict[str, Person]:
    """Add people, a bank and a webhook."""
    return reviewing.furnish(services.store)


def posted(services: Services, flips: int) -> Id:
    """Store a post with a picture that differs from the known one in some bits."""
    value = f"{int(KNOWN, 16) ^ ((1 << flips) - 1):064x}"
    file = made.media(f"a picture {flips}")
    (item,) = made.stored(services.store, f"post {flips}", files=(file,))
    with services.store.writing() as tx:
        signals.add(tx, [made.signal(value, media_sha256=file.sha256, quality=100)])
    return item.id


def know(services: Services) -> Id:
    """Bank the picture by its hash alone; return the entry."""
    bank = new_bank(services, "heron posters", "terrorist-content", "lola")
    add_values(services, bank, [(PDQ, KNOWN, "a poster")], Voucher("lola", "a court"))
    with services.store.reading() as tx:
        return banks.entries_of(tx, bank.id, 10)[0].id


def catch_up(services: Services) -> None:
    """Compare all that is stored with what changed in the banks, as the keeper has it done in the background."""
    scan = retro.begin_due(services, "qalqan")
    assert scan is not None
    walk_batches(services, scan.id)


def decided(services: Services, person: Person, case_id: Id, given: Given) -> Decision:
    """Let somebody decide a case."""
    holding.take(services, person, case_id)
    reviewing.look_at_all(services.store, person, case_id)
    return deciding.decide(services, person, case_id, given)


def found_now(services: Services, item_id: Id) -> Band:
    """Return what an item is weighed as."""
    with services.store.reading() as tx:
        return findings.current_assessments(tx, [item_id])[item_id][0].band


@pytest.mark.usefixtures("people")
def test_a_new_entry_opens_cases_of_what_was_stored_before_it(services: Services) -> None:
    """Nobody has to hand it in again."""
    near, far = posted(services, 4), posted(services, 120)
    know(services)
    catch_up(services)
    assert reviewing.state(services.store, reviewing.case_of(services.store, near)) is CaseState.OPEN
    with services.store.reading() as tx:
        assert cases.case_of(tx, far) is None


def test_a_wrong_match_is_disputed_matches_no_more_and_comes_back_when_restored(
    services: Services, people: dict[str, Person]
) -> None:
    """What was decided on the entry's other matches comes back at once; what was let be, if it matches again."""
    entry_id = know(services)
    one, other = posted(services, 4), posted(services, 9)
    catch_up(services)
    wrong, elsewhere = (reviewing.case_of(services.store, item_id) for item_id in (one, other))
    assert wrong != elsewhere
    earlier = decided(services, people["bobur"], elsewhere, reviewing.LAWFUL)
    given = Given(Outcome.WRONG_MATCH, rationale="It is another picture.", entry_id=entry_id)
    decided(services, people["aziz"], wrong, given)
    assert reviewing.status_of(services.store, entry_id) is EntryStatus.DISPUTED
    assert reviewing.state(services.store, elsewhere) is CaseState.OPEN
    with services.store.reading() as tx:
        assert cases.notes(tx, elsewhere)[0].text == deciding.DISPUTED
    later = decided(services, people["bobur"], elsewhere, reviewing.LAWFUL)
    assert later.supersedes == earlier.id

    catch_up(services)
    assert found_now(services, one) is Band.NOTHING
    new = posted(services, 6)
    change_status(services, entry_id, EntryStatus.DISPUTED, "lola", "It is looked into.")
    catch_up(services)
    with services.store.reading() as tx:
        assert cases.case_of(tx, new) is None
        assert cases.get(tx, wrong).band is Band.NOTHING
    assert reviewing.state(services.store, wrong) is CaseState.DECIDED

    change_status(services, entry_id, EntryStatus.ACTIVE, "lola", "It is the poster after all.")
    catch_up(services)
    assert found_now(services, one) is not Band.NOTHING
    assert reviewing.state(services.store, reviewing.case_of(services.store, new)) is CaseState.OPEN
    for case_id in (wrong, elsewhere):
        assert reviewing.state(services.store, case_id) is CaseState.OPEN
        with services.store.reading() as tx:
            assert cases.notes(tx, case_id)[0].text == "More was found in it since it was decided."
    assert reviewing.events(services.store)["case.opened"] == 3


def test_a_decision_on_a_match_that_was_wrong_once_disputes_it_once(
    services: Services, people: dict[str, Person]
) -> None:
    """Two people who find it wrong make one dispute; a lead's word on the entry is not overruled by the second."""
    entry_id = know(services)
    ids = [posted(services, 4), posted(services, 9)]
    catch_up(services)
    given = Given(Outcome.WRONG_MATCH, rationale="It is another picture.", entry_id=entry_id)
    first, second = (reviewing.case_of(services.store, one) for one in ids)
    decided(services, people["aziz"], first, given)
    change_status(services, entry_id, EntryStatus.RETIRED, "lola", "It is no poster.")
    decided(services, people["bobur"], second, given)
    assert reviewing.status_of(services.store, entry_id) is EntryStatus.RETIRED
    assert reviewing.deeds(services.store)["entry.disputed"] == 1
