"""Matches and assessments: written once each, listed many times."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from qalqan.model.assessments import Band, Reason
from qalqan.model.banks import Bank, BankEntry
from qalqan.model.ids import new_id
from qalqan.model.items import Item
from qalqan.model.matches import Match
from qalqan.model.parts import Box, Interval, Span
from qalqan.model.signals import Signal
from qalqan.store import Store, banks, findings, signals
from qalqan.store.findings import Found, MatchFilter
from qalqan.store.tables import assessments
from support.made import assessment, entry, match, media, signal, stored

PICTURE = media()


@dataclass(frozen=True)
class Known:
    """A bank with two entries, and two items that carry a picture with a signal."""

    bank: Bank
    entries: list[BankEntry]
    items: list[Item]
    signal: Signal


@pytest.fixture
def known(store: Store) -> Known:
    """Store them."""
    made = stored(store, "One.", "Two.", files=(PICTURE,))
    one = signal(media_sha256=PICTURE.sha256)
    with store.writing() as tx:
        bank = banks.create(tx, "herons", "terrorist-content", "Aziz")
        entries = [entry(bank.id, "a" * 64), entry(bank.id, "b" * 64)]
        banks.add_entries(tx, entries)
        signals.add(tx, [one])
    return Known(bank, entries, made, one)


def _match(known: Known, item: int = 0, at: int = 0, **otherwise: object) -> Match:
    return match(known.items[item].id, known.signal.id, known.entries[at].id, media_sha256=PICTURE.sha256, **otherwise)


def _listed(store: Store, **wanted: object) -> list[Match]:
    with store.reading() as tx:
        chosen = MatchFilter(**wanted)  # type: ignore[arg-type] # the tests name its fields
        found = [one.match for one in findings.list_matches(tx, chosen)]
        assert findings.count_matches(tx, chosen) == len(found)
    return found


def test_a_match_is_listed_with_what_it_found(store: Store, known: Known) -> None:
    """The known thing, its bank, where the item lies and the file's name come with it."""
    whole = _match(
        known, transform="mirrored", box_query=Box(0, 0, 1, 0.5), box_known=Box(0, 0.5, 1, 0.5),
        interval_query=Interval(0, 2), interval_known=Interval(4, 6), span_query=Span(1, 3),
    )  # fmt: skip
    with store.writing() as tx:
        findings.add_matches(tx, [whole])
        (found,) = findings.list_matches(tx, MatchFilter())
    assert found == Found(
        whole, known.entries[0], "herons", "terrorist-content", known.items[0].origin, "file0.jpg"
    )  # fmt: skip


def test_a_match_is_kept_once(store: Store, known: Known) -> None:
    """One between the same item, signal and entry stays as it was."""
    first = _match(known)
    with store.writing() as tx:
        findings.add_matches(tx, [first, replace(first, id=new_id())])
        findings.add_matches(tx, [replace(first, id=new_id(), distance=0.0), _match(known, 1), _match(known, 0, 1)])
        findings.add_matches(tx, [])
    assert len(_listed(store)) == 3
    assert [one.distance for one in _listed(store, item_id=known.items[0].id)] == [4.0, 4.0]


def test_matches_are_filtered(store: Store, known: Known) -> None:
    """By item, bank, kind, source, and whether they were verified."""
    made = [_match(known), _match(known, 1, verified=False, kind="text")]
    with store.writing() as tx:
        findings.add_matches(tx, made)
    assert _listed(store) == made[::-1]
    assert _listed(store, item_id=made[0].item_id) == made[:1]
    assert _listed(store, verified=False) == _listed(store, kind="text") == made[1:]
    assert _listed(store, bank="herons", source_id=known.items[0].source_id) == made[::-1]
    assert _listed(store, bank="geese") == _listed(store, source_id=new_id()) == []


def test_matches_are_listed_in_pages(store: Store, known: Known) -> None:
    """Newest first."""
    made = [_match(known, item, at) for item in (0, 1) for at in (0, 1)]
    with store.writing() as tx:
        findings.add_matches(tx, made)
        page = findings.list_matches(tx, MatchFilter(), 2, 1)
        assert [one.match for one in page] == [made[2], made[1]]


def test_an_items_matches_come_nearest_first(store: Store, known: Known) -> None:
    """For several items at once."""
    far, near, other = _match(known, distance=20.0), _match(known, 0, 1, distance=1.0), _match(known, 1)
    with store.writing() as tx:
        findings.add_matches(tx, [far, near, other])
        found = findings.matches_of(tx, [one.id for one in known.items])
        assert findings.matches_of(tx, [new_id()]) == {}
        assert findings.item_of(tx, far.id) == far.item_id
        assert findings.item_of(tx, new_id()) is findings.item_of(tx, "no id") is None
    assert {key: [one.match for one in each] for key, each in found.items()} == {
        known.items[0].id: [near, far], known.items[1].id: [other],
    }  # fmt: skip


def test_an_assessment_comes_back_with_its_reasons(store: Store, known: Known) -> None:
    """Points, sentences, facts, and where in the item they stand; the highest score first."""
    low = assessment(known.items[0].id, 40, category="spam", reasons=())
    reasons = (
        Reason("exact-copy", 60, "It is {what}.", {"what": "дарё", "n": 1.5}, new_id(), None, Box(0, 0, 1, 1)),
        Reason("near-text", 30, "It is near.", {}, None, Span(0, 4), None, Interval(0, 9.5)),
    )
    high = assessment(known.items[0].id, 90, reasons=reasons)
    with store.writing() as tx:
        findings.add_assessments(tx, [low, high])
        findings.add_assessments(tx, [])
        assert findings.current_assessments(tx, [known.items[0].id]) == {known.items[0].id: [high, low]}
        assert findings.current_assessments(tx, [known.items[1].id]) == {}


def test_an_assessment_takes_the_place_of_another(store: Store, known: Known) -> None:
    """The old one is kept, and no longer stands."""
    item_id = known.items[0].id
    first = assessment(item_id, 90)
    second = assessment(item_id, 10, band=Band.NOTHING, supersedes=first.id)
    with store.writing() as tx:
        findings.add_assessments(tx, [first])
        findings.add_assessments(tx, [second])
        assert findings.current_assessments(tx, [item_id]) == {item_id: [second]}
        assert tx.execute(sa.select(sa.func.count()).select_from(assessments)).scalar() == 2


def test_only_one_assessment_stands(store: Store, known: Known) -> None:
    """The database refuses a second current one of an item and category: two workers cannot both be right."""
    with store.writing() as tx:
        findings.add_assessments(tx, [assessment(known.items[0].id), assessment(known.items[0].id, category="spam")])
    with pytest.raises(sa.exc.IntegrityError), store.writing() as tx:
        findings.add_assessments(tx, [assessment(known.items[0].id)])
