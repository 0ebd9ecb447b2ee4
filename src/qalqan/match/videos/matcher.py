"""Matcher `video`: films that share a stretch with a known one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.videos import closer
from qalqan.match.videos.anchors import FrameIndex
from qalqan.match.videos.films import Asked, Known, asked_films, known_films
from qalqan.match.videos.found import Found
from qalqan.match.videos.stretches import found_in
from qalqan.match.videos.turns import words
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval, Stretch
from qalqan.model.signals import VIDEO_LOCAL, VIDEO_PDQ, Signal

SURE_MOMENTS = 5
"""Different moments that make a match verified, if it also covers enough of its stretch."""
SURE_COVERED = 0.6
HINT = "hint"
"""The stage of a finding that is none yet: it names stretches that deserve a closer look, and nothing else."""
NO_HASH = 64.0
"""Distance of a match whose frames agree by their points only."""


class VideoMatcher:
    """Finds the stretches that a film shares with a known one, and proves that it is a copy.

    Frames within 31 bits (of a quality of at least 50, in eight turns and inverted) and frames whose local features
    agree are pairs of moments; they vote for lines `known = speed · query + start` with speeds from a half to double,
    also backwards. Each line is followed to its ends by all frames' hashes, else by local features. What three
    different known films share proves nothing; three different moments must agree, each better with its own moment
    than with others. `distance` is the mean of the frames' bits, 64 where only points agree. A match is verified where
    five different moments agree and 60 % of the stretch does. A film that was looked at by its key frames only may get
    findings of the stage `hint`: they are no matches and ask for a closer look.
    """

    manifest = Manifest("video", "2", "Copies and excerpts of videos, also edited", (VIDEO_PDQ, VIDEO_LOCAL))
    stages = (
        Stage("frames", 500.0, "A shared stretch of two films by the hashes of their frames."),
        Stage("frames-local", 1000.0, "A shared stretch where frames were cropped, framed or laid over."),
        Stage(
            HINT,
            1000.0,
            "A frame or two of a known film: a reason to read the stretch densely, and no match.",
            hints=True,
        ),
    )

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over all frames of the entries."""
        return VideoIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return five frames, an excerpt that begins later, and the same frames in no order of time."""
        hashes = [digit * 64 for digit in "0369c"]
        known = _lines(enumerate(hashes))
        excerpt = _lines((second + 100, digits) for second, digits in enumerate(hashes[1:]))
        still = _lines((second, hashes[1]) for second in range(5))
        return (
            Example(VIDEO_PDQ, known, found=(known, excerpt), not_found=(still, _lines(enumerate(["5a" * 32] * 9)))),
        )


def _lines(frames: Iterable[tuple[int, str]]) -> str:
    return "\n".join(f"{second}.000,100,{digits}" for second, digits in frames)


class VideoIndex:
    """All frames of the known films."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._known = known_films(entries)
        self._frames = FrameIndex(self._known)

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known film that shares a stretch with the film of some signals, once for each film."""
        for asked in asked_films(signals):
            for number, anchors in self._frames.anchors(asked.film).items():
                known = self._known[number]
                found = found_in(asked.film, self._frames.films[number], anchors)
                if found:
                    yield _finding(asked, known, found)
                elif stretches := closer.of_hints(asked.film, anchors) if asked.sparse else ():
                    yield _hint(asked, known, stretches)


def _finding(asked: Asked, known: Known, found: list[Found]) -> Finding:
    longest = found[0]
    by_points = longest.bits is None
    signal = (asked.local if by_points else asked.frames) or asked.frames or asked.local
    entry = (known.local if by_points else known.frames) or known.frames or known.local
    assert signal is not None  # noqa: S101 - an asked film comes from one or the other
    assert entry is not None  # noqa: S101 - a known one as well
    return Finding(
        signal,
        entry,
        distance=NO_HASH if longest.bits is None else longest.bits,
        verified=longest.covered >= SURE_COVERED and longest.proof.moments >= SURE_MOMENTS,
        transform=words(longest.line.way),
        interval_query=longest.query,
        interval_known=longest.known,
        stage="frames-local" if by_points else "frames",
        score=sum(one.score for one in found),
        stretches=tuple(Stretch(one.query, one.known, one.line.speed) for one in found) if len(found) > 1 else (),
        closer=closer.of_found(asked.film, found) if asked.sparse else (),
    )


def _hint(asked: Asked, known: Known, stretches: tuple[Interval, ...]) -> Finding:
    """Return a finding that only asks for a closer look."""
    signal, entry = asked.frames or asked.local, known.frames or known.local
    assert signal is not None  # noqa: S101 - an asked film comes from one or the other
    assert entry is not None  # noqa: S101 - a known one as well
    return Finding(signal, entry, NO_HASH, verified=False, stage=HINT, closer=stretches)
