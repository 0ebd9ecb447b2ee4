"""The cascade and what protects it: rules of banks, settling, negative banks, floods, indexes that follow changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from qalqan.errors import BadValue, StoreError
from qalqan.flow import retro
from qalqan.flow.comparing import Comparer, find
from qalqan.flow.indexes import Indexes, Shelves
from qalqan.flow.known import Voucher, add_values, change_status, new_bank
from qalqan.flow.services import Services
from qalqan.flow.stages import cascade, changed_rules, set_rules, stages
from qalqan.flow.way import Way
from qalqan.model.banks import Bank, BankEntry, BankRules, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.signals import PDQ, SHA256, Signal
from qalqan.model.sources import ScanState
from qalqan.model.times import now
from qalqan.store import audit, banks, findings, items, scans, signals, tables
from support import made
from support.walking import walk_batches

WHO = "tester"
KNOWN = "0f" * 32
"""A PDQ hash."""


@pytest.fixture
def resources(services: Services) -> Iterator[ExitStack]:  # noqa: ARG001 - closed before the store is
    """Close what a test opens."""
    with ExitStack() as stack:
        yield stack


def shelves_now(services: Services) -> Shelves:
    """Return the indexes as another process would build them now."""
    with closing(indexes_of(services)) as indexes:
        return indexes.fresh()


def indexes_of(services: Services) -> Indexes:
    """Return indexes that no comparer shares."""
    return Indexes(services.store, services.matchers, services.settings.home / "index")


def away(bits: int, turn: int = 0) -> str:
    """Return a hash that many bits from KNOWN, another one for each `turn`."""
    value = int(KNOWN, 16)
    for bit in range(bits):
        value ^= 1 << ((bit * 7 + turn * 3) % 256)
    return f"{value:064x}"


def bank_of(services: Services, *values: tuple[str, str], name: str = "heron", **rules: object) -> Bank:
    """Make a bank of (kind, value) entries with rules of its own."""
    bank = new_bank(services, name, "terrorist-content", WHO)
    add_values(services, bank, [(kind, value, value[:8]) for kind, value in values], Voucher(WHO, "a test"))
    return set_rules(services, bank, replace(bank.rules, **rules), WHO)  # type: ignore[arg-type] # rules by name


def posted(services: Services, *values: str, kind: str = PDQ, quality: int | None = 100) -> list[Id]:
    """Store an item for each value that carries a file with that signal; return the items' ids."""
    files = [made.media(f"{kind} {value} {n}") for n, value in enumerate(values)]
    ids = []
    for file, value in zip(files, values, strict=True):
        (item,) = made.stored(services.store, f"a file {file.sha256}", files=(file,))
        found = made.signal(value, kind=kind, media_sha256=file.sha256, quality=quality)
        with services.store.writing() as tx:
            signals.add(tx, [found])
            tx.execute(tables.items.update().where(tables.items.c.id == item.id).values(collected_at=now()))
        ids.append(item.id)
    return ids


def distances(services: Services, ids: Sequence[Id]) -> list[float]:
    """Return the distances of all matches of these items, compared now."""
    return sorted(one.distance for one in Comparer(services).compare(ids).matches)


def test_a_banks_radius_says_what_is_near(services: Services) -> None:
    """At 20 bits, a picture 24 bits away is none of it; at the usual 31 it is."""
    ids = posted(services, away(12), away(24))
    bank = bank_of(services, (PDQ, KNOWN), radius=20)
    assert distances(services, ids) == [12]
    set_rules(services, bank, BankRules(), WHO)
    assert distances(services, ids) == [12, 24]


def test_a_banks_quality_says_what_is_too_plain(services: Services) -> None:
    """A picture of quality 60 is compared with a bank that asks for 50, not with one that asks for 80."""
    ids = posted(services, away(4), quality=60)
    bank_of(services, (PDQ, KNOWN), quality=80)
    assert distances(services, ids) == []
    bank_of(services, (PDQ, KNOWN), name="other")
    assert distances(services, ids) == [4]


def test_only_the_stages_that_a_bank_names_run(services: Services) -> None:
    """A bank for identical files alone finds no near picture; a mirrored one is of another stage than an upright."""
    upright, mirrored = away(4), " ".join([away(90, n) for n in range(5)] + [away(4)])
    ids = posted(services, upright, mirrored)
    bank = bank_of(services, (PDQ, KNOWN), stages=("digest",))
    assert distances(services, ids) == []
    bank = set_rules(services, bank, replace(bank.rules, stages=("digest", "radius")), WHO)
    assert len(distances(services, ids)) == 1
    set_rules(services, bank, replace(bank.rules, stages=("radius", "symmetry")), WHO)
    assert len(distances(services, ids)) == 2


