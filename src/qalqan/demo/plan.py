"""Which known things come back, and changed in which way."""

from __future__ import annotations

from dataclasses import dataclass

from qalqan.demo.edits import disguised
from qalqan.demo.truth import Expected
from qalqan.demo.words import words

EXACT = "exact copy"

PICTURES: tuple[tuple[str, str], ...] = (
    ("emblem-poster.png", EXACT),
    ("heron-at-dusk.jpg", EXACT),
    ("regatta-bay.jpg", EXACT),
    ("guard-the-reeds.jpg", "saved again at low quality"),
    ("night-skyline.jpg", "saved again at low quality"),
    ("stone-bridge.jpg", "saved again at low quality"),
    ("sunrise-lake.jpg", "resized to 480 pixels"),
    ("balloon-morning.jpg", "resized to 480 pixels"),
    ("lighthouse.jpg", "mirrored"),
    ("stillwater-voice-cover.jpg", "mirrored"),
    ("birch-wood.jpg", "turned by 90 degrees"),
    ("emblem-poster.png", "turned by 90 degrees"),
    ("northern-lights.jpg", "brighter, less contrast"),
    ("dune-evening.jpg", "brighter, less contrast"),
    ("under-the-lake.jpg", "2 % cropped"),
    ("guard-the-reeds.jpg", "2 % cropped"),
    ("heron-at-dusk.jpg", "small logo added"),
    ("regatta-bay.jpg", "small logo added"),
    ("sunrise-lake.jpg", "15 % cropped"),
    ("emblem-poster.png", "15 % cropped"),
    ("stillwater-voice-cover.jpg", "white border"),
    ("night-skyline.jpg", "screenshot on a telephone"),
)
"""Known picture and edit of each that is planted in the chat."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A known text or link as it comes back in a message."""

    known: str
    edit: str
    text: str
    expected: Expected = "found"
    note: str = ""


def texts() -> tuple[Wording, ...]:
    """Return the messages that carry known texts."""
    known = words().texts
    around = "Посмотрите, что мне прислали вчера вечером.\n\n{}\nКстати, автобус сегодня опоздал."
    quoting = (
        "Lakeside Courier, local news. The council met on Tuesday about a leaflet found at the jetty. It reads: “{}” "
        "The council said the channel for boats stays as it is, and asked residents for their opinion."
    )
    retold = (
        "The heron people say the northern reeds are for the birds. They count nests each spring, put the figures on "
        "a blue board, and want no mowing in April and boats in the channel only."
    )
    return (
        Wording("bildiri-tr.txt", EXACT, known["bildiri-tr.txt"]),
        Wording("bayan-ar.txt", EXACT, known["bayan-ar.txt"]),
        Wording("bayonot-uz.txt", "capitals and zero-width characters", disguised(known["bayonot-uz.txt"])),
        Wording("declaration-ru.txt", "sentences added before and after", around.format(known["declaration-ru.txt"])),
        Wording(
            "declaration-en.txt",
            "quoted in a news report",
            quoting.format(known["declaration-en.txt"].strip()),
            note="Found as it should be; quoting is not promoting, which is for a person to decide.",
        ),
        Wording("declaration-en.txt", "told in other words", retold, "hard"),
    )


def links() -> tuple[Wording, ...]:
    """Return the messages that carry known links."""
    declaration, film, channel, post = words().links
    tracked = f"{declaration}?utm_source=chat&utm_medium=share"
    renamed = channel.replace("t.me", "telegram.me")
    defanged = film.replace("https://", "hxxps://").replace(".example", "[.]example")
    return (
        Wording(post, EXACT, f"Сюда: {post}"),
        Wording(declaration, "tracking parameters added", f"Here it is again: {tracked}"),
        Wording(channel, "telegram.me instead of t.me", f"{renamed} – yangi manzil"),
        Wording(film, "defanged", f"Neue Adresse: {defanged}"),
    )
