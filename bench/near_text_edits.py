"""Neutral texts, and what somebody does to one so that it is not known again."""

from __future__ import annotations

import ast
import random
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

Edit = Callable[[random.Random, str, list[str]], str]
"""Takes chance, a text and other texts; gives the edited text."""

SHORTEST, LONGEST = 40, 200
"""Words of a text."""
PER_PACKAGE = 400
"""Files of one package that are read for their descriptions."""
COPIED = 12

_LEET = str.maketrans("aeiost", "431057")
_ALIKE = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_CYRILLIC = {
    "sh": "ш", "ch": "ч", "o'": "ў", "g'": "ғ", "yo": "ё", "yu": "ю", "ya": "я", "a": "а", "b": "б", "d": "д", "e": "е",
    "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п",
    "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "x": "х", "y": "й", "z": "з",
}  # fmt: skip
_UZBEK = (
    "bugun ertaga kecha bozor shahar qishloq daryo tog' bog' olma anor uzum non choy maktab kitob bola ona ota do'st "
    "qo'shni yo'l ko'prik bino uy eshik deraza osmon yulduz quyosh oy yomg'ir qor shamol bahor yoz kuz qish gul daraxt "
    "katta kichik yangi eski oq qora yashil ko'k sariq chiroyli issiq sovuq toza keldi ketdi ko'rdi aytdi oldi berdi "
    "yozdi o'qidi ishladi o'tirdi turdi kutdi boshladi tugatdi ochdi yopdi bilan uchun haqida keyin oldin orasida "
    "yonida ustida ichida juda ham faqat endi hali har bir ikki uch besh o'n choyxona do'kon temir yog'och paxta ip"
).split()


def texts(seed: int = 1) -> tuple[list[str], list[str]]:
    """Return descriptions, of 40 to 200 words, in the Python library and the packages beside it, in two halves.

    There is one of each file at most, no package has texts in both halves, and no text of the second has twelve words
    in a row of one in the first: what they share is their language and their subject, not their writer.
    """
    chance = random.Random(seed)
    halves: tuple[dict[str, str], dict[str, str]] = ({}, {})
    packages = sorted(_packages().items())
    chance.shuffle(packages)
    for number, group in enumerate(packages):
        for path in chance.sample(group[1], min(PER_PACKAGE, len(group[1]))):
            words = max(map(str.split, _descriptions(path)), key=len, default=[])
            if len(words) >= SHORTEST:
                cut = " ".join(words[:LONGEST])
                halves[number % 2].setdefault(cut[:80], cut)
    known, others = (sorted(half.values()) for half in halves)
    chance.shuffle(known)
    chance.shuffle(others)
    runs = set(chain.from_iterable(map(_runs, known)))
    return known, [text for text in others if not runs & _runs(text)]


def _runs(text: str) -> set[str]:
    """Return each twelve words in a row: two texts that share them are copies, whoever copied."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + COPIED]) for at in range(len(words) - COPIED + 1)}


def _packages() -> dict[str, list[Path]]:
    """Return the Python files of each package that is installed; the library's modules are packages of their own."""
    found: dict[str, list[Path]] = {}
    places = [Path(sysconfig.get_path("stdlib")), *(Path(one) for one in sys.path if one.endswith("site-packages"))]
    for place in places:
        for path in sorted(place.rglob("*.py")):
            inside = path.relative_to(place).parts
            if not any("test" in part or "vendor" in part or part == "site-packages" for part in inside):
                found.setdefault(inside[0].removesuffix(".py"), []).append(path)
    return found


