"""Banked files are read by every stage, however late it came; a bank is measured on harmless files."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qalqan.errors import BadValue, InputRefused
from qalqan.flow.calibrating import Asked, ask_about, shelves_of, write_down
from qalqan.flow.deepen import deepen, depth
from qalqan.flow.keeper import Keeper
from qalqan.flow.known import Voucher, add_paths, add_values, change_status, new_bank
from qalqan.flow.services import Services
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.calibrations import Calibration
from qalqan.model.manifest import Manifest
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.store import audit, banks, calibrations, scans
from support import made
from support.small import jpeg, picture

VOUCHER = Voucher("tester", "a test")


class Size:
    """A stage that knows files by their size in bytes: stands for one that came later."""

    def __init__(self, version: str = "1", refuses: bool = False) -> None:  # noqa: FBT001, FBT002 - a test's own
        self.manifest = Manifest("size", version, "Files by their size", ("size",))
        self.refuses = refuses

    def wants(self, subject: Subject) -> bool:
        """Every file."""
        return subject.media is not None

    def read(self, subject: Subject, desk: Desk) -> Reading:  # noqa: ARG002 - the contract's signature
        """Return the size, another one for each version."""
        if self.refuses or subject.media is None:
            raise InputRefused("is nothing for this stage")
        return Reading((Sighting("size", f"{self.manifest.version}-{subject.media.size}"),))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Take every value."""
        return value

    def examples(self) -> Sequence[Example]:
        """Show nothing: it is no built-in extractor."""
        return ()


@pytest.fixture
def bank(services: Services, tmp_path: Path) -> Bank:
    """Bank two pictures."""
    bank = new_bank(services, "heron", "terrorist-content", "tester")
    known = tmp_path / "known"
    known.mkdir()
    for seed in (1, 2):
        (known / f"known-{seed}.jpg").write_bytes(jpeg(picture(seed)))
    assert sum(one.entries for one in add_paths(services, bank, [known], VOUCHER)) >= 4
    return bank


def later(services: Services, extractor: Size) -> Services:
    """Return services that have one stage more."""
    return replace(services, extractors=(*services.extractors, extractor))


def sizes(services: Services, bank: Bank, status: EntryStatus = EntryStatus.ACTIVE) -> list[BankEntry]:
    """Return the entries of the stage that came later."""
    with services.store.reading() as tx:
        return [one for one in banks.entries_of(tx, bank.id, 100, status=status) if one.kind == "size"]


def unread(services: Services, bank: Bank) -> tuple[int, int]:
    """Return how many of a bank's files there are, and how many are still to be read."""
    with services.store.reading() as tx:
        found = depth(services, tx, bank.id)
    return found.files, found.unread


def test_a_new_stage_reads_what_was_banked_before_it(services: Services, bank: Bank) -> None:
    """Each file gets the entries of the new stage, with who vouched for it; then nothing is left to read."""
    grown = later(services, Size())
    assert unread(services, bank) == (2, 0)
    assert unread(grown, bank) == (2, 2)
    assert sorted(added for _, added in deepen(grown)) == [1, 1]
    assert unread(grown, bank) == (2, 0)
    assert list(deepen(grown)) == []
    assert {(one.provenance, one.added_by) for one in sizes(grown, bank)} == {("a test", "tester")}


def test_it_goes_on_where_it_was_broken_off(services: Services, bank: Bank) -> None:
    """One file read, then stopped: the next run reads the other one alone."""
    grown = later(services, Size())
    next(iter(deepen(grown)))
    assert unread(grown, bank) == (2, 1)
    assert len(list(deepen(grown))) == 1


def test_a_newer_version_takes_the_place_of_the_older(services: Services, bank: Bank) -> None:
    """The old values are retired with the reason, never overwritten."""
    list(deepen(later(services, Size())))
    newer = later(services, Size("2"))
    list(deepen(newer))
    assert {one.value.partition("-")[0] for one in sizes(newer, bank)} == {"2"}
    retired = sizes(newer, bank, EntryStatus.RETIRED)
    with services.store.reading() as tx:
        reasons = {one.reason for each in retired for one in banks.changes_of(tx, each.id)}
    assert len(retired) == 2
    assert reasons == {"the file was read anew by a newer version"}


def test_what_a_person_took_out_stays_out(services: Services, bank: Bank) -> None:
    """A file whose entries of one kind were disputed gets none of that kind again."""
    grown = later(services, Size())
    list(deepen(grown))
    for one in sizes(grown, bank):
        change_status(grown, one.id, EntryStatus.DISPUTED, "tester", "wrong")
    newer = later(services, Size("2"))
    list(deepen(newer))
    assert sizes(newer, bank) == []


