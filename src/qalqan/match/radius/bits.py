"""The smallest compiled loops: bits that differ, a part of a hash, a hint to the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped] # publishes no types
from numba.core import types
from numba.extending import intrinsic

from qalqan.compiled import compiled

Number = int | np.int64
"""A place: compiled code does not tell them apart."""

# Of one type, since numba takes a mixture of signed and unsigned for floating point.
ONE, TWO, FOUR, LAST, WHOLE = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56), np.uint64(64)
PAIRS, NIBBLES = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
BYTES, EACH = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)


@compiled
def ones(word: np.uint64) -> np.uint64:
    """Count the bits of a word. LLVM knows this form and makes it one instruction."""
    word = word - ((word >> ONE) & PAIRS)
    word = (word & NIBBLES) + ((word >> TWO) & NIBBLES)
    return (((word + (word >> FOUR)) & BYTES) * EACH) >> LAST


@compiled
def apart(one: npt.NDArray[np.uint64], row: Number, other: npt.NDArray[np.uint64], place: Number) -> np.uint64:
    """Count the bits in which one[row] and other[place], of four words each, differ."""
    return (
        ones(one[row, 0] ^ other[place, 0])
        + ones(one[row, 1] ^ other[place, 1])
        + ones(one[row, 2] ^ other[place, 2])
        + ones(one[row, 3] ^ other[place, 3])
    )


@compiled
def part(words: npt.NDArray[np.uint64], row: Number, offset: Number, length: Number) -> np.int64:
    """Return `length` (at most 32) bits of words[row] from the bit `offset` on, as a number."""
    word, shift = offset >> 6, np.uint64(offset & 63)
    value = words[row, word] << shift
    if shift > 0 and word < 3:  # noqa: PLR2004 # the last of four words
        value |= words[row, word + 1] >> (WHOLE - shift)
    return np.int64(value >> np.uint64(64 - length))


def _prefetch(_typing: Any, array: Any, _place: Any) -> Any:  # noqa: ANN401 # numba has no types of its own
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401 # as above
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        number = ir.IntType(32)
        address = builder.bitcast(builder.gep(view.data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        # To be read (0), soon again (3), as data (1).
        builder.call(hint, [address, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


prefetch = cast("Callable[[npt.NDArray[Any], int | np.int64], None]", intrinsic(_prefetch))
"""`prefetch(array, place)` fetches array.flat[place] into the cache, so that many fetches are under way at once.

It reads nothing: a place beyond the array does no harm. It halves the time of a query.
"""
