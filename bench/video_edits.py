"""Edits of films as uploaders make them, by ffmpeg, each with its truth: which stretch of which film it shows when."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TEXT = "the lake is calm today and the bus comes late again"
CODEC = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p")
"""How an edit is saved, as a platform does, where it does not say otherwise."""
RATE = 25


@dataclass(frozen=True, slots=True)
class Film:
    """One film file to edit."""

    path: Path
    seconds: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a film as an edit shows it: of the film itself (0), of a stranger (1), of another known one (2)."""

    start: float
    end: float
    of: int = 0
    speed: float = 1.0
    backwards: bool = False

    @property
    def lasts(self) -> float:
        """Seconds that it takes in the edit."""
        return (self.end - self.start) / self.speed


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit. `chain` is applied to the film's pictures, then `layout` puts them on `canvas`."""

    name: str
    chain: str = ""
    speed: float = 1.0
    backwards: bool = False
    cut: str = ""
    """How pieces are chosen: see `pieces`."""
    overlay: str = ""
    """A picture laid over all: see `_drawn`."""
    layout: str = ""
    """A filter graph from [film] (and [stranger], [own]) to [out]."""
    codec: tuple[str, ...] = CODEC
    ending: str = ".mp4"

    def pieces(self, seconds: float) -> list[Piece]:
        """Return what a film of so many seconds is cut into; strangers' pieces are at least eight seconds long."""
        whole = Piece(0.0, seconds, 0, self.speed, self.backwards)
        third = round(seconds / 3, 2)
        excerpt = min(6.0, 0.7 * seconds)
        if self.cut.endswith(" s"):
            length = min(float(self.cut.split()[0]), 0.8 * seconds)
            start = round((seconds - length) * 0.6, 2)
            return [Piece(start, start + length, 0, self.speed)]
        cuts = {
            "within": [Piece(0, 6, 1), Piece(third - 1, third - 1 + excerpt), Piece(6, 11, 1)],
            "around": [Piece(0, 3, 1), whole, Piece(3, 6, 1)],
            "twice": [whole, whole],
            "order": [Piece(seconds / 2, seconds), Piece(0, seconds / 2)],
            "two": [Piece(0, excerpt), Piece(0.5, 6.5, 2)],
        }
        return cuts.get(self.cut, [whole])


