"""`make bench ARGS=near-texts`: known texts found again after edits, beside other ways, and what it costs.

Known texts and texts that are not known are descriptions in the Python library and the packages beside it. Every way
gets the words of the same keys, so what differs is how they are compared. Each other way has the lowest limit at which
it finds nothing in the texts that are not known; ours has its own, and what it finds in them is shown.
"""

from __future__ import annotations

import importlib
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.near_text_edits import EDITS, UZBEK_EDITS, Edit, texts, uzbek
from qalqan.errors import BadValue
from qalqan.match.contract import Finding, Index
from qalqan.match.near_text import NearTextMatcher
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.signals import Signal
from qalqan.model.text_words import TEXT_WORDS, packed
from qalqan.model.times import now
from qalqan.signals.key import key_text
from qalqan.signals.texts import TextExtractor

PERMUTATIONS = 128
Scores = npt.NDArray[np.float64]
"""(queries, known)"""
Way = Callable[[Sequence[str], Sequence[str]], Scores]
"""Takes the keys of known texts and of queries; gives how alike each two are."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Edited copies: query `i` is of known text `i`."""

    title: str
    queries: list[str]


def measure(known: int = 2000, asked: int = 300, large: int = 100_000) -> None:
    """Print recall by edit, false matches, and times, with `large` known texts of random words for the times."""
    bank, others = texts()
    _recall("English descriptions", bank[:known], others, asked, EDITS)
    bank = uzbek(2 * known)
    _recall("Uzbek words", bank[:known], bank[known:], asked, UZBEK_EDITS)
    _times(large)


def _recall(title: str, bank: list[str], others: list[str], asked: int, edits: dict[str, Edit]) -> None:
    chance = random.Random(7)
    trials = [Trial(name, [edit(chance, text, others) for text in bank[:asked]]) for name, edit in edits.items()]
    print(f"\n{title}: {len(bank)} known, {len(trials[0].queries)} copies an edit, {len(others)} not known")
    rows = {"ours": _ours(bank, trials, others)}
    for name, way in _ways().items():
        rows[name] = _theirs(way, bank, trials, others[:2000])
    print(f"{'found, %':<28}" + "".join(f"{name:>14}" for name in rows))
    for number, trial in enumerate(trials):
        print(f"{trial.title:<28}" + "".join(f"{100 * row[number]:>14.0f}" for row in rows.values()))


def _ours(bank: list[str], trials: list[Trial], others: list[str]) -> list[float]:
    index, owners = index_over(bank)
    shares, verified = [], []
    for trial in trials:
        hits = [_hit(index, owners, number, text) for number, text in enumerate(trial.queries)]
        shares.append(statistics.mean(hit is not None for hit in hits))
        verified.append(statistics.mean(hit is not None and hit.verified for hit in hits))
    print("ours, verified, %: " + ", ".join(f"{t.title} {100 * v:.0f}" for t, v in zip(trials, verified, strict=True)))
    started = time.process_time()
    false = [(text, found) for text in others for found in index.find(signals_of(text))]
    spent = time.process_time() - started
    sure = sum(found.verified for _, found in false)
    print(
        f"ours: {len(false)} matches in what is not known, {sure} verified; {len(others) / spent:,.0f} texts a second"
    )
    for text, found in false:
        whose = bank[owners[found.entry.id]]
        print(f"   {found.distance:.2f} {found.score:.2f} {found.verified}\n      {text[:300]}\n      {whose[:300]}")
    return shares


def index_over(bank: Sequence[str]) -> tuple[Index, dict[str, int]]:
    """Return an index over texts, and which text each entry is of."""
    entries, owners = [], {}
    for number, text in enumerate(bank):
        try:
            entries.append(entry_of(TextExtractor().canonical(TEXT_WORDS, text)))
        except BadValue:
            continue
        owners[entries[-1].id] = number
    return NearTextMatcher().build(entries), owners


def entry_of(value: str) -> BankEntry:
    """Return an active entry with a text's words."""
    return BankEntry(new_id(), new_id(), TEXT_WORDS, value, "", "", EntryStatus.ACTIVE, None, None, "bench", now())


def signals_of(text: str) -> list[Signal]:
    """Return the signal of a text, none where it says too little."""
    try:
        value = TextExtractor().canonical(TEXT_WORDS, text)
    except BadValue:
        return []
    return [Signal(new_id(), TEXT_WORDS, value, "bench/1")]


