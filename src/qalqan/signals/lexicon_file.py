"""Reads a lexicon: a YAML file of terms with what they say, held to its own form when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from qalqan.errors import BadValue
from qalqan.model.words import WHO, Entry, Sense, Strength

LONGEST = 4 << 20
"""Bytes of a lexicon file."""
MOST_TERMS = 20_000
"""Terms of a lexicon file."""
FEWEST_LETTERS = 4
"""Letters of a term in one part: what is shorter stands in every text. Arabic writes no vowels and needs one less."""
FEWEST_LETTERS_APART = 6
"""Letters of all parts of a term together, where none of them has enough alone."""
GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
"""What stands in a term for up to six words."""
_DEEPEST = 8
"""Lists and mappings within each other."""
_ARABIC = re.compile("[\u0621-\u064a]")

_Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Sentence = Annotated[str, StringConstraints(max_length=1000)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Language = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Entry(_Part):
    sense: Sense
    strength: Strength
    terms: tuple[_Term, ...] = Field(min_length=1)
    source: _Name
    hits: tuple[_Sentence, ...] = ()
    misses: tuple[_Sentence, ...] = ()
    exact: bool = False
    follows: bool = False
    entity: _Name | None = None
    name: _Name | None = None

    @model_validator(mode="after")
    def _fits_its_sense(self) -> Self:
        for term in self.terms:
            fault = _fault_of(term, short=self.exact or self.sense is Sense.NEGATION)
            if fault:
                raise ValueError(f"the term “{term}” {fault}")
        named = (self.entity is not None, self.name is not None)
        if named != (self.sense in WHO,) * 2:
            raise ValueError(
                "entity and name belong to names (organisation, outlet, product, person), and only to them"
            )
        if self.follows and self.sense not in (Sense.NEGATION, Sense.AGAINST):
            raise ValueError("only a negation, or against whom, can follow")
        return self


class _File(_Part):
    language: _Language
    title: _Name
    entries: tuple[_Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        if sum(len(entry.terms) for entry in self.entries) > MOST_TERMS:
            raise ValueError(f"more than {MOST_TERMS:,} terms")
        return self


def _fault_of(term: str, *, short: bool) -> str | None:
    """Return what is wrong with a term, as the end of a sentence."""
    parts = GAP.split(term)
    if any(not any(map(str.isalnum, part)) for part in parts):
        return "has a part without letters"
    if re.search(r"\*\w|(?<!\w)\*", term):
        return "has a * that stands at no word's end"
    letters = [sum(map(str.isalnum, part)) + bool(_ARABIC.search(part)) for part in parts]
    if not short and max(letters) < FEWEST_LETTERS and sum(letters) < FEWEST_LETTERS_APART:
        return f"has no part of {FEWEST_LETTERS} letters"
    return None


def read_lexicon(source: Path | Traversable) -> tuple[Entry, ...]:
    """Return the entries of the lexicon file `source`. Raises BadValue, saying where it is wrong."""
    try:
        with source.open("rb") as file:
            content = file.read(LONGEST + 1)
    except OSError as error:
        raise BadValue(f"The lexicon {source.name} cannot be read: {error}") from error
    return entries_of(content, source.name)


def entries_of(content: bytes, name: str) -> tuple[Entry, ...]:
    """Return the entries of a lexicon file's content; `name` is for messages. Raises BadValue."""
    if len(content) > LONGEST:
        raise BadValue(f"The lexicon {name} is larger than {LONGEST >> 20} MiB.")
    try:
        _check_form(content)
        plain: Any = yaml.load(content, Loader=yaml.CSafeLoader)
        return tuple(_entries(_File.model_validate(plain)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = " → ".join(str(part) for part in first["loc"]) or "the file"
        raise BadValue(f"The lexicon {name} is wrong at {where}: {first['msg']}") from error
    except (ValueError, TypeError, yaml.YAMLError) as error:  # ValueError: no UTF-8; TypeError: a list as a key
        raise BadValue(f"The lexicon {name} cannot be read: {error}") from error


def _check_form(content: bytes) -> None:
    """Refuse what the loader cannot stand: aliases, which unfold to more than any memory, and deep nesting."""
    depth = 0
    for event in yaml.parse(content, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("anchors and aliases are not read")  # noqa: TRY004 - nothing is wrong with a type
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")


def _entries(file: _File) -> Iterator[Entry]:
    for one in file.entries:
        yield Entry(
            one.sense, one.strength, file.language, one.terms, one.source, hits=one.hits, misses=one.misses,
            exact=one.exact, follows=one.follows, entity=one.entity, name=one.name,
        )  # fmt: skip
