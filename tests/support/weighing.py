"""Matches out of nothing, to be weighed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qalqan.model.banks import BankEntry
from qalqan.model.ids import new_id
from qalqan.model.matches import Match
from qalqan.store.findings import Found
from support import made


def found(
    kind: str = "pdq",
    distance: float = 0.0,
    *,
    verified: bool = False,
    category: str = "terrorist-content",
    **otherwise: Any,  # noqa: ANN401 - any field
) -> Found:
    """Return a match with an active entry of a bank; fields of the entry and of the match may be given by name."""
    entry = replace(made.entry(new_id(), kind=kind), **_fields_of(BankEntry, otherwise))
    plain = made.match(new_id(), new_id(), entry.id)
    match = replace(plain, kind=kind, distance=distance, verified=verified, **_fields_of(Match, otherwise))
    return Found(match, entry, "heron", category, "chat.json#message/1", "photo.jpg")


def _fields_of(record: type, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in record.__dataclass_fields__}  # type: ignore[attr-defined] # every record is a dataclass
