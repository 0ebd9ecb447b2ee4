"""What a change of the lexicons or of the policy would do to stored items. Nothing is written here.

Each item is weighed twice on the spot, as things are and as they would be, so that an effect holds the change alone
and not what an earlier one has left to do.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import sqlalchemy as sa

from qalqan.assess.policy import Policy
from qalqan.assess.weigh import weigh
from qalqan.flow.read_texts import read_texts
from qalqan.flow.services import Services
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.signals import INDICATORS, SAID, TEXTS, Signal
from qalqan.model.words import Entry
from qalqan.signals.contract import Desk, Sighting, Subject
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.words import WordsExtractor
from qalqan.store import findings, items, newest, signals
from qalqan.store.findings import Found
from qalqan.store.items import ItemFilter

NEWEST = 20_000
"""Stored items that are looked at unless somebody asks for more: the newest ones."""
AT_ONCE = 1_000
"""Items between two reports of progress."""
MOST_EXAMPLES = 10
MOST_WORDS = 6
"""Words that are told of one example."""
_LONGEST_NAME = 500

NOTHING = (Band.NOTHING, "")
"""Where an item stands of which nothing is found: in no category."""
Place = tuple[Band, str]
"""A band and a category."""
Words = tuple[tuple[str, ...], int]
"""Words, and the character of the item's own text at which the first of them stands; 0 where none stands in it."""
Weighed = tuple[Item, list[Assessment], list[Assessment], Words]
"""An item, what it comes to, what it would come to, and the words that this turns on."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An item that would come to something else."""

    item: Item
    before: tuple[Place, ...]
    """The strongest first; none where nothing is found."""
    after: tuple[Place, ...]
    words: tuple[str, ...]
    """The changed terms that stand in it, or what the reasons speak of."""
    at: int = 0
    """The character of its text at which the first of these words stands."""


@dataclass(slots=True)
class Effect:
    """What has been found so far."""

    stored: int
    """Items that there are."""
    wanted: int
    """Items that are to be looked at."""
    looked_at: int = 0
    weighed: int = 0
    """Items that the change touches: a changed term stands in them. Under another policy, all."""
    moved: int = 0
    """Items that would come to another band or category."""
    bands: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Weighed items by the band that they are in and the one that they would be in; most stay where they are."""
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same by their strongest category; the empty one stands for none."""
    examples: list[Moved] = field(default_factory=list)


def of_lexicon(services: Services, after: Sequence[Entry], most: int | None = NEWEST) -> Iterator[Effect]:
    """Weigh the `most` newest items (None: all) as if `after` were the lexicon; yield the effect as it grows.

    Only items in which a changed term stands are read and weighed anew.
    """
    old = services.lexicons.current()
    changed = set(old.entries) ^ set(after)
    changed_only = Lexicon([one for one in (*old.entries, *after) if one in changed])
    new: list[Lexicon] = []  # it takes half a second to make, and is seldom needed

    def weighed(tx: sa.Connection, found: Sequence[Item]) -> Iterator[Weighed]:
        texts = {key: _by_file(some) for key, some in signals.of_kinds(tx, [one.id for one in found], TEXTS).items()}
        longest = services.settings.limits.text_chars
        hit = {one.id: _terms(changed_only, one, texts.get(one.id, ()), longest) for one in found}
        touched = [one for one in found if hit[one.id][0]]
        if touched and not new:
            new.append(Lexicon(after))
        known = Known(tx, [one.id for one in touched], INDICATORS)
        for one in touched:
            now, then = (_said(services, lexicon, one, texts.get(one.id, ())) for lexicon in (old, new[0]))
            policy = services.policy
            yield one, known.weigh(policy, one.id, now), known.weigh(policy, one.id, then), hit[one.id]

    yield from _walk(services, weighed if changed else _nothing, most)


def of_policy(services: Services, other: Policy, most: int | None = NEWEST) -> Iterator[Effect]:
    """Weigh the `most` newest items (None: all) as if `other` were the policy; yield the effect as it grows."""

    def weighed(tx: sa.Connection, found: Sequence[Item]) -> Iterator[Weighed]:
        known = Known(tx, [one.id for one in found], (SAID, *INDICATORS))
        for one in found:
            now, then = (known.weigh(policy, one.id) for policy in (services.policy, other))
            yield one, now, then, _spoken_of([*then, *now])

    yield from _walk(services, weighed, most)


def whole(effects: Iterable[Effect]) -> Effect:
    """Return an effect when all items have been looked at. Raises IndexError for no effect at all."""
    return deque(effects, maxlen=1)[0]