def _descriptions(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            told = ast.get_docstring(node)
            if told:
                yield told


def uzbek(count: int, seed: int = 1) -> list[str]:
    """Return texts of 40 to 120 Uzbek words in no sensible order, in Latin letters."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        words = chance.choices(_UZBEK, k=chance.randint(40, 120))
        made.append(". ".join(" ".join(words[at : at + 8]).capitalize() for at in range(0, len(words), 8)))
    return made


def to_cyrillic(text: str) -> str:
    """Return an Uzbek text in Cyrillic letters."""
    pattern = "|".join(sorted(_CYRILLIC, key=len, reverse=True))
    return re.sub(pattern, lambda found: _CYRILLIC[found[0]], text.lower())


def _words_changed(share: float) -> Edit:
    def edit(chance: random.Random, text: str, others: list[str]) -> str:
        pool = chance.choice(others).split()
        out = []
        for word in text.split():
            act = chance.choice("cdi") if chance.random() < share else "k"
            out += {"k": [word], "c": [chance.choice(pool)], "d": [], "i": [word, chance.choice(pool)]}[act]
        return " ".join(out)

    return edit


def _part(share: float, *, end: bool) -> Edit:
    def edit(_: random.Random, text: str, __: list[str]) -> str:
        words = text.split()
        count = max(1, int(len(words) * share))
        return " ".join(words[-count:] if end else words[:count])

    return edit


def _shuffled(chance: random.Random, text: str, _: list[str]) -> str:
    sentences = re.split(r"(?<=[.!?:;,]) ", text)
    chance.shuffle(sentences)
    return " ".join(sentences)


def _within(then: Edit) -> Edit:
    def edit(chance: random.Random, text: str, others: list[str]) -> str:
        around = chance.choices(others, k=10)
        return "\n".join([*around[:5], then(chance, text, others), *around[5:]])

    return edit


def _each_word(share: float, change: Callable[[random.Random, str], str]) -> Edit:
    def edit(chance: random.Random, text: str, _: list[str]) -> str:
        return " ".join(change(chance, word) if chance.random() < share else word for word in text.split(" "))

    return edit


def _typo(chance: random.Random, word: str) -> str:
    at = chance.randrange(max(1, len(word)))
    return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]


def _spelt_out(_: random.Random, word: str) -> str:
    return " ".join(word) if word.isalpha() else word


def _split(chance: random.Random, word: str) -> str:
    at = chance.randrange(max(1, len(word)))
    return f"{word[:at]} {word[at:]}"


def _in_order(*edits: Edit) -> Edit:
    def edit(chance: random.Random, text: str, others: list[str]) -> str:
        for one in edits:
            text = one(chance, text, others)
        return text

    return edit


def _same(_: random.Random, text: str, __: list[str]) -> str:
    return text


EDITS: dict[str, Edit] = {
    "as it is": _same,
    "10 % of words edited": _words_changed(0.1),
    "20 % of words edited": _words_changed(0.2),
    "30 % of words edited": _words_changed(0.3),
    "40 % of words edited": _words_changed(0.4),
    "first half": _part(0.5, end=False),
    "last 30 %": _part(0.3, end=True),
    "last half, 10 % edited": _in_order(_part(0.5, end=True), _words_changed(0.1)),
    "sentences shuffled": _shuffled,
    "shuffled, 20 % edited": _in_order(_shuffled, _words_changed(0.2)),
    "within ten others": _within(_same),
    "within ten, 20 % edited": _within(_words_changed(0.2)),
    "within ten, first half": _within(_part(0.5, end=False)),
    "digits for letters": _each_word(0.5, lambda _, word: word.translate(_LEET)),
    "letters of other scripts": _each_word(0.5, lambda _, word: word.translate(_ALIKE)),
    "10 % of words spelt out": _each_word(0.1, _spelt_out),
    "20 % of words with a typo": _each_word(0.2, _typo),
    "20 % of words cut in two": _each_word(0.2, _split),
    "capitals, no full stops": lambda _, text, __: re.sub(r"[.,;:!?]", "", text).upper(),
}
UZBEK_EDITS: dict[str, Edit] = {
    "Latin to Cyrillic": lambda _, text, __: to_cyrillic(text),
    "to Cyrillic, 20 % edited": lambda chance, text, others: to_cyrillic(_words_changed(0.2)(chance, text, others)),
}
