"""Hostile things lie beside ordinary ones: each is read or told, the ordinary ones are all found, nothing swells."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from qalqan.app import opened
from qalqan.flow.services import Services
from qalqan.isolate import pool
from qalqan.model.limits import MIB
from qalqan.model.sources import ScanState
from qalqan.settings import Settings
from qalqan.store import findings, intake, items
from support import hostile
from support.command import QALQAN, environment, run, run_lines
from support.small import TEXT, Small, film, jpeg, make_small, picture
from support.walking import fill_bank, walk_now

PARENT_GROWTH = 450 * MIB
"""About 170 of them are the lexicons and the tables of languages: they are loaded once, whatever is read."""


@dataclass(slots=True)
class Watched:
    """The most memory that a process and its children have held, in bytes."""

    parent: list[int] = field(default_factory=list)
    child: int = 0
    children: set[int] = field(default_factory=set)


@contextmanager
def watching(pid: int) -> Iterator[Watched]:
    """Look at a process and its children several times a second."""
    seen, done = Watched(), threading.Event()

    def look() -> None:
        process = psutil.Process(pid)
        while not done.wait(0.1):
            try:
                seen.parent.append(process.memory_info().rss)
                for child in process.children():
                    seen.children.add(child.pid)
                    seen.child = max(seen.child, child.memory_info().rss)
            except psutil.NoSuchProcess:
                continue

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Make a folder of ordinary things among hostile ones."""
    small = make_small(tmp_path_factory.mktemp("mixed"))
    folder = small.input / "found"
    folder.mkdir()
    for files in (hostile.mislabelled(), hostile.broken(folder), hostile.huge()):
        hostile.write(folder, files)
    hostile.odd_names(folder)
    (folder / "loop").symlink_to(folder)
    (folder / "loop-a").symlink_to(folder / "loop-b")
    (folder / "loop-b").symlink_to(folder / "loop-a")
    os.mkfifo(folder / "pipe")
    return small


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan of the mixed folder left."""

    settings: Settings
    problems: dict[str, str]
    origins: list[str]
    found: list[str]
    memory: Watched
    errors: str


@pytest.fixture(scope="module")
def outcome(mixed: Small, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Scan the mixed folder once, as people do, and watch its memory."""
    settings = Settings(home=tmp_path_factory.mktemp("hostile") / "home")
    with opened(settings, create=True) as services:
        fill_bank(services, mixed)
    with subprocess.Popen(
        [*QALQAN, "scan", str(mixed.input)],
        env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process, watching(process.pid) as memory:  # fmt: skip
        _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    problems = {one["where"]: one["message"] for one in run_lines(settings, "intake", "problems", "--limit", "1000")}
    origins = [one["origin"] for one in run_lines(settings, "items", "--limit", "1000")]
    # One thing may be found by several stages: what counts is what was found where.
    found = sorted(label for label, _ in {(one["label"], one["item"]) for one in run_lines(settings, "matches")})
    prefix = f"{mixed.input}/"
    short = {where.removeprefix(prefix): message for where, message in problems.items()}
    return Outcome(settings, short, [one.removeprefix(prefix) for one in origins], found, memory, errors)


@pytest.mark.slow
def test_the_ordinary_things_are_all_found(outcome: Outcome) -> None:
    """Nothing hostile hides what lies beside it."""
    assert outcome.found == sorted(
        ["known-0.jpg", "known-1.jpg", "known-1.jpg", "known.mp4", "declaration.txt", *["declaration"] * 4]
    )
    assert outcome.errors == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("cut.jpg", "truncated"),
        ("cut.mp4", ""),
        ("header-only.mp4", ""),
        ("random.jpg", ""),
        ("random.png", ""),
        ("random.webm", ""),
        ("empty.mp4", "is empty"),
        ("60000x60000.jpg", "pixels"),
        ("30000x30000.png", "pixels"),
        ("bomb.zip", ""),
        ("outside.zip", "out of the archive"),
        ("nested.zip", ""),
        ("cut/result.json", ""),
        ("deep/result.json", ""),
        ("deep.html", ""),
        ("loop-a", "symbolic link"),
        ("pipe", "neither a file nor a folder"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason(outcome: Outcome, name: str, why: str) -> None:
    """Each hostile thing has a line of its own that says what is wrong with it."""
    told = [message for where, message in outcome.problems.items() if where.startswith(f"found/{name}")]
    assert told, sorted(outcome.problems)
    assert any(why in message for message in told), told
    assert all(0 < len(message) < 600 for message in told)


@pytest.mark.parametrize(
    "name",
    ["words.jpg", "drawing.txt", "packed.mp4", "words.zip", "random.bin", "deep.json", "many-frames.gif",
     "60000x60000.jpg", "cut.jpg", "bomb.zip", "random.warc", "random.gz", "nested.zip", "new", "turned", "xxxxxxxx"],
)  # fmt: skip
def test_every_file_is_at_least_an_item(outcome: Outcome, name: str) -> None:
    """What cannot be decoded is hashed all the same: its exact copies are found."""
    assert [one for one in outcome.origins if one.startswith(f"found/{name}")], sorted(outcome.origins)


def test_memory_stays_bounded(outcome: Outcome) -> None:
    """The process that people start grows little; its decoding children keep to their limit, and there are some."""
    first = outcome.memory.parent[min(10, len(outcome.memory.parent) - 1)]
    assert max(outcome.memory.parent) - first < PARENT_GROWTH
    assert outcome.memory.child < outcome.settings.decode_memory
    assert outcome.memory.children


def test_nothing_is_written_outside_of_the_home(outcome: Outcome, mixed: Small) -> None:
    """Archives cannot leave their folder, and the input stays as it was."""
    assert not list(mixed.input.parent.rglob("outside*.txt"))
    assert not list(outcome.settings.home.parent.rglob("outside*.txt"))
    assert not Path("/tmp/outside-abs.txt").exists()  # noqa: S108 - named in a hostile archive
    assert {one.name for one in mixed.input.parent.iterdir()} == {"input", "known"}
    assert not list((outcome.settings.home / "scratch").glob("scan-*"))


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, home: Path, sqlite_url: str) -> None:
    """Its neighbour is read."""
    if os.geteuid() == 0:
        pytest.skip("whoever is root may read everything")
    assert sqlite_url
    (tmp_path / "in").mkdir()
    for name in ("closed.txt", "open.txt"):
        (tmp_path / "in" / name).write_text("The bus is late.", "utf-8")
    (tmp_path / "in" / "closed.txt").chmod(0)
    settings = Settings(home=home)
    run(settings, "scan", tmp_path / "in")
    assert [one["message"] for one in run_lines(settings, "intake", "problems")] == [
        "could not be read: Permission denied"
    ]


def test_a_decoder_that_dies_is_told_and_the_rest_goes_on(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child is killed once it was handed the film: that is a problem, the pictures are read, the scan ends."""
    given_in = tmp_path / "given"
    given_in.mkdir()
    film(given_in / "long.mp4", list(range(300, 360)), rate=25)
    for number in range(6):
        (given_in / f"picture{number}.jpg").write_bytes(jpeg(picture(60 + number)))
    killed: list[int] = []
    child_class = pool._Child  # noqa: SLF001 - killed at the very moment at which it has work
    hand_over = child_class.send

    def hand_over_and_kill(child: Any, message: Any) -> None:  # noqa: ANN401 - stands in for the method
        hand_over(child, message)
        if not killed and "video" in message[0]:
            child.process.kill()
            killed.append(child.process.pid)

    monkeypatch.setattr(child_class, "send", hand_over_and_kill)
    scan = walk_now(services, given_in)
    assert (scan.state, len(killed)) == (ScanState.DONE, 1)
    with services.store.reading() as tx:
        problems = intake.list_problems(tx, 10)
        assert items.count(tx, items.ItemFilter()) == 7
    assert [one.message for one in problems] == ["the decoder died on it (exit status -9)"]


KINDS = ("picture.jpg", "film.mp4", "archive.zip", "result.json", "page.html", "page.warc", "table.csv", "table.ndjson")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make a small valid file of each kind."""
    folder = tmp_path_factory.mktemp("seeds")
    film(folder / "film.mp4", [51, 52])
    made = {**hostile.valid(), "film.mp4": (folder / "film.mp4").read_bytes()}
    assert set(made) == set(KINDS)
    return made


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Open one store for all examples."""
    with opened(Settings(home=tmp_path_factory.mktemp("mutated") / "home"), create=True) as services:
        yield services


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_a_file_has_become_its_neighbour_is_read(
    one_store: Services, seeds: dict[str, bytes], tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    """Bytes of a valid file are changed, cut and doubled at random; the text beside it is an item each time."""
    content = mutated(seeds[kind], data)
    folder = tmp_path / f"{time.monotonic_ns()}"
    folder.mkdir()
    (folder / kind).write_bytes(content)
    (folder / "zz-note.txt").write_text(f"Neighbour. {TEXT} {folder.name}", "utf-8")
    scan = walk_now(one_store, folder)
    assert scan.state is ScanState.DONE
    with one_store.store.reading() as tx:
        found = items.page(tx, items.ItemFilter(query=folder.name), 5)
        told = intake.list_problems(tx, 1000)
        assert list(findings.list_matches(tx, findings.MatchFilter())) == []
    assert [one.origin for one in found.items] == [f"{folder}/zz-note.txt"]
    assert all(one.message and "Traceback" not in one.message for one in told)


def mutated(content: bytes, data: st.DataObject) -> bytes:
    """Change some bytes, then perhaps cut the content or repeat a part of it."""
    changed = bytearray(content)
    places = st.integers(0, len(content) - 1)
    for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=20)):
        changed[at] = byte
    cut = data.draw(st.none() | places)
    start, end = sorted((data.draw(places), data.draw(places)))
    return bytes(changed[:cut] + (content[start:end] if data.draw(st.booleans()) else b""))
