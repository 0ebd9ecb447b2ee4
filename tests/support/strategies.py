"""Hypothesis strategies for every record of `model/`, derived from the types of its fields."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

T = TypeVar("T")

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
"""What both databases hold: any text but NUL and halves of surrogate pairs."""
WORDS = st.text("abcdefghijklmnopqrstuvwxyz-", max_size=20)
"""The short names of the program's own: kinds, codes, roles."""
TIMES = st.datetimes(timezones=st.just(UTC))
IDS = st.uuids().map(str)
COUNTS = st.integers(0, 2**31 - 1)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
_PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: COUNTS,
    float: st.floats(0, 1e9),
    bool: st.booleans(),
    datetime: TIMES,
    dict[str, Any]: st.dictionaries(TEXT, _JSON, max_size=3),
    dict[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
    dict[str, int]: st.dictionaries(TEXT, COUNTS, max_size=3),
    list[dict[str, Any]]: st.lists(st.dictionaries(TEXT, _JSON, max_size=3), max_size=3),
    types.NoneType: st.none(),
}


def records(kind: type[T]) -> st.SearchStrategy[T]:
    """Return a strategy for records of this kind."""
    hints = get_type_hints(kind)
    assert is_dataclass(kind)
    return st.builds(kind, **{one.name: _field(one.name, hints[one.name]) for one in fields(kind)})


def _field(name: str, hint: object) -> st.SearchStrategy[Any]:
    if name in ("id", "supersedes") or name.endswith("_id"):
        return IDS if hint is str else st.none() | IDS
    if name in ("kind", "step", "code", "role") and hint is str:
        return WORDS
    if name == "item_ids":
        return st.lists(IDS, max_size=3).map(tuple)
    if name in ("sha256", "exhibit", "previous", "hash", "blob", "token_sha256", "media_sha256"):
        digests = st.text("0123456789abcdef", min_size=64, max_size=64)
        return digests if hint is str else st.none() | digests
    return of_type(hint)


def of_type(hint: object) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a type that a record's field has."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is types.UnionType:
        return st.one_of(*map(of_type, get_args(hint)))
    if get_origin(hint) is tuple and get_args(hint)[-1] is not ...:
        return st.tuples(*map(of_type, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(of_type(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is frozenset:
        return st.frozensets(of_type(get_args(hint)[0]), max_size=3)
    assert isinstance(hint, type)
    return st.sampled_from(list(hint)) if issubclass(hint, StrEnum) else records(hint)
