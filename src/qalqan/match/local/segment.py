"""An index of local features as one file, mapped into memory: written once, then only read.

First a head: magic, the length of a directory, its checksum. Then the directory in JSON: the name, shape, place and
checksum of each array. Then the arrays, each at a multiple of 64 bytes. Head, directory, all sizes and the small
arrays that the others hang on are checked when the file is opened; `check` reads the rest.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qalqan.errors import StoreError
from qalqan.match.local.cells import CELLS
from qalqan.match.local.postings import Postings
from qalqan.match.local.shelf import Shelf
from qalqan.model.local import POINT, THUMB

MAGIC = b"QALQANL1"
HEAD = struct.Struct("<8sII")
ALIGNED = 64
LONGEST_DIRECTORY = 1 << 16
BLOCK = 1 << 24

TYPES: dict[str, np.dtype[Any]] = {
    "ends": np.dtype("<i8"),
    "sides": np.dtype("<u2"),
    "points": POINT,
    "thumbs": np.dtype("u1"),
    "starts": np.dtype("<i8"),
    "pictures": np.dtype("<u4"),
    "signatures": np.dtype("<u8"),
    "places": np.dtype("u1"),
}


def write(path: Path, shelf: Shelf, postings: Postings) -> None:
    """Write an index to `path`, all or nothing. Raises StoreError where the disk will not take it."""
    arrays = {**shelf._asdict(), **postings._asdict()}
    half_done = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with half_done.open("wb") as out:
            directory = _directory(arrays)
            out.write(HEAD.pack(MAGIC, len(directory), zlib.crc32(directory)) + directory)
            for name in TYPES:
                out.write(b"\0" * (-out.tell() % ALIGNED))
                np.ascontiguousarray(arrays[name]).tofile(out)
            out.flush()
            os.fsync(out.fileno())
        half_done.replace(path)
    except OSError as error:
        half_done.unlink(missing_ok=True)
        raise StoreError(f"the index could not be written to {path}: {error.strerror or error}") from error


def read(path: Path) -> tuple[Shelf, Postings]:
    """Map the index at `path`. Raises StoreError where it is no such file, another's version, or damaged."""
    try:
        raw = np.memmap(path, np.uint8, "r")
        directory = _checked_directory(raw)
        arrays = {name: _array(raw, name, entry) for name, entry in directory.items()}
        shelf = Shelf(*(arrays[name] for name in Shelf._fields))
        postings = Postings(*(arrays[name] for name in Postings._fields))
        _check_sizes(shelf, postings)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise StoreError(
            f"the index {path} cannot be read: {error}", hint="It is built anew from the banks."
        ) from error
    return shelf, postings


def check(path: Path) -> None:
    """Read the whole file and compare its checksums. Raises StoreError where one differs."""
    read(path)
    raw = np.memmap(path, np.uint8, "r")
    for name, entry in _checked_directory(raw).items():
        if _checksum(_array(raw, name, entry)) != entry["crc32"]:
            raise StoreError(f"the index {path} is damaged in {name}", hint="It is built anew from the banks.")


def _directory(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """Return the directory; places count from its own end, so that its length does not matter to them."""
    entries, at = {}, 0
    for name, kind in TYPES.items():
        array = np.ascontiguousarray(arrays[name], kind)
        entries[name] = {"at": at, "shape": array.shape, "crc32": _checksum(array)}
        at += array.nbytes + -array.nbytes % ALIGNED
    text = json.dumps(entries).encode()
    return text + b" " * (-(len(text) + HEAD.size) % ALIGNED)


def _checksum(array: npt.NDArray[Any]) -> int:
    crc, flat = 0, array.reshape(-1).view(np.uint8)
    for start in range(0, len(flat), BLOCK):
        crc = zlib.crc32(flat[start : start + BLOCK].data, crc)
    return crc


def _checked_directory(raw: npt.NDArray[np.uint8]) -> dict[str, dict[str, Any]]:
    magic, length, crc = HEAD.unpack(raw[: HEAD.size].tobytes().ljust(HEAD.size, b"\0"))
    text = raw[HEAD.size : HEAD.size + min(length, LONGEST_DIRECTORY)].tobytes()
    if magic != MAGIC or len(text) != length or zlib.crc32(text) != crc:
        raise ValueError("its head is damaged or of another version")
    directory: dict[str, dict[str, Any]] = json.loads(text)
    if set(directory) != set(TYPES):
        raise ValueError("other arrays than expected")
    base = HEAD.size + length
    return {name: {**entry, "at": entry["at"] + base} for name, entry in directory.items()}


def _array(raw: npt.NDArray[np.uint8], name: str, entry: dict[str, Any]) -> npt.NDArray[Any]:
    kind, shape, at = TYPES[name], tuple(entry["shape"]), entry["at"]
    size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    if at < 0 or min(shape) < 0 or at + size > len(raw):
        raise ValueError(f"{name} is cut off")
    return np.frombuffer(raw, kind, size // kind.itemsize, at).reshape(shape)


def _check_sizes(shelf: Shelf, postings: Postings) -> None:
    """Refuse what would lead a loop out of an array."""
    pictures, points = len(shelf.sides), len(shelf.points)
    whole = (
        shelf.ends.shape == (pictures + 1,)
        and shelf.sides.shape == (pictures, 2)
        and shelf.thumbs.shape == (pictures, THUMB, THUMB)
        and postings.starts.shape == (CELLS + 1,)
        and shelf.points.shape == postings.pictures.shape == postings.signatures.shape == (points,)
        and postings.places.shape == (points, 4)
    )
    if not (whole and _rises(shelf.ends, points) and _rises(postings.starts, points)):
        raise ValueError("its arrays do not fit each other")


def _rises(places: npt.NDArray[np.int64], last: int) -> bool:
    return int(places[0]) == 0 and int(places[-1]) == last and bool((np.diff(places) >= 0).all())
