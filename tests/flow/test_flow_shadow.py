"""A policy in the shadow of the one in force: each item once, nothing of it counts, and how it is switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from qalqan.app import opened
from qalqan.errors import AlreadyThere, BadValue, NotFound
from qalqan.flow import deciding, lexicons, policies, shadow, trying
from qalqan.flow.deciding import Given
from qalqan.flow.known import Voucher, add_values, new_bank
from qalqan.flow.retro import begin_due
from qalqan.flow.services import Services
from qalqan.flow.shadow import Status
from qalqan.flow.way import Way
from qalqan.model.assessments import Assessment, Band
from qalqan.model.cases import Outcome
from qalqan.model.ids import Id
from qalqan.model.roles import Role
from qalqan.model.shadow import Change, Compared, Decided, InForce
from qalqan.model.times import now
from qalqan.model.words import Entry, Sense, Strength
from qalqan.settings import Settings
from qalqan.signals.lexicon import Lexicon
from qalqan.store import audit, cases, findings, people, signals, tables
from qalqan.store import policies as policy_store
from qalqan.store import shadow as shadow_store
from qalqan.store.tables_cases import case_items
from qalqan.store.tables_shadow import shadow_items
from support import made
from support.shadowed import HIGH, other_policy
from support.walking import walk_batches

WHO = "a lead"
APPEAL = "Donate to the Grey Lantern Brigade."
RIVER = "The river is high today."
MILDER: dict[str, Any] = {"asks_for_group": 35}
"""Under it an appeal is to be looked at, and no longer likely."""


SAYS = tuple(
    Entry(sense, Strength.STRONG, language, (term,), "a test", entity=entity)
    for sense, language, term, entity in (
        (Sense.SOLICIT, "en", "donate to", None),
        (Sense.ORGANISATION, "und", "Grey Lantern Brigade", "lantern"),
        (Sense.ORGANISATION, "und", "Blue Heron Front", "heron"),
    )
)
LEXICON = Lexicon(SAYS)


@pytest.fixture(autouse=True)
def _few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program come with a handful of terms: tests that hold whatever its lexicons say, and quickly."""
    for module in (lexicons, trying):
        monkeypatch.setattr(module, "built_in", lambda: LEXICON)


@pytest.fixture
def walk(services: Services) -> Iterator[Callable[..., list[Id]]]:
    """Return what stores texts, reads them and weighs them live."""
    way = Way(services)

    def walked(*texts: str) -> list[Id]:
        items = made.stored(services.store, *texts)
        with services.store.writing() as tx:
            for item in items:
                found = trying.read(item.text or "", services.desk(), services.extractors)
                signals.add(tx, [replace(one, item_id=item.id) for one in found])
        way.settle([item.id for item in items])
        return [item.id for item in items]

    yield walked
    way.close()


def _start(services: Services, older: int = 0, **otherwise: Any) -> None:  # noqa: ANN401 - figures of a policy
    shadow.start(services, WHO, other_policy(**(otherwise or MILDER)), "a file", older)


def _followed(services: Services, at_once: int = 500) -> Status:
    list(shadow.follow(services, at_once))
    with services.store.reading() as tx:
        found = shadow.status(tx)
    assert found is not None
    return found


def _listed(services: Services, change: str = "") -> list[Compared]:
    with services.store.reading() as tx:
        walk = shadow_store.last(tx)
        assert walk is not None
        return shadow_store.page(tx, walk.id, change, 100, 0)


def _standing(services: Services, item_id: Id) -> list[Assessment]:
    with services.store.reading() as tx:
        return findings.current_assessments(tx, [item_id]).get(item_id, [])


def test_what_is_weighed_live_is_weighed_in_the_shadow_and_nothing_of_that_counts(
    services: Services, walk: Callable[..., list[Id]]
) -> None:
    """The difference is listed with the reasons of both; assessments and cases are those of the policy in force."""
    _start(services)
    appeal, river = walk(APPEAL, RIVER)
    found = _followed(services)
    assert (found.total(), found.total(Change.SAME), found.total(Change.LOWER), found.waiting) == (2, 1, 1, 0)
    (one,) = _listed(services)
    assert (one.item_id, one.change) == (appeal, Change.LOWER)
    assert (one.before.band, one.before.score, one.after.band, one.after.score) == (Band.LIKELY, 65, Band.LOOK, 35)
    assert [reason.points for side in (one.before, one.after) for reason in side.reasons] == [65, 35]
    assert [(each.policy, each.band) for each in _standing(services, appeal)] == [("first/3", Band.LIKELY)]
    assert _standing(services, river) == []
    with services.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(case_items)).scalar() == 1


