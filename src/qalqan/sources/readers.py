"""The readers that come with Qalqan, in the order in which they are asked."""

from __future__ import annotations

from qalqan.sources.archives import ArchiveReader
from qalqan.sources.contract import Reader
from qalqan.sources.files import FileReader
from qalqan.sources.pages import PageReader
from qalqan.sources.tables import TableReader
from qalqan.sources.telegram import TelegramReader
from qalqan.sources.warc import WarcReader


def built_in() -> tuple[Reader, ...]:
    """Return the built-in readers; the most particular is asked first, the plain file reader last."""
    return (TelegramReader(), TableReader(), PageReader(), WarcReader(), ArchiveReader(), FileReader())
