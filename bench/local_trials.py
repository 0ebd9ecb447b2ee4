"""What was tried for local features, beside what stands; and the codebook's making.

    python -c "from bench.local_trials import measure; measure()"
    python -c "from bench.local_trials import codebook; codebook()"

Each variant reads a known picture and an edited one, pairs what is nearest in both directions, and counts the places
that agree on one map; from eight on it is found. Only the hardest edits are asked: the easy ones tell nothing apart.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from bench import corpus
from bench.picture_edits import Edit, edits, uploaded
from qalqan.match.local import cells, geometry, verify
from qalqan.match.local.pairs import nearest
from qalqan.match.local.turned import WAYS, points_of
from qalqan.model.local import KNOWN_POINTS, Local
from qalqan.signals import local_child
from qalqan.signals.local_child import features_of

HARD = (
    "blur", "collage", "combination", "inverted colours", "perspective", "picture in picture", "quarter corner",
    "screenshot", "stretched", "text all over",
)  # fmt: skip
FOUND = 8

Luma = npt.NDArray[np.uint8]
Pairs = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Places (n, 4) in the known picture and in the query, the nearest pair first."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to read and to pair points."""

    name: str
    bytes: int
    """Of a known picture."""
    read: Callable[[Luma, bool], object]
    """(picture, whether it is a known one) → its points."""
    pairs: Callable[[object, object], Iterator[Pairs]]
    """(known, query) → the pairs of each way that is tried."""


def measure(sources: int = 12, folders: Sequence[Path] = ()) -> None:
    """Print each variant's recall of the hard edits, milliseconds of one core to read a query, and bytes."""
    cv2.setNumThreads(1)
    shown = list(_pictures(sources, folders))
    print(f"local features: {len(shown)} photographs, {len(shown[0][1])} hard edits each; found from {FOUND} places on")
    print(f"{'variant':44} {'recall':>7} {'least':>6}  {'of':24} {'ms':>6} {'bytes':>7}")
    for variant in _variants():
        _print_row(variant, shown)


def _print_row(variant: Variant, shown: Sequence[tuple[Luma, dict[str, Luma]]]) -> None:
    found: dict[str, list[bool]] = {}
    spent: list[float] = []
    for known, edited in shown:
        target = variant.read(known, True)  # noqa: FBT003 - the protocol of a variant
        for name, luma in edited.items():
            start = time.thread_time()
            query = variant.read(luma, False)  # noqa: FBT003 - see above
            spent.append(time.thread_time() - start)
            found.setdefault(name, []).append(_agrees(variant, target, query))
    recall = {name: float(np.mean(each)) for name, each in found.items()}
    least = min(recall, key=lambda name: recall[name])
    mean = float(np.mean(list(recall.values())))
    row = f"{variant.name:44} {mean:7.3f} {recall[least]:6.2f}  {least:24}"
    print(f"{row} {1000 * np.median(spent):6.1f} {variant.bytes:7,}", flush=True)


def _agrees(variant: Variant, known: object, query: object) -> bool:
    if known is None or query is None:
        return False
    return any(_places(*pairs) >= FOUND for pairs in variant.pairs(known, query))


def _places(known: npt.NDArray[np.float32], query: npt.NDArray[np.float32]) -> int:
    if len(known) < FOUND:
        return 0
    _, agree = geometry.best_map(known, query, verify.HYPOTHESES, verify.TRIES)
    return int(geometry.distinct(known, query, agree, verify.APART).sum())


def _pictures(sources: int, folders: Sequence[Path]) -> Iterator[tuple[Luma, dict[str, Luma]]]:
    found = corpus.gather(folders).sources(sources + 8)
    others = [corpus.load(one.path) for one in found[sources:]]
    hard: list[Edit] = [edit for edit in edits() if edit.kind in HARD and edit.strength]
    for one in found[:sources]:
        picture = corpus.load(one.path)
        changed = {edit.name: uploaded(edit.apply(picture, one.sha256, others)[0]) for edit in hard}
        yield _luma(uploaded(picture, 92)), {name: _luma(content) for name, content in changed.items()}


def _luma(content: bytes) -> Luma:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"))


def _variants() -> Iterator[Variant]:
    """Yield what stands first, then one thing changed at a time."""
    size = 22 * KNOWN_POINTS + 1031
    yield Variant("as it stands", size, _read(), _our_pairs)
    yield Variant("no four ways (mirrored, inverted)", size, _read(), _upright_pairs)
    yield Variant("300 points of the query", size, _read(query=300), _our_pairs)
    yield Variant("200 points of the known picture", 22 * 200 + 1031, _read(known=200), _our_pairs)
    yield Variant("repeated points count in full", size, _read(_REPEATED=0), _our_pairs)
    yield Variant("no spare points to choose from", size, _read(_SPARE=1.0), _our_pairs)
    yield Variant("one cell: strongest points, not spread", size, _read(_GRID=1), _our_pairs)
    for side in (320, 448, 512, 640):
        yield Variant(f"{side} pixels", size, _read(SIDE=side), _our_pairs)
    yield Variant("rootSIFT in floats, 400 points", 400 * 528, _read_floats, _float_pairs)
    yield Variant("ORB, 500 points", 500 * 40, _read_orb, _orb_pairs)


