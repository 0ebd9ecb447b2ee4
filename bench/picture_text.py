"""Words in pictures: wrong letters of a hundred in every language, beside Tesseract alone; addresses and links exact.

Sentences are the demonstration's; pictures are drawn here: plain, askew, faint, over a photograph, on their side.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw, ImageFont

from bench.corpus import DEBIAN_WALLPAPERS
from qalqan import demo
from qalqan.signals.picture_text.engines import SCRIPTS, languages
from qalqan.signals.picture_text.letters_child import FEWEST, Grey, count, rows_of
from qalqan.signals.picture_text.read_child import read_rows
from qalqan.signals.picture_text.tesseract_child import Budget, words_of

CONDITIONS = (("plain", 0), ("askew", -6), ("faint", 11), ("photo", 0), ("photo", 7), ("side", 90))
NAMES = {
    "uz": "uzb", "uz-Cyrl": "uzb_cyrl", "tg": "tgk", "ky": "kir", "kk": "kaz", "ug": "uig", "tk": "tur", "ru": "rus",
    "ar": "ara", "tr": "tur", "en": "eng", "de": "deu", "nl": "nld", "fr": "fra",
}  # fmt: skip
EXACT = (
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "0x52908400098527886E0F7030069857D2E4169EE7", "https://t.me/blue_heron_front_demo", "lake.example/birds?n=7",
)  # fmt: skip
"""Published example addresses, and links that lead nowhere."""
SIZE = (960, 540)


def measure(*, quick: bool = False) -> None:
    """Print the tables. RapidOCR is measured where it is installed."""
    photographs = [one for folder in DEBIAN_WALLPAPERS for one in sorted(Path(folder).rglob("*.jpg"))]
    _languages(photographs, list(NAMES)[:: 4 if quick else 1])
    _exact()
    _passed_over(photographs[: 10 if quick else 60])


def _languages(photographs: Sequence[Path], some: Sequence[str]) -> None:
    said = yaml.safe_load((Path(demo.__file__).parent / "words.yaml").read_text("utf-8"))["chat"]
    scripts = {script: [one for one in names if one in languages()] for script, names in SCRIPTS.items()}
    heads = [f"{name} {turn}°" for name, turn in CONDITIONS]
    print("\nwrong letters of a hundred: Qalqan / Tesseract told the language, but not turned")
    print(f"{'':8}" + "".join(f"{head:>14}" for head in heads))
    every: dict[str, list[tuple[float, float]]] = {head: [] for head in heads}
    seconds: list[float] = []
    for language in some:
        row = []
        for number, (name, turn) in enumerate(CONDITIONS):
            lines = [one.format(n=14, g=3, t="9:30") for one in random.Random(number).sample(said[language], 4)]
            grey = _drawn(lines, name, turn, photographs)
            began = time.perf_counter()
            rows = rows_of(grey)
            blocks = read_rows(grey, rows, scripts, Budget(60)) if count(rows) >= FEWEST else []
            seconds.append(time.perf_counter() - began)
            alone = words_of(grey, [NAMES[language], "eng"], Budget(60))
            texts = " ".join(one["text"] for one in blocks), " ".join(one.text for one in alone)
            ours, theirs = (min(1.0, _wrong(" ".join(lines), text)) for text in texts)
            every[heads[number]].append((ours, theirs))
            row.append(f"{100 * ours:.1f} / {100 * theirs:.0f}")
        print(f"{language:8}" + "".join(f"{cell:>14}" for cell in row), flush=True)
    means = (np.mean(values, axis=0) * 100 for values in every.values())
    print(f"{'mean':8}" + "".join(f"{f'{ours:.1f} / {theirs:.0f}':>14}" for ours, theirs in means))
    print(f"seconds a picture: median {statistics.median(seconds):.1f}, longest {max(seconds):.1f}")


def _exact() -> None:
    """Count addresses and links that stand in what was read, letter by letter."""
    from qalqan.signals.picture_text.engines import reads_fine

    grey = _drawn(EXACT, "plain", 0, ())
    scripts = {"Latin": [one for one in SCRIPTS["Latin"] if one in languages()]}
    read = " ".join(one["text"] for one in read_rows(grey, rows_of(grey), scripts, Budget(60)))
    print(f"\nexact: Tesseract {sum(one in read for one in EXACT)} of {len(EXACT)}", end="")
    if not reads_fine():
        print("; RapidOCR is not installed (pip install qalqan[ocr])")
        return
    import tempfile

    from qalqan.signals.picture_text.fine_child import lines

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exact.png"
        Image.fromarray(grey).save(path)
        found = {one["text"] for one in lines(str(path), 10_000_000)}
    print(f", RapidOCR {sum(one in found for one in EXACT)} of {len(EXACT)}")


def _passed_over(photographs: Sequence[Path]) -> None:
    """Say how many photographs without writing are passed over, and what looking for letters costs."""
    passed, cost = 0, []
    for path in photographs:
        with Image.open(path) as image:
            image.thumbnail((2000, 2000))
            grey = np.asarray(image.convert("L"))
        began = time.thread_time()
        passed += count(rows_of(grey)) < FEWEST
        cost.append(time.thread_time() - began)
    if cost:
        print(f"photographs passed over without Tesseract: {passed} of {len(photographs)}", end="; ")
        print(f"looking for letters: {1000 * statistics.median(cost):.0f} ms of CPU time a picture (median)")


def _drawn(lines: Sequence[str], name: str, turn: int, photographs: Sequence[Path]) -> Grey:
    arabic = any("\u0600" <= letter <= "\u06ff" for line in lines for letter in line)
    letters = ImageFont.truetype("NotoNaskhArabic-Regular.ttf" if arabic else "NotoSans-Regular.ttf", 30)
    ink, paper = {"faint": ("#b9b9b4", "#969690"), "photo": ("white", "gray")}.get(name, ("#14142a", "white"))
    layer = Image.new("RGBA", SIZE)
    pen = ImageDraw.Draw(layer)
    for place, line in enumerate(lines):
        at, outline = (SIZE[0] / 2, 140 + 56 * place), 2 if name == "photo" else 0
        pen.text(at, line, ink, letters, anchor="mm", stroke_width=outline, stroke_fill="black")
    layer = layer.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    below = Image.new("RGB", layer.size, paper)
    if name == "photo" and photographs:
        with Image.open(photographs[len("".join(lines)) % len(photographs)]) as image:
            below = image.convert("RGB").resize(layer.size)
    below.paste(layer, (0, 0), layer)
    return np.asarray(below.convert("L"))


def _wrong(truth: str, read: str) -> float:
    """Return the Levenshtein distance as a share of the truth's length."""
    row = list(range(len(read) + 1))
    for at, one in enumerate(truth, 1):
        last, row[0] = row[0], at
        for place, other in enumerate(read, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (one != other))
    return row[-1] / max(1, len(truth))


if __name__ == "__main__":
    measure()
