"""What hashing costs: PDQ of pictures and of every frame of a film, beside the reference and vpdq, and bits lost."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pdqhash
import vpdq
from PIL import Image

from bench.corpus import BROKEN, Corpus, Found, Sort, cache_folder, gather, load
from qalqan.signals.luma import plane_of
from qalqan.signals.pdq import eight_hashes_of, hash_plane
from qalqan.signals.pictures_child import decoded

SIZES = {"1 MP": (1155, 866), "12 MP": (4000, 3000)}
FRAMES = {"1080p": (1920, 1080), "360p": (640, 360)}
RATE = 25
SECONDS = 20
KEY_FRAME_EVERY = 2 * RATE
RUNS = 7
GOOD = 50
WIDTHS = (8, 8, 10, 8, 9, 12, 14)

Pixels = npt.NDArray[np.uint8]


def measure(pictures: int = 120, clips: Sequence[Path] = (), folders: Sequence[Path] = ()) -> None:
    """Print milliseconds a picture and frames a second, all of CPU time in one thread, and bits from the reference."""
    corpus = gather(folders)
    print(corpus.report())
    _pictures(corpus)
    _bits([*corpus.sources(pictures // 2), *_large(corpus)[: pictures // 2]])
    print(f"films, frames a second of CPU time (H.264, a key frame every {KEY_FRAME_EVERY} frames, where drawn here)")
    print(f"  {'':<28}{'decode':>9}{'and hash':>9}{'share':>8}{'vpdq':>8}{'ours by':>9}{'key frames':>12}")
    drawn = [_film(corpus, name, size) for name, size in FRAMES.items()]
    for path in (*drawn, *clips):
        _film_report(path)


def _pictures(corpus: Corpus) -> None:
    print("pictures, ms of CPU time (median): JPEG, quality 85")
    heads = ("decode", "hash Y", "hash RGB", "eight", "pdqhash", "both, ours", "both, theirs")
    print(" " * 10 + "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True)))
    largest = load(_large(corpus)[0].path, side=8000)
    for name, size in SIZES.items():
        content = io.BytesIO()
        largest.resize(size).save(content, "JPEG", quality=85)
        print(f"  {name:<8}" + _picture_row(content.getvalue()))


def _picture_row(content: bytes) -> str:
    def full() -> Pixels:
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGB"))

    def ours() -> None:
        small, whole = decoded(io.BytesIO(content))
        eight_hashes_of(np.asarray(small), whole)

    rgb = full()
    luma = np.ascontiguousarray(rgb[:, :, 1])
    figures = [
        _cost(lambda: decoded(io.BytesIO(content))),
        _cost(lambda: hash_plane(luma)),
        _cost(lambda: hash_plane(rgb)),
        _cost(lambda: eight_hashes_of(rgb)),
        _cost(lambda: pdqhash.compute(rgb), runs=3),
        _cost(ours),
        _cost(lambda: pdqhash.compute_dihedral(full()), runs=3),
    ]
    return "".join(f"{1000 * seconds:>{width}.2f}" for seconds, width in zip(figures, WIDTHS, strict=True))


def _cost(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median seconds of CPU time of `work`, after one run that does not count."""
    work()
    return statistics.median(_once(work) for _ in range(runs))


def _large(corpus: Corpus) -> list[Found]:
    """Return photographs and wallpapers, the largest first."""
    return sorted((one for one in corpus.pictures if one.sort is not Sort.DRAWN), key=lambda one: -one.pixels)


