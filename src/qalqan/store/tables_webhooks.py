"""Webhooks and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import id_type, metadata, number, ref, text, time

webhooks = sa.Table(
    "webhooks", metadata,
    sa.Column("id", id_type(), primary_key=True), text("url"), sa.Column("events", sa.JSON(), nullable=False),
    text("secret"), text("added_by"), time("added_at"), time("ended_at", nullable=True),
)  # fmt: skip

deliveries = sa.Table(
    "deliveries", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("webhooks"), sa.Column("event", sa.String(40), nullable=False),
    text("body"), sa.Column("state", sa.String(20), nullable=False), number("tries"), time("made_at"), time("due"),
    sa.Column("lease", id_type(), nullable=True), time("lease_until", nullable=True),
    number("status", nullable=True), text("problem", nullable=True), time("ended_at", nullable=True),
    sa.Index(None, "state", "due"),
)  # fmt: skip
