"""What reading words costs: posts a second on one core, the parts alone and together, beside the naive way."""

from __future__ import annotations

import random
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence

from bench.evasions import ALIASES, EVASIONS, HARMLESS, evaded, names_lexicon
from qalqan.isolate import Isolate
from qalqan.model.limits import Limits
from qalqan.model.words import Entry
from qalqan.signals import key_words
from qalqan.signals.contract import Desk
from qalqan.signals.indicators.extractor import IndicatorExtractor
from qalqan.signals.key import key_text
from qalqan.signals.language import language_of
from qalqan.signals.lexicon import Lexicon, built_in_entries
from qalqan.signals.words import WordsExtractor

POST = 500
"""Characters of a post."""
NAIVE_TERMS = 1000
"""Terms that the naive ways look for; their time grows with the number of terms, which is what is reckoned with."""
NEUTRAL = {
    "en": "The bakery on the corner opens at six and closes when the bread is sold out.",
    "de": "Die Bäckerei an der Ecke öffnet um sechs und schließt, wenn das Brot verkauft ist.",
    "nl": "De bakker op de hoek gaat om zes uur open en sluit als het brood op is.",
    "fr": "La boulangerie du coin ouvre à six heures et ferme quand le pain est vendu.",
    "ru": "Пекарня на углу открывается в шесть и закрывается, когда хлеб распродан.",
    "tr": "Köşedeki fırın altıda açılır ve ekmek bitince kapanır.",
    "ar": "يفتح المخبز في الزاوية الساعة السادسة ويغلق عندما ينفد الخبز.",
    "uz": "Burchakdagi novvoyxona soat oltida ochiladi va non tugagach yopiladi.",
    "tg": "Нонвойхонаи кунҷ соати шаш кушода мешавад ва баъди тамом шудани нон баста мешавад.",
    "ky": "Бурчтагы наабайкана саат алтыда ачылып, нан түгөнгөндө жабылат.",
    "kk": "Бұрыштағы наубайхана сағат алтыда ашылып, нан таусылғанда жабылады.",
    "ug": "بۇلۇڭدىكى ناۋايخانا سائەت ئالتىدە ئېچىلىپ، نان تۈگىگەندە تاقىلىدۇ.",
    "tk": "Burçdaky nan dükany sagat altyda açylýar we çörek gutaranda ýapylýar.",
}


def measure(posts: int = 1300, rounds: int = 5) -> None:
    """Print posts a second and microseconds a post, of CPU time in one thread; then what disguises hide."""
    _disguises()
    started = time.process_time()
    entries = built_in_entries()
    parsed = time.process_time()
    lexicon = Lexicon(entries)
    made = time.process_time()
    terms = [term for entry in entries for term in entry.terms]
    print(f"lexicons: {len(terms):,} terms; read in {parsed - started:.2f} s, made ready in {made - parsed:.2f} s")
    for title, share in (("half of them sentences of the lexicons", 2), ("one sentence in six of the lexicons", 6)):
        known, fresh = _posts(entries, posts, 1, share), _posts(entries, posts, 2, share)
        hits = sum(len(lexicon.read(post)) for post in known) / posts
        print(f"\n{posts:,} posts of {POST} characters in {len(NEUTRAL)} languages, {title}: {hits:.1f} hits a post")
        print(f"  {'':<44}{'µs a post':>10}{'posts/s':>10}")
        for name, read in _parts(lexicon).items():
            _row(name, [_time(read, known) for _ in range(rounds)])
        _row("the same, every fifth word never seen", [_time(_reading(lexicon), fresh, cold=True)])
    _naive(terms, known)
    _memory(lexicon, entries)


def _posts(entries: Sequence[Entry], count: int, seed: int, share: int = 2) -> list[str]:
    """Return posts made of the lexicons' sentences and of neutral ones; seed 2 has every fifth word misspelt anew."""
    chance = random.Random(seed)
    own = {code: [s for one in entries if one.language == code for s in (*one.hits, *one.misses)] for code in NEUTRAL}
    made = []
    for number in range(count):
        code = list(NEUTRAL)[number % len(NEUTRAL)]
        post = ""
        while len(post) < POST:
            mine = own[code] and chance.randrange(share) == 0
            post += (chance.choice(own[code]) if mine else _varied(NEUTRAL[code], chance)) + " "
        made.append(_misspelt(post, chance) if seed == 2 else post)
    return [post[:POST] for post in made]