def _read(
    known: int = KNOWN_POINTS, query: int = local_child.POINTS, **changed: float
) -> Callable[[Luma, bool], object]:
    """Return our own reading with some of its constants changed while it reads."""

    def read(luma: Luma, is_known: bool) -> object:  # noqa: FBT001 - the protocol of a variant
        before = {name: getattr(local_child, name) for name in changed}
        try:
            for name, value in changed.items():
                setattr(local_child, name, value)
            local = features_of(luma)
        finally:
            for name, value in before.items():
                setattr(local_child, name, value)
        return local.first(known if is_known else query) if local is not None else None

    return read


def _our_pairs(known: object, query: object) -> Iterator[Pairs]:
    for mirrored, inverted in WAYS:
        yield _one_way(known, query, mirrored=mirrored, inverted=inverted)


def _upright_pairs(known: object, query: object) -> Iterator[Pairs]:
    yield _one_way(known, query, mirrored=False, inverted=False)


def _one_way(known: object, query: object, *, mirrored: bool, inverted: bool) -> Pairs:
    assert isinstance(known, Local)
    assert isinstance(query, Local)
    target, asked = points_of(known), points_of(query, mirrored=mirrored, inverted=inverted)
    best, distance, back = nearest(asked.words, target.words)
    rows = np.flatnonzero((distance <= verify.MOST_BITS) & (back[best] == np.arange(len(best))))
    rows = rows[np.argsort(distance[rows], kind="stable")]
    return target.places[best[rows]], asked.places[rows]


Points = tuple[npt.NDArray[np.float32], npt.NDArray[np.generic]]


def _read_floats(luma: Luma, _: bool) -> Points | None:  # noqa: FBT001 - the protocol of a variant
    keypoints, found = cv2.SIFT.create(400).detectAndCompute(_small(luma), None)
    if not keypoints:
        return None
    roots = np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return _geometry(keypoints), roots


def _read_orb(luma: Luma, _: bool) -> Points | None:  # noqa: FBT001 - the protocol of a variant
    keypoints, found = cv2.ORB.create(500).detectAndCompute(_small(luma), None)
    return None if not keypoints else (_geometry(keypoints), np.asarray(found))


def _small(luma: Luma) -> Luma:
    factor = min(1.0, local_child.SIDE / max(luma.shape))
    size = (round(luma.shape[1] * factor), round(luma.shape[0] * factor))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _geometry(keypoints: Sequence[cv2.KeyPoint]) -> npt.NDArray[np.float32]:
    return np.array([(*k.pt, np.log2(k.size), np.deg2rad(k.angle)) for k in keypoints], np.float32)


def _float_pairs(known: object, query: object) -> Iterator[Pairs]:
    return _crossed(known, query, cv2.NORM_L2, 0.75)


def _orb_pairs(known: object, query: object) -> Iterator[Pairs]:
    return _crossed(known, query, cv2.NORM_HAMMING, 72)


def _crossed(known: object, query: object, norm: int, most: float) -> Iterator[Pairs]:
    assert isinstance(known, tuple)
    assert isinstance(query, tuple)
    found = cv2.BFMatcher.create(norm, crossCheck=True).match(query[1], known[1])
    near = sorted((one for one in found if one.distance <= most), key=lambda one: one.distance)
    yield known[0][[one.trainIdx for one in near]], query[0][[one.queryIdx for one in near]]


def codebook(pictures: int = 250, rounds: int = 25, folders: Sequence[Path] = ()) -> None:
    """Make `match/local/codebook.bin` anew from harmless photographs: 256 centres of 64 bits by k-majority."""
    chance = np.random.default_rng(1)
    found = corpus.gather(folders).distractors(pictures, beside=100)
    read = [features_of(np.asarray(corpus.load(one.path).convert("L")), 400) for one in found]
    points = np.concatenate([local.points["bits"] for local in read if local is not None])
    halves = np.concatenate([points[:, :8], points[:, :7:-1]])  # the lower half turned by half a turn
    signs = np.unpackbits(halves, axis=1).astype(np.float32) * 2 - 1
    centres = signs[chance.choice(len(signs), cells.CENTRES, replace=False)].copy()
    for _ in range(rounds):
        nearest_centre = np.concatenate([(part @ centres.T).argmax(axis=1) for part in np.array_split(signs, 16)])
        for number in range(cells.CENTRES):
            mine = signs[nearest_centre == number]
            centres[number] = np.where(mine.mean(axis=0) > 0, 1, -1) if len(mine) else chance.choice(signs)
    place = Path(cells.__file__).with_name("codebook.bin")
    np.packbits(centres > 0, axis=1).tofile(place)
    print(f"{place}: {cells.CENTRES} centres of {len(halves):,} halves of points")
