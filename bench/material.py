"""Inputs to measure with: large, harmless, and the same for the same numbers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WORDS = (
    "the lake is calm today and the bus comes late again near the old bridge where we meet at noon with bread tea "
    "кўл бўйида бугун шамол бор автобус кечикди нон ва чой олиб келинг эртага учрашамиз "
    "бүгүн көл тынч автобус кечигип жатат эртең жолугабыз су ва нон биёред имрӯз боди шимол "
    "البحيرة هادئة اليوم والحافلة متأخرة سنلتقي غدا عند الجسر القديم"
).split()


def make_export(folder: Path, messages: int, pictures: int) -> Path:
    """Write a chat export of so many messages, the first of which carry a picture each; return its folder."""
    (folder / "photos").mkdir(parents=True)
    rng = random.Random(8)
    for number in range(pictures):
        _photograph(number).save(folder / "photos" / f"photo_{number}.jpg", quality=85)
    with (folder / "result.json").open("w", encoding="utf-8") as out:
        out.write('{"name": "Lakeside", "type": "public_channel", "id": 5, "messages": [\n')
        out.writelines(_lines(rng, messages, pictures))
        out.write("]}\n")
    return folder


def _lines(rng: random.Random, messages: int, pictures: int) -> Iterator[str]:
    for number in range(messages):
        message: dict[str, Any] = {
            "id": number, "type": "message", "date_unixtime": str(1_700_000_000 + number * 60),
            "from": f"Neighbour {number % 97}", "from_id": f"user{number % 97}",
            "text": " ".join(rng.choices(WORDS, k=rng.randrange(5, 60))),
        }  # fmt: skip
        if number % 12 == 0:
            message["text"] += f" https://news{number % 31}.example/a/{number}?utm_source=x"
        if number < pictures:
            message["photo"] = f"photos/photo_{number}.jpg"
        yield json.dumps(message, ensure_ascii=False) + ("\n" if number == messages - 1 else ",\n")


def _photograph(number: int) -> Image.Image:
    """Return a picture of 1280 × 960 with large shapes and fine grain, as photographs have."""
    rng = np.random.default_rng(number)
    rough = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    smooth = np.asarray(rough.resize((1280, 960), Image.Resampling.BICUBIC), dtype=np.int16)
    return Image.fromarray(np.clip(smooth + rng.integers(-12, 12, smooth.shape), 0, 255).astype(np.uint8))


def bank_lines(entries: int) -> Iterator[str]:
    """Yield so many lines of a list of known things: PDQ hashes, file hashes, links and texts."""
    rng = np.random.default_rng(3)
    words = random.Random(4)
    for number in range(entries):
        digest = rng.bytes(32).hex()
        match number % 10:
            case 0:
                row = {"kind": "link", "value": f"https://known{number}.example/{number}"}
            case 1:
                row = {"kind": "text", "value": f"{number} " + " ".join(words.choices(WORDS, k=12))}
            case 2 | 3 | 4:
                row = {"kind": "sha256", "value": digest}
            case _:
                row = {"kind": "pdq", "value": digest}
        yield json.dumps({**row, "label": f"known {number}"}, ensure_ascii=False) + "\n"
