"""Tables of posts: declared, known and unknown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qalqan.errors import BadValue
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB
from qalqan.sources import dates, mapping

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter_is_understood(walked: Walk, tmp_path: Path, mark: str) -> None:
    """Whatever parts the columns, quoted text with line breaks stays whole."""
    (tmp_path / "a.csv").write_text(f'what{mark}who\n"Mist\nover, the; lake|\t"{mark}Ayna\n')
    (draft,), faults = walked(tmp_path, mapping={"text": "what", "author": "who"})
    assert (draft.text, draft.author) == ("Mist\nover, the; lake|\t", "Ayna")
    assert not faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_any_usual_encoding_is_understood(walked: Walk, tmp_path: Path, encoding: str) -> None:
    """With a byte order mark, without one, and in a legacy code page."""
    text = "Цапля стоит в камышах и смотрит на воду, над озером поднимается туман"
    (tmp_path / "a.csv").write_bytes(f'текст,автор\n"{text}",Айна\n"{text}",Айна\n'.encode(encoding))
    drafts, _ = walked(tmp_path, mapping={"text": "текст"})
    assert [draft.text for draft in drafts] == [text, text]


def test_an_undeclared_table_says_how_to_declare_it(walked: Walk, tmp_path: Path) -> None:
    """It is kept as a file, and the fault names the columns that were seen."""
    (tmp_path / "a.csv").write_text("what,who\nMist,Ayna\n")
    (tmp_path / "b.jsonl").write_text('{"body": "Mist"}\n{"body": "Rain"}\n')
    drafts, faults = walked(tmp_path)
    assert {draft.kind for draft in drafts} == {ItemKind.FILE}
    assert "'what', 'who'" in faults[0].hint
    assert "'body'" in faults[1].hint
    assert all("--mapping" in fault.hint for fault in faults)


def test_a_mapping_for_other_tables_is_passed_over(walked: Walk, tmp_path: Path) -> None:
    """A declared mapping is for tables with its columns; ours still serve the others."""
    header = "id,thread_id,timestamp,body\n"
    (tmp_path / "4cat.csv").write_text(header + "1,1,2024-05-01 10:00:00,Mist\n")
    (draft,), _ = walked(tmp_path, mapping={"text": "what"})
    assert draft.text == "Mist"


def test_hostile_rows_are_faults_and_the_rest_goes_on(walked: Walk, tmp_path: Path) -> None:
    """A giant field, a row too wide, NUL characters, a quote that never closes."""
    rows = ["what,who", "first,a", "x" * 2 * MIB + ",b", "a,b,c,d", "nul\0here,c", "second,d", '"open,e', "y" * 3 * MIB]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n" + "after,f\n")
    drafts, faults = walked(tmp_path, mapping={"text": "what"}, record_bytes=MIB)
    texts = [draft.text for draft in drafts]
    assert texts[0] == "first"
    assert "nul\ufffdhere" in texts
    assert "second" in texts
    assert len(faults) >= 2


def test_lines_too_long_or_broken_are_faults(walked: Walk, tmp_path: Path) -> None:
    """Of NDJSON, each line stands alone."""
    lines = ['{"t": "first"}', "{broken", "[1]", '{"t": "' + "x" * 2 * MIB + '"}', "[" * 9000, "", '{"t": "last"}']
    (tmp_path / "a.ndjson").write_text("\n".join(lines))
    drafts, faults = walked(tmp_path, mapping={"text": "t"}, record_bytes=MIB)
    assert [draft.text for draft in drafts] == ["first", "last"]
    assert [fault.where.rsplit("#", 1)[1] for fault in faults] == ["row/2", "row/3", "row/4", "row/5"]


def test_files_beside_a_table_are_attached_and_links_are_links(walked: Walk, tmp_path: Path) -> None:
    """A file in its folder is attached, an address is a link and a file not included, a path outside a fault."""
    (tmp_path / "p.jpg").write_bytes(b"p")
    cell = "p.jpg\nhttps://a.example/v.mp4?x=1\n../q.jpg\ngone.jpg"
    (tmp_path / "a.ndjson").write_text(
        json.dumps({"t": "Mist", "f": cell, "l": "https://a.example/1, https://b.example/2"})
    )
    drafts, faults = walked(tmp_path, mapping={"text": "t", "files": "f", "links": "l"})
    (draft,) = drafts
    assert [(file.name, file.path, file.missing) for file in draft.files] == [
        ("p.jpg", tmp_path / "p.jpg", None),
        ("v.mp4", None, "is linked to, not included"),
        ("q.jpg", None, "its path leaves the table's folder"),
        ("gone.jpg", None, "is not in the table's folder"),
    ]
    assert [link.url for link in draft.links] == [
        *("https://a.example/1", "https://b.example/2", "https://a.example/v.mp4?x=1")
    ]
    assert len(faults) == 1


def test_zeeschuimer_records_know_their_platform(walked: Walk, tmp_path: Path) -> None:
    """A TikTok video gets author, time and its own address."""
    data = {"desc": "Mist", "author": {"uniqueId": "ayna", "nickname": "Ayna", "id": "9"}, "createTime": "1714557600"}
    item = {"nav_index": "1:1:0", "item_id": "55", "source_platform": "tiktok.com", "data": data}
    (tmp_path / "zee.json").write_text(json.dumps(item) + "\n")
    (draft,), _ = walked(tmp_path)
    assert (draft.platform, draft.author, draft.author_ref, draft.channel_ref) == ("tiktok", "Ayna", "ayna", "9")
    assert draft.posted_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert draft.links[0].url == "https://www.tiktok.com/@ayna/video/55"
    assert draft.origin == f"{tmp_path}/zee.json#id/55"


@pytest.mark.parametrize("wrong", [{"txt": "a"}, {"author": "a"}, {"text": 5}, {"text": ["a", {}]}])
def test_a_wrong_mapping_says_what_is_wrong(wrong: dict[str, object]) -> None:
    """Unknown keys, no content, values that are no names."""
    with pytest.raises(BadValue) as raised:
        mapping.declared(wrong)
    assert raised.value.hint


def test_built_in_mappings_are_sound() -> None:
    """Each says which tables it is for."""
    assert all(columns.required or columns.field for columns in mapping.built_in())
    assert len(mapping.built_in()) == 5


@pytest.mark.parametrize(
    ("written", "zoned"),
    [
        ("1714557600", True),
        ("1714557600000", True),
        ("2024-05-01T10:00:00Z", True),
        ("2024-05-01 10:00:00", False),
        ("Wed May 01 10:00:00 +0000 2024", True),
        ("Wed, 01 May 2024 10:00:00 +0000", True),
    ],
)
def test_moments_are_read_as_platforms_write_them(written: str, zoned: bool) -> None:  # noqa: FBT001 - a parameter
    """All in UTC; whether a zone was given is said."""
    assert dates.moment(written) == (datetime(2024, 5, 1, 10, tzinfo=UTC), zoned)


@pytest.mark.parametrize("written", ["", None, "yesterday", "1e300", "nan", "9999-12-31T23:59:59-12:00", [], "0" * 99])
def test_what_is_no_moment_is_unknown(written: object) -> None:
    """Never an exception, never a guess."""
    found, _ = dates.moment(written)
    assert found is None or found.year == 1970
