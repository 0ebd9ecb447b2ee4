"""What was read in words, as pages show it: marked in the text, listed, and tied to the reasons that stand on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qalqan.errors import BadValue
from qalqan.i18n import gettext as _
from qalqan.model.assessments import Assessment, Reason
from qalqan.model.indicators import Amount, LinkUse, amount_from, link_use_from
from qalqan.model.parts import Span
from qalqan.model.signals import (
    AMOUNT,
    EMOJI,
    INDICATORS,
    LANGUAGE,
    LINK,
    LINK_USE,
    NAME,
    SAID,
    TEXTS,
    Signal,
)
from qalqan.model.words import Said, said_from
from qalqan.web import senses, words
from qalqan.web.marks import Mark, Piece, marked

KINDS = (SAID, NAME, LANGUAGE, LINK_USE, AMOUNT, EMOJI, *INDICATORS, *TEXTS)
"""Signals that a page of words is made of."""
MOST = 400
"""Words of one text that are marked and listed."""
MOST_ROWS = 100
"""Indicators, and texts of files, that are shown."""
LONGEST = 2000
"""Characters of a file's text that are shown."""


@dataclass(frozen=True, slots=True)
class Word:
    """A term that stands in a text."""

    number: int
    """The page's own name of its place: `w-3`; 0 for what stands in the name of a channel or an author."""
    said: Said | None
    """None for an indicator that a reason stands on."""
    span: Span
    text: str
    """As the text has it."""
    role: str
    label: str
    counts: bool

    @property
    def turned(self) -> bool:
        """Whether it says nothing of the writer: negated, or others' words."""
        return self.said is not None and (self.said.negated or self.said.quoted)


@dataclass(frozen=True, slots=True)
class FileText:
    """Text that was read in a file, by a machine."""

    kind: str
    media_sha256: str
    signal: Signal
    cut: Sequence[Piece]
    words: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody whom an item names."""

    entity: str
    name: str
    sense: str | None
    times: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something that points at somebody, and what it is there for where that is known."""

    kind: str
    value: str
    use: str | None = None
    cues: tuple[str, ...] = ()
    """The words that say so."""


@dataclass(slots=True)
class Spoken:
    """All that was read in an item's words."""

    text: str
    words: list[Word] = field(default_factory=list)
    """Of its own text, by place."""
    more_words: int = 0
    by_name: list[Word] = field(default_factory=list)
    """Of the names of its channel and its author."""
    names: list[Name] = field(default_factory=list)
    language: str | None = None
    indicators: list[Indicator] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    file_texts: list[FileText] = field(default_factory=list)
    more: int = 0
    """Indicators and texts that are not shown."""

    @property
    def anything(self) -> bool:
        """Whether there is something to show beside the text."""
        return bool(self.names or self.language or self.indicators or self.amounts or self.by_name)

    @property
    def roles(self) -> list[str]:
        """The roles that stand in the text, for its legend."""
        return _roles(self.words)

    @property
    def file_roles(self) -> list[str]:
        """The roles that stand in texts of files."""
        return _roles(each for text in self.file_texts for each in text.words)

    @property
    def turned(self) -> bool:
        """Whether something is negated or quoted, for the legend."""
        return any(one.turned for one in self.words)

    def pieces(self, known: Iterable[Span] = (), *, whole: bool = False) -> list[Piece]:
        """Return the text with its words marked, and what known things match in it."""
        marks = [Mark(span) for span in known]
        return marked(self.text, [*marks, *map(_mark, self.words)], whole=whole)

    def places(self, reason: Reason) -> list[Word]:
        """Return the words of the text that a reason stands on, its own first."""
        by_span = {one.span: one for one in self.words if one.counts}
        spans = [span for span in (reason.span, *reason.beside) if span]
        return [by_span[one] for one in dict.fromkeys(spans) if one in by_span]


def _roles(found: Iterable[Word]) -> list[str]:
    there = {one.role for one in found}
    return [one for one in senses.ROLES if one in there]


def spoken(text: str, signals: Sequence[Signal], assessments: Iterable[Assessment] = ()) -> Spoken:
    """Return what was read in an item's words. What is damaged is left out."""
    found = Spoken(text)
    own = [one for one in signals if one.media_sha256 is None]
    reasons = [one for each in assessments for one in each.reasons if one.match_id is None]
    stands_on = {span for one in reasons for span in (one.span, *one.beside) if span}
    _add_words(found, own, stands_on)
    _add_names(found, signals)
    found.language = next((one.value for one in own if one.kind == LANGUAGE), None)
    _add_indicators(found, signals)
    _add_file_texts(found, signals)
    return found


