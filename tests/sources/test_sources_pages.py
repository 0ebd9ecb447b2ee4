"""Saved web pages: what a reader of the page saw, and no more."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB, Limits
from qalqan.sources.readers import built_in
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


def page(folder: Path, body: str, head: str = "", name: str = "a.html") -> Path:
    """Write a page."""
    path = folder / name
    path.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>")
    return path


def test_blocks_stand_on_lines_and_words_stay_whole(walked: Walk, tmp_path: Path) -> None:
    """Inline elements do not part a word; scripts and styles are not what a reader saw."""
    unseen = "<script>x()</script><style>p{}</style>"
    body = f"<h1>The  lake</h1><p>He<b>ro</b>n\nstands<br>there</p>{unseen}<ul><li>a<li>b</ul>"
    (draft,), _ = walked(page(tmp_path, body))
    assert draft.text == "The lake\nHeron stands\nthere\na\nb"
    assert draft.kind is ItemKind.PAGE


def test_a_page_says_where_and_when_it_was(walked: Walk, tmp_path: Path) -> None:
    """Its own address comes first of its links, which are absolute and each once."""
    head = (
        '<title>Lake</title><link rel="canonical" href="https://heron.example/news/1">'
        '<meta name="author" content="Ayna">'
        '<script type="application/ld+json">{"datePublished": "2024-05-01T12:00:00+02:00"}</script>'
    )
    body = "".join(f'<a href="{to}">x</a>' for to in ("/map", "/map", "#top", "javascript:x()", "t.me/x"))
    (draft,), _ = walked(page(tmp_path, body, head))
    assert draft.extra["url"] == "https://heron.example/news/1"
    assert draft.author == "Ayna"
    assert draft.channel == "heron.example"
    assert draft.posted_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert [link.url for link in draft.links] == [
        "https://heron.example/news/1",
        "https://heron.example/map",
        "https://heron.example/news/t.me/x",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_a_page_is_read_in_its_own_encoding(walked: Walk, tmp_path: Path, encoding: str) -> None:
    """By its mark, or by what its markup says."""
    path = tmp_path / "a.html"
    path.write_bytes(f'<html><head><meta charset="{encoding}"></head><body>Цапля</body></html>'.encode(encoding))
    (draft,), _ = walked(path)
    assert draft.text == "Цапля"


def test_pictures_beside_a_page_are_its_files(walked: Walk, tmp_path: Path) -> None:
    """Those in its folder and those within its markup; none from elsewhere on the disk."""
    folder = tmp_path / "in"
    (folder / "a_files").mkdir(parents=True)
    (folder / "a_files/heron 1.png").write_bytes(b"one")
    (folder / "a_files/other.js").write_text("code()")
    (tmp_path / "secret.png").write_bytes(b"secret")
    inlined = base64.b64encode(b"two").decode()
    sources = [
        "./a_files/heron%201.png",
        "../secret.png",
        "/etc/passwd",
        "http://a.example/x.png",
        "file:///etc/passwd",
    ]
    body = "".join(
        f'<img src="{source}">' for source in [*sources, f"data:image/png;base64,{inlined}", "data:image/png,%"]
    )
    page(folder, body)
    drafts, faults = walked(folder)
    assert [file.name for file in drafts[0].files] == ["heron 1.png", "inlined-1.png", "inlined-2.png"]
    assert drafts[0].files[0].path == folder / "a_files/heron 1.png"
    assert drafts[0].files[1].open is not None
    assert drafts[0].files[1].open().read() == b"two"
    assert [Path(draft.origin).name for draft in drafts[1:]] == ["other.js"]
    assert not faults


def test_a_page_too_deep_to_parse_harms_nobody(walked: Walk, tmp_path: Path) -> None:
    """A million tags within one another end in a fault at once, and the rest is read."""
    page(tmp_path, "<x-y>" * 1_000_000)
    page(tmp_path, "<p>" * 10_000 + "flat", name="b.html")
    (tmp_path / "note.txt").write_text("Mist")
    begin = time.monotonic()
    drafts, faults = walked(tmp_path)
    assert [draft.kind for draft in drafts] == [ItemKind.FILE, ItemKind.PAGE, ItemKind.FILE]
    assert [draft.text for draft in drafts[1:]] == ["flat", "Mist"]
    assert [fault.code for fault in faults] == ["limit-reached"]
    assert time.monotonic() - begin < 20


def test_a_page_too_long_is_read_as_far_as_allowed(walked: Walk, tmp_path: Path) -> None:
    """What is beyond the bound is cut, with a fault."""
    (draft,), (fault,) = walked(page(tmp_path, "<p>Mist</p>" * 200_000), record_bytes=MIB)
    assert draft.text is not None
    assert draft.text.startswith("Mist\nMist\n")
    assert fault.code == "limit-reached"


def test_comments_cannot_stall_recognition(walked: Walk, tmp_path: Path) -> None:
    """Hundreds of comments before anything else are passed over in no time."""
    (tmp_path / "a.txt").write_text("<!---->" * 500 + "no page")
    drafts, _ = walked(tmp_path)
    assert drafts[0].kind is ItemKind.FILE


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://heron.example/lake
Date: Wed, 1 May 2024 10:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="edge"

--edge
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Location: https://heron.example/lake

<html><body>The heron =3D bird <a href=3D"/map">map</a></body></html>
--edge
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://heron.example/img/heron.png?x=1

aGVyb24=
--edge
Content-Type: text/html; charset=utf-8
Content-Location: cid:frame-1@mhtml.blink

<html><body>framed</body></html>
--edge--
"""


def test_mhtml_holds_page_pictures_and_frames(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """The page with its pictures, then what was framed in it."""
    (tmp_path / "a.mht").write_bytes(MHTML.replace("\n", "\r\n").encode())
    main, framed = walk(tmp_path, built_in(), Limits(), isolate, scratch)
    assert isinstance(main, Draft)
    assert isinstance(framed, Draft)
    assert main.text == "The heron = bird map"
    assert [link.url for link in main.links] == ["https://heron.example/lake", "https://heron.example/map"]
    assert main.extra["saved_at"] == "2024-05-01T10:00:00+00:00"
    assert main.files[0].name == "heron.png"
    assert main.files[0].open is not None
    assert main.files[0].open().read() == b"heron"
    assert (framed.text, framed.origin) == ("framed", f"{tmp_path}/a.mht#part/1")
