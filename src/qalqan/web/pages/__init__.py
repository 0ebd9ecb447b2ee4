"""The console's pages, one file a screen."""

from __future__ import annotations

from fastapi import APIRouter

from qalqan.web.pages import about, audit, banks, found, item, items, login, look, media, overview, problems, scans


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of all pages."""
    rooms = (login, look, overview, found, items, item, media, banks, scans, problems, audit, about)
    return tuple(room.router for room in rooms)