def test_a_file_that_a_stage_refuses_is_asked_once(services: Services, bank: Bank) -> None:
    """It is not read for ever."""
    grown = later(services, Size(refuses=True))
    assert [added for _, added in deepen(grown)] == [0, 0]
    assert unread(grown, bank) == (2, 0)


def test_a_keeper_does_it_without_being_asked(services: Services, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background it reads banked files, and begins to compare what is stored with what is new."""
    monkeypatch.setattr("qalqan.flow.keeper.QUIET_SECONDS", 0.05)
    made.stored(services.store, "one message")
    grown = later(services, Size())
    keeper = Keeper(grown)
    keeper.start()
    try:
        assert _soon(lambda: unread(grown, bank) == (2, 0) and _begun(services))
    finally:
        keeper.stop()
    assert not any(one.name == "qalqan-keeper" and not one.daemon for one in threading.enumerate())


def _begun(services: Services) -> bool:
    with services.store.reading() as tx:
        return any(one.since is not None for one in scans.newest(tx, 5))


def _soon(true: object, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if callable(true) and true():
            return True
        time.sleep(0.05)
    return False


def asked_about(services: Services, bank: Bank, folder: Path) -> Asked:
    """Ask a bank about the files of a folder."""
    return list(ask_about(services, shelves_of(services, bank), [folder]))[-1]


def test_a_bank_is_measured_on_harmless_files(services: Services, bank: Bank, tmp_path: Path) -> None:
    """Nothing matched: the rate is at most three in the number asked. Nothing is stored of the files."""
    harmless = tmp_path / "harmless"
    harmless.mkdir()
    for seed in range(20, 26):
        (harmless / f"{seed}.jpg").write_bytes(jpeg(picture(seed)))
    rows = {one.stage: one for one in _measured(services, bank, harmless)}
    assert (rows["radius"].asked, rows["radius"].wrong, rows["radius"].at_most) == (6, 0, 0.5)
    with services.store.reading() as tx:
        kept = calibrations.newest(tx, bank.id)
        assert kept == rows
        assert audit.newest(tx, 1)[0].verb == "bank.calibrated"
        assert not services.store.blobs.has(made.digest("none"))
        assert scans.newest(tx, 1) == []


def _measured(services: Services, bank: Bank, folder: Path) -> list[Calibration]:
    return write_down(services, bank, asked_about(services, bank, folder), str(folder), "tester")


def test_the_entries_that_match_harmless_files_are_named(services: Services, bank: Bank, tmp_path: Path) -> None:
    """With how often, and how near: a person can dispute them."""
    harmless = tmp_path / "harmless"
    harmless.mkdir()
    (harmless / "near.jpg").write_bytes(jpeg(picture(1), quality=30))
    (harmless / "other.jpg").write_bytes(jpeg(picture(30)))
    row = next(one for one in _measured(services, bank, harmless) if one.stage == "radius")
    assert (row.asked, row.wrong, row.rate) == (2, 1, 0.5)
    assert sum(row.nearest) == 1
    assert row.at_most is not None
    assert 0.5 < row.at_most < 1
    with services.store.reading() as tx:
        assert banks.entry(tx, row.culprits[0][0]).label == "known-1.jpg"


def test_a_file_of_the_bank_itself_is_no_distractor(services: Services, bank: Bank, tmp_path: Path) -> None:
    """It is named, and counts for nothing."""
    harmless = tmp_path / "harmless"
    harmless.mkdir()
    (harmless / "the same.jpg").write_bytes(jpeg(picture(1)))
    asked = asked_about(services, bank, harmless)
    assert asked.known == ["the same.jpg"]
    with pytest.raises(BadValue, match="Nothing there could be compared"):
        write_down(services, bank, asked, "none", "tester")


def test_an_empty_bank_cannot_be_measured(services: Services) -> None:
    """The error says what to do first."""
    empty = new_bank(services, "empty", "terrorist-content", "tester")
    with pytest.raises(BadValue) as error:
        shelves_of(services, empty)
    assert error.value.hint == "Add some: qalqan bank add empty FILE"


def test_a_bank_of_values_has_no_files_to_read(services: Services) -> None:
    """Only hashes came: there is nothing to read anew."""
    hashes = new_bank(services, "hashes", "terrorist-content", "tester")
    add_values(services, hashes, [("pdq", "0f" * 32, "")], VOUCHER)
    assert unread(services, hashes) == (0, 0)