def _hit(index: Index, owners: dict[str, int], number: int, text: str) -> Finding | None:
    return next((one for one in index.find(signals_of(text)) if owners[one.entry.id] == number), None)


def _theirs(way: Way, bank: list[str], trials: list[Trial], others: list[str]) -> list[float]:
    known = [key_text(text) for text in bank]
    false = way(known, [key_text(text) for text in others])
    limit = float(np.sort(false.max(axis=1))[int(0.999 * len(false))])
    found = []
    for trial in trials:
        scores = way(known, [key_text(text) for text in trial.queries])
        found.append(float(np.mean(scores[np.arange(len(scores)), np.arange(len(scores))] > limit)))
    return found


def _ways() -> dict[str, Way]:
    """Return the other ways, those of packages that are not installed left out."""
    ways: dict[str, Way] = {}
    for name, way in {"rensa": _rensa, "datasketch": _datasketch, "simhash": _simhash, "rapidfuzz": _rapidfuzz}.items():
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed: left out")
            continue
        ways[name] = way
    return ways


def _shingles(key: str) -> list[str]:
    words = key.split()
    return [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]


def _alike(known: Sequence[npt.NDArray[np.uint64]], asked: Sequence[npt.NDArray[np.uint64]]) -> Scores:
    return np.array([(np.stack(known) == one).mean(axis=1) for one in asked])


def _rensa(known: Sequence[str], asked: Sequence[str]) -> Scores:
    module = importlib.import_module("rensa")

    def sign(key: str) -> npt.NDArray[np.uint64]:
        made = module.RMinHash(num_perm=PERMUTATIONS, seed=1)
        made.update(_shingles(key))
        return np.array(made.digest(), np.uint64)

    return _alike([sign(key) for key in known], [sign(key) for key in asked])


def _datasketch(known: Sequence[str], asked: Sequence[str]) -> Scores:
    module = importlib.import_module("datasketch")

    def sign(key: str) -> npt.NDArray[np.uint64]:
        made = module.MinHash(num_perm=PERMUTATIONS, seed=1)
        made.update_batch([one.encode() for one in _shingles(key)])
        return np.array(made.hashvalues, np.uint64)

    return _alike([sign(key) for key in known], [sign(key) for key in asked])


def _simhash(known: Sequence[str], asked: Sequence[str]) -> Scores:
    module = importlib.import_module("simhash")

    def sign(key: str) -> npt.NDArray[np.uint8]:
        return np.frombuffer(module.Simhash(_shingles(key)).value.to_bytes(8, "big"), np.uint8)

    table = np.stack([np.unpackbits(sign(key)) for key in known])
    return np.array([(table == np.unpackbits(sign(key))).mean(axis=1) for key in asked])


def _rapidfuzz(known: Sequence[str], asked: Sequence[str]) -> Scores:
    """Every two compared: `ratio` of words. It takes its time, so only the first hundred queries are asked."""
    process, distance = importlib.import_module("rapidfuzz.process"), importlib.import_module("rapidfuzz.distance")
    split = [key.split() for key in known]
    scores: Scores = process.cdist(
        [key.split() for key in asked[:100]], split, scorer=distance.Indel.normalized_similarity
    )
    return scores


def _times(count: int, words: int = 150) -> None:
    """Print how long an index over `count` texts takes to build and to ask, a fifth of the words of each changed."""
    rng = np.random.default_rng(1)
    share = 1 / np.arange(1, 30_001) ** 0.9  # as words of a language are frequent and rare
    drawn = (rng.choice(30_000, (count, words), p=share / share.sum()) + 1).astype(np.uint16)
    entries = [entry_of(packed(row)) for row in drawn]
    started = time.process_time()
    index = NearTextMatcher().build(entries)
    built = time.process_time() - started
    spent, found = [], 0
    for number in rng.integers(count, size=200):
        row = np.where(rng.random(words) < 0.2, rng.integers(1, 30_001, words), drawn[number])
        signal = Signal(new_id(), TEXT_WORDS, packed(row), "bench/1")
        started = time.process_time()
        found += any(one.entry is entries[number] for one in index.find([signal]))
        spent.append(time.process_time() - started)
    median, most = 1000 * statistics.median(spent), 1000 * max(spent)
    print(f"\n{count:,} known of {words} words: built in {built:.1f} s, asked in {median:.2f} ms, most {most:.2f} ms,")
    print(f"found {found} of {len(spent)}")
