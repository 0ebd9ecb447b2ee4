"""What the console's pages read: whole screens at a time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from qalqan.model.assessments import Assessment, Band
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item, Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.sources import BatchState
from qalqan.store import Store, audit, banks, findings, intake, items, pages, scans, signals
from qalqan.store.pages import FoundFilter
from qalqan.store.scans import Progress
from support.made import assessment, digest, entry, match, media, problem, signal, stored

PICTURE = media()


@dataclass(frozen=True)
class Scene:
    """Four items of one source that carry one picture, which matches a bank's entry in the first two."""

    items: list[Item]
    standing: list[Assessment]
    """Known, likely, let be; the first is also weakly assessed for another category."""
    weak: Assessment
    entry: BankEntry
    matches: list[Match]


@pytest.fixture
def scene(store: Store) -> Scene:
    """Store them."""
    made = stored(store, "The first river.", "The second river.", "A hill.", "A valley.", files=(PICTURE,))
    bands = (Band.KNOWN, Band.LIKELY, Band.NOTHING)
    standing = [assessment(made[n].id, 95 - n, band=band) for n, band in enumerate(bands)]
    weak = assessment(made[0].id, 30, band=Band.LOOK, category="spam")
    one = signal(media_sha256=PICTURE.sha256)
    with store.writing() as tx:
        known = entry(banks.create(tx, "herons", "terrorist-content", "Aziz").id)
        banks.add_entries(tx, [known])
        signals.add(tx, [one])
        found = [match(made[n].id, one.id, known.id, media_sha256=PICTURE.sha256) for n in (0, 1)]
        findings.add_matches(tx, found)
        findings.add_assessments(tx, [*standing, weak])
    return Scene(made, standing, weak, known, found)


def _counts(known: int, likely: int, look: int) -> dict[str, int]:
    return {"known": known, "likely": likely, "look": look, "context": 0}


def test_findings_are_listed_once_an_item(store: Store, scene: Scene) -> None:
    """The strongest category stands for an item; what is let be is not listed."""
    with store.reading() as tx:
        assert pages.found(tx, FoundFilter(), 10) == scene.standing[:2]
        assert pages.found(tx, FoundFilter(), 10, newest=True) == scene.standing[1::-1]
        assert pages.found(tx, FoundFilter(), 1, 1) == scene.standing[1:2]
        assert pages.count_found(tx, FoundFilter()) == _counts(1, 1, 0)
        assert list(pages.found_stream(tx, FoundFilter(), 1)) == [[one] for one in scene.standing[:2]]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (FoundFilter(band="likely"), [1]),
        (FoundFilter(band="no band"), [0, 1]),
        (FoundFilter(category="terrorist-content"), [0, 1]),
        (FoundFilter(category="geese"), []),
        (FoundFilter(bank="herons"), [0, 1]),
        (FoundFilter(bank="geese"), []),
        (FoundFilter(kind="pdq"), [0, 1]),
        (FoundFilter(kind="text"), []),
        (FoundFilter(bank="herons", kind="pdq", words="second", band="likely"), [1]),
        (FoundFilter(words="river"), [0, 1]),
        (FoundFilter(words="hill"), []),
        (FoundFilter(source_id=new_id()), []),
    ],
)
def test_findings_are_filtered(store: Store, scene: Scene, wanted: FoundFilter, numbers: list[int]) -> None:
    """Alone and together; by an unknown name there is nothing, by no band's name any band."""
    with store.reading() as tx:
        assert pages.found(tx, wanted, 10) == [scene.standing[n] for n in numbers]
        assert pages.found(tx, wanted, 10, newest=True) == [scene.standing[n] for n in numbers[::-1]]


def test_weak_signs_are_listed_only_when_asked_for(store: Store) -> None:
    """An item of some points below every band is none of what was found, and is there by its own name."""
    weak, spent = stored(store, "A known link.", "Nothing any more.")
    standing = assessment(weak.id, 15, band=Band.NOTHING)
    with store.writing() as tx:
        findings.add_assessments(tx, [standing, assessment(spent.id, 0, band=Band.NOTHING)])
    with store.reading() as tx:
        assert pages.found(tx, FoundFilter(), 10) == []
        assert pages.found(tx, FoundFilter(band=pages.WEAK), 10) == [standing]
        assert pages.count_bands(tx, FoundFilter())[pages.WEAK] == 1


def test_a_weaker_category_is_listed_by_its_own_name(store: Store, scene: Scene) -> None:
    """And counted there."""
    with store.reading() as tx:
        assert pages.found(tx, FoundFilter(category="spam"), 10) == [scene.weak]
        assert pages.count_found(tx, FoundFilter(category="spam")) == _counts(0, 0, 1)
        assert pages.found(tx, FoundFilter(source_id=scene.items[0].source_id), 10) == scene.standing[:2]


def test_records_by_their_ids(store: Store, scene: Scene) -> None:
    """Unknown ids are left out."""
    first, found = scene.items[0], scene.matches[0]
    with store.reading() as tx:
        assert pages.items_by_id(tx, [first.id, new_id()]) == {first.id: first}
        assert pages.matches_by_id(tx, [found.id, new_id()]) == {found.id: found}
        assert pages.entries_by_id(tx, [scene.entry.id, new_id()]) == {scene.entry.id: scene.entry}
        assert list(pages.sources_by_id(tx, [first.source_id, new_id()])) == [first.source_id]
        assert [one.id for one in pages.list_sources(tx, 5)] == [first.source_id]


