"""Loops that are compiled to machine code by numba, once a machine: the code is kept beside the source.

Import a module of compiled loops only where it is used: numba takes half a second to load. `qalqan init` runs
all of them once (`qalqan.flow.warming`), so that nobody's first file waits for a compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile `loop` for the types it is first called with. It frees other threads and never checks bounds.

    Whatever is given to such a loop must have been checked before: an index out of bounds reads foreign memory.
    """
    try:
        return cast("Loop", numba.njit(cache=True, nogil=True, boundscheck=False)(loop))
    except RuntimeError:  # neither beside the source nor in a home can anything be written: each process compiles
        return cast("Loop", numba.njit(nogil=True, boundscheck=False)(loop))
