"""Names of invented groups, and twelve ways in which people write names so that a filter does not see them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.lexicon import Lexicon

ALIASES = (
    "Blue Heron Front",
    "Grey Lantern Brigade",
    "Reedlight Media",
    "Front du Héron bleu",
    "Mavi Balıkçıl Cephesi",
    "Фронт Синей Цапли",
    "Koʻk Qarqara Fronti",
    "Көк Құтан майданы",
    "Ҷабҳаи Каркараи Кабуд",
    "Көк Каркыра фронту",
    "جبهة البلشون الأزرق",
    "كۆك قارقارا فرونتى",
)
HARMLESS = (
    "Blue Heron Hotel",
    "grey lanterns for the brigade",
    "reed light and media studies",
    "le front est bleu, le héron aussi",
    "mavi deniz, balıkçı ve cephe",
    "синяя цапля у реки",
    "koʻk osmon, qarqara daryoda",
    "көк аспан, құтан көлде",
    "каркараи кабуд дар дарё",
    "көк каркыра көлдө",
    "البلشون الأزرق قرب النهر",
    "كۆك ئاسمان ۋە قارقارا",
)
_OTHER_SCRIPT = {
    "Koʻk Qarqara Fronti": "Кўк Қарқара Фронти",
    "Фронт Синей Цапли": "Front Siney Tsapli",
    "Ҷабҳаи Каркараи Кабуд": "Чабхаи Каркараи Кабуд",
    "Көк Құтан майданы": "Кок Кутан майданы",
    "Көк Каркыра фронту": "Кок Каркыра фронту",
    "Mavi Balıkçıl Cephesi": "Mavi Balikcil Cephesi",
    "Front du Héron bleu": "Front du Heron bleu",
}
_LOOKS_LIKE = str.maketrans("aeopcxyаеорсхукي", "аеорсхуaeopcxykی")
_DIGITS = str.maketrans("aeiostаеозеч", "431057аео3еч")
_CYRILLIC_DIGITS = str.maketrans("озч", "034")
_VOWELS = re.compile("([aeiouаеиоуөұүыا])")
_LETTER = re.compile(r"([^\W\d_])(?=[^\W\d_])")


def _bold(text: str) -> str:
    """Return Latin letters as bold mathematical ones, the rest as it is."""
    return "".join(
        chr(0x1D400 + ord(char) - 65)
        if "A" <= char <= "Z"
        else chr(0x1D41A + ord(char) - 97)
        if "a" <= char <= "z"
        else char
        for char in unicodedata.normalize("NFD", text)
    )


def _hashtag(text: str) -> str:
    return "#" + "".join(word[:1].upper() + word[1:] for word in text.replace("ʻ", "").split())


EVASIONS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "bold letters": _bold,
    "struck through": lambda text: "".join(char + "\u0336" if char != " " else char for char in text),
    "zero-width spaces": lambda text: _LETTER.sub("\\1\u200b", text),
    "soft hyphens, marks": lambda text: "\u202b" + _LETTER.sub("\\1\u00ad", text) + "\u202c",
    "look-alikes": lambda text: text.translate(_LOOKS_LIKE),
    "digits": lambda text: text.translate(_CYRILLIC_DIGITS if re.search("[а-я]", text) else _DIGITS),
    "set apart": lambda text: " ".join(text.replace("ʻ", "")),
    "dotted": lambda text: " ".join(".".join(word) for word in text.replace("ʻ", "").split()),
    "repeated": lambda text: _VOWELS.sub("\\1\\1\\1", text),
    "hashtag": _hashtag,
    "other letters": lambda text: _OTHER_SCRIPT.get(text, text),
}


def names_lexicon(aliases: tuple[str, ...] = ALIASES) -> Lexicon:
    """Return a lexicon of the names, each an organisation of its own."""
    return Lexicon(
        Entry(Sense.ORGANISATION, Strength.STRONG, "und", (alias,), "invented", entity=alias, name=alias)
        for alias in aliases
    )


def evaded(texts: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield each text and evasion with a sentence in which the text stands so written."""
    for text in texts:
        for name, evade in EVASIONS.items():
            yield text, name, f"1. … {evade(text)} – 2."