def _add_words(found: Spoken, own: Iterable[Signal], stands_on: set[Span]) -> None:
    heard = _heard(own)
    in_text = {span: said for span, said in heard if span}
    found.by_name = [_word(0, said, Span(0, 0), said.term, counts=False) for span, said in heard if span is None]
    spans = {span: in_text.get(span) for span in (*in_text, *(one for one in stands_on if _is_within(one, found.text)))}
    # What counts is kept first where there are too many.
    kept = sorted(spans, key=lambda one: (one not in stands_on, one.start))[:MOST]
    found.more_words = len(spans) - len(kept)
    for number, span in enumerate(sorted(kept, key=lambda one: (one.start, one.end)), 1):
        told = found.text[span.start : span.end]
        found.words.append(_word(number, spans[span], span, told, counts=span in stands_on))


def _is_within(span: Span, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)


def _heard(signals: Iterable[Signal]) -> list[tuple[Span | None, Said]]:
    found = []
    for one in signals:
        if one.kind == SAID:
            try:
                found.append((one.span, said_from(one.value)))
            except BadValue:  # a damaged row says nothing
                continue
    return found


def _word(number: int, said: Said | None, span: Span, text: str, *, counts: bool) -> Word:
    role = senses.role(said.sense) if said else "beside"
    label = words.title("sense", said.sense.value) if said else ""
    return Word(number, said, span, text, role, label, counts)


def _mark(word: Word) -> Mark:
    return Mark(word.span, word.role, _tag(word), word.number, word.counts, word.turned, about(word))


def _tag(word: Word) -> str:
    """Return the few letters that stand beside a marked word, so that colour is never the only sign."""
    said = word.said
    if said is None:
        return _("evidence")
    notes = [word.label]
    if said.negated:
        notes.insert(0, _("not"))
    if said.quoted:
        notes.insert(0, _("quoted"))
    return " · ".join(notes)


def about(word: Word) -> str:
    """Return one line on a word: what it says, and how it stands there."""
    said = word.said
    if said is None:
        return ""
    says = f"{words.title('role', word.role)}: {word.label}"
    notes = [says, words.shown(said.name or f"“{said.term}”"), words.title("strength", said.strength)]
    notes += [told for told, holds in _standings(said) if holds]
    return ", ".join(notes)


def _standings(said: Said) -> tuple[tuple[str, bool], ...]:
    return (
        (_("turned round by a negation"), said.negated),
        (_("within quotation marks"), said.quoted),
        (_("in a question"), said.asked),
    )


def standing(word: Word) -> list[str]:
    """Return how a word stands there, where it is not said plainly."""
    return [told for told, holds in _standings(word.said) if holds] if word.said else []


def _add_names(found: Spoken, signals: Iterable[Signal]) -> None:
    calls: dict[str, tuple[str, str]] = {}
    times: dict[str, int] = defaultdict(int)
    for _span, said in _heard(signals):
        if said.entity:
            calls.setdefault(said.entity, (said.name or said.term, said.sense.value))
            times[said.entity] += 1
    entities = dict.fromkeys(one.value for one in signals if one.kind == NAME)
    found.names = [
        Name(one, calls.get(one, (one, ""))[0], calls.get(one, ("", None))[1], max(1, times[one])) for one in entities
    ]


def _add_indicators(found: Spoken, signals: Sequence[Signal]) -> None:
    uses = {one.link: one for one in _uses(signals)}
    pairs = dict.fromkeys((one.kind, one.value) for one in signals if one.kind in (*INDICATORS, EMOJI))
    rows = [_indicator(kind, value, uses.get(value) if kind == LINK else None) for kind, value in pairs]
    found.indicators, found.more = rows[:MOST_ROWS], found.more + max(0, len(rows) - MOST_ROWS)
    sums = dict.fromkeys(one.value for one in signals if one.kind == AMOUNT)
    for value in list(sums)[:MOST_ROWS]:
        try:
            found.amounts.append(amount_from(value))
        except BadValue:
            continue


def _uses(signals: Iterable[Signal]) -> Iterator[LinkUse]:
    for one in signals:
        if one.kind == LINK_USE:
            try:
                yield link_use_from(one.value)
            except BadValue:
                continue


def _indicator(kind: str, value: str, use: LinkUse | None) -> Indicator:
    cues = tuple(dict.fromkeys(one.term for one in use.cues)) if use else ()
    return Indicator(kind, value, use.use.value if use else None, cues)


def _add_file_texts(found: Spoken, signals: Sequence[Signal]) -> None:
    texts = [one for one in signals if one.kind in TEXTS and one.media_sha256]
    said: dict[tuple[object, ...], list[tuple[Span, Said]]] = defaultdict(list)
    for one in signals:
        if one.kind == SAID and one.media_sha256:
            said[_place(one)] += [(span, what) for span, what in _heard([one]) if span]
    found.more += max(0, len(texts) - MOST_ROWS)
    for one in texts[:MOST_ROWS]:
        heard = [_word(0, what, span, "", counts=False) for span, what in said.get(_place(one), ())[:MOST]]
        text = one.value[:LONGEST]
        found.file_texts.append(
            FileText(one.kind, one.media_sha256 or "", one, marked(text, map(_mark, heard), whole=True), heard)
        )


def _place(signal: Signal) -> tuple[object, ...]:
    """Return what ties a word that was read in a file to the text that it stands in."""
    return signal.media_sha256, signal.box, signal.interval
