"""A small input with something of everything, made in a second: what the flow's and the command line's tests scan."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

TEXT = "The reed beds of the great lake are guarded by all who live beside it, says the Blue Heron Front."
LINK = "https://reedbed-media.example/declaration"


@dataclass(frozen=True, slots=True)
class Small:
    """Where the input is and where the known things are."""

    input: Path
    known: Path
    messages: int
    pictures: int


def picture(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw a picture unlike that of any other seed: overlapping discs of many colours."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, tuple(rng.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, radius = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(20, 120)
        colour = tuple(rng.randrange(256) for _ in range(3))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return image


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """Encode a picture."""
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return content.getvalue()


def film(path: Path, seeds: list[int], rate: int = 8) -> None:
    """Write a film that shows one picture a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.bit_rate = 600_000
        for seed in seeds:
            frame = av.VideoFrame.from_ndarray(np.asarray(picture(seed, (320, 240))), format="rgb24")
            for _ in range(rate):
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def make_small(folder: Path, messages: int = 40, pictures: int = 8) -> Small:
    """Write an input of a chat export, loose files, an archive and broken things, and known things beside it."""
    given, known = folder / "input", folder / "known"
    (given / "export" / "photos").mkdir(parents=True)
    known.mkdir()
    _known(known)
    chat = [_message(number, given / "export", pictures) for number in range(1, messages + 1)]
    export = {"name": "Lakeside", "type": "private_group", "id": 77, "messages": chat}
    (given / "export" / "result.json").write_text(json.dumps(export), "utf-8")
    film(given / "excerpt.mp4", [101, 203, 204, 205, 206, 102])
    (given / "quoted.txt").write_text(f"News. {TEXT} So far the news.", "utf-8")
    with zipfile.ZipFile(given / "album.zip", "w") as archive:
        archive.writestr("inner/mirrored.jpg", jpeg(picture(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT), 70))
        archive.writestr("../outside.txt", "never written there")
    (given / "broken.jpg").write_bytes(jpeg(picture(9))[:2000])
    (given / "empty.png").write_bytes(b"")
    return Small(given, known, messages, pictures)


def _known(folder: Path) -> None:
    for seed in (0, 1):
        (folder / f"known-{seed}.jpg").write_bytes(jpeg(picture(seed), 92))
    (folder / "declaration.txt").write_text(TEXT, "utf-8")
    film(folder / "known.mp4", [201, 202, 203, 204, 205, 206, 207, 208])


def _message(number: int, export: Path, pictures: int) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": number, "type": "message", "date": "2026-03-01T12:00:00", "date_unixtime": str(1772366400 + number),
        "from": f"Neighbour {number % 5}", "from_id": f"user{number % 5}", "text": f"Bus {number} is late again.",
    }  # fmt: skip
    if number <= pictures:
        name = f"photos/photo_{number}.jpg"
        (export / name).write_bytes(jpeg(picture(number - 1 if number <= 2 else number + 500), 60))
        message["photo"] = name
    if number % 10 == 0:
        message["text"] = [f"Look, {number}: ", {"type": "link", "text": f"{LINK}?utm_source=a{number}"}]
    return message
