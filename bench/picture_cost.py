"""What a picture costs that matches nothing among many known ones: each step by itself, in milliseconds of one core."""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from bench.corpus import Corpus, cache_folder, gather, load
from bench.picture_systems import Qalqan
from qalqan.match.local.index import LocalIndex
from qalqan.match.local.shelf import Shelf
from qalqan.match.matchers import built_in
from qalqan.match.pictures import PictureMatcher
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.local import KNOWN_POINTS, POINT, THUMB, Local, unpacked
from qalqan.model.signals import PDQ, PICTURE_LOCAL, Signal
from qalqan.model.times import now

UPLOAD_SIDE = 1280
"""The long side of the pictures that are asked for: what messengers keep, about a megapixel."""
ASKED = 60
POOL = 1500
"""Real pictures whose points known ones are put together from."""
OF_ONE = 80
"""Points in a row of a made known picture that come from one real picture."""
AT_ONCE = 100_000
"""Known pictures in one index file."""

Timed = dict[str, list[float]]


def measure(known: int = 100_000, most: int = 1_000_000, folders: Sequence[Path] = ()) -> None:
    """Print the steps of a picture that matches nothing among `known` pictures, and the searches among `most`."""
    corpus = gather(folders)
    reader = Qalqan(cache_folder())
    with tempfile.TemporaryDirectory() as folder:
        asked = list(_uploads(corpus, Path(folder)))
        signals = [reader.signals(path) for path in asked]
        pool = list(_pool(corpus, reader))
        reader.close()
        print(f"picture cost: {len(asked)} pictures of about a megapixel, ms of one core: median, mean, slowest tenth")
        times = _reading(asked)
        print(
            f"  {known:,} known pictures, made of points of {len(pool):,} real ones with an eighth of the bits flipped"
        )
        times |= _search(signals, pool, known, Path(folder))
        _print_times(times, together=("decode, hash, features", "hash search", "local votes", "local verification"))
        if most > known:
            print(f"  the searches among {most:,} known pictures, {AT_ONCE:,} in each mapped file of local features")
            _print_times(_search(signals, pool, most, Path(folder)), together=())


def _uploads(corpus: Corpus, folder: Path) -> Iterator[Path]:
    """Yield files of large pictures of the corpus, shrunk to what a messenger keeps."""
    large = [one for one in corpus.distractors(10_000) if one.pixels >= 900_000 and one.quality >= 50]
    for one in large[:ASKED]:
        path = folder / f"{one.sha256[:16]}.jpg"
        load(one.path, UPLOAD_SIDE).save(path, "JPEG", quality=85)
        yield path


def _pool(corpus: Corpus, reader: Qalqan) -> Iterator[Local]:
    """Yield local features of real pictures that are not among the asked ones."""
    for one in [one for one in corpus.distractors(10_000) if one.pixels < 900_000][:POOL]:
        for signal in reader.signals(one.path):
            if signal.kind == PICTURE_LOCAL:
                yield unpacked(signal.value)


def _reading(paths: Sequence[Path]) -> Timed:
    """Time what happens in the decoding child, here in this process."""
    from qalqan.signals.local_child import features_of
    from qalqan.signals.pdq import eight_hashes_of
    from qalqan.signals.pictures_child import read

    planes = [np.asarray(load(path).convert("L")) for path in paths]
    eight_hashes_of(planes[0]), features_of(planes[0]), read(str(paths[0]), 100_000_000)  # compiled and warm
    return {
        "decode, hash, features": [_timed(read, str(path), 100_000_000) for path in paths],
        "of it: full decoding by Pillow": [_timed(_decoded, path.read_bytes()) for path in paths],
        "of it: PDQ in eight turns": [_timed(eight_hashes_of, plane) for plane in planes],
        "of it: local features": [_timed(features_of, plane) for plane in planes],
    }


def _decoded(content: bytes) -> None:
    Image.open(io.BytesIO(content)).load()


def _search(signals: Sequence[Sequence[Signal]], pool: Sequence[Local], known: int, folder: Path) -> Timed:
    """Time the searches for pictures of which none is known."""
    times = _hash_search([[one for one in each if one.kind == PDQ] for each in signals], known)
    locals_ = [unpacked(one.value) for each in signals for one in each if one.kind == PICTURE_LOCAL]
    indexes = list(_local_indexes(pool, known, folder))
    for index in indexes:
        index.find(locals_[0])  # compiled, and the file's pages are in memory
    votes, whole, found = [], [], 0
    for query in locals_:
        started = time.thread_time()
        for index in indexes:
            index.voted(query)
        votes.append(_since(started))
        started = time.thread_time()
        found += sum(bool(index.find(query)) for index in indexes)
        whole.append(_since(started))
    print(f"  {found} of {len(locals_) * len(indexes)} searches for unknown pictures agreed with anything by geometry")
    times["local votes"] = votes
    times["local verification"] = [max(both - vote, 0.0) for both, vote in zip(whole, votes, strict=True)]
    return times


