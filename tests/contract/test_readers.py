"""Every reader, built-in or installed, is held to the contract of `qalqan.sources.contract`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan import plugins
from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import Limits
from qalqan.sources.contract import Example, Given, Reader
from qalqan.sources.readers import built_in
from qalqan.sources.walker import HEAD_BYTES, walk

READERS = (*built_in(), *plugins.found("qalqan.readers"))
EXAMPLES = [
    pytest.param(reader, example, id=f"{reader.manifest.name}-{number}")
    for reader in READERS
    for number, example in enumerate(reader.examples())
]


@pytest.fixture(scope="module")
def isolate() -> Iterator[Isolate]:
    """One child process for all examples."""
    pool = Isolate(Limits(), children=1)
    yield pool
    pool.close()


def _lay_out(example: Example, folder: Path) -> Path:
    """Write an example's files and return the one to hand in."""
    for name, content in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / next(iter(example.files))


def _walk(path: Path, reader: Reader, example: Example, isolate: Isolate, scratch: Path) -> list[Draft | Fault]:
    return list(walk(path, (reader,), Limits(), isolate, scratch, example.mapping))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.manifest.name)
def test_a_reader_has_a_card_and_examples(reader: Reader) -> None:
    """Its card names the item kinds that it makes, and it brings examples."""
    assert reader.manifest.name
    assert reader.manifest.version
    assert reader.manifest.title
    assert set(reader.manifest.produces) <= set(ItemKind)
    assert reader.examples()


def test_names_of_readers_are_unique() -> None:
    """No two readers share a name, for it tells who made an item."""
    names = [reader.manifest.name for reader in READERS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
def test_a_reader_recognises_its_examples(reader: Reader, example: Example) -> None:
    """It is asked by name and first bytes alone."""
    name, content = next(iter(example.files.items()))
    assert reader.recognises(Given(Path(name), name, content[:HEAD_BYTES]))


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
def test_a_reader_understands_its_examples(reader: Reader, example: Example, isolate: Isolate, tmp_path: Path) -> None:
    """As many drafts and faults come of an example as it says, with its texts in order, made by this reader."""
    found = _walk(_lay_out(example, tmp_path / "in"), reader, example, isolate, tmp_path / "scratch")
    drafts = [one for one in found if isinstance(one, Draft)]
    faults = [one for one in found if isinstance(one, Fault)]
    assert (len(drafts), len(faults)) == (example.drafts, example.faults), found
    texts = iter(draft.text for draft in drafts)
    assert all(text in texts for text in example.texts), [draft.text for draft in drafts]


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
def test_every_file_of_a_draft_has_exactly_one_whereabouts(
    reader: Reader, example: Example, isolate: Isolate, tmp_path: Path
) -> None:
    """A file lies on the disk, can be opened, or is missing for a reason; it can be read while handed over."""
    path = _lay_out(example, tmp_path / "in")
    for found in walk(path, (reader,), Limits(), isolate, tmp_path / "scratch", example.mapping):
        for file in found.files if isinstance(found, Draft) else ():
            assert [file.path is None, file.open is None, file.missing is None].count(False) == 1
            if file.path is not None:
                assert file.path.is_file()
            if file.open is not None:
                with file.open() as opened:
                    assert opened.read(1)


def _same(found: list[Draft | Fault]) -> list[object]:
    """Say all of what was found but where its bytes lie in scratch."""
    return [
        (one.kind, one.origin, one.text, one.posted_at, one.links, one.extra, [(f.name, f.missing) for f in one.files])
        if isinstance(one, Draft)
        else one
        for one in found
    ]


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
def test_two_readings_are_equal(reader: Reader, example: Example, isolate: Isolate, tmp_path: Path) -> None:
    """The same input gives the same drafts and faults in the same order."""
    path = _lay_out(example, tmp_path / "in")
    first, second = (_walk(path, reader, example, isolate, tmp_path / "scratch") for _ in range(2))
    assert _same(first) == _same(second)


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
def test_scratch_is_empty_afterwards(reader: Reader, example: Example, isolate: Isolate, tmp_path: Path) -> None:
    """Nothing is left in scratch, at the end or when the consumer stops early."""
    path = _lay_out(example, tmp_path / "in")
    for _ in _walk(path, reader, example, isolate, tmp_path / "scratch"):
        pass
    assert not list((tmp_path / "scratch").iterdir())
    reading = iter(walk(path, (reader,), Limits(), isolate, tmp_path / "scratch", example.mapping))
    next(reading)
    reading.close()  # type: ignore[attr-defined] # it is a generator
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.manifest.name)
@given(head=st.binary(max_size=300), name=st.text(max_size=30))
def test_recognising_never_raises(reader: Reader, head: bytes, name: str) -> None:
    """Any bytes under any name are answered with yes or no."""
    assert reader.recognises(Given(Path("x"), name, head)) in (True, False)


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(min_value=0, max_value=1))
def test_a_truncated_example_stops_nothing(
    reader: Reader, example: Example, share: float, isolate: Isolate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut off anywhere, an input still gives drafts or faults, and raises nothing."""
    folder = tmp_path_factory.mktemp("cut")
    path = _lay_out(example, folder / "in")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert _walk(path, reader, example, isolate, folder / "scratch")


@pytest.mark.parametrize(("reader", "example"), EXAMPLES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_example_stops_nothing(
    reader: Reader, example: Example, data: st.DataObject, isolate: Isolate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With any byte changed, an input still gives drafts or faults, and raises nothing."""
    folder = tmp_path_factory.mktemp("damaged")
    path = _lay_out(example, folder / "in")
    content = bytearray(path.read_bytes() or b"?")
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    assert _walk(path, reader, example, isolate, folder / "scratch")
