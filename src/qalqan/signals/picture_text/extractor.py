"""Extractors `picture-text` and `code`: the words and the codes in pictures and films."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from qalqan.errors import BadValue, InputRefused
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Box, Interval
from qalqan.model.signals import PICTURE_TEXT, QR, WALLET
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.picture_text.engines import SCRIPTS, languages
from qalqan.signals.picture_text.repair import repaired

if TYPE_CHECKING:
    from qalqan.signals.picture_text.read_child import Block
    from qalqan.signals.picture_text.seen_child import SeenCodes, Words

PICTURE_WORDS = "qalqan.signals.picture_text.seen_child:picture_words"
FILM_WORDS = "qalqan.signals.picture_text.seen_child:film_words"
PICTURE_CODES = "qalqan.signals.picture_text.seen_child:picture_codes"
FILM_CODES = "qalqan.signals.picture_text.seen_child:film_codes"
FINE = "qalqan.signals.picture_text.fine_child:lines"
SEEN = (MediaKind.PICTURE, MediaKind.VIDEO)
SHARE = 0.8
"""Of the time that decoding may take, what Tesseract may: the rest is for opening the file and finding letters."""
LONGEST = 20_000
"""Characters of one signal."""
INFERRED = 50
"""The quality of an address that was mended."""
MOST_CANDIDATES = 20

_EXACT = re.compile(
    r"https?[:;]|www\.|\bt\.me\b|\.(?:com|net|org|me|onion)\b|(?:^|\s)@\w{4}|\b[A-Za-z0-9]{20}"
    r"|\b(?:wallet|bitcoin|btc|usdt|trc20|eth|monero|xmr)\b|кошел|ҳамён|hamyon|әмиян|капчык|محفظة",
    re.IGNORECASE,
)
"""Words beside which something stands, or which are something, that must be read exactly."""
_ADDRESS = re.compile(r"(?<![A-Za-z0-9|!])[A-Za-z0-9|!]{24,110}(?![A-Za-z0-9|!])")


class PictureTextExtractor:
    """Reads the words of pictures, and of frames of films on which other letters appear than before.

    One signal for each paragraph, in reading order, with its box and, in a film, how long it stays; its quality is how
    sure the reading is. Where addresses, links or names of accounts seem to stand in a picture and RapidOCR is
    installed, lines with such things are read by it too. `wallet_of` returns a wallet's value (`btc:…`) for an address
    whose checksum holds: an address that both misread is mended by it, and the signal says so by a quality of 50.

    It is slow, so it is read in the background.
    """

    later = True

    def __init__(self, *, fine: bool = False, wallet_of: Callable[[str], str | None] | None = None) -> None:
        self.manifest = Manifest(
            "picture-text", "1+fine" if fine else "1", "Words in pictures and films", (PICTURE_TEXT, WALLET)
        )
        self._fine = fine
        self._wallet_of = wallet_of

    def wants(self, subject: Subject) -> bool:
        """Every kept picture and film."""
        return _is_seen(subject)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Read it in a child process.

        Raises InputRefused where it cannot be decoded or where there is no Tesseract, LimitReached where it is too
        large. What took too long is left out, with a note.
        """
        scripts = _scripts()
        if not scripts:
            raise InputRefused("its words cannot be read", hint="Install Tesseract: qalqan doctor says how.")
        seconds = SHARE * desk.limits.decode_seconds
        if _is_film(subject):
            limits = desk.limits
            parts = desk.isolate.stream(
                FILM_WORDS, str(subject.path), limits.picture_pixels, limits.video_seconds, scripts, seconds
            )
            words: list[Words] = list(parts)
            return Reading(tuple(_of_film(words)), notes=_notes(words))
        seen: Words = desk.isolate.call(PICTURE_WORDS, str(subject.path), desk.limits.picture_pixels, scripts, seconds)
        found = [_sighting(block) for block in seen["blocks"]]
        finer, notes = self._finer(subject, desk, seen["blocks"])
        mended = list(self._mended([*found, *finer]))
        inferred = tuple(f"an address in it is inferred: {one.value}" for one in mended)
        return Reading((*found, *finer, *mended), notes=(*_notes([seen]), *notes, *inferred))

    def _finer(self, subject: Subject, desk: Desk, blocks: Sequence[Block]) -> tuple[list[Sighting], tuple[str, ...]]:
        """Read once more what must be exact; return what differs, and why nothing did where that failed."""
        if not self._fine or not any(_EXACT.search(block["text"]) for block in blocks):
            return [], ()
        try:
            lines: list[Block] = desk.isolate.call(FINE, str(subject.path), desk.limits.picture_pixels)
        except InputRefused as error:
            return [], (f"its addresses and links were read by Tesseract alone: {error.message}",)
        known = {word for block in blocks for word in block["text"].split()}
        exact = [line for line in lines if _EXACT.search(line["text"])]
        return [_sighting(line) for line in exact if not set(line["text"].split()) <= known], ()

    def _mended(self, found: Sequence[Sighting]) -> Iterator[Sighting]:
        """Yield wallets for addresses that are wrong by a letter or two, where no reading of them was right."""
        if self._wallet_of is None:
            return
        wallet_of, yielded = self._wallet_of, set[str]()
        places = [(word, one.box) for one in found for word in _ADDRESS.findall(one.value)][:MOST_CANDIDATES]
        right = [word for word, _ in places if wallet_of(word) is not None]
        for word, box in places:
            if any(_alike(word, one) for one in right):
                continue
            mended = repaired(word, lambda candidate: wallet_of(candidate) is not None)
            value = wallet_of(mended) if mended else None
            if value is not None and value not in yielded:
                yielded.add(value)
                yield Sighting(WALLET, value, box=box, quality=INFERRED)

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - both kinds are text
        """Return the words with single spaces; raises BadValue where there are none."""
        return one_line(value)

    def examples(self) -> Sequence[Example]:
        """Return one drawn notice."""
        return (Example(file=_notice(), media_kind=MediaKind.PICTURE, finds=((PICTURE_TEXT, "*"),)),)