def _hash_search(signals: Sequence[Sequence[Signal]], known: int) -> Timed:
    matcher = next(each for each in built_in() if isinstance(each, PictureMatcher))
    index = matcher.build([_entry(digits) for digits in _random_hashes(known)])
    list(index.find(signals[0]))
    return {"hash search": [_timed(lambda each=each: list(index.find(each))) for each in signals]}


def _random_hashes(count: int) -> Iterator[str]:
    joined = np.random.default_rng(5).bytes(32 * count).hex()
    return (joined[start : start + 64] for start in range(0, len(joined), 64))


def _entry(digits: str) -> BankEntry:
    return BankEntry(new_id(), "bank", PDQ, digits, "", "", EntryStatus.ACTIVE, None, None, "", now())


def _local_indexes(pool: Sequence[Local], known: int, folder: Path) -> Iterator[LocalIndex]:
    """Yield mapped index files that hold so many known pictures together."""
    started, size = time.process_time(), 0
    shutil.rmtree(folder / "indexes", ignore_errors=True)
    (folder / "indexes").mkdir()
    for number, (start, end) in enumerate(pairwise([*range(0, known, AT_ONCE), known])):
        path = folder / "indexes" / f"{number}.local"
        LocalIndex.of_shelf(made_shelf(pool, end - start, number)).save(path)
        size += path.stat().st_size
        yield LocalIndex.open(path)
    took = time.process_time() - started
    print(f"  local features: {size / known:,.0f} bytes a known picture, indexed in {1000 * took / known:.1f} ms each")


def made_shelf(pool: Sequence[Local], count: int, seed: int) -> Shelf:
    """Return `count` pictures put together from stretches of real pictures' points, places and bits changed."""
    chance = np.random.default_rng(seed)
    longest = [one.points[:KNOWN_POINTS] for one in pool if len(one.points) >= OF_ONE]
    starts = np.cumsum([0, *map(len, longest)])
    real = np.concatenate(longest)
    parts = KNOWN_POINTS // OF_ONE
    points = np.empty(count * KNOWN_POINTS, POINT)
    for first in range(0, count, 2000):
        several = min(2000, count - first)
        which = chance.integers(0, len(longest), several * parts)
        room = np.array([len(longest[one]) for one in which]) - OF_ONE
        begins = starts[which] + (chance.random(len(which)) * (room + 1)).astype(np.int64)
        block = real[(begins[:, None] + np.arange(OF_ONE)).ravel()]
        points[first * KNOWN_POINTS : (first + several) * KNOWN_POINTS] = _changed(block, chance)
    sides = np.full((count, 2), 512, np.uint16)
    thumbs = np.repeat(chance.integers(0, 256, (1000, THUMB, THUMB), dtype=np.uint8), -(-count // 1000), axis=0)[:count]
    return Shelf(np.arange(count + 1, dtype=np.int64) * KNOWN_POINTS, sides, points, thumbs)


def _changed(points: npt.NDArray[np.void], chance: np.random.Generator) -> npt.NDArray[np.void]:
    """Flip an eighth of the bits and move every point elsewhere."""
    shape = points["bits"].shape
    masks = [chance.integers(0, 256, shape, dtype=np.uint8) for _ in range(3)]
    points["bits"] ^= masks[0] & masks[1] & masks[2]
    points["x"], points["y"] = chance.integers(0, 512 * 32, (2, len(points)), dtype=np.uint16)
    return points


def _timed(work: Callable[..., object], *arguments: object) -> float:
    started = time.thread_time()
    work(*arguments)
    return _since(started)


def _since(started: float) -> float:
    return 1000 * (time.thread_time() - started)


def _print_times(times: Timed, together: Sequence[str]) -> None:
    rows = dict(times)
    if together:
        count = min(len(times[name]) for name in together)
        rows["the whole cascade"] = [sum(times[name][number] for name in together) for number in range(count)]
    for name, values in rows.items():
        print(f"  {name:<32}{np.median(values):>8.2f}{np.mean(values):>8.2f}{np.quantile(values, 0.9):>8.2f}")
