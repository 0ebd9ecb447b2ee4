"""What all API routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from qalqan.store.findings import Found
from qalqan.web.api.models import MatchOut

PREFIX = "/api/v1"
Limit = Annotated[int, Query(ge=1, le=500, description="How many rows to return.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many rows to pass over.")]
SourceId = Annotated[str, Query(description="Only of this source (its id).")]


def match_out(found: Found) -> MatchOut:
    """Return a match with the known thing it found, in one flat record."""
    match, entry = found.match, found.entry
    return MatchOut.model_validate(
        {
            "id": match.id, "item": match.item_id, "origin": found.origin, "name": found.name,
            "media": match.media_sha256, "entry": entry.id, "label": entry.label, "bank": found.bank,
            "category": found.category, "kind": match.kind, "matcher": match.matcher, "distance": match.distance,
            "verified": match.verified, "transform": match.transform, "box_query": match.box_query,
            "box_known": match.box_known, "interval_query": match.interval_query,
            "interval_known": match.interval_known, "span_query": match.span_query, "found_at": match.found_at,
            "score": match.score, "stretches": match.stretches,
        }
    )  # fmt: skip
