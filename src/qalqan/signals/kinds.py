"""The extractors that come with Qalqan."""

from __future__ import annotations

from qalqan.signals.contract import Extractor
from qalqan.signals.files import FileExtractor
from qalqan.signals.indicators.extractor import IndicatorExtractor
from qalqan.signals.links import LinkExtractor
from qalqan.signals.pictures import PictureExtractor
from qalqan.signals.sounds import SoundExtractor
from qalqan.signals.texts import TextExtractor
from qalqan.signals.videos import VideoExtractor
from qalqan.signals.words import WordsExtractor


def built_in() -> tuple[Extractor, ...]:
    """Return every built-in extractor, the cheapest first."""
    own = (FileExtractor(), LinkExtractor(), TextExtractor(), WordsExtractor(), IndicatorExtractor())
    return (*own, PictureExtractor(), VideoExtractor(), SoundExtractor())
