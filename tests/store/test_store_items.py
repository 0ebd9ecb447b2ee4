"""Reading items back: one with all that hangs on it, or pages of many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qalqan.errors import BadValue, NotFound
from qalqan.model.assessments import Band
from qalqan.model.ids import new_id
from qalqan.model.items import Item, ItemKind
from qalqan.store import Store, findings, intake, items
from qalqan.store.intake import NewItem
from qalqan.store.items import ItemFilter
from support.made import assessment, item, media, new_item, stored

NUMBERS = [f"Message number {n}." for n in range(12)]


def _assessed(store: Store) -> list[Item]:
    """Store four items; one known in two categories, one likely, one let be, one not yet assessed."""
    made = stored(store, *NUMBERS[:4])
    with store.writing() as tx:
        findings.add_assessments(
            tx,
            [
                assessment(made[0].id, 95, band=Band.KNOWN),
                assessment(made[0].id, 99, band=Band.KNOWN, category="spam"),
                assessment(made[1].id, 97, band=Band.LIKELY),
                assessment(made[2].id, 0, band=Band.NOTHING),
            ],
        )
    return made


def test_an_item_that_is_not_there(store: Store) -> None:
    """An unknown id, and what is no id at all, are answered alike on both databases."""
    for wanted in (new_id(), "no id", "", "\ud800", "{00000000"):
        with store.reading() as tx, pytest.raises(NotFound):
            items.get(tx, wanted)


def test_items_are_listed_newest_first_and_in_pages(store: Store) -> None:
    """Pages do not overlap, leave nothing out, and each says how many there are in all."""
    made = stored(store, *NUMBERS)
    with store.reading() as tx:
        pages = [items.page(tx, ItemFilter(), 5, offset) for offset in (0, 5, 10, 15)]
    assert [one for page in pages for one in page.items] == made[::-1]
    assert [page.total for page in pages] == [12] * 4


def test_occurrences_come_in_reading_order(store: Store) -> None:
    """However they are asked for, and each with its attachments in their order."""
    pictures = (media("a"), media("b"))
    made = stored(store, *NUMBERS[:3], files=pictures)
    with store.reading() as tx:
        found = items.occurrences(tx, [made[2].id, made[0].id, new_id()])
        assert [one.item for one in found] == [made[0], made[2]]
        assert [one.media_sha256 for one in found[0].attachments] == [one.sha256 for one in pictures]
        assert items.occurrences(tx, []) == []


def test_filters_narrow_a_list(store: Store) -> None:
    """Source, kind and words each leave out what they should, together and alone."""
    made = stored(store, *NUMBERS[:3])
    with store.writing() as tx:
        other = intake.ensure_source(tx, "/exports/coast", "coast", "Aziz").id
        page = item(other, "index.html", kind=ItemKind.PAGE, text="Number one of pages")
        intake.add_items(tx, [NewItem(page, "c")])
    with store.reading() as tx:
        assert items.page(tx, ItemFilter(source_id=other), 10).items == [page]
        assert items.page(tx, ItemFilter(kind="page"), 10).items == [page]
        assert items.page(tx, ItemFilter(query="NUMBER one"), 10).items == [page]
        assert items.page(tx, ItemFilter(query="number", kind="message"), 10).items == made[::-1]
        assert items.count(tx, ItemFilter(source_id=other, kind="message")) == 0


def test_an_item_is_found_by_what_is_around_its_text(store: Store) -> None:
    """Channel, author, forwarder, links and names of files are searched, too."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz").id
        one = item(source, text=None, channel="Heron watch", author="Nodira", forwarded_from="Mountain weather")
        files = tuple(replace(a, item_id=one.id) for a in new_item(source, "x", "y", media()).attachments)
        intake.add_media(tx, [media()])
        intake.add_items(tx, [NewItem(one, "c", files)])
    with store.reading() as tx:
        for word in ("heron", "nodira", "weather", "file0"):
            assert items.page(tx, ItemFilter(query=word), 10).items == [one]


def test_bands_list_the_strongest_first(store: Store) -> None:
    """`found` is every band but `nothing`; an item of two categories is listed and counted once."""
    known, likely, let_be, _ = _assessed(store)
    with store.reading() as tx:
        assert items.page(tx, ItemFilter(band="found"), 10) == items.Page([known, likely], 2)
        assert items.page(tx, ItemFilter(band="known"), 10) == items.Page([known], 1)
        assert items.page(tx, ItemFilter(band="nothing"), 10) == items.Page([let_be], 1)


def test_a_category_lists_by_its_own_score(store: Store) -> None:
    """Within one category, what another one says of an item does not count."""
    known, likely, let_be, _ = _assessed(store)
    with store.reading() as tx:
        wanted = ItemFilter(bank_category="terrorist-content")
        assert items.page(tx, wanted, 10) == items.Page([likely, known, let_be], 3)
        assert items.page(tx, ItemFilter(band="likely", bank_category="spam"), 10) == items.Page([], 0)


def test_what_no_longer_stands_is_not_listed(store: Store) -> None:
    """A superseded assessment puts an item into no band."""
    (one,) = stored(store, "One message.")
    old = assessment(one.id, 90)
    with store.writing() as tx:
        findings.add_assessments(tx, [old])
        findings.add_assessments(tx, [assessment(one.id, 0, band=Band.NOTHING, supersedes=old.id)])
    with store.reading() as tx:
        assert items.count(tx, ItemFilter(band="found")) == 0
        assert items.count(tx, ItemFilter(band="nothing")) == 1


def test_ids_go_on_after_an_item(store: Store) -> None:
    """Stretches of ids follow the order of reading; after an unknown item there is nothing."""
    made = [one.id for one in stored(store, *NUMBERS)]
    with store.reading() as tx:
        assert items.ids_after(tx, None, 5) == made[:5]
        assert items.ids_after(tx, made[4], 100) == made[5:]
        assert items.ids_after(tx, made[-1], 5) == []
        assert items.ids_after(tx, new_id(), 5) == []


def test_where_else_a_file_is(store: Store) -> None:
    """Other items that carry it are listed in the order of reading, the first by its source and name."""
    picture = media()
    made = stored(store, *NUMBERS[:4], files=(picture,))
    with store.reading() as tx:
        assert items.elsewhere(tx, picture.sha256, made[1].id, 2) == [made[0], made[2]]
        assert items.elsewhere(tx, "0" * 64, made[1].id) == []
        assert items.carriers(tx, picture.sha256)[0] == (made[0].source_id, f"{made[0].origin} · file0.jpg")
        assert items.carriers(tx, picture.sha256, [made[1].id]) == [
            (made[1].source_id, f"{made[1].origin} · file0.jpg")
        ]
        assert items.carriers(tx, "0" * 64) == []


def test_totals(store: Store) -> None:
    """Items, media and matches are counted, and items by band, each once a band."""
    with store.reading() as tx:
        assert set(items.totals(tx).values()) == {0}
        assert items.first(tx) is None
    made = _assessed(store)
    with store.reading() as tx:
        assert items.totals(tx) == {
            "items": 4, "media": 0, "matches": 0, "known": 1, "likely": 1, "look": 0, "context": 0, "nothing": 1,
        }  # fmt: skip
        assert items.first(tx) in made


@pytest.mark.parametrize("offset", [2**63, 10**30])
def test_a_page_beyond_all_numbers_is_a_bad_value(store: Store, offset: int) -> None:
    """Both databases' refusal of a number is said alike."""
    with store.reading() as tx, pytest.raises(BadValue):
        items.page(tx, ItemFilter(), 10, offset)
