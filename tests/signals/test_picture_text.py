"""Words in pictures and films are found, turned level and read; hostile pictures and programs are borne."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from qalqan.errors import BadValue, InputRefused, LimitReached
from qalqan.isolate import Isolate
from qalqan.model.items import MediaKind
from qalqan.model.limits import Limits
from qalqan.model.signals import PICTURE_TEXT, WALLET
from qalqan.signals.contract import Desk, Reading, Sighting, Subject
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.picture_text import engines
from qalqan.signals.picture_text.extractor import INFERRED, PictureTextExtractor
from qalqan.signals.picture_text.letters_child import count, rows_of
from qalqan.signals.picture_text.tesseract_child import Budget, Told, told_of, words_of
from qalqan.signals.picture_text.upright_child import angle_of, drawn, main_rows
from support.needs import missing

Keep = Callable[[bytes, MediaKind], Subject]
Scene = Callable[[int, int, int], Image.Image]

LATIN, ARABIC = ("NotoSans-Regular.ttf", "DejaVuSans.ttf"), ("NotoNaskhArabic-Regular.ttf", "DejaVuSans.ttf")
SENTENCES = {
    "eng": "The heron stood by the jetty this morning.",
    "deu": "Die Bücherei ist heute für alle geöffnet.",
    "fra": "Il fait beau aujourd'hui au bord du lac.",
    "nld": "De bibliotheek is vandaag de hele dag open.",
    "tur": "Bahçedeki elma ağacı bugün çiçek açtı.",
    "uzb": "Bugun havo juda yaxshi, bozorga boramiz.",
    "rus": "Завтра обещают дождь, возьмите зонт.",
    "kaz": "Бүгін күн ашық, көлде аққулар көп екен.",
    "kir": "Эртең жамгыр жаайт, көлгө барбайлы.",
    "tgk": "Имрӯз ҳаво хуб аст, пагоҳ борон меборад.",
    "uzb_cyrl": "Қўшнилар, дарвозани ёпишни унутманг.",
    "ara": "الطقس جميل اليوم لنذهب إلى البحيرة",
    "uig": "بۈگۈن ھاۋا ياخشى كۆل بويىغا بارايلى",
}


def font(names: tuple[str, ...], size: int) -> ImageFont.FreeTypeFont:
    """Return the first of these fonts that the machine has."""
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return missing("fonts", "apt-get install fonts-noto-core")


def written(
    *lines: str, size: int = 32, ink: str = "black", paper: Image.Image | str = "white", turn: float = 0
) -> Image.Image:
    """Return a picture that bears these lines in its middle, turned counter-clockwise by some degrees."""
    arabic = any("\u0600" <= one <= "\u06ff" for line in lines for one in line)
    letters = font(ARABIC if arabic else LATIN, size)
    layer = Image.new("RGBA", (960, 540))
    pen = ImageDraw.Draw(layer)
    for place, line in enumerate(lines):
        outline = 0 if isinstance(paper, str) else 2
        at = (480, 200 + 2 * size * place)
        pen.text(at, line, ink, letters, anchor="mm", stroke_width=outline, stroke_fill="black")
    layer = layer.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    below = Image.new("RGB", layer.size, paper) if isinstance(paper, str) else paper.resize(layer.size)
    below.paste(layer, (0, 0), layer)
    return below


def png(image: Image.Image) -> bytes:
    """Encode a picture."""
    import io

    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def wrong_share(truth: str, read: str) -> float:
    """Return the Levenshtein distance of two texts as a share of the first one's length."""
    row = list(range(len(read) + 1))
    for at, one in enumerate(truth, 1):
        last, row[0] = row[0], at
        for place, other in enumerate(read, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (one != other))
    return row[-1] / len(truth)


@pytest.fixture(scope="module")
def reading_desk() -> Iterator[Desk]:
    """Return a desk with time for Tesseract on a busy machine."""
    limits = Limits(picture_pixels=4_000_000, decode_seconds=60, video_seconds=120)
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate, Lexicon([]))
    isolate.close()


@pytest.fixture
def needs_tesseract() -> None:
    """Skip where there is no Tesseract."""
    if not engines.reads_text():
        missing("tesseract", "apt-get install tesseract-ocr tesseract-ocr-eng")


