"""Handing things in: once is enough, twice does no harm, and whoever comes at the same time adds it once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.items import Link
from qalqan.store import Store, intake, items
from qalqan.store.intake import NewItem
from qalqan.store.items import ItemFilter
from qalqan.store.tables import attachments
from qalqan.store.tables import media as media_table
from support.elsewhere import hand_in
from support.made import NOON, digest, item, media, new_item, problem, stored

TEXTS = [f"The river rose by {n} centimetres." for n in range(40)]


def _source(store: Store) -> Id:
    with store.writing() as tx:
        return intake.ensure_source(tx, "/exports/valley", "valley", "Aziz").id


def test_a_source_handed_in_again_is_the_same(store: Store) -> None:
    """Its first label, bearer and legal basis stay."""
    with store.writing() as tx:
        first = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz", "police act § 4")
    with store.writing() as tx:
        assert intake.ensure_source(tx, "/exports/valley", "another", "Dilnoza") == first
        assert intake.ensure_source(tx, "/exports/coast", "coast", "Aziz").id != first.id
    with store.reading() as tx:
        assert intake.source(tx, first.id) == first
        assert intake.source(tx, new_id()) is None


def test_an_item_is_kept_with_all_that_it_carries(store: Store) -> None:
    """Every field, link and attachment comes back."""
    source = _source(store)
    one = item(source, links=(Link("https://example.org", 4, 9),), reply_to="7", extra={"views": 12, "tags": ["a"]})
    picture = media()
    new = NewItem(one, "c", new_item(source, "x", "y", picture).attachments)
    new = replace(new, attachments=tuple(replace(a, item_id=one.id) for a in new.attachments))
    with store.writing() as tx:
        intake.add_media(tx, [picture])
        assert intake.add_items(tx, [new]) == [one.id]
    with store.reading() as tx:
        found = items.get(tx, one.id)
        assert (found.item, found.attachments) == (one, new.attachments)


def test_handing_in_twice_adds_nothing(store: Store) -> None:
    """The second time nothing is new, nothing is doubled, and the first records stay."""
    picture = media()
    first = stored(store, *TEXTS, files=(picture,))
    stored(store, *TEXTS, files=(replace(picture, width=None),))
    with store.reading() as tx:
        assert items.count(tx, ItemFilter()) == len(TEXTS)
        assert tx.execute(sa.select(sa.func.count()).select_from(attachments)).scalar() == len(TEXTS)
        assert items.media_by_hash(tx, [picture.sha256]) == {picture.sha256: picture}
        assert [one.item for one in items.occurrences(tx, [one.id for one in first])] == first


def test_only_new_items_are_told(store: Store) -> None:
    """`add_items` returns the ids of those that were added, also where one batch holds the same item twice."""
    source = _source(store)
    old, new = new_item(source, "1"), new_item(source, "2")
    with store.writing() as tx:
        assert intake.add_items(tx, [old]) == [old.item.id]
        again = replace(old, item=replace(old.item, id=new_id()))
        assert intake.add_items(tx, [again, new, again]) == [new.item.id]
        assert intake.add_items(tx, []) == []


@pytest.mark.parametrize("otherwise", [{"origin": "2"}, {"source_id": None}, {"content": digest("edited")}])
def test_what_makes_another_item(store: Store, otherwise: dict[str, str | None]) -> None:
    """Another place, another source or another content is another item."""
    first = new_item(_source(store), "1")
    with store.writing() as tx:
        elsewhere = intake.ensure_source(tx, "/exports/coast", "coast", "Aziz").id
        changes = {name: value or elsewhere for name, value in otherwise.items()}
        content = changes.pop("content", first.content)
        second = NewItem(replace(first.item, id=new_id(), **changes), content)  # type: ignore[arg-type] # two of its texts
        assert intake.add_items(tx, [first, second]) == [first.item.id, second.item.id]


def test_media_are_kept_once(store: Store) -> None:
    """The same bytes twice in one batch, and again in the next, are one file; the first facts stay."""
    picture = media("a")
    with store.writing() as tx:
        intake.add_media(tx, [picture, picture, media("b")])
        intake.add_media(tx, [replace(picture, width=1)])
        intake.add_media(tx, [])
        assert tx.execute(sa.select(sa.func.count()).select_from(media_table)).scalar() == 2
        assert items.media_by_hash(tx, [picture.sha256])[picture.sha256] == picture


def test_a_problem_met_again_is_the_same_problem(store: Store) -> None:
    """Problems are listed newest first, by source and in pages, each once."""
    source = _source(store)
    with store.writing() as tx:
        other = intake.ensure_source(tx, "/exports/coast", "coast", "Aziz").id
        made = [problem(source, f"{n}.zip") for n in range(5)]
        intake.add_problems(tx, [*made, problem(other)])
        intake.add_problems(tx, [replace(one, id=new_id(), at=NOON.replace(year=2025)) for one in made])
    with store.reading() as tx:
        assert intake.count_problems(tx) == 6
        assert intake.count_problems(tx, source) == 5
        assert intake.list_problems(tx, 2, 1, source) == [made[3], made[2]]


def test_four_threads_add_an_item_once(store: Store) -> None:
    """Each item is new to exactly one of them."""
    source = _source(store)

    def run(_number: int) -> list[str | None]:
        added: list[Id] = []
        made = [new_item(source, text, text) for text in TEXTS]
        for one in made:
            with store.writing() as tx:
                added += intake.add_items(tx, [one])
        return [one.item.origin for one in made if one.item.id in added]

    with ThreadPoolExecutor(4) as pool:
        told = [origin for added in pool.map(run, range(4)) for origin in added]
    assert sorted(map(str, told)) == sorted(TEXTS)


def test_two_processes_add_an_item_once(store: Store, store_url: str, tmp_path: Path) -> None:
    """Each item is new to exactly one of them, and each is found by its words."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(hand_in, store_url, str(tmp_path / "blobs"), TEXTS) for _ in range(2)]
        told = [one for task in tasks for one in task.result()]
    with store.reading() as tx:
        assert len(told) == len(set(told)) == items.count(tx, ItemFilter()) == len(TEXTS)
        assert items.count(tx, ItemFilter(query="river centimetres")) == len(TEXTS)


def test_opposite_orders_do_not_lock_each_other_out(store: Store) -> None:
    """Two threads that add the same files from both ends both come to their end."""
    files = [media(str(n)) for n in range(300)]

    def run(order: int) -> None:
        for _ in range(10):
            with store.writing() as tx:
                intake.add_media(tx, files[::order])
                tx.rollback()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, (1, -1)))
    with store.reading() as tx:
        assert items.media_by_hash(tx, [one.sha256 for one in files]) == {}
