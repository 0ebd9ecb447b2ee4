"""Paths that a hostile input names, held within the folder where they must lie."""

from __future__ import annotations

import os
import re
from pathlib import Path

from qalqan.errors import InputRefused

_DRIVE = re.compile(r"[A-Za-z]:")


def inside(root: Path, named: str) -> Path:
    """Return where `named` lies under `root`, which has no symbolic links in it; it need not exist.

    Raises InputRefused when it is absolute, climbs out, or leads out over a symbolic link.
    """
    if "\0" in named or named.startswith(("/", "\\")) or _DRIVE.match(named):
        raise InputRefused("its path leaves the export")
    found = Path(os.path.realpath(root / named))
    if not found.is_relative_to(root):
        raise InputRefused("its path leaves the export")
    return found


def is_file(path: Path) -> bool:
    """Whether a regular file lies there; False also for names that no disk can hold."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