def test_matches_of_an_item_and_of_an_entry(store: Store, scene: Scene) -> None:
    """Counted and in pages: an item's nearest first, an entry's newest first."""
    with store.reading() as tx:
        assert pages.nearest_matches(tx, scene.items[0].id, 5) == scene.matches[:1]
        assert pages.matches_of_entry(tx, scene.entry.id, 5) == scene.matches[::-1]
        assert pages.matches_of_entry(tx, scene.entry.id, 5, 1) == scene.matches[:1]
        assert pages.count_matches_of(tx, scene.items[0].id) == 1
        assert pages.count_matches_of(tx, scene.items[3].id) == 0
        assert pages.count_matches_of_entry(tx, scene.entry.id) == 2


def test_who_else_carries_a_file(store: Store, scene: Scene) -> None:
    """All others that do, up to a bound."""
    with store.reading() as tx:
        found = pages.carriers(tx, [PICTURE.sha256], scene.items[0].id, 10)
        assert {one.item_id for one in found} == {one.id for one in scene.items[1:]}
        assert len(pages.carriers(tx, [PICTURE.sha256], scene.items[0].id, 2)) == 2
        assert pages.carriers(tx, ["0" * 64], scene.items[0].id, 10) == []


@pytest.mark.usefixtures("scene")
def test_a_rendition_is_found_by_what_it_is(store: Store) -> None:
    """The blob must be one of this file and kind: no other blob can be asked for."""
    made = [Rendition(PICTURE.sha256, RenditionKind.BLURRED, at, digest(str(at)), 320, 180) for at in (0.0, 2.0)]
    with store.writing() as tx:
        signals.add_renditions(tx, made)
        assert pages.rendition(tx, PICTURE.sha256, RenditionKind.BLURRED, made[1].blob) == made[1]
        assert pages.rendition(tx, PICTURE.sha256, RenditionKind.CLEAR, made[1].blob) is None
        assert pages.rendition(tx, PICTURE.sha256, RenditionKind.BLURRED, PICTURE.sha256) is None


def test_problems_of_an_item(store: Store, scene: Scene) -> None:
    """Its own and its files'; not those of an item whose place begins alike."""
    item = scene.items[1]
    places = (item.origin, f"{item.origin} · file0.jpg", f"{item.origin}0", "chat_json#message/1 · x")
    made = [problem(item.source_id, where) for where in places]
    with store.writing() as tx:
        intake.add_problems(tx, made)
        assert pages.problems_of_item(tx, item, 10) == made[:2]


def test_who_looked_at_a_file(store: Store) -> None:
    """Only events of that kind and of these files, newest first."""
    with store.writing() as tx:
        first = audit.append(tx, "Aziz", "media.revealed", "a" * 64)
        audit.append(tx, "Aziz", "media.revealed", "b" * 64)
        audit.append(tx, "Aziz", "media.hidden", "a" * 64)
        second = audit.append(tx, "Dilnoza", "media.revealed", "a" * 64)
        assert pages.reveals(tx, ["a" * 64], 10) == [second, first]
        assert pages.reveals(tx, ["a" * 64], 1) == [second]


def test_how_far_scans_have_come(store: Store, scene: Scene) -> None:
    """For several at once, as for each by itself."""
    ids: list[Id] = [one.id for one in scene.items]
    with store.writing() as tx:
        one, other = scans.begin(tx, scene.items[0].source_id)[0], scans.begin_all(tx)
        done = scans.add_batch(tx, one.id, ids[:3])
        scans.add_batch(tx, one.id, ids[3:])
        scans.end_batch(tx, done.id, BatchState.DONE)
        assert pages.progress_of(tx, [one.id, other.id]) == {
            one.id: scans.progress(tx, one.id), other.id: Progress(0, 0, 0, 0, 0),
        }  # fmt: skip


def test_changes_of_entries(store: Store, scene: Scene) -> None:
    """Of each entry, oldest first."""
    with store.writing() as tx:
        banks.change_status(tx, scene.entry.id, EntryStatus.DISPUTED, "Aziz", "one")
        banks.change_status(tx, scene.entry.id, EntryStatus.RETIRED, "Aziz", "two")
        found = pages.changes_of(tx, [scene.entry.id, new_id()])
        assert found == {scene.entry.id: banks.changes_of(tx, scene.entry.id)}


def test_what_a_source_gave(store: Store, scene: Scene) -> None:
    """Its items, files, signals, matches and problems; each item in its highest band."""
    source = scene.items[0].source_id
    with store.reading() as tx:
        assert items.totals_of(tx, [source]) == {"items": 4, "media": 1, "signals": 1, "matches": 2, "problems": 0}
        assert items.bands_of(tx, [source]) == {"known": 1, "likely": 1, "look": 0, "context": 0, "nothing": 1}
        assert set(items.totals_of(tx, [new_id()]).values()) == set(items.bands_of(tx, []).values()) == {0}
        assert items.locations(tx, [source, new_id()]) == {source: "/exports/valley"}


def test_which_blobs_there_should_be(store: Store) -> None:
    """Those of files that were kept."""
    stored(store, "One.", files=(PICTURE, media("too large", kept=False)))
    with store.reading() as tx:
        assert list(items.kept_media(tx)) == [PICTURE.sha256]
