"""Lists of items at any size: what items hold, counts that have an end, the strongest assessment of each item."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qalqan.model.assessments import Band
from qalqan.model.ids import new_id
from qalqan.model.items import Item, ItemKind
from qalqan.model.sources import BatchState
from qalqan.store import Store, findings, intake, item_lists, items, names, pages, scans, signals, traits
from qalqan.store.intake import NewItem
from qalqan.store.items import ItemFilter
from qalqan.store.names import Named
from qalqan.store.pages import FoundFilter
from qalqan.store.tables import assessments
from qalqan.store.tables_speed import item_traits
from support.made import NOON, assessment, item, media, new_item, signal, stored

PICTURE = media()


def _list(store: Store, wanted: ItemFilter) -> list[Item]:
    with store.reading() as tx:
        page = items.page(tx, wanted, 100)
        assert items.count(tx, wanted) == page.total == len(page.items)
    return page.items


def test_items_are_listed_by_what_they_and_their_files_hold(store: Store) -> None:
    """A signal counts for its item, one of a file for each item that carries it; each item is listed once."""
    first, second, third = stored(store, "One.", "Two.", "Three.")
    with store.writing() as tx:
        intake.add_media(tx, [PICTURE])
        carrying = [new_item(first.source_id, f"chat.json#{n}", f"Carrying {n}.", PICTURE, PICTURE) for n in range(2)]
        intake.add_items(tx, carrying)
        own = [signal(f"https://{n}.example", kind="link", item_id=first.id) for n in range(2)]
        signals.add(tx, [*own, signal("heron", kind="link", media_sha256=PICTURE.sha256)])
        signals.add(tx, [signal("heron", kind="name", item_id=one.id) for one in (first, second)])
        signals.add(tx, [signal("lantern", kind="name", item_id=first.id), signal("x", kind="text", item_id=third.id)])
    carriers = [one.item for one in reversed(carrying)]
    assert _list(store, ItemFilter(has="link")) == [*carriers, first]
    assert _list(store, ItemFilter(has="name")) == [second, first]
    assert _list(store, ItemFilter(has="text")) == [third]
    assert _list(store, ItemFilter(has="wallet")) == []
    assert _list(store, ItemFilter(names="heron")) == [second, first]
    assert _list(store, ItemFilter(names="heron", has="link")) == [first]
    assert _list(store, ItemFilter(names="heron", query="two")) == [second]


def test_a_file_that_was_read_before_counts_once_its_new_items_batch_is_done(store: Store) -> None:
    """Its signals came earlier than the item, perhaps while the item was being stored."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
        intake.add_media(tx, [PICTURE])
        signals.add(tx, [signal("heron", kind="qr", media_sha256=PICTURE.sha256)])
        late = new_item(source.id, "chat.json#9", "Late.", PICTURE)
        intake.add_items(tx, [late])
        batch = scans.add_batch(tx, scans.begin(tx, source.id)[0].id, [late.item.id])
        scans.end_batch(tx, batch.id, BatchState.DONE)
    assert _list(store, ItemFilter(has="qr")) == [late.item]


