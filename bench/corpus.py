"""Harmless pictures to measure with: any folders, and what packages bring; near-duplicates among them are left out.

Folders are named by arguments or by QALQAN_BENCH_FOLDERS (separated as in PATH). What was learned of a file is kept in
a cache folder (QALQAN_BENCH_CACHE, else one in the temporary folder), so that only the first run is slow.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

DEBIAN_WALLPAPERS = ("/usr/share/wallpapers", "/usr/share/backgrounds")
DEBIAN_DRAWN = ("/usr/share/tuxpaint/stamps", "/usr/share/openclipart/png")
NO_PHOTOGRAPHS = frozenset(
    "chessboard_GRAY chessboard_RGB clock_motion color horse logo microaneurysms page phantom text".split()
)
"""Pictures of scikit-image that are drawn, are pages of text, or show no scene."""

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
SMALLEST = 200
"""A picture whose shorter side has fewer pixels is left out."""
LARGEST = 60_000_000
"""Pixels; larger files are left out, as each would take seconds."""
PHOTO_PIXELS = 200_000
"""Photographs of at least so many pixels are edited first."""
NEAR = 31
"""PDQ bits between near-duplicates, in any of the eight turns."""
GOOD = 50
"""PDQ's own line of quality: sources under it would be unfair to PDQ, so none is."""
HASHED_SIDE = 512
VARIANT = re.compile(r"([ _-]?\d{3,4}x\d{3,4}|[ _-](portrait|left|right|light|dark|no-logo|[ld]))$", re.IGNORECASE)
"""The end of a name that sets variants of one picture apart."""
BROKEN = (OSError, ValueError, SyntaxError, EOFError)

Words = npt.NDArray[np.uint64]

Image.MAX_IMAGE_PIXELS = None  # LARGEST stands in its place


class Sort(IntEnum):
    """What a picture is, by where it lies. The lower the more like what people photograph and post."""

    PHOTO = 0
    WALLPAPER = 1
    """Photographs, paintings and patterns, not told apart."""
    DRAWN = 2
    """Clip art and stamps, mostly on white."""


@dataclass(frozen=True, slots=True)
class Found:
    """One usable picture file."""

    path: Path
    width: int
    height: int
    sha256: str
    quality: int
    """PDQ's, 0 to 100."""
    hashes: str
    """PDQ of the eight turns and flips, 64 hexadecimal digits each."""
    sort: Sort

    @property
    def pixels(self) -> int:
        """Its area."""
        return self.width * self.height


@dataclass(frozen=True)
class Corpus:
    """Pictures of which no two are near-duplicates, photographs first."""

    pictures: tuple[Found, ...]
    seen: int
    """How many usable files there were before near-duplicates were left out."""

    @cached_property
    def _by_worth(self) -> tuple[list[Found], list[Found]]:
        """Return what may be edited, and the rest, each in an order that looks random and is always the same."""

        def order(one: Found) -> tuple[Sort, bool, str]:
            return one.sort, one.pixels < PHOTO_PIXELS, one.sha256

        ordered = sorted(self.pictures, key=order)
        able = [one for one in ordered if one.sort is not Sort.DRAWN and one.quality >= GOOD]
        known = {one.sha256 for one in able}
        return able, [one for one in ordered if one.sha256 not in known]

    def sources(self, count: int) -> list[Found]:
        """Return so many pictures to bank and edit, or as many as there are: large photographs first, no drawn ones."""
        return self._by_worth[0][:count]

    def distractors(self, count: int, *, beside: int = 0) -> list[Found]:
        """Return so many pictures that are not among the first `beside` sources: photographs first, drawn ones last."""
        able, rest = self._by_worth
        return sorted([*able[beside:], *rest], key=lambda one: one.sort)[:count]

    def report(self) -> str:
        """Say in one line what there is."""
        photos, wallpapers, drawn = (sum(one.sort is sort for one in self.pictures) for sort in Sort)
        large = sum(one.sort is Sort.PHOTO and one.pixels >= PHOTO_PIXELS for one in self.pictures)
        return (
            f"corpus: {len(self.pictures):,} pictures ({photos:,} photographs, {large:,} of 0.2 MP; {wallpapers:,} "
            f"wallpapers; {drawn:,} drawn) of {self.seen:,} usable files; near-duplicates left out"
        )


def gather(folders: Iterable[Path] = ()) -> Corpus:
    """Return the pictures of `folders`, of QALQAN_BENCH_FOLDERS and of what packages brought to this machine."""
    places = [(place, Sort.PHOTO) for place in (*folders, *named_folders(), *_package_photos())]
    places += [(Path(place), Sort.WALLPAPER) for place in DEBIAN_WALLPAPERS]
    places += [(Path(place), Sort.DRAWN) for place in DEBIAN_DRAWN]
    notes = _Notes(cache_folder() / "pictures.json")
    seen: dict[str, Found] = {}
    for place, sort in places:
        for path in _files(place):
            found = notes.look(path, Sort.DRAWN if path.stem in NO_PHOTOGRAPHS else sort)
            if found is not None:
                seen.setdefault(found.sha256, found)
    notes.save()
    return Corpus(tuple(_apart(list(seen.values()))), len(seen))


