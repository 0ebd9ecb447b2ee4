"""Tries a text, a stored item or a policy's examples: what is found, what it comes to, and why not more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from qalqan.assess.policy import Policy
from qalqan.assess.policy_words import WordExample
from qalqan.assess.weigh import weigh
from qalqan.assess.why_not import WhyNot, why_not
from qalqan.errors import BadValue
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item, ItemKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Span
from qalqan.model.signals import INDICATORS, LANGUAGE, SAID, Signal
from qalqan.model.times import now
from qalqan.model.words import Entry, Said, Strength, said_from
from qalqan.signals import kinds
from qalqan.signals.contract import Desk, Extractor, Subject
from qalqan.signals.lexicon import Lexicon, built_in
from qalqan.store import findings, items, signals
from qalqan.store.findings import Found

LONGEST = 100_000
"""Characters of a text that somebody tries."""
_WEIGHED = (SAID, LANGUAGE, *INDICATORS)


@dataclass(frozen=True, slots=True)
class Word:
    """A term that was found, and where."""

    said: Said
    span: Span | None
    media_sha256: str | None = None
    """The file whose text it stands in; None for the item's own."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is found in a text, and what it comes to."""

    text: str
    words: tuple[Word, ...]
    """The terms that stand in it, by place. Of a stored item those that were kept: what can weigh something."""
    signals: tuple[Signal, ...]
    assessments: tuple[Assessment, ...]
    why_not: tuple[WhyNot, ...]

    @property
    def language(self) -> str | None:
        """Language and script, as a hint: `uz-Latn`."""
        return next((one.value for one in self.signals if one.kind == LANGUAGE and one.media_sha256 is None), None)

    @property
    def indicators(self) -> list[Signal]:
        """Links, wallets, handles and what else points at somebody."""
        return [one for one in self.signals if one.kind in INDICATORS]


def try_text(services: Services, text: str, lexicon: Lexicon | None = None, policy: Policy | None = None) -> Tried:
    """Return what is found in a text with the lexicon and the policy in force, or with others. Nothing is stored.

    The banks are not asked: an indicator that one of them knows does not count as somebody named here. Raises BadValue
    for a text that is too long.
    """
    if len(text) > LONGEST:
        raise BadValue(f"The text is longer than {LONGEST:,} characters.", hint="Try a part of it, or scan the file.")
    chosen = lexicon or services.lexicons.current()
    desk = Desk(services.settings.limits, services.isolate, chosen)
    words = [Word(hit.said, hit.span) for hit in chosen.read(text)]
    return _tried(policy or services.policy, text, words, read(text, desk, services.extractors))


def explain_item(services: Services, item_id: Id, policy: Policy | None = None) -> Tried:
    """Return what was read of a stored item and what it comes to under a policy. Raises NotFound."""
    with services.store.reading() as tx:
        item = items.get(tx, item_id).item
        read_of_it = signals.of_kinds(tx, [item_id], _WEIGHED).get(item_id, [])
        found = findings.matches_of(tx, [item_id]).get(item_id, [])
    return _tried(policy or services.policy, item.text or "", _words(read_of_it), read_of_it, found)


def _tried(
    policy: Policy, text: str, words: Iterable[Word], of_it: Sequence[Signal], found: Sequence[Found] = ()
) -> Tried:
    made = weigh(policy, "an item", found, (), of_it)
    made.sort(key=lambda one: (list(Band).index(one.band), -one.score, one.category))
    told = tuple(sorted(words, key=_by_place))
    return Tried(text, told, tuple(of_it), tuple(made), why_not(policy, of_it, found))


def read(text: str, desk: Desk, extractors: Iterable[Extractor] | None = None) -> list[Signal]:
    """Return the signals of a text as if it were an item's, read by these extractors or by the built-in ones."""
    subject = Subject(item=_item(text))
    return [
        Signal(new_id(), one.kind, one.value, each.manifest.name, None, new_id(), one.span, quality=one.quality)
        for each in (kinds.built_in() if extractors is None else extractors)
        if each.wants(subject)
        for one in each.read(subject, desk).sightings
    ]


def failing_texts(policy: Policy, examples: Sequence[WordExample] | None = None) -> Iterator[tuple[WordExample, str]]:
    """Yield each of a policy's texts that does not come to what it names, and a sentence of what it comes to.

    Read with the built-in lexicons and the policy's invented names; of `examples`, where they are given.
    """
    desk = _desk(policy)
    own = policy.words.examples if policy.words else ()
    for one in own if examples is None else examples:
        made = weigh(policy, "an item", (), (), read(one.text, desk))
        came = {(each.category, each.band) for each in made if each.band is not Band.NOTHING}
        wanted = {(one.category, one.band)} if one.category and one.band is not Band.NOTHING else set()
        if not (wanted <= came if wanted else not came):
            yield one, f"“{one.title}” comes to {_told(came)}, not to {_told(wanted)}"


def other_texts(one: Policy, other: Policy) -> list[str]:
    """Return a sentence for each text of either policy's examples that comes out differently under the other."""
    return [
        f"{sentence} (an example of {mine.label} under {its.label})"
        for mine, its in ((one, other), (other, one))
        if mine.words
        for example, sentence in failing_texts(_with_names(its, mine), mine.words.examples)
        if (example, sentence) not in list(failing_texts(mine, [example]))  # it fails anyway
    ]


def _with_names(policy: Policy, other: Policy) -> Policy:
    """Return a policy that also knows the invented names of another one's examples."""
    if not policy.words or not other.words:
        return policy
    words = policy.words.model_copy(update={"named": {**policy.words.named, **other.words.named}})
    return policy.model_copy(update={"words": words})


def _told(places: Iterable[tuple[str, Band]]) -> str:
    return ", ".join(f"{category} ({band.value})" for category, band in sorted(places)) or "nothing"


def _desk(policy: Policy) -> Desk:
    """Return what a policy's texts are read with: no store is asked."""
    named = policy.words.named if policy.words else {}
    invented = [
        Entry(sense, Strength.STRONG, "und", (name,), "the policy's examples", entity=f"example-{number}", name=name)
        for number, (name, sense) in enumerate(named.items())
    ]
    lexicon = Lexicon([*built_in().entries, *invented]) if invented else built_in()
    return Desk(Limits(), _isolate(), lexicon)


@cache
def _isolate() -> Isolate:
    """Return child processes that are never begun: a text is read without them."""
    return Isolate(Limits(), 1)


def _item(text: str) -> Item:
    return Item(
        id=new_id(), source_id=new_id(), kind=ItemKind.POST, reader="trying/1", origin="a text", platform=None,
        channel=None, channel_ref=None, author=None, author_ref=None, posted_at=None, text=text, links=(),
        reply_to=None, forwarded_from=None, extra={}, collected_at=now(),
    )  # fmt: skip


def _words(of_it: Iterable[Signal]) -> Iterator[Word]:
    for one in of_it:
        if one.kind == SAID:
            try:
                yield Word(said_from(one.value), one.span, one.media_sha256)
            except BadValue:  # a damaged row says nothing
                continue


def _by_place(word: Word) -> tuple[str, int, int]:
    span = word.span or Span(-1, -1)
    return word.media_sha256 or "", span.start, -span.end