@pytest.fixture
def read(reading_desk: Desk, keep: Keep, needs_tesseract: None) -> Callable[[Image.Image], Reading]:  # noqa: ARG001 - a need
    """Return a way to read a picture."""
    return lambda image: PictureTextExtractor().read(keep(png(image), MediaKind.PICTURE), reading_desk)


def text_of(reading: Reading) -> str:
    """Return all that was read, in its order."""
    return " ".join(one.value for one in reading.sightings if one.kind == PICTURE_TEXT)


@pytest.mark.parametrize("language", SENTENCES)
def test_reads_every_language_also_where_it_lies_askew(language: str, read: Callable[[Image.Image], Reading]) -> None:
    """At most one letter in twelve is wrong in a line that is turned by seven degrees."""
    if language not in engines.languages():
        missing("tesseract", f"apt-get install tesseract-ocr-{language.replace('_', '-')}")
    sentence = SENTENCES[language]
    assert wrong_share(sentence, text_of(read(written(sentence, turn=-7)))) <= 1 / 12


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_reads_what_stands_on_its_head_or_side(turn: int, read: Callable[[Image.Image], Reading]) -> None:
    """Tesseract tells which way up the letters are."""
    lines = ("The library is open until nine today", "Bring your books back before Friday", "The heron stood still")
    assert wrong_share(" ".join(lines), text_of(read(written(*lines, turn=turn)))) <= 0.05


def test_reads_faint_letters(read: Callable[[Image.Image], Reading]) -> None:
    """Light grey on grey, thirty-five of 255 apart."""
    image = written("The heron stood by the jetty", ink="#b9b9b4", paper="#969690")
    assert wrong_share("The heron stood by the jetty", text_of(read(image))) <= 0.05


def test_reads_white_letters_on_a_busy_picture(read: Callable[[Image.Image], Reading], scene: Scene) -> None:
    """Letters are taken out of what lies behind them: in this Tesseract alone reads hardly a word."""
    image = written("The heron stood by the jetty", "this morning", size=40, ink="white", paper=scene(3, 480, 270))
    assert wrong_share("The heron stood by the jetty this morning", text_of(read(image))) <= 0.15


def test_says_where_in_the_picture_each_paragraph_is(read: Callable[[Image.Image], Reading]) -> None:
    """Boxes are fractions of the picture as it was handed in, whatever was turned for reading."""
    (seen,) = read(written("The heron stood by the jetty", turn=0)).sightings
    assert seen.box is not None
    assert 0.3 < seen.box.top < 0.4
    assert seen.box.height < 0.12
    (upended,) = read(written("The heron stood by the jetty this morning", turn=90)).sightings
    assert upended.box is not None
    assert upended.box.height > 0.5
    assert upended.box.width < 0.15


def test_a_picture_without_letters_gives_nothing_and_starts_nothing(
    read: Callable[[Image.Image], Reading], scene: Scene
) -> None:
    """A smooth view is passed over."""
    smooth = scene(4, 12, 9).resize((960, 540), Image.Resampling.BICUBIC)
    assert count(rows_of(np.asarray(smooth.convert("L")))) == 0
    assert read(smooth) == Reading()


@pytest.mark.parametrize("turn", [-40, -12.5, 0, 3, 33])
def test_tells_the_angle_to_a_degree(turn: float) -> None:
    """From forty degrees to either side."""
    grey = np.asarray(written("The heron stood by the jetty", "this morning", turn=turn).convert("L"))
    assert angle_of(drawn(grey, main_rows(rows_of(grey)))) == pytest.approx(-turn, abs=1.0)


def test_only_what_looks_like_letters_is_drawn(scene: Scene) -> None:
    """A page has the letters black on white, and nothing of the picture behind them."""
    grey = np.asarray(written("The heron stood", size=40, ink="white", paper=scene(3, 480, 270)).convert("L"))
    page = drawn(grey, rows_of(grey))
    assert 0.002 < float((page < 128).mean()) < 0.06


