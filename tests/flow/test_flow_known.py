"""How known things come into a bank: files, folders and values, in the form in which signals are compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from qalqan.errors import AlreadyThere, BadValue, NotFound
from qalqan.flow.known import TOO_PLAIN, Added, Voucher, add_paths, add_values, change_status, new_bank
from qalqan.flow.services import Services
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.times import now
from qalqan.store import audit, banks
from support.small import TEXT, Small, film, jpeg, picture
from support.walking import walk_now

VOUCHER = Voucher("tester", "a court")


@pytest.fixture
def bank(services: Services) -> Bank:
    """Make an empty bank: on SQLite, then on PostgreSQL."""
    return new_bank(services, "heron", "terrorist-content", "tester")


def added(services: Services, bank: Bank, *paths: Path, voucher: Voucher = VOUCHER) -> Added:
    """Add files and return what became of all of them together."""
    total = Added()
    for one in add_paths(services, bank, paths, voucher):
        total.entries, total.known = total.entries + one.entries, total.known + one.known
        total.refused += one.refused
    return total


def values(services: Services, bank: Bank, rows: Sequence[tuple[str, str]]) -> Added:
    """Add values and return what became of them."""
    return add_values(services, bank, [(kind, value, "") for kind, value in rows], VOUCHER)


def entries(services: Services, bank: Bank) -> list[BankEntry]:
    """Return a bank's entries, oldest first."""
    with services.store.reading() as tx:
        return list(banks.all_entries_of(tx, bank.id))


def kinds(services: Services, bank: Bank) -> list[str]:
    """Return the kinds of a bank's entries."""
    return sorted(one.kind for one in entries(services, bank))


def test_a_picture_is_known_by_its_bytes_and_by_its_look(services: Services, bank: Bank, tmp_path: Path) -> None:
    """Each entry says what it is, who says so, and keeps the file itself."""
    known = tmp_path / "poster.jpg"
    known.write_bytes(jpeg(picture(1)))
    assert added(services, bank, known) == Added(entries=3)
    assert kinds(services, bank) == ["pdq", "picture-local", "sha256"]
    for one in entries(services, bank):
        assert (one.label, one.provenance, one.added_by, one.status) == (
            "poster.jpg", "a court", "tester", EntryStatus.ACTIVE,
        )  # fmt: skip
        assert one.media_sha256 is not None
        assert services.store.blobs.path(one.media_sha256).read_bytes() == known.read_bytes()


def test_a_plain_picture_keeps_its_bytes_and_says_why_no_more(services: Services, bank: Bank, tmp_path: Path) -> None:
    """One colour looks like every other picture of few features: only exact copies of it match."""
    plain = tmp_path / "plain.png"
    Image.new("RGB", (320, 240), (90, 120, 200)).save(plain)
    assert added(services, bank, plain) == Added(entries=1, refused=[("plain.png", TOO_PLAIN)])
    assert kinds(services, bank) == ["sha256"]
    assert "exact copies" in TOO_PLAIN


def test_the_same_file_twice_is_there_once(services: Services, bank: Bank, tmp_path: Path) -> None:
    """Under another name, too; the second time says so."""
    given = tmp_path / "given"
    given.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (given / name).write_bytes(jpeg(picture(1)))
    assert added(services, bank, given / "a.jpg") == Added(entries=3)
    assert added(services, bank, given / "b.jpg") == Added(known=3)
    assert added(services, bank, given) == Added(known=6)
    other = new_bank(services, "another", "other-listed", "tester")
    assert added(services, other, given / "a.jpg") == Added(entries=3)


def test_a_text_file_is_known_by_its_words_and_bytes(services: Services, bank: Bank, tmp_path: Path) -> None:
    """Links within a known text are no known links: a declaration that names a newspaper lists no newspaper."""
    known = tmp_path / "declaration.txt"
    known.write_text(f"{TEXT} See https://newspaper.example/ for more.", "utf-8")
    assert added(services, bank, known).entries == 3
    assert kinds(services, bank) == ["sha256", "text", "text-words"]


def test_a_film_is_known_by_its_frames(services: Services, bank: Bank, tmp_path: Path) -> None:
    """And by its bytes."""
    film(tmp_path / "known.mp4", [21, 22, 23, 24])
    assert added(services, bank, tmp_path / "known.mp4").refused == []
    assert {"sha256", "video-pdq"} <= set(kinds(services, bank))


def test_a_folder_gives_its_files_and_a_reason_for_each_that_cannot_be_read(
    services: Services, bank: Bank, tmp_path: Path
) -> None:
    """A broken picture still gives its bytes; archives are not opened: what is known is handed in as it is."""
    given = tmp_path / "given"
    (given / "deep" / "er").mkdir(parents=True)
    (given / "deep" / "er" / "whole.jpg").write_bytes(jpeg(picture(1)))
    (given / "broken.jpg").write_bytes(jpeg(picture(2))[:900])
    (given / "empty.jpg").write_bytes(b"")
    (given / "out").symlink_to("/etc")
    done = added(services, bank, given)
    assert {one.label for one in entries(services, bank)} >= {"whole.jpg", "broken.jpg"}
    refused = {Path(what).name: why for what, why in done.refused}
    assert refused["broken.jpg"] == "the picture is truncated"
    assert refused["empty.jpg"] == "is empty"
    assert "symbolic link" in refused["out"]