def _bits(sources: Sequence[Found]) -> None:
    """Compare with the reference's hash of the fully decoded picture, wherever that has a good quality."""
    lost: dict[str, list[int]] = {
        "RGB, all pixels": [],
        "luma plane of the JPEG": [],
        "decoded smaller for hashing": [],
    }
    for one in sources:
        try:
            reference, quality = pdqhash.compute(np.asarray(load(one.path, side=100_000)))
            hashes = _three_ways(one.path)
        except BROKEN:
            continue
        if quality >= GOOD:
            for name, hashed in hashes.items():
                lost[name].append(int((np.unpackbits(hashed) != np.asarray(reference)).sum()))
    print(f"bits of 256 that differ from pdqhash on the fully decoded picture, {len(lost['RGB, all pixels'])} pictures")
    for name, bits in lost.items():
        alike = sum(count == 0 for count in bits)
        if bits:
            print(f"  {name:<28}mean {np.mean(bits):.2f}, most {max(bits)}, none in {alike} of {len(bits)}")


def _three_ways(path: Path) -> dict[str, Pixels]:
    hashes = {"RGB, all pixels": hash_plane(np.asarray(load(path, side=100_000)))[0]}
    with path.open("rb") as file:
        small, whole = decoded(file)
    if whole.block > 1:
        hashes["decoded smaller for hashing"] = hash_plane(np.asarray(small), whole)[0]
    with Image.open(path) as image:
        if image.format == "JPEG" and image.mode == "RGB":
            image.draft("L", image.size)
            hashes["luma plane of the JPEG"] = hash_plane(np.asarray(image))[0]
    return hashes


def _film(corpus: Corpus, name: str, size: tuple[int, int]) -> Path:
    """Return a film that pans over the corpus's largest picture, with grain, encoded once."""
    path = cache_folder() / f"pan-{name}-{SECONDS}s.mp4"
    if path.exists():
        return path
    ground = np.asarray(load(_large(corpus)[0].path, side=8000).resize((size[0] * 3 // 2, size[1] * 3 // 2)))
    grain = np.random.default_rng(1).integers(-6, 7, (8, *ground.shape[:2], 1), dtype=np.int16)
    half = path.with_suffix(".half.mp4")
    with av.open(half, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", KEY_FRAME_EVERY
        for number in range(RATE * SECONDS):
            part = _shifted(ground + grain[number % len(grain)], number, size)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(part, format="rgb24")))
        container.mux(stream.encode())
    half.rename(path)
    return path


def _shifted(ground: npt.NDArray[np.int16], number: int, size: tuple[int, int]) -> Pixels:
    way = abs((number / (RATE * SECONDS / 2)) - 1.0)
    left, top = (int(way * (whole - part)) for whole, part in zip(ground.shape[1::-1], size, strict=True))
    return np.ascontiguousarray(ground[top : top + size[1], left : left + size[0]].clip(0, 255).astype(np.uint8))


def _film_report(path: Path) -> None:
    frames = sum(1 for _ in _frames(path))
    decode, both, keys = _in_turn(
        lambda: sum(1 for _ in _frames(path)),
        lambda: sum(hash_plane(plane_of(frame))[1] for frame in _frames(path)),
        lambda: sum(hash_plane(plane_of(frame))[1] for frame in _frames(path, keys=True)),
    )
    decode, both = decode / frames, both / frames
    started = time.process_time()
    vpdq.computeHash(path, seconds_per_hash=0, thread_count=1)
    theirs = (time.process_time() - started) / frames
    print(
        f"  {path.stem[-26:]:<28}{1 / decode:>9,.0f}{1 / both:>9,.0f}{100 * (both / decode - 1):>6.0f} %"
        f"{1 / theirs:>8,.0f}{theirs / both:>7.1f} ×{_seconds(path) / keys:>10,.0f} ×"
    )


def _in_turn(*works: Callable[[], object]) -> list[float]:
    """Return the least seconds of CPU time of each: run one after the other, so that other load meets all of them."""
    taken = [[_once(work) for work in works] for _ in range(RUNS)]
    return [min(column) for column in zip(*taken, strict=True)]


def _once(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _frames(path: Path, *, keys: bool = False) -> Iterator[av.VideoFrame]:
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        if keys:
            stream.codec_context.skip_frame = "NONKEY"
        yield from container.decode(stream)


def _seconds(path: Path) -> Fraction:
    with av.open(path) as container:
        return Fraction(container.duration or 0, av.time_base)