class CodeExtractor:
    """Reads QR codes and their like in pictures and in key frames of films; what they hold is read like a text."""

    manifest = Manifest("code", "1", "QR codes", (QR,))
    later = True

    def wants(self, subject: Subject) -> bool:
        """Every kept picture and film."""
        return _is_seen(subject)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Read it in a child process. Raises InputRefused where it cannot be decoded, LimitReached as decoding does."""
        limits = desk.limits
        if _is_film(subject):
            parts = desk.isolate.stream(FILM_CODES, str(subject.path), limits.picture_pixels, limits.video_seconds)
            seen: list[SeenCodes] = list(parts)
        else:
            codes = desk.isolate.call(PICTURE_CODES, str(subject.path), limits.picture_pixels)
            return Reading(tuple(Sighting(QR, code["text"], box=Box(*code["box"])) for code in codes))
        return Reading(
            tuple(
                Sighting(QR, code["text"], box=Box(*code["box"]), interval=Interval(part["start"], part["end"]))
                for part in seen
                for code in part["codes"]
            )
        )

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return what a code holds, without blanks around it; raises BadValue where that is nothing."""
        return one_line(value)

    def examples(self) -> Sequence[Example]:
        """Return one code."""
        return (Example(file=_code(), media_kind=MediaKind.PICTURE, finds=((QR, "https://example.org/birds"),)),)


def one_line(value: str) -> str:
    """Return a text with single spaces, at most 20,000 characters of it; raises BadValue where nothing is left."""
    text = " ".join(value.split())[:LONGEST].rstrip()
    if not text:
        raise BadValue("words that were read need at least one letter")
    return text


def _is_seen(subject: Subject) -> bool:
    return subject.path is not None and subject.media is not None and subject.media.kind in SEEN


def _is_film(subject: Subject) -> bool:
    return subject.media is not None and subject.media.kind is MediaKind.VIDEO


def _scripts() -> dict[str, list[str]]:
    """Return the languages that Tesseract has here, by their script."""
    here = languages()
    found = {script: [name for name in names if name in here] for script, names in SCRIPTS.items()}
    return {script: names for script, names in found.items() if names}


def _sighting(block: Block, interval: Interval | None = None) -> Sighting:
    return Sighting(
        PICTURE_TEXT, one_line(block["text"]), box=Box(*block["box"]), interval=interval, quality=block["confidence"]
    )


def _of_film(parts: Iterable[Words]) -> Iterator[Sighting]:
    """Yield each paragraph once, from the moment it was first seen to that when it was last."""
    held: dict[str, Sighting] = {}
    for part in parts:
        for block in part["blocks"]:
            seen = _sighting(block, Interval(part["start"], part["end"]))
            before = held.get(seen.value)
            start = before.interval.start if before and before.interval else part["start"]
            held[seen.value] = _sighting(block, Interval(start, part["end"]))
    yield from held.values()


def _notes(parts: Sequence[Words]) -> tuple[str, ...]:
    if any(part["broken_off"] for part in parts):
        return ("reading its words took too long and was broken off (QALQAN_DECODE_SECONDS)",)
    return ()


def _alike(one: str, other: str) -> bool:
    """Whether two readings seem to be of the same address."""
    return abs(len(one) - len(other)) <= 1 and (one[:4].lower() == other[:4].lower() or one[-6:] == other[-6:])


@cache
def _notice() -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (760, 220), "white")
    pen = ImageDraw.Draw(image)
    font: Any = ImageFont.load_default(44)
    pen.text((40, 40), "The library is open", fill="black", font=font)
    pen.text((40, 110), "until nine today", fill="black", font=font)
    return _png(image)


@cache
def _code() -> bytes:
    import zxingcpp
    from PIL import Image

    code = zxingcpp.create_barcode("https://example.org/birds", zxingcpp.BarcodeFormat.QRCode)
    image = Image.new("L", (200, 160), 255)
    image.paste(Image.fromarray(_array(code.to_image(scale=3))), (40, 20))
    return _png(image)


def _array(image: Any) -> Any:  # noqa: ANN401 - a picture in ZXing's own form, which NumPy takes
    import numpy as np

    return np.array(image)


def _png(image: Any) -> bytes:  # noqa: ANN401 - Pillow is imported where it is used
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
