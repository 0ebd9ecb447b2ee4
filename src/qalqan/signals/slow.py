"""The extractors that read files in the background, as far as this machine has what they need."""

from __future__ import annotations

from pathlib import Path

from qalqan.signals.contract import Extractor
from qalqan.signals.picture_text.engines import reads_fine, reads_text
from qalqan.signals.picture_text.extractor import CodeExtractor, PictureTextExtractor
from qalqan.signals.speech import SpeechExtractor
from qalqan.signals.subtitles import SubtitleExtractor


def built_in_later(speech_model: Path | None = None) -> tuple[Extractor, ...]:
    """Return the built-in extractors that are slow, the cheapest first.

    Without Tesseract no words are read in pictures, without a model (its folder) no speech is written down. What is
    missing marks nothing as read: once it is there, all stored files are read by it.
    """
    found: list[Extractor] = [CodeExtractor(), SubtitleExtractor()]
    if reads_text():
        found.append(PictureTextExtractor(fine=reads_fine(), wallet_of=checked_wallet))
    if speech_model is not None:
        found.append(SpeechExtractor(speech_model))
    return tuple(found)


def checked_wallet(address: str) -> str | None:
    """Return `coin:address` for an address whose checksum holds, else None."""
    from qalqan.signals.indicators.wallets import wallet

    found = wallet(address)
    return None if found is None or found.partition(":")[0].endswith("?") else found
