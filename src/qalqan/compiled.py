"""Loops that are compiled to machine code by numba, once a machine: the code is kept beside the source.

Import a module of compiled loops only where it is used: numba takes half a second to load. `qalqan init` and the setup
of a release call `qalqan.compiled.warm`, so that nobody's first question waits for a compiler.
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
    return cast("Loop", numba.njit(cache=True, nogil=True, boundscheck=False)(loop))