def test_an_unknown_stage_is_refused_with_the_known_ones(services: Services) -> None:
    """The error names every stage there is."""
    with pytest.raises(BadValue) as error:
        changed_rules(services, BankRules(), {"stages": ("digest", "palmistry")})
    assert "palmistry" in error.value.message
    assert all(one.name in error.value.hint for one in stages(services))


def test_the_cascade_goes_from_cheap_to_dear_and_says_what_each_step_decides(services: Services) -> None:
    """Each stage has a cost, a sentence, and a name of its own."""
    bank = bank_of(services, stages=("digest",))
    with services.store.reading() as tx:
        rows = cascade(services, tx, bank)
    costs = [one.stage.cost for one in rows]
    assert costs == sorted(costs)
    assert len({one.stage.name for one in rows}) == len(rows)
    assert all(one.stage.decides.endswith(".") for one in rows)
    assert [one.stage.name for one in rows if one.runs] == ["digest"]


def test_an_identical_file_is_settled_for_its_bank_alone(services: Services) -> None:
    """The near picture of the same bank is not told beside it; that of another bank is."""
    file = made.media("a poster")
    (item,) = made.stored(services.store, "a poster", files=(file,))
    own = [made.signal(file.sha256, kind=SHA256), made.signal(KNOWN)]
    with services.store.writing() as tx:
        signals.add(tx, [replace(one, media_sha256=file.sha256) for one in own])
    one = bank_of(services, (SHA256, file.sha256), (PDQ, KNOWN))
    other = bank_of(services, (PDQ, away(2)), name="other")
    found = find(shelves_now(services), _signals_of(services, item.id))
    assert sorted((told.stage.name, told.finding.entry.bank_id) for told in found) == sorted(
        [("digest", one.id), ("radius", other.id)]
    )


def _signals_of(services: Services, item_id: Id) -> list[Signal]:
    with services.store.reading() as tx:
        return [signal for _, signal in signals.of_items(tx, [item_id])]


def test_what_a_negative_bank_knows_matches_nothing(services: Services) -> None:
    """A blank page near a known one is no finding once it stands in a bank of what must never match."""
    ids = posted(services, away(6))
    bank_of(services, (PDQ, KNOWN))
    assert distances(services, ids) == [6]
    bank_of(services, (PDQ, away(6)), name="never", negative=True)
    assert distances(services, ids) == []


def test_the_indexes_follow_every_change_without_being_built_anew(services: Services) -> None:
    """Entries that come, are disputed, restored or retired count at once; the large index stays the same object."""
    ids = posted(services, away(2))
    comparer = Comparer(services)
    assert comparer.compare(ids).matches == []
    bank_of(services, (PDQ, KNOWN))
    (match,) = comparer.compare(ids).matches
    for status, expected in ((EntryStatus.DISPUTED, 0), (EntryStatus.ACTIVE, 1), (EntryStatus.RETIRED, 0)):
        change_status(services, match.entry_id, status, WHO, "a test")
        assert len(comparer.compare(ids).matches) == expected


