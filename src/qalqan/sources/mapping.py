"""Which column of a table is which field of an item: declared as data, by us or by the user.

A mapping is YAML (`qalqan scan --mapping FILE`). Its keys, all optional but at least one of the first three:

    text            what was said
    files           names of files beside the table, or addresses of files that are not included
    links           addresses
    title           a heading, put before the text
    id              what tells this record from the others of its table
    author          the author's name as shown
    author_ref      the author's account name or number
    posted_at       ISO 8601, seconds or milliseconds since 1970
    platform        `tiktok`, `forum`, …
    channel         the channel, board or group
    channel_ref     its account name or number
    url             the post's own address
    reply_to        the id of what it answers
    forwarded_from  whose post it repeats
    bio             what the author's public profile says
    bio_links       addresses on it

Each value is a column's name; in NDJSON a path with dots (`data.author.name`, `*` for every element of a list, a
number for one); a list of those, the first that is filled is taken (`links`, `files` and `bio_links` take all);
`{value: text}` for a constant; or `{template: "https://forum.example/$channel/$id"}` over the other fields.

The built-in mappings under `mappings/` also say under `recognise` which tables they are for: `columns` that a CSV
must have, or the `field` of an NDJSON record and the `values` it may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Any

import yaml

from qalqan.errors import BadValue

FIELDS = (
    *("text", "files", "links", "title", "id", "author", "author_ref", "posted_at", "platform"),
    *("channel", "channel_ref", "url", "reply_to", "forwarded_from", "bio", "bio_links"),
)
_CONTENT = ("text", "files", "links")
_MANY = ("files", "links", "bio_links")
_RECOGNISE = "recognise"
_MOST_VALUES = 1000
"""Values that one path may lead to."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """One mapping, checked."""

    places: Mapping[str, Sequence[str]]
    """Field → paths."""
    constants: Mapping[str, str]
    templates: Mapping[str, Template]
    names: frozenset[str]
    """All its paths and their first steps: the columns it would use."""
    required: frozenset[str] = frozenset()
    field: str | None = None
    values: frozenset[str] = frozenset()

    def values_of(self, record: Record) -> dict[str, Any]:
        """Return each field's value; a list for `links` and `files`; without the fields that are empty."""
        found: dict[str, Any] = dict(self.constants)
        for field, paths in self.places.items():
            values = [value for path in paths for value in _follow(record, path.split(".")) if _filled(value)]
            if values:
                found[field] = values if field in _MANY else _as_text(_first(record, paths))
        for field, template in self.templates.items():
            made = template.safe_substitute({key: str(value) for key, value in found.items()})
            if "$" not in made:
                found[field] = made
        return found

    def is_for_columns(self, names: Sequence[str]) -> bool:
        """Whether a CSV with these columns is what it is for."""
        return bool(self.required) and self.required <= set(names)

    def is_for_record(self, record: Record) -> bool:
        """Whether an NDJSON record is what it is for."""
        if self.field is None or self.field not in record:
            return False
        return not self.values or record[self.field] in self.values


def declared(mapping: Mapping[str, Any]) -> Columns:
    """Return the mapping, checked. Raises BadValue naming what is wrong with it."""
    unknown = [str(key) for key in mapping if key not in (*FIELDS, _RECOGNISE)]
    if unknown:
        raise BadValue(f"the mapping has unknown keys: {', '.join(unknown)}", hint=f"Known are: {', '.join(FIELDS)}.")
    if not any(key in mapping for key in _CONTENT):
        raise BadValue("the mapping names no content", hint="Give at least one of: text, files, links.")
    fields = {key: value for key, value in mapping.items() if key in FIELDS}
    special = {key: value for key, value in fields.items() if isinstance(value, Mapping)}
    places = {key: _paths(key, value) for key, value in fields.items() if key not in special}
    recognise = mapping.get(_RECOGNISE) or {}
    return Columns(
        places=places,
        constants={key: _text(key, value["value"]) for key, value in special.items() if "value" in value},
        templates={
            key: Template(_text(key, value["template"])) for key, value in special.items() if "template" in value
        },
        names=frozenset(name for paths in places.values() for path in paths for name in (path, path.split(".", 1)[0])),
        required=frozenset(recognise.get("columns", ())),
        field=recognise.get("field"),
        values=frozenset(recognise.get("values", ())),
    )


@cache
def built_in() -> tuple[Columns, ...]:
    """Return the mappings that come with Qalqan, the more particular ones first."""
    folder = resources.files("qalqan.sources").joinpath("mappings")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    mappings = (yaml.safe_load(file.read_text("utf-8")) for file in files)
    return tuple(declared(mapping) for mapping in mappings)


def _paths(key: str, value: object) -> tuple[str, ...]:
    paths = value if isinstance(value, list) else [value]
    return tuple(_text(key, path) for path in paths)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadValue(f"the mapping's {key!r} is {value!r}", hint="Give a column's name or a list of names.")
    return value


def _follow(value: Any, steps: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401 - whatever JSON can hold
    """Yield what a path leads to, at most `_MOST_VALUES` of it."""
    found = [value]
    for number, step in enumerate(steps):
        whole = ".".join(steps)
        if number == 0 and isinstance(value, Mapping) and whole in value:
            yield value[whole]  # a CSV column may have dots in its name
            return
        found = [part for one in found for part in _step(one, step)][:_MOST_VALUES]
    yield from found


def _step(value: Any, step: str) -> Iterator[Any]:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, Mapping):
        if step in value:
            yield value[step]
    elif isinstance(value, list):
        if step == "*":
            yield from value[:_MOST_VALUES]
        elif step.isdecimal() and int(step) < len(value):
            yield value[int(step)]


def _first(record: Record, paths: Sequence[str]) -> list[Any]:
    """Return what the first path with something in it leads to."""
    for path in paths:
        values = [value for value in _follow(record, path.split(".")) if _filled(value)]
        if values:
            return values
    return []


def _filled(value: Any) -> bool:  # noqa: ANN401 - whatever JSON can hold
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _as_text(values: Sequence[Any]) -> str:
    return "\n".join(str(value) for value in values)
