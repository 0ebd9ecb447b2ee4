"""The part of a policy that weighs words: who is named, what is done with the words, and in which context."""

from __future__ import annotations

from enum import StrEnum
from string import Formatter
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from qalqan.model.assessments import Band
from qalqan.model.words import ACTS, CONTEXTS, Sense

TOP = 100
"""The most points that an item can have."""
WORD_FACTS = ("act", "who", "beside", "value", "context")
"""What a reason of the word features can speak of."""


class Part(BaseModel):
    """A part of a policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Sort(StrEnum):
    """What sort of outcome a category is."""

    LISTED = "listed"
    """Material of a bank."""
    TERRORIST = "terrorist"
    OTHER = "other"
    """Against rules or laws, though not terrorist."""
    UNSURE = "unsure"
    """Not enough to say: a person should look."""
    CONTEXT = "context"
    """News, research, …: a person, with its context; never a flag."""
    OUTCOME = "outcome"
    """What only a person can find, such as “conservative and lawful”."""


class Jurisdiction(Part):
    """Whose law a ground is of."""

    title: str


class Ground(Part):
    """A rule of law that a decision can stand on."""

    jurisdiction: str
    title: str


class Category(Part):
    """What an item can be found to be; a bank's material belongs to a listed one."""

    title: str
    about: str
    sort: Sort = Sort.LISTED
    grounds: tuple[str, ...] = ()
    taxonomy: dict[str, str] = Field(default_factory=dict)
    """What others call it: `gifct`, `tvec`."""


class WordFeature(Part):
    """Somebody named and an act upon it, close together; or an act beside something, without a name."""

    category: str
    acts: tuple[Sense, ...] = Field(min_length=1)
    who: bool = True
    """Whether an organisation, outlet, product or person, or a known indicator, must be named with it."""
    beside: tuple[Sense, ...] = ()
    """What must stand with it as well: arms, a hint at a group."""
    points: int = Field(ge=0, le=TOP)
    """Where all of it is strong and close."""
    points_unsure: int | None = Field(default=None, ge=0, le=TOP)
    """Where one of them is weak or far; None: nothing then."""
    reason: str

    @field_validator("acts")
    @classmethod
    def _acts_are_acts(cls, acts: tuple[Sense, ...]) -> tuple[Sense, ...]:
        if not set(acts) <= ACTS:
            raise ValueError(f"acts are {', '.join(sorted(ACTS))}")
        return acts

    @field_validator("beside")
    @classmethod
    def _beside_is_beside(cls, beside: tuple[Sense, ...]) -> tuple[Sense, ...]:
        if not set(beside) <= {Sense.ARMS, Sense.HINT, Sense.PROMOTE}:
            raise ValueError("beside an act: arms, hint, promote")
        return beside

    @field_validator("reason")
    @classmethod
    def _names_facts(cls, reason: str) -> str:
        return with_facts(reason, WORD_FACTS)


class Support(Part):
    """What adds points to a category that something else has already brought: never alone."""

    categories: tuple[str, ...] = Field(min_length=1)
    kinds: tuple[str, ...] = ()
    """Kinds of indicators: a wallet, a handle."""
    senses: tuple[Sense, ...] = ()
    points: int = Field(ge=0, le=TOP)
    reason: str

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if bool(self.kinds) == bool(self.senses):
            raise ValueError("a support has kinds or senses, one of the two")
        if set(self.senses) - {Sense.ARMS, Sense.HINT, Sense.PROMOTE}:
            raise ValueError("supporting senses are arms, hint, promote")
        return self

    @field_validator("reason")
    @classmethod
    def _names_facts(cls, reason: str) -> str:
        return with_facts(reason, WORD_FACTS)


class Context(Part):
    """Words that show that somebody reports, studies, judges or mourns, and what they turn into a person's question."""

    category: str
    """Where it then belongs."""
    exempts: tuple[str, ...] = ()
    """From which categories; none: it is shown and changes nothing."""
    reason: str

    @field_validator("reason")
    @classmethod
    def _names_facts(cls, reason: str) -> str:
        return with_facts(reason, WORD_FACTS)


class Distances(Part):
    """How close is close, in sentences."""

    near: int = Field(default=2, ge=0, le=50)
    """Who and act."""
    short: int = Field(default=8, ge=1, le=50)
    """In a text of so many sentences nothing is too far away."""
    context: int = Field(default=1, ge=0, le=50)
    """An act and a strong word of context."""
    weak_contexts: int = Field(default=2, ge=1, le=50)
    """How many different weak words of context are as good as a strong one."""
    article: int = Field(default=3, ge=1, le=50)
    """From so many different strong words of context on, a long text is as a whole a report or a study."""


class WordExample(Part):
    """What a text must come to."""

    title: str
    text: str
    category: str | None
    band: Band


class Words(Part):
    """How words are weighed."""

    distances: Distances = Distances()
    quoted: str
    """The category of an act that stands only within quotation marks, when nothing else speaks for a context."""
    features: dict[str, WordFeature] = Field(min_length=1)
    supports: dict[str, Support] = Field(default_factory=dict)
    contexts: dict[Sense, Context] = Field(default_factory=dict)
    named: dict[str, Sense] = Field(default_factory=dict)
    """Invented names that the examples speak of."""
    examples: tuple[WordExample, ...] = ()

    @field_validator("contexts")
    @classmethod
    def _contexts_are_contexts(cls, contexts: dict[Sense, Context]) -> dict[Sense, Context]:
        if set(contexts) - CONTEXTS:
            raise ValueError(f"contexts are {', '.join(sorted(CONTEXTS))}")
        return contexts

    def categories(self) -> set[str]:
        """Return every category that is spoken of."""
        named = {one.category for one in self.features.values()} | {one.category for one in self.contexts.values()}
        named |= {self.quoted}
        named |= {each for one in self.supports.values() for each in one.categories}
        named |= {each for one in self.contexts.values() for each in one.exempts}
        return named | {one.category for one in self.examples if one.category}


def with_facts(reason: str, facts: tuple[str, ...]) -> str:
    """Hold a reason to the facts there are: another name would fail only when somebody reads it."""
    fields = [field for field in Formatter().parse(reason) if field[1] is not None]
    if any(name not in facts or form or conversion for _, name, form, conversion in fields):
        raise ValueError(f"the reason may hold {{{'}, {'.join(facts)}}} and no other braces")
    return reason
