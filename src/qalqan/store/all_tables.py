"""All tables under one roof, for the migrations and whoever compares them with a database."""

from __future__ import annotations

from qalqan.store import (
    tables,
    tables_cases,
    tables_people,
    tables_protection,
    tables_quality,
    tables_shadow,
    tables_speed,
    tables_webhooks,
)
from qalqan.store.columns import metadata

ROOMS = (
    tables,
    tables_people,
    tables_cases,
    tables_protection,
    tables_quality,
    tables_shadow,
    tables_speed,
    tables_webhooks,
)
"""Importing them fills `metadata`."""

__all__ = ["ROOMS", "metadata"]
