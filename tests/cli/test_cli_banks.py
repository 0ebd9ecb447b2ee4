"""Banks on the command line: what goes in comes out again, and no list can hurt."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.saying import Say
from support.small import jpeg, picture

PDQ = "f" * 32 + "0" * 32
FORMULA = '=HYPERLINK("https://x.example","click")'


@pytest.fixture
def heron(ready: Say) -> Say:
    """Return what runs the command on a store with an empty bank, `heron`."""
    ready("bank", "create", "heron", "--description", "posters")
    return ready


def entries(say: Say, bank: str = "heron", *words: str) -> list[dict[str, Any]]:
    """Return a bank's entries."""
    return list(say("bank", "show", bank, *words, "--json", "--limit", "1000").lines)


def told(say: Say, file: Path, *words: str) -> dict[str, Any]:
    """Import a list and return what became of it."""
    done: dict[str, Any] = say("bank", "import", "heron", file, *words, "--json").json
    return done


def test_a_bank_is_made_filled_listed_and_its_entries_change_status(heron: Say, tmp_path: Path) -> None:
    """Each change has its reason, is counted in the list, and is in the audit log."""
    known = tmp_path / "known.jpg"
    known.write_bytes(jpeg(picture(3)))
    assert heron("bank", "add", "heron", known, "--label", "the poster", "--json").json == {
        "entries": 3, "known": 0, "refused": [],
    }  # fmt: skip
    assert {(one["kind"], one["label"], one["added_by"]) for one in entries(heron)} == {
        ("sha256", "the poster", "tester"), ("pdq", "the poster", "tester"),
        ("picture-local", "the poster", "tester"),
    }  # fmt: skip
    entry = entries(heron)[0]["id"]
    for verb, status in (("dispute", "disputed"), ("restore", "active"), ("retire", "retired")):
        assert f"is {status} now" in heron("bank", verb, entry, "--reason", "a partner says so").out
        assert entry in [one["id"] for one in entries(heron, "heron", "--status", status)]
    assert heron("bank", "list", "--json").lines[0]["entries"] == {"active": 2, "retired": 1}
    assert heron("bank", "retire", entry, "--reason", "  ", code=2).err.startswith("Error: A change of an entry needs")
    verbs = [one["verb"] for one in heron("audit", "list", "--json").lines]
    assert verbs[:3] == ["bank.entry.retired", "bank.entry.active", "bank.entry.disputed"]


def test_values_come_into_their_form_or_are_refused_with_the_reason(heron: Say) -> None:
    """Upper case, tracking marks and the like are taken away; what is no value of its kind is told."""
    heron("bank", "add", "heron", "--kind", "sha256", "--value", "A" * 64)
    heron("bank", "add", "heron", "--kind", "link", "--value", "HTTPS://Reedbed.example/a?utm_source=x#top")
    assert [one["value"] for one in entries(heron)] == ["https://reedbed.example/a", "a" * 64]
    refused = heron("bank", "add", "heron", "--kind", "sha256", "--value", "abc", "--json").json["refused"]
    assert refused[0][0] == "sha256 abc"
    assert "There is no kind" in heron("bank", "add", "heron", "--kind", "song", "--value", "la").out


def test_an_entry_is_there_once(heron: Say) -> None:
    """Adding it again is told and adds nothing."""
    words = ("bank", "add", "heron", "--kind", "pdq", "--value", PDQ, "--json")
    assert heron(*words).json == {"entries": 1, "known": 0, "refused": []}
    assert heron(*words).json == {"entries": 0, "known": 1, "refused": []}


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_what_is_exported_comes_back_the_same(heron: Say, tmp_path: Path, form: str) -> None:
    """Values, labels (formulas and line breaks among them), who says so, and until when: nothing is lost."""
    until = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%d")
    for kind, value, label in (
        ("pdq", PDQ, FORMULA), ("sha256", "b" * 64, "'quoted"), ("link", "https://a.example/", "-1+2"),
        ("text", "The reed beds of the great lake are guarded by all who live beside it.", 'comma, "quote"\nand\rline'),
        ("sha256", "c" * 64, "Цапля ئۇيغۇر"),
    ):  # fmt: skip
        heron("bank", "add", "heron", "--kind", kind, "--value", value, "--label", label, "--valid-until", until)
    out = tmp_path / f"list.{form}"
    heron("bank", "export", "heron", "--format", form, "--out", out)
    heron("bank", "create", "copy")
    # A known text brings an entry of its words with it: exported, it is there already when its own line comes.
    assert heron("bank", "import", "copy", out, "--json").json == {"entries": 6, "known": 1, "refused": []}
    again = tmp_path / f"again.{form}"
    heron("bank", "export", "copy", "--format", form, "--out", again)
    assert again.read_bytes() == out.read_bytes()
    kept = ("kind", "value", "label", "provenance", "valid_until")
    assert [[one[name] for name in kept] for one in entries(heron, "copy")] == [
        [one[name] for name in kept] for one in entries(heron)
    ]