def test_a_film_is_read_where_its_letters_change(reading_desk: Desk, keep: Keep, needs_tesseract: None) -> None:  # noqa: ARG001 - a need
    """A text that stays is read once, with the stretch in which it stands."""
    film = filmed([written("The library is open today", size=50), written("The heron stood still", size=50)], 4)
    seen = PictureTextExtractor().read(keep(film, MediaKind.VIDEO), reading_desk).sightings
    assert [one.value for one in seen] == ["The library is open today", "The heron stood still"]
    assert all(one.interval is not None and one.box is not None for one in seen)
    first, second = (one.interval for one in seen)
    assert first is not None
    assert second is not None
    assert first.start == 0.0
    assert second.start == pytest.approx(4.0, abs=1.1)


def filmed(pictures: list[Image.Image], seconds: int) -> bytes:
    """Return a film that shows each picture for so many seconds, with a key frame each second."""
    import io

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=4)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 960, 540, "yuv420p", 4
        stream.bit_rate = 3_000_000
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            for _ in range(4 * seconds):
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def test_wants_pictures_and_films_only(keep: Keep) -> None:
    """And only those that were kept."""
    reader = PictureTextExtractor()
    assert [kind for kind in MediaKind if reader.wants(keep(b"x", kind))] == [MediaKind.PICTURE, MediaKind.VIDEO]
    assert not reader.wants(replace(keep(b"x", MediaKind.PICTURE), path=None))


def test_has_no_value_for_nothing() -> None:
    """Blanks are no words."""
    with pytest.raises(BadValue):
        PictureTextExtractor().canonical(PICTURE_TEXT, " \n ")
    assert PictureTextExtractor().canonical(PICTURE_TEXT, " a \n b ") == "a b"


# What hostile pictures and broken programs do.


def test_a_huge_picture_is_refused_by_its_header(reading_desk: Desk, keep: Keep, needs_tesseract: None) -> None:  # noqa: ARG001 - a need
    """No pixel is decoded."""
    huge = png(Image.new("1", (30_000, 30_000)))
    with pytest.raises(LimitReached):
        PictureTextExtractor().read(keep(huge, MediaKind.PICTURE), reading_desk)


def test_a_page_full_of_letters_is_read_within_its_time(reading_desk: Desk, keep: Keep, needs_tesseract: None) -> None:  # noqa: ARG001 - a need
    """What takes too long is broken off and said so; what was found until then stays."""
    lines = [("reed heron lake stone " * 12)[:150] for _ in range(90)]
    page = Image.new("L", (1900, 1900), 255)
    ImageDraw.Draw(page).multiline_text((10, 10), "\n".join(lines), font=font(LATIN, 17), fill=0)
    hurried = replace(reading_desk, limits=replace(reading_desk.limits, decode_seconds=0.5))
    began = time.monotonic()
    reading = PictureTextExtractor().read(keep(png(page), MediaKind.PICTURE), hurried)
    assert time.monotonic() - began < 30
    assert reading.notes == ("reading its words took too long and was broken off (QALQAN_DECODE_SECONDS)",)