def _varied(sentence: str, chance: random.Random) -> str:
    words = sentence.split()
    chance.shuffle(words)
    return " ".join(words)


def _misspelt(post: str, chance: random.Random) -> str:
    """Return a post with the letters of every fifth word in another order: words that no cache has seen."""
    words = post.split(" ")
    for at in range(0, len(words), 5):
        letters = list(words[at])
        chance.shuffle(letters)
        words[at] = "".join(letters)
    return " ".join(words)


def _parts(lexicon: Lexicon) -> dict[str, Callable[[str], object]]:
    return {
        "language": language_of,
        "key": key_text,
        "lexicon, with the key": lexicon.read,
        "all three": _together(lexicon),
        "all three and indicators, as signals": _reading(lexicon),
    }


def _together(lexicon: Lexicon) -> Callable[[str], object]:
    return lambda post: (language_of(post), lexicon.read(post))


def _reading(lexicon: Lexicon) -> Callable[[str], object]:
    """Return what a scan does with a text: what is said, its language, its indicators, as signals."""
    limits = Limits()
    desk = Desk(limits, Isolate(limits, children=1), lexicon)  # starts no child: neither of the two asks for one
    words, indicators = WordsExtractor(), IndicatorExtractor()
    return lambda post: (words.read_text(post, desk), indicators.read_text(post, desk))


def _time(read: Callable[[str], object], posts: Sequence[str], *, cold: bool = False) -> float:
    """Return seconds of CPU time a post."""
    if cold:
        key_words.forget()
    started = time.thread_time()
    for post in posts:
        read(post)
    return (time.thread_time() - started) / len(posts)


def _row(name: str, seconds: Sequence[float]) -> None:
    middle = statistics.median(seconds)
    print(f"  {name:<44}{middle * 1e6:>10.0f}{1 / middle:>10,.0f}")


def _naive(terms: Sequence[str], posts: Sequence[str]) -> None:
    """Time what comes to mind first, on some terms and posts, and reckon for all of the terms."""
    plain = sorted({term.lower().split(" … ")[0].rstrip("*") for term in terms})
    some = random.Random(3).sample(plain, min(NAIVE_TERMS, len(plain)))
    times = len(plain) / len(some)
    alternation = re.compile("|".join(rf"\b{re.escape(term)}" for term in some))
    few = posts[:: max(len(posts) // 50, 1)]
    ways: dict[str, Callable[[str], object]] = {
        "one `re` alternation, lower-cased": lambda post: alternation.findall(post.lower()),
        "`term in text` for each term, lower-cased": lambda post: [term for term in some if term in post.lower()],
    }
    print(f"\nthe naive way, no scripts, no disguises, no gaps: {len(some):,} terms, reckoned for {len(plain):,}")
    for name, read in ways.items():
        _row(name, [_time(read, few) * times for _ in range(3)])


def _memory(lexicon: Lexicon, entries: Sequence[Entry]) -> None:
    """Print how much more memory it takes to have read much."""
    together = _together(lexicon)
    print("\nmost memory after so many posts, MiB, all of them with words never seen:", end="")
    for turn in range(1, 5):
        for post in _posts(entries, 5000 * turn, 2)[-5000:]:
            together(_misspelt(post, random.Random(post)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"  {5000 * turn:,}: {peak}", end="", flush=True)
    print()


def _disguises() -> None:
    """Print which disguised names are found, and whether anything harmless is."""
    lexicon = names_lexicon()
    total = len(ALIASES) * len(EVASIONS)
    lowered = sum(alias.lower() in text.lower() for alias, _, text in evaded(ALIASES))
    found = sum(any(h.said.entity == alias for h in lexicon.read(text)) for alias, _, text in evaded(ALIASES))
    false = sum(bool(lexicon.read(text)) for _, _, text in evaded(HARMLESS))
    print(f"names in disguise: {total} ({len(ALIASES)} names, {len(EVASIONS)} ways)")
    print(
        f"  lower-cased {lowered / total:.0%}, ours {found / total:.0%}; false hits {false} of {total} harmless texts"
    )
