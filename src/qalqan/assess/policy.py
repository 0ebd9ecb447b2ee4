"""Reads a policy file: data with reasons and examples, held to its own rules when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from qalqan.assess.policy_words import TOP, Category, Ground, Jurisdiction, Part, Sort, Words, with_facts
from qalqan.errors import BadValue
from qalqan.model.assessments import Band

FACTS = ("name", "label", "bank", "distance", "turned", "query_start", "query_end")
"""What a reason can speak of."""
LONGEST = 1 << 20
"""Characters of a policy file."""


class Bands(Part):
    """From which score on an item is in which band; below `look` it is in none."""

    known: int = Field(ge=1, le=TOP)
    likely: int = Field(ge=1, le=TOP)
    look: int = Field(ge=1, le=TOP)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.look < self.likely < self.known:
            raise ValueError("the bands must rise: look < likely < known")
        return self

    def of(self, score: int) -> Band:
        """Return the band of a score."""
        steps = ((self.known, Band.KNOWN), (self.likely, Band.LIKELY), (self.look, Band.LOOK))
        return next((band for least, band in steps if score >= least), Band.NOTHING)

    def room_above(self, score: int) -> int:
        """Return how many points can come to a score before it reaches the next band."""
        return next((least - 1 - score for least in (self.look, self.likely, self.known) if score < least), TOP - score)


class Feature(Part):
    """A sort of match, and what it weighs."""

    kinds: tuple[str, ...] = Field(min_length=1)
    """Match kinds it stands for."""
    points: int = Field(ge=0, le=TOP)
    """At distance 0."""
    points_at_limit: int | None = Field(default=None, ge=0, le=TOP)
    """At distance `limit`; a straight line lies between. None: `points` at any distance."""
    limit: float | None = Field(default=None, gt=0)
    verified: bool | None = None
    """Only verified matches, only others, or (None) both."""
    weak: bool = False
    reason: str
    """One plain sentence with {names} of FACTS."""

    @model_validator(mode="after")
    def _line_has_two_ends(self) -> Self:
        if (self.points_at_limit is None) != (self.limit is None):
            raise ValueError("points_at_limit and limit go together")
        if self.points_at_limit is not None and self.points_at_limit > self.points:
            raise ValueError("points_at_limit must not exceed points: what is further away weighs no more")
        return self

    @field_validator("reason")
    @classmethod
    def _names_facts(cls, reason: str) -> str:
        return with_facts(reason, FACTS)

    def at(self, distance: float) -> int:
        """Return the points for a match at this distance."""
        if self.limit is None or self.points_at_limit is None:
            return self.points
        share = min(distance / self.limit, 1.0)
        return round(self.points + share * (self.points_at_limit - self.points))


class ExampleMatch(Part):
    """A match of an example, in short."""

    kind: str
    distance: float = 0.0
    verified: bool = False
    times: int = Field(default=1, ge=1)


class PolicyExample(Part):
    """What an item with these matches must come to."""

    title: str
    matches: tuple[ExampleMatch, ...]
    band: Band


class Needs(Part):
    """What a decision with one outcome must give."""

    ground: bool = False
    """The rule it stands on, where its category names any."""
    jurisdiction: bool = False
    rationale: int = Field(default=0, ge=0, le=1_000)
    """The least letters of a rationale; 0: none is asked for."""


class Policy(Part):
    """How matches are weighed. A change is a new version; every assessment names the one it was made under."""

    name: str
    version: str
    title: str
    bands: Bands
    weak_cap: int = Field(ge=0, le=TOP)
    categories: dict[str, Category] = Field(min_length=1)
    features: dict[str, Feature] = Field(min_length=1)
    examples: tuple[PolicyExample, ...] = Field(min_length=2)
    jurisdictions: dict[str, Jurisdiction] = Field(default_factory=dict)
    grounds: dict[str, Ground] = Field(default_factory=dict)
    decisions: dict[str, Needs] = Field(default_factory=dict)
    """What people must give with a decision, by its outcome; nothing where an outcome is not named."""
    words: Words | None = None
    """How words are weighed; None: only what is known counts."""

    @model_validator(mode="after")
    def _weak_stays_weak(self) -> Self:
        if self.weak_cap >= self.bands.look:
            raise ValueError("weak_cap must stay below the lowest band: weak signs never trigger anything alone")
        return self

    @model_validator(mode="after")
    def _names_are_there(self) -> Self:
        spoken_of = self.words.categories() if self.words else set()
        _all_there("category", spoken_of, self.categories)
        _all_there("ground", {ground for one in self.categories.values() for ground in one.grounds}, self.grounds)
        _all_there("jurisdiction", {one.jurisdiction for one in self.grounds.values()}, self.jurisdictions)
        return self

    @model_validator(mode="after")
    def _high_needs_who_and_act(self) -> Self:
        """Hold what may come of words without anybody named below the band `likely`."""
        for name, one in self.words.features.items() if self.words else ():
            if not one.who and one.points >= self.bands.likely:
                raise ValueError(f"{name}: without anybody named it must stay below {self.bands.likely} points")
            if one.points >= self.bands.known:
                raise ValueError(f"{name}: words alone are nothing known; they stay below {self.bands.known} points")
            if self.categories[one.category].sort not in (Sort.TERRORIST, Sort.OTHER, Sort.UNSURE):
                raise ValueError(f"{name}: words cannot make an item {one.category}")
        return self

    def sort_of(self, category: str) -> Sort | None:
        """Return what sort of outcome a category is; None for one that this policy does not have."""
        return self.categories[category].sort if category in self.categories else None

    @property
    def label(self) -> str:
        """Name and version, as assessments keep them."""
        return f"{self.name}/{self.version}"


def _all_there(what: str, named: set[str], there: Iterable[str]) -> None:
    missing = sorted(named - set(there))
    if missing:
        raise ValueError(f"it names the {what} {missing[0]}, which it does not have")


def read_policy(path: Path | None = None) -> Policy:
    """Return the policy in `path`, or the built-in one. Raises BadValue, saying where it is wrong."""
    source = path or resources.files("qalqan.assess") / "policies" / "first.yaml"
    return policy_of(read_text(source), str(source))


def read_text(source: Path | Traversable) -> str:
    """Return what stands in a policy's file, as far as a policy may be long. Raises BadValue."""
    try:
        with source.open(encoding="utf-8") as file:
            return file.read(LONGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: no UTF-8
        raise BadValue(f"The policy {source} cannot be read: {error}") from error


def policy_of(text: str, source: str) -> Policy:
    """Return the policy that a text holds; `source` names it where it is wrong. Raises BadValue."""
    if len(text) > LONGEST:
        raise BadValue(f"The policy {source} is longer than {LONGEST:,} characters.")
    try:
        content: Any = yaml.safe_load(text)
        return Policy.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = " → ".join(str(part) for part in first["loc"]) or "the file"
        raise BadValue(f"The policy {source} is wrong at {where}: {first['msg']}") from error
    except RecursionError as error:
        raise BadValue(f"The policy {source} is nested too deeply to be read.") from error
    except (ValueError, yaml.YAMLError) as error:  # ValueError: a day that no month has, …
        raise BadValue(f"The policy {source} cannot be read: {error}") from error
