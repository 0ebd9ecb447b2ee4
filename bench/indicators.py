"""Indicators in texts: what is found in disguise, what is found by mistake, and how long texts take, beside peers.

The peers (`iocextract`, `ioc-finder`, `iocsearcher`, `phonenumbers`) are measured where they are installed.
"""

from __future__ import annotations

import importlib
import random
import signal
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qalqan.model.limits import Limits
from qalqan.model.signals import HASHTAG, LINK, MAIL, PHONE, WALLET
from qalqan.signals.indicators.extractor import IndicatorExtractor
from qalqan.signals.url_finder import find_urls, read_links

CHARS = 40_000
PATIENCE = 20
"""Seconds after which a peer is not waited for."""

WALLET_OF = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
TRUTH = (
    ("see https://example.org/a", LINK, "example.org/a"),
    ("see example.org/a today", LINK, "example.org/a"),
    ("hxxps://example[.]org/a", LINK, "example.org/a"),
    ("example(dot)org/a", LINK, "example.org/a"),
    ("example [.] org/a", LINK, "example.org/a"),
    ("https : //example . org/a", LINK, "example.org/a"),
    ("ｅｘａｍｐｌｅ．ｏｒｇ／ａ", LINK, "example.org/a"),
    ("exam\u200bple.org/a", LINK, "example.org/a"),
    ("t.me/blueheron", LINK, "t.me/blueheron"),
    ("t . me/blueheron", LINK, "t.me/blueheron"),
    ("t,me/blueheron", LINK, "t.me/blueheron"),
    ("tg://resolve?domain=blueheron", LINK, "t.me/blueheron"),
    ("heron@example.org", MAIL, "heron@example.org"),
    ("heron [at] example [dot] org", MAIL, "heron@example.org"),
    ("heron(at)example.org", MAIL, "heron@example.org"),
    ("+998 90 123-45-67", PHONE, "998901234567"),
    ("тел. 8 (912) 345-67-89", PHONE, "79123456789"),
    (f"send to {WALLET_OF}", WALLET, WALLET_OF),
    ("#ко‘ккуш", HASHTAG, "ко'ккуш"),
)
"""A text, a kind, and what its value must end with or hold."""
INNOCENT = (
    "the dot com bubble", "it was ok.So we left", "read README.md first", "version 1.2.3.4 of it",
    "at 12:30 on 2026-11-24", "order 123456789012 came",
    "1" + "A" * 33, "12 @ 3", "#1 in the list", "he said i.e.this", "un point net et clair",
)  # fmt: skip


class _NoWords:
    def read(self, text: str) -> list[object]:
        return list(text[:0])


class _Desk:
    limits = Limits()
    lexicon = _NoWords()