def test_many_changes_are_merged_in_the_background(
    services: Services, resources: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once enough has changed, all of it is built as one, and answers stay the same meanwhile and afterwards."""
    monkeypatch.setattr("qalqan.flow.indexes.SMALL", 3)
    indexes = resources.enter_context(closing(indexes_of(services)))
    ids = posted(services, away(2))
    asked = _signals_of(services, ids[0])
    assert find(indexes.fresh(), asked) == []
    bank = bank_of(services, *((PDQ, away(1, turn)) for turn in range(8)))
    answers = set()
    for _ in range(200):
        shelves = indexes.fresh()
        answers.add(len(find(shelves, asked)))
        if all(not one.changed for one in shelves.shelves):
            break
    assert answers == {8}
    assert all(not one.changed for one in indexes.fresh().shelves)
    assert bank.id in indexes.fresh().banks


def test_an_entry_that_matches_too_many_different_things_is_set_aside(services: Services) -> None:
    """It is quarantined with the reason, the log says so, and the items that it found stand no longer on it."""
    bank = bank_of(services, (PDQ, KNOWN), flood=5)
    ids = posted(services, *(away(3, turn) for turn in range(5)))
    walk(services, ids)
    (entry,) = _entries(services, bank)
    assert entry.status is EntryStatus.QUARANTINED
    with services.store.reading() as tx:
        (change,) = banks.changes_of(tx, entry.id)
        standing = findings.current_assessments(tx, ids)
        verbs = [one.verb for one in audit.newest(tx, 20)]
    assert "5 different things" in change.reason
    assert change.by == "qalqan"
    assert "bank.entry.quarantined" in verbs
    assert not any(one.score for found in standing.values() for one in found)


def test_copies_of_one_thing_are_no_flood(services: Services) -> None:
    """The same file on many items is one thing, and identical content is never a reason to doubt an entry."""
    bank = bank_of(services, (PDQ, KNOWN), flood=3)
    file = made.media("a poster")
    carriers = made.stored(services.store, *(f"post {n}" for n in range(6)), files=(file,))
    with services.store.writing() as tx:
        signals.add(tx, [made.signal(away(3), media_sha256=file.sha256)])
    walk(services, [*(one.id for one in carriers), *posted(services, KNOWN, KNOWN, KNOWN)])
    assert [one.status for one in _entries(services, bank)] == [EntryStatus.ACTIVE]


def test_a_restored_entry_is_counted_anew(services: Services) -> None:
    """A person who has looked is not contradicted by what was found before."""
    bank = bank_of(services, (PDQ, KNOWN), flood=4)
    walk(services, posted(services, *(away(3, turn) for turn in range(4))))
    (entry,) = _entries(services, bank)
    change_status(services, entry.id, EntryStatus.ACTIVE, WHO, "a poster that is posted a lot")
    walk(services, posted(services, *(away(4, turn) for turn in range(3))))
    assert _entries(services, bank)[0].status is EntryStatus.ACTIVE
    walk(services, posted(services, away(5)))
    assert _entries(services, bank)[0].status is EntryStatus.QUARANTINED


def _entries(services: Services, bank: Bank) -> list[BankEntry]:
    with services.store.reading() as tx:
        return banks.entries_of(tx, bank.id, 100)


def walk(services: Services, ids: Sequence[Id]) -> None:
    """Compare and weigh these items as one batch."""
    with services.store.writing() as tx:
        scan = scans.begin_all(tx)
        batch = scans.add_batch(tx, scan.id, list(ids))
        scans.start_walking(tx, scan.id)
    Way(services).compare_and_weigh(batch.id)
    with services.store.writing() as tx:
        scans.finish(tx, scan.id, ScanState.DONE)


def test_a_new_entry_finds_what_was_stored_before_it(services: Services) -> None:
    """Only what changed is compared, and only once."""
    ids = posted(services, away(2), away(120))
    assert retro.begin_due(services, WHO) is None
    bank_of(services, (PDQ, KNOWN))
    scan = retro.begin_due(services, WHO)
    assert scan is not None
    assert scan.since == 0
    assert retro.begin_due(services, WHO) is None, "one is under way"
    walk_batches(services, scan.id)
    with services.store.reading() as tx:
        found = findings.matches_of(tx, ids)
    assert list(found) == [ids[0]]
    assert retro.begin_due(services, WHO) is None, "nothing changed since"


def test_a_retired_entry_takes_its_findings_back(services: Services) -> None:
    """The walk for what changed weighs anew what stood on it."""
    ids = posted(services, away(2))
    bank = bank_of(services, (PDQ, KNOWN))
    first = retro.begin_due(services, WHO)
    assert first is not None
    walk_batches(services, first.id)
    change_status(services, _entries(services, bank)[0].id, EntryStatus.RETIRED, WHO, "wrong picture")
    second = retro.begin_due(services, WHO)
    assert second is not None
    assert second.since is not None
    assert second.since > 0
    walk_batches(services, second.id)
    with services.store.reading() as tx:
        (standing,) = findings.current_assessments(tx, ids)[ids[0]]
    assert standing.score == 0


def test_nothing_stored_needs_no_walk(services: Services) -> None:
    """Filling the banks of an empty store begins nothing."""
    bank_of(services, (PDQ, KNOWN))
    assert retro.begin_due(services, WHO) is None
    with services.store.reading() as tx:
        assert items.first(tx) is None
        assert scans.newest(tx, 5) == []


def test_changed_rules_are_kept_with_who_changed_them(services: Services) -> None:
    """The log says what was changed; the same rules again are no change."""
    bank = bank_of(services, (PDQ, KNOWN), radius=20, negative=True)
    with services.store.reading() as tx:
        assert banks.by_name(tx, "heron").rules == bank.rules
        (event,) = [one for one in audit.newest(tx, 20) if one.verb == "bank.rules.changed"]
        version = banks.version(tx)
    assert event.detail == {"radius": 20, "negative": True}
    set_rules(services, bank, bank.rules, WHO)
    with services.store.reading() as tx:
        assert banks.version(tx) == version


def test_an_id_is_no_bank(services: Services) -> None:
    """Matches of a bank that is gone from the rules are admitted: nothing is lost silently."""
    ids = posted(services, away(2))
    bank_of(services, (PDQ, KNOWN))
    shelves = replace(shelves_now(services), banks={new_id(): bank_of(services, name="x")})
    assert len(find(shelves, _signals_of(services, ids[0]))) == 1


def test_a_large_bank_is_mapped_from_a_file_and_answers_the_same(
    services: Services, resources: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process maps the same file; what changed since stands beside it; grown, it is written anew."""
    monkeypatch.setattr("qalqan.flow.indexes.FILED", 10)
    monkeypatch.setattr("qalqan.flow.indexes.SMALL", 4)
    bank = bank_of(services, *((PDQ, away(3, turn)) for turn in range(30)))
    asked = _signals_of(services, posted(services, KNOWN)[0])
    place = services.settings.home / "index" / "picture-1"
    for _ in range(2):
        assert len(find(shelves_now(services), asked)) == 30
    (first,) = place.iterdir()
    gone = _entries(services, bank)[0]
    change_status(services, gone.id, EntryStatus.RETIRED, WHO, "a test")
    indexes = resources.enter_context(closing(indexes_of(services)))
    found = find(indexes.fresh(), asked)
    assert {one.finding.entry.id for one in found} == {one.id for one in _entries(services, bank)} - {gone.id}
    assert list(place.iterdir()) == [first]
    for one in _entries(services, bank)[1:9]:
        change_status(services, one.id, EntryStatus.RETIRED, WHO, "a test")
    assert len(find(indexes.fresh(), asked)) == 21
    for _ in range(400):
        assert len(find(indexes.fresh(), asked)) == 21
        if not first.exists():
            break
        time.sleep(0.05)
    assert not first.exists()
    assert len(find(indexes.fresh(), asked)) == 21


def test_a_damaged_index_file_is_built_anew(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """The banks are the truth: an index that cannot be opened is no reason to stop."""
    monkeypatch.setattr("qalqan.flow.indexes.FILED", 10)
    bank_of(services, *((PDQ, away(3, turn)) for turn in range(12)))
    asked = _signals_of(services, posted(services, KNOWN)[0])
    assert len(find(shelves_now(services), asked)) == 12
    place = services.settings.home / "index" / "picture-1"
    for segment in place.rglob("*"):
        if segment.is_file() and not segment.name.endswith(".ids"):
            segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])
    assert len(find(shelves_now(services), asked)) == 12