def _walk(
    services: Services, weighed: Callable[[sa.Connection, Sequence[Item]], Iterable[Weighed]], most: int | None
) -> Iterator[Effect]:
    with services.store.reading() as tx:
        stored = items.count(tx, ItemFilter())
    effect = Effect(stored, stored if most is None else min(most, stored))
    yield effect
    place: int | None = None
    while effect.looked_at < effect.wanted:
        with services.store.reading() as tx:
            found, place = newest.before(tx, place, min(AT_ONCE, effect.wanted - effect.looked_at))
            for one in weighed(tx, found):
                _count(effect, *one)
        effect.looked_at += len(found)
        yield effect
        if place is None:
            return


def _nothing(_tx: sa.Connection, _found: Sequence[Item]) -> Iterable[Weighed]:
    return ()


def _count(effect: Effect, item: Item, now: Sequence[Assessment], then: Sequence[Assessment], words: Words) -> None:
    before, after = places(now), places(then)
    (band, category), (other_band, other_category) = (next(iter(one), NOTHING) for one in (before, after))
    effect.weighed += 1
    effect.bands[band, other_band] += 1
    effect.categories[category, other_category] += 1
    if set(before) != set(after):
        effect.moved += 1
        if len(effect.examples) < MOST_EXAMPLES:
            effect.examples.append(Moved(item, before, after, words[0][:MOST_WORDS], words[1]))


def places(made: Iterable[Assessment]) -> tuple[Place, ...]:
    """Return where an item stands by its assessments, the strongest first; those of no band are left out."""
    order = list(Band)
    found = [one for one in made if one.band is not Band.NOTHING]
    found.sort(key=lambda one: (order.index(one.band), -one.score, one.category))
    return tuple((one.band, one.category) for one in found)


class Known:
    """What the store knows of some items."""

    def __init__(self, tx: sa.Connection, ids: Sequence[Id], kinds: Sequence[str]) -> None:
        self._signals: Mapping[Id, Sequence[Signal]] = signals.of_kinds(tx, ids, kinds) if ids else {}
        self._found: Mapping[Id, Sequence[Found]] = findings.matches_of(tx, ids) if ids else {}

    def weigh(self, policy: Policy, item_id: Id, said: Iterable[Signal] = ()) -> list[Assessment]:
        """Return what an item comes to, with what was said beside what the store holds of it."""
        return weigh(policy, item_id, self._found.get(item_id, ()), (), [*said, *self._signals.get(item_id, ())])


def _by_file(texts: Sequence[Signal]) -> list[Signal]:
    """Return texts file by file, those of each in the order in which they were read."""
    return sorted(texts, key=lambda one: (one.media_sha256 or "", one.id))


def _terms(lexicon: Lexicon, item: Item, texts: Iterable[Signal], longest: int) -> Words:
    """Return the terms of a lexicon that stand in an item, in so many characters of each text."""
    own = lexicon.read((item.text or "")[:longest])
    names = ((name or "")[:_LONGEST_NAME] for name in (item.channel, item.author))
    others = (hit for text in (*names, *(one.value[:longest] for one in texts)) if text for hit in lexicon.read(text))
    return tuple(dict.fromkeys(hit.said.term for hit in (*own, *others))), own[0].span.start if own else 0


def _said(services: Services, lexicon: Lexicon, item: Item, texts: Iterable[Signal]) -> Iterator[Signal]:
    """Yield what is said in an item with this lexicon, in the texts read in its files as well."""
    words, desk = WordsExtractor(), Desk(services.settings.limits, services.isolate, lexicon)
    for one in words.read(Subject(item=item), desk).sightings:
        if one.kind == SAID:
            yield Signal(new_id(), SAID, one.value, "words", item_id=item.id, span=one.span)
    for sha256, of_file in groupby(texts, lambda one: one.media_sha256):
        seen = [Sighting(one.kind, one.value, box=one.box, interval=one.interval) for one in of_file]
        for _, one in read_texts([words], desk, seen):
            if one.kind == SAID:
                place = (one.span, one.box, one.interval)
                yield Signal(new_id(), SAID, one.value, "words", sha256, None, *place)


def _spoken_of(made: Iterable[Assessment]) -> Words:
    """Return the words that reasons speak of, each once."""
    reasons = [reason for one in made for reason in one.reasons]
    names = ("act", "who", "beside", "context", "value", "label")
    words = (str(one.facts[name]) for one in reasons for name in names if one.facts.get(name))
    return tuple(dict.fromkeys(words)), next((one.span.start for one in reasons if one.span), 0)
