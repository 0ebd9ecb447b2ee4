"""What every extractor keeps to, whoever wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan import plugins
from qalqan.errors import BadValue, InputRefused
from qalqan.isolate import Isolate
from qalqan.model.ids import new_id
from qalqan.model.items import Item, ItemKind, Link, Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.model.signals import AMOUNT, EMOJI, LANGUAGE, LINK_USE, NAME, SAID, TEXTS
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Example, Extractor, Reading, Subject
from qalqan.signals.kinds import built_in
from qalqan.signals.slow import built_in_later

EXTRACTORS = (*built_in(), *built_in_later(), *plugins.found("qalqan.extractors"))
UNBANKED = {SAID, NAME, LANGUAGE, LINK_USE, EMOJI, AMOUNT, *TEXTS}
EXAMPLES = [
    pytest.param(extractor, example, id=f"{extractor.manifest.name}-{number}")
    for extractor in EXTRACTORS
    for number, example in enumerate(extractor.examples())
]
EACH = pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: extractor.manifest.name)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Return one child process for all of this file's readings."""
    limits = Limits(decode_seconds=30)
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate)
    isolate.close()


def item_of(text: str | None, links: tuple[str, ...] = ()) -> Item:
    """Return a message with this text and these links."""
    return Item(
        id=new_id(), source_id=new_id(), kind=ItemKind.MESSAGE, reader="test/1", origin="test", platform=None,
        channel=None, channel_ref=None, author=None, author_ref=None, posted_at=None, text=text,
        links=tuple(Link(url) for url in links), reply_to=None, forwarded_from=None, extra={}, collected_at=now(),
    )  # fmt: skip


def file_of(content: bytes, kind: MediaKind, folder: Path) -> Subject:
    """Return a media file with this content."""
    path = folder / "file"
    path.write_bytes(content)
    media = Media(hashlib.sha256(content).hexdigest(), kind, "application/octet-stream", len(content), kept=True)
    return Subject(media=media, path=path)


def subject_of(example: Example, folder: Path) -> Subject:
    """Return what an example describes."""
    if example.file is None:
        return Subject(item=item_of(example.text, tuple(example.links)))
    return file_of(example.file, example.media_kind or MediaKind.OTHER, folder)


@EACH
def test_has_a_card_that_says_what_it_makes(extractor: Extractor) -> None:
    """The manifest names it, its version, and at least one kind of signal."""
    card = extractor.manifest
    assert card.name == card.name.lower()
    assert card.version
    assert card.title
    assert card.produces


@EACH
def test_has_examples(extractor: Extractor) -> None:
    """Every extractor shows at least once what it finds."""
    assert any(example.finds for example in extractor.examples())


@pytest.mark.parametrize(("extractor", "example"), EXAMPLES)
def test_finds_what_its_examples_say(extractor: Extractor, example: Example, desk: Desk, tmp_path: Path) -> None:
    """Each (kind, value) pair of an example is among the sightings."""
    subject = subject_of(example, tmp_path)
    assert extractor.wants(subject)
    sightings = extractor.read(subject, desk).sightings
    for kind, value in example.finds:
        assert any(seen.kind == kind and value in ("*", seen.value) for seen in sightings), sightings


@pytest.mark.parametrize(("extractor", "example"), EXAMPLES)
def test_makes_only_the_kinds_it_declares(extractor: Extractor, example: Example, desk: Desk, tmp_path: Path) -> None:
    """No sighting is of a kind that the manifest does not name."""
    reading = extractor.read(subject_of(example, tmp_path), desk)
    assert {seen.kind for seen in reading.sightings} <= set(extractor.manifest.produces)


@pytest.mark.parametrize(("extractor", "example"), EXAMPLES)
def test_reads_the_same_the_same_way_twice(extractor: Extractor, example: Example, desk: Desk, tmp_path: Path) -> None:
    """The same subject always gives the same reading."""
    subject = subject_of(example, tmp_path)
    assert extractor.read(subject, desk) == extractor.read(subject, desk)


@pytest.mark.parametrize(("extractor", "example"), EXAMPLES)
def test_canonical_form_of_a_sighting_is_stable(
    extractor: Extractor, example: Example, desk: Desk, tmp_path: Path
) -> None:
    """A sighting's value can be banked, and what is banked is its own canonical form."""
    for seen in extractor.read(subject_of(example, tmp_path), desk).sightings:
        try:
            known = extractor.canonical(seen.kind, seen.value)
        except BadValue:  # words, sums, languages: nothing that a bank could hold
            assert seen.kind in UNBANKED
            continue
        assert extractor.canonical(seen.kind, known) == known
        assert seen.value.startswith(known.split(",")[0])


@EACH
def test_refuses_a_value_that_is_none(extractor: Extractor) -> None:
    """An empty value has no canonical form."""
    for kind in extractor.manifest.produces:
        with pytest.raises(BadValue):
            extractor.canonical(kind, "")


@EACH
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), link=st.text(max_size=80))
def test_reads_any_text(extractor: Extractor, desk: Desk, text: str, link: str) -> None:
    """No text and no link makes an extractor raise, and spans lie within the text."""
    subject = Subject(item=item_of(text, (link,)))
    if not extractor.wants(subject):
        return
    for seen in extractor.read(subject, desk).sightings:
        assert seen.span is None or 0 <= seen.span.start < seen.span.end <= len(text)


@EACH
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=100))
def test_canonical_refuses_with_bad_value_only(extractor: Extractor, value: str) -> None:
    """Whatever somebody types as a known value is accepted or refused in words."""
    for kind in extractor.manifest.produces:
        try:
            known = extractor.canonical(kind, value)
        except BadValue:
            continue
        assert extractor.canonical(kind, known) == known


HEADS = (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x20\0\0\0WEBPVP8 ", b"\0\0\0\x20ftypisom",
         b"\x1a\x45\xdf\xa3", b"RIFF\x20\0\0\0AVI ", b"II*\0", b"BM", b"#EXTM3U\n")  # fmt: skip


@EACH
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=400), kind=st.sampled_from(list(MediaKind)))
def test_refuses_nonsense_in_words(
    extractor: Extractor, desk: Desk, tmp_path: Path, head: bytes, tail: bytes, kind: MediaKind
) -> None:
    """Random bytes are read or refused: nothing but InputRefused and LimitReached comes out."""
    subject = file_of(head + tail, kind, tmp_path)
    if not extractor.wants(subject):
        return
    try:
        reading = extractor.read(subject, desk)
    except InputRefused:
        return
    assert isinstance(reading, Reading)
