"""A text's words in their order, two bytes each: what near copies of texts are found by. How they are packed into text.

A word is 16 bits of the CRC-32 of its key's UTF-8 bytes (`signals.key`), never 0. Runs of words are compared, not
single ones: that two words in 65,000 have one number does not matter. 0 stands for a word that says nothing here and
is passed over. Packed, one byte of version stands before the words, little-endian; the text is base64 of it all:
two fifths as long as what was written.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

TEXT_WORDS: Final = "text-words"
"""The kind of signal."""
VERSION: Final = 1
FEWEST: Final = 12
"""Words that say something: a shorter text cannot be told from others that are only like it."""
FEWEST_DIFFERENT: Final = 8
"""Different words: a laugh or a chant says nothing, however long it is."""
MOST: Final = 20_000
"""Words; the rest of a text is left out."""

Words = npt.NDArray[np.uint16]
"""(n,): a text's words in their order."""

_LONGEST = (1 + 2 * MOST + 2) // 3 * 4


def word_number(key: str) -> int:
    """Return the number, 1 to 65,535, of a word's key."""
    whole = crc32(key.encode("utf-8", "surrogatepass"))
    return (whole ^ whole >> 16) & 0xFFFF or 1


def says_something(words: Words) -> bool:
    """Say whether a text has enough words, and enough different ones, to be known again."""
    told = words[words != 0]
    return len(told) >= FEWEST and len(np.unique(told)) >= FEWEST_DIFFERENT


def packed(numbers: Iterable[int]) -> str:
    """Return the first 20,000 words as text."""
    words = np.fromiter(numbers, "<u2")[:MOST]
    return base64.b64encode(bytes([VERSION]) + words.tobytes()).decode()


def unpacked(value: str) -> Words:
    """Return the words of a packed text; raises ValueError, with the reason, where it is none or says too little."""
    if len(value) > _LONGEST:
        raise ValueError(f"a text's words have at most {_LONGEST} characters, these have {len(value)}")
    try:
        content = base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("a text's words are written in base64") from error
    if not content or content[0] != VERSION or len(content) % 2 == 0:
        raise ValueError(f"a text's words begin with version {VERSION}; two bytes a word follow")
    words = np.frombuffer(content, "<u2", offset=1).astype(np.uint16)
    if not says_something(words):
        raise ValueError(f"a known text needs at least {FEWEST} words, {FEWEST_DIFFERENT} of them different")
    return words