BOX = "drawbox=x=0:y=0:w=iw:h=ih*0.07:c=0x303030:t=fill,drawbox=x=0:y=ih*0.9:w=iw:h=ih*0.1:c=0xe0e0e0:t=fill"
PIP = (
    "[stranger]scale=480:360,setsar=1[under];[film]scale={side}:-2[small];[under][small]overlay={place}:shortest=1[out]"
)
HALF = "scale=240:360:force_original_aspect_ratio=increase,crop=240:360,setsar=1"
EDITS: tuple[Edit, ...] = (
    Edit("saved again, crf 35", codec=(*CODEC[:5], "35", *CODEC[6:])),
    Edit("saved again, crf 45", codec=(*CODEC[:5], "45", *CODEC[6:])),
    Edit("240 lines", "scale=-2:240"),
    Edit("mpeg4, 150 kbit/s", codec=("-c:v", "mpeg4", "-b:v", "150k"), ending=".avi"),
    Edit(
        "vp9, 120 kbit/s",
        codec=("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "120k"),
        ending=".webm",
    ),
    Edit("15 frames a second", "fps=15"),
    Edit("10 frames a second", "fps=10"),
    Edit("brighter", "eq=brightness=0.2:contrast=0.8"),
    Edit("more contrast", "eq=contrast=1.7:saturation=1.5"),
    Edit("gamma", "eq=gamma=0.55"),
    Edit("grey", "hue=s=0"),
    Edit("colours inverted", "negate"),
    Edit("hue turned", "hue=h=90"),
    Edit("blurred", "gblur=sigma=3"),
    Edit("noise", "noise=alls=30:allf=t"),
    Edit("sharpened", "unsharp=7:7:2.5"),
    Edit("10 % cropped", "crop=iw*0.9:ih*0.9"),
    Edit("30 % cropped", "crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1"),
    Edit("half", "crop=iw/2:ih:iw*0.3:0"),
    Edit("border", "pad=iw*1.2:ih*1.2:(ow-iw)/2:(oh-ih)/2:0x204080"),
    Edit("letterbox", "pad=iw:ih*1.4:0:(oh-ih)/2:black"),
    Edit(
        "pillarbox, blurred",
        layout="[film]split[a][b];[a]scale=iw*1.8:ih,gblur=sigma=15,setsar=1[under];[under][b]overlay=(W-w)/2:0[out]",
    ),
    Edit("logo, small", overlay="logo 0.18"),
    Edit("logo, large", overlay="logo 0.45"),
    Edit("text, small", overlay="line"),
    Edit("text all over", overlay="text"),
    Edit("stickers", overlay="stickers"),
    Edit("mirrored", "hflip"),
    Edit("upside down mirrored", "vflip"),
    Edit("turned by 90°", "transpose=1"),
    Edit("turned by 180°", "hflip,vflip"),
    Edit("turned by 5°", "rotate=5*PI/180:fillcolor=black"),
    Edit("stretched", "scale=iw*1.4:ih"),
    Edit("picture in picture, 50 %", layout=PIP.format(side=240, place="220:100")),
    Edit("picture in picture, 35 %", layout=PIP.format(side=168, place="24:40")),
    Edit(
        "split screen",
        layout=f"[stranger]{HALF}[b];[film]{HALF}[a];[a][b]hstack=shortest=1[out]",
    ),
    Edit(
        "screen recording",
        f"scale=324:-2,pad=360:640:18:(oh-ih)/2:0x181818,{BOX},eq=gamma=0.9",
        overlay="buttons",
    ),
    Edit(
        "filmed from a screen",
        "scale=400:320:force_original_aspect_ratio=decrease,pad=480:360:(ow-iw)/2:(oh-ih)/2:0x40382c,"
        "perspective=x0=20:y0=10:x1=W-50:y1=30:x2=5:y2=H-20:x3=W-20:y3=H-5:sense=destination,gblur=sigma=0.8,"
        "noise=alls=8:allf=t",
    ),
    Edit("caption", "pad=iw:ih*1.3:0:oh-ih:white", overlay="caption"),
    Edit("speed 0.5", speed=0.5),
    Edit("speed 0.75", speed=0.75),
    Edit("speed 1.25", speed=1.25),
    Edit("speed 1.5", speed=1.5),
    Edit("speed 2", speed=2.0),
    Edit("backwards", backwards=True),
    Edit("5 s of it", cut="5 s"),
    Edit("10 s of it", cut="10 s"),
    Edit("6 s within a longer film", cut="within"),
    Edit("intro and outro of others", cut="around"),
    Edit("twice in a row", cut="twice"),
    Edit("halves exchanged", cut="order"),
    Edit("frames dropped", "select='gt(mod(n,25),6)'"),
    Edit("frames frozen", "fps=3,fps=25"),
    Edit("two known ones in a row", cut="two"),
    Edit("mirrored, cropped, 1.25", "hflip,crop=iw*0.8:ih*0.8", speed=1.25),
    Edit("in a picture, with text, crf 35", overlay="line", layout=PIP.format(side=264, place="190:20"),
         codec=(*CODEC[:5], "35", *CODEC[6:])),
    Edit(
        "5 s of it, screen recording",
        f"scale=324:-2,pad=360:640:18:(oh-ih)/2:0x181818,{BOX}",
        cut="5 s",
        overlay="buttons",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """An edited film and its truth."""

    edit: str
    path: Path
    film: int
    """Number of the film that it shows."""
    other: int | None
    """Number of the other known film that it shows, too."""
    stretches: tuple[tuple[float, float, float, float], ...]
    """(query start, query end, known start, known end) of each stretch of the film."""


def make(edit: Edit, films: Sequence[Film], number: int, stranger: Film, folder: Path) -> Made:
    """Return the film of this number edited, with a stranger's pictures where it needs some; made once."""
    film = films[number]
    second = (number + 1) % len(films)
    other = second if edit.cut == "two" else None
    pieces = edit.pieces(film.seconds)
    name = "".join(char if char.isalnum() else "-" for char in edit.name)
    path = folder / f"{film.path.stem}.{name}{edit.ending}"
    if not path.exists():
        _render(edit, pieces, (film, stranger, films[second]), path)
    return Made(edit.name, path, number, other, _truth(pieces))


def _truth(pieces: Sequence[Piece]) -> tuple[tuple[float, float, float, float], ...]:
    found, now = [], 0.0
    for piece in pieces:
        if piece.of == 0:
            found.append((now, now + piece.lasts, piece.start, piece.end))
        now += piece.lasts
    return tuple(found)


def _render(edit: Edit, pieces: Sequence[Piece], sources: Sequence[Film], path: Path) -> None:
    film = sources[0]
    size = f"scale={film.width}:{film.height},setsar=1,fps={RATE},format=yuv420p"
    steps, names = [], []
    for place, piece in enumerate(pieces):
        backwards = ",reverse" if piece.backwards else ""
        cut = f"trim={piece.start}:{piece.end},setpts=(PTS-STARTPTS)/{piece.speed}"
        steps.append(f"[{piece.of}:v]{cut}{backwards},{size}[p{place}]")
        names.append(f"[p{place}]")
    chain = f",{edit.chain}" if edit.chain else ""
    steps.append(f"{''.join(names)}concat=n={len(pieces)}:v=1{chain}[film]")
    lasts = sum(piece.lasts for piece in pieces)
    if "[stranger]" in edit.layout:
        steps.append(f"[1:v]trim=0:{lasts},setpts=PTS-STARTPTS,fps={RATE}[stranger]")
    steps.append(edit.layout or "[film]null[out]")
    inputs = [argument for source in sources for argument in ("-i", str(source.path))]
    last = "[out]"
    if edit.overlay:
        drawing = path.with_suffix(".png")
        _drawn(edit.overlay).save(drawing)
        inputs += ["-i", str(drawing)]
        steps.append("[3:v][out]scale2ref[over][under];[under][over]overlay=0:0[done]")
        last = "[done]"
    steps.append(f"{last}scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1[even]")
    unfinished = path.with_name("unfinished." + path.name)
    command = ["ffmpeg", "-v", "error", "-y", "-nostdin", "-threads", "1", *inputs, "-filter_complex_threads", "1"]
    command += ["-filter_complex", ";".join(steps), "-map", "[even]", "-an", *edit.codec]
    command += ["-vsync", "vfr", "-threads", "1", "-t", f"{lasts:.3f}", str(unfinished)]
    subprocess.run(command, check=True, capture_output=True)
    unfinished.rename(path)


def _drawn(what: str) -> Image.Image:
    """Return a transparent drawing that is stretched over the film."""
    image = Image.new("RGBA", (960, 720), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    kind, _, share = what.partition(" ")
    if kind == "logo":
        _logo(draw, 720 * float(share))
    else:
        {"line": _line, "text": _text, "stickers": _stickers, "buttons": _buttons, "caption": _caption}[kind](draw)
    return image


def _logo(draw: ImageDraw.ImageDraw, side: float) -> None:
    draw.ellipse((930 - side, 30, 930, 30 + side), fill=(220, 40, 40, 235))
    draw.polygon([(930 - side / 2, 45), (930 - side * 0.8, 20 + side), (930 - side * 0.2, 20 + side)], "white")


def _line(draw: ImageDraw.ImageDraw) -> None:
    draw.text((40, 600), TEXT, "white", ImageFont.load_default(38), stroke_width=3, stroke_fill="black")


def _text(draw: ImageDraw.ImageDraw) -> None:
    for line in range(12):
        place = (-40.0 * (line % 3), 60.0 * line)
        draw.text(place, f"{TEXT} {TEXT}", "white", ImageFont.load_default(46), stroke_width=2, stroke_fill="black")


def _stickers(draw: ImageDraw.ImageDraw) -> None:
    for x, y, side, colour in ((60, 80, 230, "gold"), (560, 330, 300, "hotpink"), (330, 20, 170, "limegreen")):
        draw.ellipse((x, y, x + side, y + side), fill=colour, outline="black", width=6)
        for eye in (0.28, 0.6):
            draw.ellipse((x + eye * side, y + side * 0.3, x + (eye + 0.12) * side, y + side * 0.45), "black")
        draw.arc((x + side * 0.25, y + side * 0.4, x + side * 0.75, y + side * 0.8), 20, 160, "black", 9)


def _buttons(draw: ImageDraw.ImageDraw) -> None:
    draw.text((60, 8), "12:41", "white", ImageFont.load_default(34))
    for place in range(5):
        draw.ellipse((70 + 190 * place, 662, 130 + 190 * place, 706), outline="black", width=5)


def _caption(draw: ImageDraw.ImageDraw) -> None:
    draw.text((40, 40), "when the bus comes\nlate again", "black", ImageFont.load_default(56))
