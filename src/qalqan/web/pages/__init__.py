"""The console's pages, one file a screen."""

from __future__ import annotations

from fastapi import APIRouter

from qalqan.web.pages import (
    about,
    appeals,
    audit,
    banks,
    case,
    decide,
    found,
    item,
    items,
    lexicon,
    lexicon_change,
    login,
    login_elsewhere,
    look,
    me,
    media,
    names,
    overview,
    people,
    policy,
    problems,
    protection,
    quality,
    queue,
    routing,
    scans,
    shadow,
    trying,
    webhooks,
)


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of all pages."""
    rooms = (
        login, login_elsewhere, look, overview, routing, queue, case, decide, found, items, item,
        media, banks, names, lexicon_change, lexicon, trying, shadow, policy, scans,
        problems, appeals, quality, protection, audit, about, me, people, webhooks,
    )  # fmt: skip
    return tuple(room.router for room in rooms)
