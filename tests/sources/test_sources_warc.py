"""Web archives, honest and hostile."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB, Limits
from qalqan.sources.readers import built_in
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


def record(kind: str, url: str, block: bytes, **headers: str) -> bytes:
    """Return one WARC record."""
    named = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": "2024-05-01T10:00:00Z"}
    named |= {"WARC-Record-ID": f"<urn:uuid:{url}>", "Content-Type": "application/http", **headers}
    named["Content-Length"] = str(len(block))
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def answer(body: bytes, kind: str, status: str = "200 OK", coding: str = "") -> bytes:
    """Return a server's answer."""
    coded = f"Content-Encoding: {coding}\r\n" if coding else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{coded}\r\n".encode() + body


PAGE = b"<html><title>Lake</title><body>Mist <a href='map'>map</a></body></html>"


def test_pages_and_media_are_items_with_their_address(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """Bodies can be read while they are handed over; all else in the archive is no item and no fault."""
    parts = [
        record("warcinfo", "", b"software: x\r\n"),
        record("request", "https://a.example/", b"GET / HTTP/1.1\r\n\r\n"),
        record("response", "https://a.example/x/", answer(gzip.compress(PAGE), "text/html", coding="gzip")),
        record("response", "https://a.example/moved", answer(b"", "text/html", "301 Moved")),
        record("revisit", "https://a.example/x/", answer(b"", "text/html")),
        record("resource", "https://a.example/h.png?s=1", b"heron", **{"Content-Type": "image/png"}),
        record("metadata", "https://a.example/", b"x: y\r\n"),
    ]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(gzip.compress(part) for part in parts))
    seen = []
    for found in walk(tmp_path, built_in(), Limits(), isolate, scratch):
        assert isinstance(found, Draft), found
        bodies = []
        for file in found.files:
            assert file.open is not None
            with file.open() as opened:
                bodies.append(opened.read())
        seen.append((found.kind, found.origin, found.text, found.extra["url"], bodies))
    start = f"{tmp_path}/a.warc.gz#urn:uuid:"
    assert seen == [
        (ItemKind.PAGE, f"{start}https://a.example/x/", "Lake\nMist map", "https://a.example/x/", []),
        (ItemKind.FILE, f"{start}https://a.example/h.png?s=1", None, "https://a.example/h.png?s=1", [b"heron"]),
    ]


def test_links_are_absolute_by_the_records_address(walked: Walk, tmp_path: Path) -> None:
    """The address that was crawled is the page's base."""
    (tmp_path / "a.warc").write_bytes(record("response", "https://a.example/x/", answer(PAGE, "text/html")))
    (draft,), _ = walked(tmp_path)
    assert [link.url for link in draft.links] == ["https://a.example/x/", "https://a.example/x/map"]


def test_a_truncated_archive_keeps_what_came_before(walked: Walk, tmp_path: Path) -> None:
    """One fault for the rest."""
    whole = b"".join(
        gzip.compress(record("response", f"https://a.example/{n}", answer(PAGE, "text/html"))) for n in range(5)
    )
    (tmp_path / "a.warc.gz").write_bytes(whole[:-40])
    drafts, faults = walked(tmp_path)
    assert len(drafts) == 4
    assert [fault.code for fault in faults] == ["input-refused"]


def test_large_bodies_are_bounded(walked: Walk, tmp_path: Path, scratch: Path) -> None:
    """A page is cut, a picture left out; neither fills the disk, and the next record is read."""
    parts = [
        record("response", "https://a.example/1", answer(gzip.compress(bytes(20 * MIB)), "image/png", coding="gzip")),
        record("response", "https://a.example/2", answer(gzip.compress(b"x " * 2 * MIB), "text/html", coding="gzip")),
        record("response", "https://a.example/3", answer(PAGE, "text/html")),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(parts))
    drafts, faults = walked(tmp_path, file_bytes=4 * MIB, record_bytes=MIB)
    assert [draft.origin.rsplit("/", 1)[-1] for draft in drafts] == ["2", "3"]
    assert [fault.code for fault in faults] == ["limit-reached"] * 2
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_a_header_without_end_is_given_up(walked: Walk, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Eight megabytes of one header line are not taken into memory; the archive is still a file."""
    path = tmp_path / "a.warc"
    path.write_bytes(pack(b"WARC/1.0\r\nWARC-Type: " + b"x" * 8 * MIB))
    drafts, faults = walked(tmp_path)
    assert [draft.kind for draft in drafts] == [ItemKind.FILE]
    assert [fault.code for fault in faults] == ["limit-reached"]