@pytest.mark.parametrize("name", ["entries.ids", "checksums.json", "index.json"])
def test_an_index_file_with_a_wrong_bit_is_built_anew(
    services: Services, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Checksums tell, where a file is as long as it should be; where there are none, they cannot."""
    monkeypatch.setattr("qalqan.flow.indexes.FILED", 10)
    bank_of(services, *((PDQ, away(3, turn)) for turn in range(12)))
    asked = _signals_of(services, posted(services, KNOWN)[0])
    assert len(find(shelves_now(services), asked)) == 12
    (file,) = (services.settings.home / "index" / "picture-1").rglob(name)
    content = file.read_bytes()
    damaged = bytes([content[0] ^ 1]) + content[1:]
    file.write_bytes(damaged)
    assert len(find(shelves_now(services), asked)) == 12
    assert file.read_bytes() != damaged
    file.unlink()
    assert len(find(shelves_now(services), asked)) == 12
    assert file.exists()


def keep(services: Services) -> None:
    """Do what a keeper does: compare what is stored with what changed, until nothing is left to compare."""
    while scan := retro.begin_due(services, WHO):
        walk_batches(services, scan.id)


def scores(services: Services, ids: Sequence[Id]) -> list[int]:
    """Return what stands for each of these items, 0 where nothing does."""
    with services.store.reading() as tx:
        standing = findings.current_assessments(tx, ids)
    return [max((one.score for one in standing.get(each, ())), default=0) for each in ids]


def test_what_a_banks_rules_admit_no_more_stands_no_more(services: Services) -> None:
    """A smaller radius takes findings back, and so does a stage that is switched off; a larger one brings them back."""
    ids = posted(services, away(12), away(24))
    bank = bank_of(services, (PDQ, KNOWN))
    keep(services)
    assert all(scores(services, ids))
    set_rules(services, bank, BankRules(radius=20), WHO)
    keep(services)
    assert [bool(one) for one in scores(services, ids)] == [True, False]
    with services.store.reading() as tx:
        assert findings.count_matches(tx, findings.MatchFilter()) == 1
    set_rules(services, bank, BankRules(stages=("digest",)), WHO)
    keep(services)
    assert scores(services, ids) == [0, 0]
    set_rules(services, bank, BankRules(), WHO)
    keep(services)
    assert all(scores(services, ids))


def test_a_negative_bank_takes_back_what_was_found_and_gives_it_back(services: Services) -> None:
    """A blank page that is banked as such explains old findings too; retired, it explains them no longer."""
    ids = posted(services, away(6))
    bank_of(services, (PDQ, KNOWN))
    keep(services)
    assert scores(services, ids) != [0]
    never = bank_of(services, (PDQ, away(6)), name="never", negative=True)
    keep(services)
    assert scores(services, ids) == [0]
    change_status(services, _entries(services, never)[0].id, EntryStatus.RETIRED, WHO, "it is no blank page")
    keep(services)
    assert scores(services, ids) != [0]


def test_negative_banks_hold_for_new_entries_and_stored_items(services: Services) -> None:
    """An old negative entry explains what a new entry would find in what is stored."""
    bank_of(services, (PDQ, away(6)), name="never", negative=True)
    ids = posted(services, away(6))
    keep(services)
    bank_of(services, (PDQ, KNOWN))
    keep(services)
    assert scores(services, ids) == [0]


def test_what_settled_a_file_and_is_disputed_gives_way_to_the_other_stages(services: Services) -> None:
    """The same bank's near picture is found once its identical file no longer counts."""
    file = made.media("a poster")
    (item,) = made.stored(services.store, "a poster", files=(file,))
    own = [made.signal(file.sha256, kind=SHA256), made.signal(KNOWN)]
    with services.store.writing() as tx:
        signals.add(tx, [replace(one, media_sha256=file.sha256) for one in own])
    bank = bank_of(services, (SHA256, file.sha256), (PDQ, away(2)))
    keep(services)
    assert scores(services, [item.id]) == [100]
    settling = next(one for one in _entries(services, bank) if one.kind == SHA256)
    change_status(services, settling.id, EntryStatus.DISPUTED, WHO, "a wrong hash")
    keep(services)
    assert 0 < scores(services, [item.id])[0] < 100


def test_an_index_that_cannot_be_built_leaves_the_old_one(
    services: Services, resources: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while merging in the background stops no comparison."""
    monkeypatch.setattr("qalqan.flow.indexes.SMALL", 3)
    indexes = resources.enter_context(closing(indexes_of(services)))
    asked = _signals_of(services, posted(services, away(2))[0])
    indexes.fresh()

    def full(*_: object) -> None:
        raise StoreError("The disk takes no more.")

    monkeypatch.setattr(indexes, "_built", full)
    bank_of(services, *((PDQ, away(1, turn)) for turn in range(8)))
    for _ in range(20):
        assert len(find(indexes.fresh(), asked)) == 8
        time.sleep(0.01)


def test_an_index_of_another_future_is_not_used(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a store was restored from a backup, files of a later version of the banks are removed."""
    monkeypatch.setattr("qalqan.flow.indexes.FILED", 5)
    bank_of(services, *((PDQ, away(3, turn)) for turn in range(8)))
    asked = _signals_of(services, posted(services, KNOWN)[0])
    assert len(find(shelves_now(services), asked)) == 8
    (folder,) = (services.settings.home / "index" / "picture-1").iterdir()
    folder.rename(folder.with_name(f"{int(folder.name) + 500:020d}"))
    assert len(find(shelves_now(services), asked)) == 8
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]
