"""The readers that come with Qalqan, in the order in which they are asked."""

from __future__ import annotations

from qalqan.sources.contract import Reader
from qalqan.sources.files import FileReader
from qalqan.sources.telegram import TelegramReader


def built_in() -> tuple[Reader, ...]:
    """Return the built-in readers; the most particular is asked first, the plain file reader last."""
    return (TelegramReader(), FileReader())
