"""Signals, what has been read already, and the small pictures made while reading."""

from __future__ import annotations

from dataclasses import replace

from qalqan.model.ids import new_id
from qalqan.model.items import Rendition, RenditionKind
from qalqan.model.parts import Box, Interval, Span
from qalqan.store import Store, items, signals
from support.made import digest, media, signal, stored

PICTURE, OTHER = media("a"), media("b")


def test_a_signal_is_kept_once(store: Store) -> None:
    """The same value from the same extractor of the same file is one signal; the first one stays."""
    stored(store, "A picture.", files=(PICTURE,))
    first = signal(media_sha256=PICTURE.sha256, quality=90)
    with store.writing() as tx:
        signals.add(tx, [first, replace(first, id=new_id())])
        signals.add(tx, [replace(first, id=new_id(), quality=10)])
        signals.add(tx, [])
        assert [one.value for one in signals.of_media(tx, [PICTURE.sha256])] == [first.value]


def test_what_makes_another_signal(store: Store) -> None:
    """Another value, kind, extractor version, owner, span, box or interval does."""
    (one,) = stored(store, "A picture.", files=(PICTURE, OTHER))
    first = signal(media_sha256=PICTURE.sha256)
    others = [
        replace(first, value="b" * 64), replace(first, kind="sha256"), replace(first, extractor="picture/2"),
        replace(first, media_sha256=OTHER.sha256), replace(first, media_sha256=None, item_id=one.id),
        replace(first, span=Span(0, 4)), replace(first, box=Box(0, 0, 0.5, 1)), replace(first, interval=Interval(1, 2)),
    ]  # fmt: skip
    made = [first, *(replace(other, id=new_id()) for other in others)]
    with store.writing() as tx:
        signals.add(tx, made)
        found = [each for _, each in signals.of_items(tx, [one.id])]
    assert sorted(found, key=lambda each: each.id) == sorted(made, key=lambda each: each.id)


def test_an_item_has_its_own_signals_and_those_of_its_files(store: Store) -> None:
    """Each once, also where it carries a file twice; and each item that carries the file has them."""
    first, second = stored(store, "One.", "Two.", files=(PICTURE, PICTURE))
    on_file = signal(media_sha256=PICTURE.sha256, interval=Interval(0, 1))
    own = signal("one", kind="text", item_id=first.id, span=Span(0, 3))
    with store.writing() as tx:
        signals.add(tx, [on_file, own])
        found = signals.of_items(tx, [first.id, second.id])
        assert sorted(found, key=str) == sorted([(first.id, own), (first.id, on_file), (second.id, on_file)], key=str)
        assert signals.of_items(tx, [new_id()]) == signals.of_items(tx, []) == []
        assert signals.of_media(tx, [OTHER.sha256]) == []


def test_what_was_read_is_not_read_again(store: Store) -> None:
    """A pair of a subject and an extractor is noted once, whether anything was found or not."""
    pairs = {("a", "picture/1"), ("a", "text/1"), ("b", "picture/1")}
    with store.writing() as tx:
        signals.mark_read(tx, pairs)
        signals.mark_read(tx, [*pairs, ("b", "picture/2"), ("b", "picture/2")])
        assert signals.already_read(tx, ["a"]) == {("a", "picture/1"), ("a", "text/1")}
        assert signals.already_read(tx, ["b", "c"]) == {("b", "picture/1"), ("b", "picture/2")}
        assert signals.already_read(tx, []) == set()


def test_working_copies_come_in_the_order_of_their_moments(store: Store) -> None:
    """Each kind and moment of a file is kept once."""
    stored(store, "A film.", files=(PICTURE,))
    made = [Rendition(PICTURE.sha256, RenditionKind.BLURRED, at, digest(str(at)), 320, 180) for at in (4.0, 0.0, 2.5)]
    with store.writing() as tx:
        signals.add_renditions(tx, made)
        signals.add_renditions(tx, [replace(made[0], blob=digest("another")), made[1], made[1]])
        assert signals.renditions_of(tx, [PICTURE.sha256]) == sorted(made, key=lambda one: one.at)
        assert signals.renditions_of(tx, [OTHER.sha256]) == []


def test_facts_are_filled_in_as_they_become_known(store: Store) -> None:
    """What decoding did not tell stays as it was."""
    plain = media("film", width=None, height=None)
    stored(store, "A film.", files=(plain,))
    with store.writing() as tx:
        signals.set_facts(tx, plain.sha256, 640, 360, None)
        signals.set_facts(tx, plain.sha256, None, None, 12.5)
        signals.set_facts(tx, plain.sha256, None, None, None)
        found = items.media_by_hash(tx, [plain.sha256])[plain.sha256]
    assert found == replace(plain, width=640, height=360, duration=12.5)


def test_the_files_of_items_come_small_ones_first(store: Store) -> None:
    """Each once, however many of the items carry it."""
    big, small = media("big", size=2**40), media("small", size=10)
    made = stored(store, "One.", "Two.", files=(big, small, big))
    with store.reading() as tx:
        assert signals.media_of_items(tx, [one.id for one in made]) == [small, big]
        assert signals.media_of_items(tx, []) == []