DESK: Any = _Desk()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to find indicators: returns all values it sees in a text."""

    name: str
    find: Callable[[str], Iterable[str]]


def measure() -> None:
    """Print what each way finds, what it finds by mistake, and its slowest texts."""
    ways = [Way("qalqan", _ours), *_peers()]
    print(f"indicators: {len(TRUTH)} written ones, {len(INNOCENT)} innocent texts, floods of {CHARS:,} characters")
    print(f"  {'':<14}{'found':>8}{'mistaken':>10}{'ms a post':>11}{'worst flood':>14}  ")
    for way in ways:
        hits = sum(_holds(way, text, value) for text, _, value in TRUTH)
        mistakes = sum(bool(list(way.find(text))) for text in INNOCENT)
        worst, piece = _worst(way)
        told = f"over {PATIENCE} s" if worst >= PATIENCE else f"{worst * 1000:,.0f} ms"
        print(f"  {way.name:<14}{hits:>8}{mistakes:>10}{_post_ms(way):>11.3f}{told:>14}  {piece!r}")
    print("  our own floods: " + ", ".join(f"{piece!r} {took:.0f} ms" for took, piece in _slowest()))


def _holds(way: Way, text: str, value: str) -> bool:
    return any(value in str(seen).replace(" ", "").replace("-", "") for seen in way.find(text))


def _ours(text: str) -> list[str]:
    """Find what both extractors find, as they are called: the second does not read the links again."""
    read_links.cache_clear()
    links = [one.canonical for one in find_urls(text) if one.canonical is not None]
    return [*links, *(one.value for one in IndicatorExtractor().read_text(text, DESK).sightings)]


def _peers() -> list[Way]:
    ways = []
    for name, maker in (("iocextract", _iocextract), ("ioc_finder", _ioc_finder), ("iocsearcher", _iocsearcher)):
        try:
            ways.append(Way(name, maker(importlib.import_module(name))))
        except ImportError:
            print(f"  {name} is not installed: not measured")
    return ways


def _iocextract(module: Any) -> Callable[[str], Iterable[str]]:  # noqa: ANN401 - a module without types
    return lambda text: list(module.extract_iocs(text, refang=True))


def _ioc_finder(module: Any) -> Callable[[str], Iterable[str]]:  # noqa: ANN401
    def find(text: str) -> list[str]:
        found = module.find_iocs(text)
        values = found.model_dump() if hasattr(found, "model_dump") else dict(found)
        return [str(value) for many in values.values() for value in many]

    return find


def _iocsearcher(module: Any) -> Callable[[str], Iterable[str]]:  # noqa: ANN401
    searcher = importlib.import_module(f"{module.__name__}.searcher").Searcher()
    return lambda text: [one.value for one in searcher.search_data(text)]


def _posts(count: int = 200) -> list[str]:
    """Return posts of 500 characters: one in five with links, sums, handles and numbers, the others prose."""
    words = (
        "the river people town came yesterday tea market winter book road small evening spoke about children".split()
    )
    extras = [
        "t.me/blueheron/7",
        "boots — $300",
        "@blue_heron",
        "+998 90 123 45 67",
        "#heron",
        "https://example.org/a?b=1",
    ]
    chance = random.Random(5)
    posts = []
    for number in range(count):
        said = chance.choices(words, k=100)
        for _ in range(3 if number % 5 == 0 else 0):
            said[chance.randrange(60)] = chance.choice(extras)
        posts.append(" ".join(said)[:500])
    return posts


def _post_ms(way: Way) -> float:
    """Return the mean of a post's CPU time, the median of three rounds."""
    posts = _posts(200 if way.name == "qalqan" else 20)
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for post in posts:
            way.find(post)
        rounds.append((time.process_time() - start) / len(posts) * 1000)
    return statistics.median(rounds)


FLOODS = (
    "a.", "a@", "@", "1 ", "1a ", "🌊", "[.]", "a.com ", "aa.bb ", "http://a?", "#a ", "$1 ", "1-",
    "+998901234567 ", "bin ",
    "t . me/a ", "a\u200b", "card 4111 1111 1111 1111 ", "@a@b.co ", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ", "(",
)  # fmt: skip


COUNTED = (
    "a{}.com ", "a{}.com/ä ", "ä{}.рф ", "a.co:{} ", "a{}.com?=&= ", "http://é{}/ ", "t . me/a{} ", "www.a{}.com ",
    "wa.me/99890{} ", "e.g. a{}.com. ", "тел. 8912{:07} ", "{} млн сўм ", "+99890123{:04} ", "@a{}@b.co ",
)  # fmt: skip


def _worst(way: Way) -> tuple[float, str]:
    pieces: Sequence[str] = FLOODS if way.name == "qalqan" else FLOODS[:4]
    return max(_took(way, piece) for piece in pieces)


def _slowest() -> list[tuple[float, str]]:
    """Return what each flood takes, the median of three, and each with a number in it, so that nothing comes twice."""
    ours = Way("qalqan", _ours)
    pieces = (*FLOODS, *COUNTED)
    each = [(statistics.median(_took(ours, piece)[0] * 1000 for _ in range(3)), piece) for piece in pieces]
    return sorted(each, reverse=True)


def _took(way: Way, piece: str) -> tuple[float, str]:
    text = "".join(piece.format(number) for number in range(2 * CHARS // len(piece) + 1))[:CHARS]
    start = time.process_time()
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    try:
        way.find(text)
    except TimeoutError:
        return float(PATIENCE), piece
    finally:
        signal.alarm(0)
    return time.process_time() - start, piece


def _give_up(*_: object) -> None:
    raise TimeoutError