def test_without_a_policy_in_the_shadow_nothing_is_noted(services: Services, walk: Callable[..., list[Id]]) -> None:
    """The live way leaves nothing behind for it."""
    walk(APPEAL)
    with services.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(shadow_items)).scalar() == 0
        assert shadow.status(tx) is None
    assert list(shadow.follow(services)) == []


def test_an_item_is_counted_once_however_often_it_is_weighed(services: Services, walk: Callable[..., list[Id]]) -> None:
    """Weighed again it is counted as it is then: what was counted of it before is taken back."""
    _start(services)
    (appeal,) = walk(APPEAL)
    assert _followed(services).total(Change.LOWER) == 1
    with services.store.writing() as tx:
        shadow_store.hand_in(tx, [appeal])
        shadow_store.hand_in(tx, [appeal])
    found = _followed(services)
    assert (found.total(), found.total(Change.LOWER), found.listed) == (1, 1, 1)
    with services.store.writing() as tx:  # it says so no more
        tx.execute(tables.signals.delete().where(tables.signals.c.item_id == appeal))
        shadow_store.hand_in(tx, [appeal])
    found = _followed(services)
    assert (found.total(), found.total(Change.SAME), found.listed) == (1, 1, 0)


def test_what_waits_anew_while_it_is_weighed_is_weighed_again(
    services: Services, walk: Callable[..., list[Id]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found of it in between is of an older state: it is not counted."""
    _start(services)
    (appeal,) = walk(APPEAL)
    real, weighed = shadow.compared, []

    def meanwhile(item_id: Id, *both: Any) -> Compared:  # noqa: ANN401 - what it is given
        weighed.append(item_id)
        if len(weighed) == 1:
            with services.store.writing() as tx:
                shadow_store.hand_in(tx, [appeal])
        return real(item_id, *both)

    monkeypatch.setattr(shadow, "compared", meanwhile)
    assert list(shadow.follow(services)) == [0, 1]
    assert weighed == [appeal, appeal]


def test_items_found_before_are_weighed_too_the_newest_first(services: Services, walk: Callable[..., list[Id]]) -> None:
    """As many as were asked for, in stretches, and each once though it comes in live as well."""
    ids = walk(*[f"{n}: {APPEAL}" for n in range(7)])
    _start(services, older=5)
    with services.store.writing() as tx:
        shadow_store.hand_in(tx, ids[-2:])
    found = _followed(services, at_once=2)
    assert (found.total(Change.LOWER), found.walk.left) == (5, 0)
    assert {one.item_id for one in _listed(services)} == set(ids[2:])


def test_more_older_items_than_there_are_come_to_an_end(services: Services, walk: Callable[..., list[Id]]) -> None:
    """All are weighed, and none is waited for."""
    walk(*[f"{n}: {RIVER}" for n in range(4)])
    _start(services, older=1_000)
    found = _followed(services, at_once=2)
    assert (found.total(), found.walk.left) == (4, 0)


def test_several_keepers_count_each_item_once(services: Services, walk: Callable[..., list[Id]]) -> None:
    """Four at once come to what one comes to."""
    walk(*[f"{n}: {APPEAL}" for n in range(20)])
    _start(services, older=20)
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _n: sum(shadow.follow(services, 3)), range(4)))
    found = _followed(services)
    assert (done, found.total(Change.LOWER), found.listed) == (20, 20, 20)


def test_what_cannot_be_weighed_is_told_and_keeps_nothing_back(
    services: Services, walk: Callable[..., list[Id]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item counts as failed, the others and the live way go on."""
    _start(services)
    first, _second = walk(APPEAL, f"Again: {APPEAL}")
    real = shadow.compared

    def failing(item_id: Id, *both: Any) -> Compared:  # noqa: ANN401 - what it is given
        if item_id == first:
            raise ZeroDivisionError("a policy that divides")
        return real(item_id, *both)

    monkeypatch.setattr(shadow, "compared", failing)
    found = _followed(services)
    assert (found.total(Change.FAILED), found.total(Change.LOWER), found.waiting) == (1, 1, 0)
    assert "a policy that divides" in (found.walk.fault or "")
    assert _standing(services, first)[0].band is Band.LIKELY


def test_one_broken_off_stretch_is_taken_up_again(
    services: Services, walk: Callable[..., list[Id]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not kept waits still; what was is not counted again."""
    _start(services)
    walk(*[f"{n}: {APPEAL}" for n in range(5)])
    real = shadow_store.keep

    def broken_off(*given: Any) -> int:  # noqa: ANN401 - what it is given
        real(*given)
        raise KeyboardInterrupt

    list(zip(shadow.follow(services, 2), range(1), strict=False))
    monkeypatch.setattr(shadow_store, "keep", broken_off)
    with pytest.raises(KeyboardInterrupt):
        list(shadow.follow(services, 2))
    monkeypatch.setattr(shadow_store, "keep", real)
    found = _followed(services, at_once=2)
    assert (found.total(), found.listed) == (5, 5)


def test_a_list_is_bounded_and_the_rest_is_counted(
    services: Services, walk: Callable[..., list[Id]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many differences are kept as there is room for; an item that is listed stays when it is weighed again."""
    monkeypatch.setattr(shadow_store, "MOST", 3)
    _start(services)
    ids = walk(*[f"{n}: {APPEAL}" for n in range(5)])
    found = _followed(services)
    assert (found.total(Change.LOWER), found.listed) == (5, 3)
    with services.store.writing() as tx:
        shadow_store.hand_in(tx, ids)
    assert _followed(services).listed == 3


def test_of_what_is_compared_with_new_entries_the_shadow_weighs_what_they_are_found_in(
    services: Services, walk: Callable[..., list[Id]]
) -> None:
    """When a bank changes all stored items are compared with what is new: most stay what they were."""
    _river, linked = walk(RIVER, "See https://heron.example/a today.")
    _start(services)
    bank = new_bank(services, "heron", "terrorist-content", WHO)
    add_values(services, bank, [("link", "https://heron.example/a", "a link")], Voucher(WHO, "a test"))
    scan = begin_due(services, WHO)
    assert scan
    walk_batches(services, scan.id)
    with services.store.reading() as tx:
        running = shadow_store.running(tx)
        assert running
        assert list(shadow_store.waiting(tx, running.id, 10)) == [linked]


def test_changes_are_told_apart(services: Services, walk: Callable[..., list[Id]]) -> None:
    """No longer flagged, and other points in the same band."""
    _start(services, bands=HIGH)
    walk(APPEAL)
    assert _followed(services).total(Change.CLEARED) == 1
    shadow.stop(services, WHO)
    _start(services, older=1, asks_for_group=62)
    found = _followed(services)
    assert (found.total(Change.POINTS), found.listed) == (1, 1)
    shadow.switch_on(services, WHO, "first/another")
    shadow.start(services, WHO, other_policy("third", bands=HIGH), "a file", 1)
    shadow.switch_on(services, WHO, "first/third")
    shadow.start(services, WHO, other_policy("fourth", **MILDER), "a file", 1)
    assert _followed(services).total(Change.FLAGGED) == 1


def test_how_those_that_differ_were_decided_is_told(services: Services, walk: Callable[..., list[Id]]) -> None:
    """By change and outcome; those that nobody decided yet apart from those that are in no case."""
    _start(services)
    walk(APPEAL, "Then donate to the Blue Heron Front, as we did.")
    _followed(services)
    with services.store.writing() as tx:
        person = people.add(tx, "aziz", "correct horse battery", Role.REVIEWER)
        case_id = min(tx.execute(sa.select(case_items.c.case_id)).scalars())
        cases.claim(tx, case_id, person.name, 20)
        cases.look(tx, case_id, cases.item_ids(tx, case_id), person.name)
    deciding.decide(services, person, case_id, Given(Outcome.LAWFUL))
    found = _followed(services).decided
    assert set(found) == {Decided(Change.LOWER, "lawful", 1), Decided(Change.LOWER, None, 1)}


def test_one_is_in_the_shadow_at_a_time(services: Services) -> None:
    """A second is refused, until the first is taken out; what came of it goes when the next begins."""
    _start(services)
    with pytest.raises(AlreadyThere, match="in the shadow already"):
        _start(services)
    shadow.stop(services, WHO)
    with pytest.raises(NotFound):
        shadow.stop(services, WHO)
    _start(services)
    assert [event.verb for event in _log(services)] == [
        "policy.shadow-started", "policy.shadow-stopped", "policy.shadow-started",
    ]  # fmt: skip


def _log(services: Services) -> list[Any]:
    with services.store.reading() as tx:
        return [one for one in audit.events(tx) if one.verb.startswith("policy.")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("just words", "wrong at the file"),
        (other_policy().replace("known: 90", "known: 20"), "wrong at"),
        (other_policy("3", bands=HIGH), "is called first/3, too"),
        (other_policy(bands=HIGH).replace("band: known", "band: nothing"), "comes to"),
    ],
)
def test_what_is_no_policy_does_not_come_into_the_shadow(services: Services, text: str, says: str) -> None:
    """Its form, its own rules and its examples are held to; and it has a name of its own."""
    with pytest.raises(BadValue, match=says):
        shadow.start(services, WHO, text, "a file")
    with services.store.reading() as tx:
        assert shadow.status(tx) is None


def test_what_came_of_it_stays_when_it_has_ended_and_the_counting_of_items_goes(
    services: Services, walk: Callable[..., list[Id]]
) -> None:
    """What waited is not weighed any more."""
    _start(services)
    walk(APPEAL)
    _followed(services)
    walk(f"Later: {APPEAL}")
    shadow.stop(services, WHO)
    found = _followed(services)
    assert (found.running, found.total(), found.listed, found.waiting) == (False, 1, 1, 0)
    with services.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(shadow_items)).scalar() == 0


# Switching on, and going back.


def test_switching_on_needs_its_name_typed(services: Services) -> None:
    """Anything else changes nothing."""
    with pytest.raises(NotFound):
        shadow.switch_on(services, WHO, "first/another")
    _start(services)
    with pytest.raises(BadValue, match="type its name and version: first/another"):
        shadow.switch_on(services, WHO, "yes")
    assert services.policy.label == "first/3"


def test_what_is_switched_on_weighs_at_once_in_all_processes(
    services: Services, settings: Settings, walk: Callable[..., list[Id]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here and in processes that run already; whoever weighs holds to it from that transaction on."""
    with opened(settings) as elsewhere:
        assert elsewhere.policy.label == "first/3"
        _start(services)
        shadow.switch_on(services, WHO, " first/another ")
        assert services.policy.label == "first/another"
        with elsewhere.store.reading() as tx:
            assert elsewhere.policies.within(tx).label == "first/another"
        monkeypatch.setattr(policies, "TRUSTED_SECONDS", 0)
        assert elsewhere.policy.label == "first/another"
    (appeal,) = walk(APPEAL)
    assert [(one.policy, one.band) for one in _standing(services, appeal)] == [("first/another", Band.LOOK)]
    with opened(settings) as later:
        assert later.policy.label == "first/another"
    last = _log(services)[-1]
    assert (last.verb, last.by, last.subject) == ("policy.switched-on", WHO, "first/another")
    with services.store.reading() as tx:
        found = shadow.status(tx)
    assert found
    assert (found.running, found.walk.switched_on, found.walk.ended_by) == (False, True, WHO)


def test_a_transaction_that_began_before_sees_what_was_in_force_then(services: Services) -> None:
    """What it reads hangs together; later ones are not held up by it."""
    _start(services)
    with services.store.reading() as tx:
        assert services.policies.within(tx).label == "first/3"
        shadow.switch_on(services, WHO, "first/another")
        assert services.policy.label == "first/another"
        assert services.policies.within(tx).label == "first/3"
        assert services.policy.label == "first/another"


def test_going_back_puts_the_earlier_one_in_force_again(services: Services) -> None:
    """By default the one before; every turn is kept, and any of them can be gone back to."""
    with pytest.raises(BadValue, match="Nothing was switched on"):
        policies.go_back(services.store, services.policies, WHO)
    _start(services)
    shadow.switch_on(services, WHO, "first/another")
    _start(services, version="third", **MILDER)
    shadow.switch_on(services, WHO, "first/third")
    assert policies.go_back(services.store, services.policies, WHO).label == "first/another"
    assert services.policy.label == "first/another"
    assert policies.go_back(services.store, services.policies, WHO).label == "first/third"
    assert policies.go_back(services.store, services.policies, WHO, 0).text is None
    assert services.policy is services.policies.of_settings
    with pytest.raises(NotFound):
        policies.go_back(services.store, services.policies, WHO, 99)
    with pytest.raises(BadValue, match="in force already"):
        policies.go_back(services.store, services.policies, WHO, 5)
    with services.store.reading() as tx:
        assert [one.turn for one in policy_store.newest(tx, 10)] == [5, 4, 3, 2, 1]
    assert [one.verb for one in _log(services)][-3:] == ["policy.restored"] * 3


def test_going_back_takes_out_what_is_in_the_shadow(services: Services) -> None:
    """It was compared with a policy that is in force no more."""
    _start(services)
    shadow.switch_on(services, WHO, "first/another")
    _start(services, version="third", **MILDER)
    policies.go_back(services.store, services.policies, WHO)
    with services.store.reading() as tx:
        found = shadow.status(tx)
    assert found
    assert (found.walk.label, found.running, found.walk.switched_on) == ("first/third", False, False)
    assert [one.verb for one in _log(services)][-2:] == ["policy.shadow-stopped", "policy.restored"]


def test_one_that_cannot_be_read_any_more_says_how_to_go_back(services: Services, settings: Settings) -> None:
    """After an upgrade, say: nothing is weighed under another policy than somebody chose."""
    with services.store.writing() as tx:
        policy_store.put(tx, InForce(0, "old/1", "no policy", WHO, now()))
    with opened(settings) as later:
        with pytest.raises(BadValue) as error:
            _ = later.policy
        assert error.value.hint == "Put an earlier one in force: qalqan policy back"
        policies.go_back(later.store, later.policies, WHO)
        assert later.policy.label == "first/3"
        with pytest.raises(BadValue):
            policies.go_back(later.store, later.policies, WHO, 1)
