"""The JSON API under `/api/v1`: the same records as the pages, for programs. Documented in `docs/api.md`."""

from __future__ import annotations

from fastapi import APIRouter

from qalqan.web.api import appeals, banks, cases, check, decisions, docs, items, logs, quality, shadow, words


def routers() -> tuple[APIRouter, ...]:
    """Return all routes of the API, and of its documentation."""
    rooms = (check, items, cases, decisions, appeals, quality, shadow, words, banks, logs, docs)
    return tuple(room.router for room in rooms)