def pretend(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of the same name before Tesseract."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


PAGE = np.asarray(Image.new("L", (80, 40), 255))


def test_a_tesseract_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time that is left; what comes later is not begun at all."""
    pretend(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait", monkeypatch)
    budget, began = Budget(1.0), time.monotonic()
    assert words_of(PAGE, ["eng"], budget) == []
    assert words_of(PAGE, ["eng"], budget) == []
    assert time.monotonic() - began < 10
    assert budget.broken_off
    child = int((tmp_path / "child").read_text())
    assert not _lives(child)


def _lives(pid: int) -> bool:
    """Whether a process runs and is not a dead one that nobody has asked about."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize(
    "answer",
    ["head -c 200000 /dev/urandom", "yes 5", "printf '5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\tx\\t9\\t90\\tword\\n'", "exit 3",
     "printf '5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t9\\tnan\\tword\\n'", "kill -9 $$"],
)  # fmt: skip
def test_an_answer_that_is_none_gives_no_words(answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rubbish, floods, numbers that are none, an early death: none of it is a word, none of it takes long."""
    pretend(tmp_path, answer, monkeypatch)
    began = time.monotonic()
    assert words_of(PAGE, ["eng"], Budget(5.0)) == []
    assert told_of(PAGE, Budget(5.0)) == Told(None, 0)
    assert time.monotonic() - began < 12


def test_without_tesseract_a_picture_is_refused_in_words(
    reading_desk: Desk, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint says where to look."""
    monkeypatch.setattr("qalqan.signals.picture_text.extractor.languages", frozenset)
    with pytest.raises(InputRefused) as refused:
        PictureTextExtractor().read(keep(png(written("The lake")), MediaKind.PICTURE), reading_desk)
    assert "qalqan doctor" in refused.value.hint


# Reading once more what must be exact.

ADDRESS = "1HeronReedLake7JettyStone9Water2Z"


class Answers:
    """Stands for child processes: gives what a test lays down."""

    def __init__(self, first: list[str], fine: list[str] | Exception) -> None:
        self.fine = fine
        self.asked: list[str] = []
        self._first = first

    def call(self, task: str, *_arguments: object) -> object:
        """Return the blocks laid down for a task."""
        self.asked.append(task.rpartition(":")[2])
        if task.endswith(":picture_words"):
            return {"blocks": _blocks(self._first), "start": 0.0, "end": 0.0, "broken_off": False}
        if isinstance(self.fine, Exception):
            raise self.fine
        return _blocks(self.fine)


def _blocks(texts: list[str]) -> list[dict[str, object]]:
    return [{"text": text, "box": (0.1, 0.1, 0.5, 0.1), "confidence": 90} for text in texts]


def finely(first: list[str], fine: list[str] | Exception, keep: Keep) -> tuple[Reading, Answers]:
    """Read with both readers pretended, and one address in the world that is right."""
    answers = Answers(first, fine)
    desk = Desk(Limits(), answers, Lexicon([]))  # type: ignore[arg-type]  # it is asked for nothing else
    reader = PictureTextExtractor(fine=True, wallet_of=lambda one: f"btc:{one}" if one == ADDRESS else None)
    return reader.read(keep(b"x", MediaKind.PICTURE), desk), answers


@pytest.fixture(autouse=True)
def _some_languages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readers that are pretended have a language."""
    if "fine" in request.node.name:
        monkeypatch.setattr("qalqan.signals.picture_text.extractor.languages", lambda: frozenset({"eng"}))


def test_fine_reading_is_asked_only_where_something_must_be_exact(keep: Keep) -> None:
    """Prose is left to Tesseract, which reads every script."""
    reading, answers = finely(["The lake is calm today."], [], keep)
    assert answers.asked == ["picture_words"]
    assert len(reading.sightings) == 1


@pytest.mark.parametrize("hint", ["https:/lake.example", "Our wallet", "See t.me/heron", "@heron_front", "hamyon"])
def test_fine_reading_adds_lines_that_differ(hint: str, keep: Keep) -> None:
    """And only those that hold something exact."""
    reading, _ = finely([hint], [hint, "lake", "https://lake.example/birds"], keep)
    assert [one.value for one in reading.sightings] == [hint, "https://lake.example/birds"]


def test_fine_reading_that_fails_leaves_the_rest(keep: Keep) -> None:
    """With a note."""
    reading, _ = finely(["www.lake.example"], InputRefused("it broke"), keep)
    assert [one.value for one in reading.sightings] == ["www.lake.example"]
    assert "it broke" in reading.notes[0]


def test_fine_reading_that_is_right_needs_no_mending(keep: Keep) -> None:
    """Where one of two readings has a checksum that holds, that is the address."""
    reading, _ = finely([ADDRESS.replace("o", "0")], [ADDRESS], keep)
    assert [one.kind for one in reading.sightings] == [PICTURE_TEXT, PICTURE_TEXT]


def test_fine_reading_mends_an_address_and_says_that_it_is_inferred(keep: Keep) -> None:
    """Both misread it by a letter: the checksum tells which letter."""
    misread = ADDRESS.replace("9", "g")
    reading, _ = finely([misread], [misread], keep)
    mended = [one for one in reading.sightings if one.kind == WALLET]
    assert [(one.value, one.quality) for one in mended] == [(f"btc:{ADDRESS}", INFERRED)]
    assert mended[0].box is not None
    assert reading.notes == (f"an address in it is inferred: btc:{ADDRESS}",)


def test_sightings_carry_how_sure_the_reading_is(read: Callable[[Image.Image], Reading]) -> None:
    """Of 100."""
    (seen,) = read(written("The heron stood by the jetty")).sightings
    assert isinstance(seen, Sighting)
    assert seen.quality is not None
    assert 80 <= seen.quality <= 100
