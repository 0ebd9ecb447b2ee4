"""What the lexicons know and what was read with them: names, acts and contexts in a text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qalqan.errors import BadValue
from qalqan.model.ids import Id


class Sense(StrEnum):
    """What a term of a lexicon says. Faith, ethnicity, language and origin are no senses: they say nothing here."""

    # Who is meant.
    ORGANISATION = "organisation"
    OUTLET = "outlet"
    PRODUCT = "product"
    """A magazine, a series, a film of an outlet."""
    PERSON = "person"
    # What the writer does with the words (not: what the text reports that others did).
    SOLICIT = "solicit"
    RECRUIT = "recruit"
    PRAISE = "praise"
    INCITE = "incite"
    INSTRUCT = "instruct"
    THREATEN = "threaten"
    COORDINATE = "coordinate"
    RELEASE = "release"
    DEHUMANISE = "dehumanise"
    # What is beside it.
    ARMS = "arms"
    PROMOTE = "promote"
    HINT = "hint"
    """Points at fighters or a group without a name: “our fighters”, “you know whom I mean”."""
    # In which context it stands.
    NEWS = "news"
    RESEARCH = "research"
    COURT = "court"
    COUNTER = "counter"
    CONDEMN = "condemn"
    CHARITY = "charity"
    FICTION = "fiction"
    MOURNING = "mourning"
    # What turns an act round.
    NEGATION = "negation"
    AGAINST = "against"
    """Directly beside a name: whoever bears it is an enemy, or did harm, and no act is for them."""


WHO = frozenset({Sense.ORGANISATION, Sense.OUTLET, Sense.PRODUCT, Sense.PERSON})
ACTS = frozenset(
    {Sense.SOLICIT, Sense.RECRUIT, Sense.PRAISE, Sense.INCITE, Sense.INSTRUCT, Sense.THREATEN, Sense.COORDINATE}
    | {Sense.RELEASE, Sense.DEHUMANISE}
)
CONTEXTS = frozenset(
    {Sense.NEWS, Sense.RESEARCH, Sense.COURT, Sense.COUNTER, Sense.CONDEMN, Sense.CHARITY, Sense.FICTION}
    | {Sense.MOURNING}
)


class Strength(StrEnum):
    """How much a term says by itself."""

    STRONG = "strong"
    WEAK = "weak"
    """Common but not unique: counts only beside what is strong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Some terms of one sense in one language, with the sentences that hold them to it."""

    sense: Sense
    strength: Strength
    language: str
    """`uz`, `ru`, …; `und` for names, which are the same in all."""
    terms: tuple[str, ...]
    """Words; `*` at a word's end stands for any ending, ` … ` for up to six words within a sentence."""
    source: str
    hits: tuple[str, ...] = ()
    """Sentences in which one of the terms must be found."""
    misses: tuple[str, ...] = ()
    """Sentences in which none may be found, or only turned round by a negation."""
    exact: bool = False
    """Whether the text must have its capitals and letters as the term does: `TIP` is a group, `tip` is advice."""
    follows: bool = False
    """A negation that stands behind what it turns round, as in German and Turkish."""
    entity: str | None = None
    """Whose name it is, for names."""
    name: str | None = None
    """How that one is called in reports."""

    @property
    def key(self) -> str:
        """What makes the entry itself, 64 hexadecimal digits: its language, sense, entity and terms."""
        parts = [self.language, self.sense.value, self.entity or "", *sorted(self.terms)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class EntryState(StrEnum):
    """Whether an entry of an operator's is in force."""

    ON = "on"
    OFF = "off"
    """Not looked for, whether it came with the program or was added: the reason is kept."""


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """An entry that was added to the lexicons that come with the program, or one of theirs that was switched off."""

    id: Id
    entry: Entry
    origin: str
    """`hand`, or the list that it came from with its date: `un 2026-11-01`."""
    status: EntryState
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """A term that stands in a text, and how. Its span is the signal's."""

    sense: Sense
    term: str
    """As the lexicon has it."""
    strength: Strength
    language: str
    sentence: int
    """The sentence's number within the text, from 0; −1 where it stands in the channel's or the author's name."""
    entity: str | None = None
    name: str | None = None
    negated: bool = False
    """Whether an act is turned round, or somebody is named as an enemy or as who did harm."""
    quoted: bool = False
    """Whether it stands within quotation marks."""
    asked: bool = False
    """Whether its sentence is a question."""
    place: str = field(default="text")
    """`text`, `channel`, `author`."""

    def packed(self) -> str:
        """Return it as a signal's value."""
        return _encode({name: getattr(self, name) for name in _FIELDS})


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FIELDS = tuple(sorted(Said.__slots__))  # in one order, for a value is a part of its signal's key


def said_from(value: str) -> Said:
    """Return what `Said.packed` made a value of. Raises BadValue for anything else."""
    try:
        plain = json.loads(value)
        return Said(**{**plain, "sense": Sense(plain["sense"]), "strength": Strength(plain["strength"])})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadValue(f"A word's value is damaged: {error}") from error