def test_what_is_not_there_is_said(services: Services, bank: Bank, tmp_path: Path) -> None:
    """A wrong path ends the command with its name."""
    with pytest.raises(NotFound, match="There is nothing at"):
        added(services, bank, tmp_path / "none")


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("sha256", f" {'AB' * 32}\n", "ab" * 32),
        ("pdq", "F" * 32 + "0" * 32, "f" * 32 + "0" * 32),
        ("link", "HTTPS://Reedbed.Example:443/a/../b?utm_source=x#part", "https://reedbed.example/b"),
    ],
)
def test_values_come_into_the_form_of_their_kind(
    services: Services, bank: Bank, kind: str, value: str, kept: str
) -> None:
    """However a partner writes them, they are compared in one form."""
    assert values(services, bank, [(kind, value)]) == Added(entries=1)
    assert [one.value for one in entries(services, bank)] == [kept]
    assert values(services, bank, [(kind, kept)]) == Added(known=1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("sha256", "ab"), ("sha256", "z" * 64), ("sha256", ""), ("sha256", "a" * 64 + "\nb"), ("pdq", "0" * 63),
        ("pdq", "x" * 1_000_000), ("link", "not a link"), ("link", "javascript:alert(1)"), ("text", "  "),
        ("text", "short"), ("video-pdq", "1,2"), ("video-pdq", "nan,100," + "0" * 64), ("song", "la"), ("", ""),
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_its_kind_is_refused_in_plain_words(
    services: Services, bank: Bank, kind: str, value: str
) -> None:
    """The reason is a short sentence without any of the program's own words; the other rows go on."""
    done = values(services, bank, [(kind, value), ("sha256", "c" * 64)])
    ((what, why),) = done.refused
    assert done.entries == 1
    assert what.startswith(kind)
    assert 5 < len(why) < 300
    assert not any(word in why for word in ("Error", "Traceback", "None", "exception"))


def test_an_entry_counts_until_its_day(services: Services, bank: Bank, small: Small) -> None:
    """One whose day is over finds nothing, and says nothing against the others."""
    over = Voucher("tester", "a court", now() - timedelta(days=1))
    added(services, bank, small.known / "known-0.jpg", voucher=over)
    added(services, bank, small.known / "declaration.txt", voucher=Voucher("tester", "us", now() + timedelta(days=1)))
    walk_now(services, small.input)
    from qalqan.store import findings

    with services.store.reading() as tx:
        found = list(findings.list_matches(tx, findings.MatchFilter()))
    assert {one.entry.label for one in found} == {"declaration.txt"}


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 81, "\u202e"])
def test_a_banks_name_is_one_line(services: Services, name: str) -> None:
    """Anything else is refused."""
    with pytest.raises(BadValue, match="is no name for a bank"):
        new_bank(services, name, "terrorist-content", "tester")


def test_a_bank_is_made_once_and_of_a_category_that_the_policy_knows(services: Services, bank: Bank) -> None:
    """The hint lists the categories."""
    with pytest.raises(AlreadyThere):
        new_bank(services, bank.name, "terrorist-content", "tester")
    with pytest.raises(BadValue, match="knows no category 'sports'") as caught:
        new_bank(services, "sports", "sports", "tester")
    assert "terrorist-content" in caught.value.hint


def test_a_change_of_status_needs_a_reason_and_an_entry(services: Services, bank: Bank) -> None:
    """Nothing is retired without somebody saying why."""
    values(services, bank, [("sha256", "a" * 64)])
    (entry,) = entries(services, bank)
    with pytest.raises(BadValue, match="needs a reason"):
        change_status(services, entry.id, EntryStatus.RETIRED, "tester", " \n")
    with pytest.raises(NotFound):
        change_status(services, "nonsense", EntryStatus.RETIRED, "tester", "why")
    assert change_status(services, entry.id, EntryStatus.DISPUTED, "tester", "why").status is EntryStatus.DISPUTED


def test_what_was_added_is_in_the_audit_log_with_who_says_so(services: Services, bank: Bank) -> None:
    """One event for each lot; none where nothing was new."""
    for _ in range(2):
        values(services, bank, [("sha256", "a" * 64), ("sha256", "b" * 64)])
    with services.store.reading() as tx:
        events = [one for one in audit.events(tx) if one.verb == "bank.entries.added"]
    assert [(one.by, one.subject, one.detail) for one in events] == [
        ("tester", "heron", {"entries": 2, "provenance": "a court"})
    ]
