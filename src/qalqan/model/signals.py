"""What was read out of an item so that it can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from qalqan.model.ids import Id
from qalqan.model.parts import Box, Interval, Span

# The kinds of the first hour. A signal's kind is plain text, so that a plugin can bring its own.
SHA256 = "sha256"
PDQ = "pdq"
VIDEO_PDQ = "video-pdq"
PICTURE_LOCAL = "picture-local"
"""Local features of a picture, packed as `model.local` says."""
VIDEO_LOCAL = "video-local"
"""Local features of some frames of a video."""
SOUND = "sound"
"""Landmarks of a recording's sound, packed as `model.sound` says."""
TEXT = "text"
LINK = "link"
SAID = "said"
"""A term of a lexicon that stands in a text: `model.words.Said`, packed."""
NAME = "name"
"""Whom a text names, once an entity: its key in the lexicons, such as `blue-heron-front`."""
LANGUAGE = "language"
"""Language and script of a text, as a hint: `uz-Latn`."""
LINK_USE = "link-use"
"""What a link is there for, and the words that say so: `model.indicators.LinkUse`, packed."""
HANDLE = "handle"
"""`telegram:name` where the platform is certain, else `@name`; lower case."""
INVITE = "invite"
"""The canonical link of an invitation to a closed group."""
MAIL = "mail"
PHONE = "phone"
"""In international form: `+998901234567`."""
HASHTAG = "hashtag"
"""Without its mark, case folded."""
EMOJI = "emoji"
"""A run of two or more emoji."""
AMOUNT = "amount"
"""A sum with its currency and what it is asked for: `model.indicators.Amount`, packed."""
WALLET = "wallet"
"""`coin:address`: `btc:…`, `eth:…`; `coin?:address` where no checksum could be checked."""
PAYMENT = "payment"
"""`service:account`: `paypal:…`, `card:…` (masked but for its ends)."""
PICTURE_TEXT = "picture-text"
"""Text read in a picture; its lines lie in `box`."""
SUBTITLE = "subtitle"
SPEECH = "speech"
QR = "qr"
"""What a QR code or bar code holds."""
INDICATORS = (LINK, HANDLE, INVITE, MAIL, PHONE, HASHTAG, WALLET, PAYMENT)
"""Kinds that point at somebody, and that a bank can hold."""
LEXICAL = (SAID, NAME, LINK_USE)
"""Kinds that hang on a lexicon: another one reads otherwise."""
TEXTS = (PICTURE_TEXT, SUBTITLE, SPEECH, QR)
"""Kinds whose value is text that is read like an item's own."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One comparable thing, and where it was found. Belongs to a media file or to an item's own text.

    `value` is text in the kind's own form: 64 hexadecimal digits for `sha256`; for `pdq` 64 hexadecimal digits, or
    eight such hashes separated by spaces, those of the picture's turns and flips with the upright one first;
    normalised text for `text`; a canonical URL for `link`; for `video-pdq` one line a frame, each
    `seconds,quality,hex` or `seconds,quality,hex,hex of the mirrored frame`. A bank's entry has the shorter form:
    the upright hashes alone.
    """

    id: Id
    kind: str
    value: str
    extractor: str
    """Name and version: `picture/1`."""
    media_sha256: str | None = None
    item_id: Id | None = None
    span: Span | None = None
    box: Box | None = None
    interval: Interval | None = None
    quality: int | None = None
    """0 to 100 where the kind knows of quality (`pdq`)."""