def test_no_cell_of_a_csv_starts_a_formula(heron: Say) -> None:
    """A spreadsheet shows a label and computes nothing."""
    for number, label in enumerate((FORMULA, "+1", "-1", "@x", "\t=1", "\r=1")):
        heron("bank", "add", "heron", "--kind", "sha256", "--value", f"{number:064x}", "--label", label)
    rows = list(csv.reader(io.StringIO(heron("bank", "export", "heron", "--format", "csv").out, newline="")))
    assert len(rows) == 7
    for row in rows[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_an_export_goes_into_a_pipe_as_well(heron: Say) -> None:
    """Without --out it is written to stdout, and it is in the audit log."""
    heron("bank", "add", "heron", "--kind", "pdq", "--value", PDQ)
    assert json.loads(heron("bank", "export", "heron").out)["value"] == PDQ
    assert heron("audit", "list", "--json").lines[0]["verb"] == "bank.exported"


def test_a_plain_list_has_a_value_a_line(heron: Say, tmp_path: Path) -> None:
    """With --kind; a mark at its start, Windows line ends and empty lines do no harm."""
    file = tmp_path / "hashes.txt"
    file.write_bytes(b"\xef\xbb\xbf" + ("a" * 64 + "\r\n\r\n" + "B" * 64 + "\r\nnonsense\r\n").encode())
    done = told(heron, file, "--kind", "sha256")
    assert (done["entries"], [what for what, _ in done["refused"]]) == (2, ["sha256 nonsense"])
    assert {one["provenance"] for one in entries(heron)} == {"hashes.txt"}


GOOD = {"kind": "sha256", "value": "d" * 64}
BAD_ROWS: dict[str, Any] = {
    "no object": [1, 2],
    "no value": {"kind": "sha256"},
    "another kind": {"kind": "song", "value": "la"},
    "a list for a value": {"kind": "sha256", "value": ["d" * 64]},
    "a number for a kind": {"kind": 7, "value": "x"},
    "not active": {**GOOD, "status": "retired"},
    "an odd status": {**GOOD, "status": {"a": 1}},
    "no date": {**GOOD, "valid_until": "tomorrow"},
    "a date of no calendar": {**GOOD, "valid_until": "9999-12-31T23:59:59-23:00"},
    "a list for a date": {**GOOD, "valid_until": [1]},
    "half a pair": {"kind": "sha256", "value": "\ud800"},
    "nul": {"kind": "link", "value": "https://a\0.example"},
}


def test_bad_rows_are_refused_and_the_rest_goes_on(heron: Say, tmp_path: Path) -> None:
    """Each has its reason; the good row at the end is added."""
    file = tmp_path / "list.ndjson"
    lines = [json.dumps(one) for one in BAD_ROWS.values()] + ["[" * 100_000, "{", json.dumps(GOOD)]
    file.write_text("\n".join(lines), "utf-8")
    done = told(heron, file)
    assert done["entries"] == 1
    assert len(done["refused"]) == len(lines) - 1
    assert all(why for _, why in done["refused"])


def test_odd_words_in_a_list_are_made_fit_for_the_store(heron: Say, tmp_path: Path) -> None:
    """NUL and halves of surrogate pairs are replaced, and a label of a million characters is cut."""
    file = tmp_path / "list.ndjson"
    odd = {**GOOD, "label": "a\0b\ud800c", "provenance": {"who": 1}}
    long = {"kind": "sha256", "value": "e" * 64, "label": "x" * 1_000_000}
    file.write_text(f"{json.dumps(odd)}\n{json.dumps(long)}\n", "utf-8")
    assert told(heron, file)["entries"] == 2
    assert [len(one["label"]) for one in entries(heron)] == [500, 5]
    assert entries(heron)[1]["label"] == "a\ufffdb?c"


HOSTILE_CSV = {
    "nothing": b"",
    "other columns": b"a,b\n1,2\n",
    "a million columns": b"x," * 1_000_000 + b"y\n",
    "only noise": bytes(range(256)) * 100,
    "a cell without end": b'kind,value\nsha256,"' + b"x" * (17 << 20),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("content", HOSTILE_CSV.values(), ids=HOSTILE_CSV)
def test_a_file_that_is_no_list_is_refused(heron: Say, tmp_path: Path, content: bytes) -> None:
    """In a line that says what it needs, or where it breaks off."""
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    said = heron("bank", "import", "heron", file, code=2)
    assert "list.csv" in said.err
    assert len(said.err) < 500


@pytest.mark.timeout(60)
def test_a_table_with_a_million_more_columns_is_read_by_those_that_count(heron: Say, tmp_path: Path) -> None:
    """Columns beside ours, NULs and rows that are longer than the head change nothing."""
    file = tmp_path / "list.csv"
    head, cells = "kind,value" + ",x" * 1_000_000, f"sha256,{'d' * 64}" + "," * 1_000_001
    file.write_text(f"{head}\n{cells}\nsha256\nsha256,{'e' * 64},\0\n", "utf-8")
    done = told(heron, file)
    assert (done["entries"], len(done["refused"])) == (2, 1)


@pytest.mark.timeout(60)
def test_a_line_of_forty_megabytes_is_one_bad_value(heron: Say, tmp_path: Path) -> None:
    """It is cut into pieces that are refused each; what follows is added."""
    file = tmp_path / "list.txt"
    file.write_bytes(b"x" * (40 << 20) + b"\n" + b"a" * 64 + b"\n")
    done = told(heron, file, "--kind", "sha256")
    assert (done["entries"], len(done["refused"])) == (1, 3)


def test_an_entry_whose_day_is_over_is_listed_and_no_longer_matches(heron: Say, tmp_path: Path) -> None:
    """--valid-until is the day from which it does not count."""
    from qalqan.app import opened
    from qalqan.store import banks

    words = ("bank", "add", "heron", "--kind", "sha256", "--value")
    heron(*words, "a" * 64, "--valid-until", "2020-01-01")
    heron(*words, "b" * 64, "--valid-until", "2999-01-01")
    heron(*words, "c" * 64, "--valid-until", "01.02.2030", code=2)
    assert len(entries(heron)) == 2
    with opened() as services, services.store.reading() as tx:
        assert [one.value for one in banks.active(tx)] == ["b" * 64]
    assert tmp_path.exists()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[2J", "x" * 81, "\u202ex"])
def test_a_banks_name_is_one_line_of_words(ready: Say, name: str) -> None:
    """What could forge a line of a table is no name."""
    assert "is no name for a bank" in ready("bank", "create", name, code=2).err