def load(path: Path, side: int = 1600) -> Image.Image:
    """Return the picture in RGB, what is transparent laid on white, its long side shrunk to `side` if it is longer."""
    with Image.open(path) as image:
        image.draft("RGB", (side, side))
        image.load()
        flat = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if flat.mode == "RGBA":
        flat = Image.alpha_composite(Image.new("RGBA", flat.size, "white"), flat).convert("RGB")
    if max(flat.size) > side:
        flat.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return flat


def named_folders() -> list[Path]:
    """Return the folders that QALQAN_BENCH_FOLDERS names."""
    return [Path(name) for name in os.environ.get("QALQAN_BENCH_FOLDERS", "").split(os.pathsep) if name]


def cache_folder() -> Path:
    """Return the folder where measured things are kept between runs; it exists."""
    default = Path(tempfile.gettempdir()) / f"qalqan-bench-{os.getuid()}"
    folder = Path(os.environ.get("QALQAN_BENCH_CACHE") or default)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def package_folder(module: str, inside: str) -> Path | None:
    """Return a folder of data that an installed package brings, without importing it."""
    spec = importlib.util.find_spec(module)
    places = (spec.submodule_search_locations or []) if spec else []
    return next((Path(place) / inside for place in places if (Path(place) / inside).is_dir()), None)


def _package_photos() -> list[Path]:
    science = package_folder("skimage", "data")
    return [science] if science else []


def _files(place: Path) -> Iterator[Path]:
    for path in sorted(place.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.stem != "screenshot" and path.is_file():
            yield path


class _Notes:
    """What was learned of files in earlier runs."""

    def __init__(self, place: Path) -> None:
        self._place = place
        try:
            self._rows = dict(json.loads(place.read_text("utf-8")))
        except (OSError, ValueError):
            self._rows = {}

    def look(self, path: Path, sort: Sort) -> Found | None:
        """Return what is known of a file, None where it is unusable."""
        about = path.stat()
        key = f"{path}|{about.st_size}|{about.st_mtime_ns}"
        if key not in self._rows:
            self._rows[key] = _measured(path)
        row = self._rows[key]
        if row is None:
            return None
        width, height, sha256, quality, hashes = row
        return Found(path, width, height, sha256, quality, hashes, sort)

    def save(self) -> None:
        self._place.write_text(json.dumps(self._rows), "utf-8")


def _measured(path: Path) -> tuple[int, int, str, int, str] | None:
    import pdqhash

    try:
        with Image.open(path) as image:
            width, height = image.size
        if min(width, height) < SMALLEST or width * height > LARGEST:
            return None
        vectors, quality = pdqhash.compute_dihedral(np.asarray(load(path, HASHED_SIDE)))
    except BROKEN:
        return None
    digits = np.packbits(np.asarray(vectors, dtype=np.uint8), axis=1).tobytes().hex()
    return width, height, hashlib.sha256(path.read_bytes()).hexdigest(), int(quality), digits


def _apart(pictures: Sequence[Found]) -> Iterator[Found]:
    """Yield pictures of which none is near another: of near ones a photograph, then the largest."""
    kept: Words = np.empty((len(pictures), 4), dtype=np.uint64)
    count = 0
    families: set[str] = set()
    for one in sorted(pictures, key=lambda one: (one.sort, -one.pixels, one.sha256)):
        eight = words_of(one.hashes)
        family = _family(one.path)
        if family not in families and not _any_near(eight, kept[:count]):
            kept[count] = eight[0]
            count += 1
            families.add(family)
            yield one


def words_of(digits: str) -> Words:
    """Return hashes of 64 hexadecimal digits each as an (n, 4) array."""
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint64).reshape(-1, 4)


def _any_near(eight: Words, kept: Words) -> bool:
    bits = np.bitwise_count(eight[:, None, :] ^ kept[None, :, :]).sum(axis=2, dtype=np.uint16)
    return bool((bits <= NEAR).any())


def _family(path: Path) -> str:
    """Return what variants of one picture have in common: a wallpaper's folder, or a name without its ending."""
    parts = path.parts
    if "contents" in parts:
        return "/".join(parts[: parts.index("contents")])
    stem, before = path.stem, ""
    while stem != before:
        stem, before = VARIANT.sub("", stem), stem
    return f"{path.parent}/{stem or path.stem}"
