"""Members of archives put safely into a folder of ours: under names of our own making, whatever theirs say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

from qalqan.errors import InputRefused
from qalqan.sources.contract import Allowance

CHUNK = 1 << 16
_LONGEST_PART = 200
"""Bytes of one part of a path; disks take 255."""
_LONGEST_PATH = 2000
_MOST_PARTS = 100
"""Folders within folders: clearing them away again is recursive."""
_DRIVE = re.compile(r"[A-Za-z]:")


class Readable(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes."""
        ...


class Folder:
    """A folder that members are unpacked into."""

    def __init__(self, path: Path, allowance: Allowance) -> None:
        self.path = path
        self._allowance = allowance
        self._taken: dict[Path, int] = {}
        path.mkdir()

    def add(
        self, name: str, source: Readable, check: Callable[[int], None], chunk: int = CHUNK, *, keep_part: bool = False
    ) -> None:
        """Write one member; `check` is told its size so far and raises LimitReached when that is too much.

        Raises InputRefused for a name that climbs out of the archive. A member that fails on the
        way leaves nothing, or what came before with `keep_part`.
        """
        self._allowance.take(members=1)
        target = self._free(self.path.joinpath(*safe_parts(name)))
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                self._copy(source, file, check, chunk)
        except BaseException:  # whatever ends the copying, half a file is none; it is raised on
            if not keep_part:
                target.unlink(missing_ok=True)
            raise

    def _copy(self, source: Readable, file: BinaryIO, check: Callable[[int], None], chunk: int) -> None:
        size = 0
        while data := source.read(chunk):
            size += len(data)
            check(size)
            self._allowance.take(len(data))
            file.write(data)

    def _free(self, target: Path) -> Path:
        """Keep members of one name apart."""
        number = self._taken.get(target, 1)
        found = target
        while os.path.lexists(found):
            number += 1
            found = target.with_name(f"{target.stem} ({number}){target.suffix}")
        if number > 1:
            self._taken[target] = number
        return found


def safe_parts(name: str) -> list[str]:
    """Return the parts of a member's path, each fit for a disk. Raises InputRefused when it leads out."""
    steps = name.replace("\\", "/")
    if steps.startswith("/") or _DRIVE.match(steps) or ".." in steps.split("/"):
        raise InputRefused("its name leads out of the archive; it was left out")
    parts = [_fit(part) for part in steps.split("/") if part not in ("", ".")]
    if not parts or len(parts) > _MOST_PARTS or sum(len(os.fsencode(part)) + 1 for part in parts) > _LONGEST_PATH:
        raise InputRefused("its name is empty, or longer or deeper than disks take; it was left out")
    return parts


def _fit(part: str) -> str:
    """Return one part of a path without NUL, shortened where it is too long, with a hash that keeps it apart."""
    part = part.replace("\0", "\ufffd").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if len(part.encode()) <= _LONGEST_PART:
        return part
    suffix = Path(part).suffix[:20]
    mark = sha256(part.encode()).hexdigest()[:12]
    return part.encode()[: _LONGEST_PART - 80].decode("utf-8", "ignore") + "…" + mark + suffix