def test_names_are_counted_and_dated_by_items(store: Store) -> None:
    """An item that names somebody twice counts once; the first and the last day are those of its items."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
        made = [item(source.id, f"chat.json#{n}", text=f"{n}", collected_at=NOON + timedelta(days=n)) for n in range(3)]
        intake.add_items(tx, [NewItem(one, str(n)) for n, one in enumerate(made)])
        for one in made[:2]:
            signals.add(tx, [signal("heron", kind="name", item_id=one.id, extractor=f"words/{n}") for n in (1, 2)])
        signals.add(tx, [signal("lantern", kind="name", item_id=made[2].id)])
        late = NOON + timedelta(days=2)
        expected = [Named("heron", 2, NOON, NOON + timedelta(days=1)), Named("lantern", 1, late, late)]
        assert names.every(tx) == expected


def test_what_is_forgotten_is_listed_no_more_unless_it_is_still_held(store: Store) -> None:
    """Another lexicon takes back what only the older one read, in the item and in files, and nothing else."""
    first, second = stored(store, "One.", "Two.", files=(PICTURE,))
    with store.writing() as tx:
        for extractor in ("words/1+old", "words/1+new"):
            signals.add(tx, [signal("heron", kind="name", item_id=first.id, extractor=extractor)])
        signals.add(tx, [signal("lantern", kind="name", item_id=first.id, extractor="words/1+old")])
        signals.add(tx, [signal("reed", kind="name", media_sha256=PICTURE.sha256, extractor="words/1+old")])
        signals.forget_other(tx, [first.id], (), ("name",), "+new")
    assert _list(store, ItemFilter(names="heron")) == [first]
    assert _list(store, ItemFilter(names="lantern")) == []
    assert _list(store, ItemFilter(names="reed")) == [second, first]
    with store.writing() as tx:
        signals.forget_other(tx, (), [PICTURE.sha256], ("name",), "+new")
    assert _list(store, ItemFilter(names="reed")) == []
    assert _list(store, ItemFilter(has="name")) == [first]


def test_noting_again_changes_nothing(store: Store) -> None:
    """It follows from the signals alone."""
    first, second = stored(store, "One.", "Two.", files=(PICTURE,))
    with store.writing() as tx:
        signals.add(tx, [signal("heron", kind="name", item_id=first.id)])
        signals.add(tx, [signal("https://a.example", kind="link", media_sha256=PICTURE.sha256)])
        before = sorted(map(tuple, tx.execute(sa.select(item_traits))))
        traits.note(tx, [first.id, second.id, new_id()], [PICTURE.sha256])
        assert sorted(map(tuple, tx.execute(sa.select(item_traits)))) == before
        assert [row[:2] for row in before] == [("link", ""), ("link", ""), ("name", ""), ("name", "heron")]


def test_of_several_conditions_counting_stops_where_a_list_is_long(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list says that there are more; under one condition it counts them all; whatever lies beyond can be read."""
    made = stored(store, *(f"Number {n}." for n in range(9)))[::-1]
    monkeypatch.setattr(item_lists, "COUNTED", 4)
    several = ItemFilter(query="number", kind="message")
    with store.reading() as tx:
        for offset, least, more in ((0, 4, True), (2, 4, True), (4, 6, True), (6, 8, True), (8, 9, False)):
            page = items.page(tx, several, 2, offset)
            assert (page.items, page.total, page.more) == (made[offset : offset + 2], least, more)
        for single in (ItemFilter(), ItemFilter(query="number"), ItemFilter(kind="message")):
            # PostgreSQL counts words by reading each item that holds them: there, counting them has an end as well.
            stops = single.query is not None and tx.dialect.name == "postgresql"
            page = items.page(tx, single, 2)
            assert (page.items, page.total, page.more) == (made[:2], 4 if stops else 9, stops)
        assert items.page(tx, ItemFilter(query="num*"), 2).more


def test_all_conditions_together_find_what_each_alone_would_leave(store: Store) -> None:
    """Words, source, kind, names and kinds of signals, whichever of them has least."""
    made = stored(store, *(f"Number {n}." for n in range(6)))
    with store.writing() as tx:
        page = item(made[0].source_id, "index.html", kind=ItemKind.PAGE, text="Number of pages")
        intake.add_items(tx, [NewItem(page, "c")])
        signals.add(tx, [signal("heron", kind="name", item_id=one.id) for one in (*made[:4], page)])
        signals.add(tx, [signal("a@b.example", kind="mail", item_id=one.id) for one in (*made[2:], page)])
    held = ItemFilter(names="heron", has="mail", source_id=made[0].source_id)
    assert _list(store, held) == [page, made[3], made[2]]
    assert _list(store, replace(held, kind="message", query="number")) == [made[3], made[2]]
    assert _list(store, replace(held, kind="page")) == [page]
    assert _list(store, replace(held, source_id=new_id())) == []


def test_the_strongest_assessment_leads(store: Store) -> None:
    """One an item, at any time: when a stronger one comes, and when it is superseded by a weaker one."""
    (one,) = stored(store, "One.")
    weak = assessment(one.id, 40, band=Band.LOOK, category="spam")
    strong = assessment(one.id, 90, band=Band.LIKELY)
    with store.writing() as tx:
        for made, leading in (
            (weak, weak), (strong, strong), (replace(strong, id=new_id(), score=10, band=Band.NOTHING), weak),
        ):  # fmt: skip
            supersedes = strong.id if made.score == 10 else None
            findings.add_assessments(tx, [replace(made, supersedes=supersedes)])
            query = sa.select(assessments.c.id, assessments.c.source_id).where(assessments.c.leads)
            assert tx.execute(query).all() == [(leading.id, one.source_id)]
        assert pages.found(tx, FoundFilter(source_id=one.source_id, words="one"), 10) == [weak]
        assert pages.found(tx, FoundFilter(source_id=new_id()), 10) == []
        assert pages.count_bands(tx, FoundFilter(words="one")) == {
            "known": 0, "likely": 0, "look": 1, "context": 0, "nothing": 0,
        }  # fmt: skip
