"""Policies that were put in force, and a policy in the shadow of the one in force."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import id_type, json_type, metadata, number, text, time

policies = sa.Table(
    # What is in force is the last one; none means the settings' own.
    "policies", metadata,
    sa.Column("turn", sa.Integer(), primary_key=True, autoincrement=False), text("label"), text("text", nullable=True),
    text("by"), time("at"),
)  # fmt: skip

shadow_walks = sa.Table(
    "shadow_walks", metadata,
    # The database itself holds that one at most is under way: an ended one has nothing there.
    sa.Column("id", id_type(), primary_key=True), sa.Column("running", sa.Boolean(), nullable=True, unique=True),
    text("label"), text("standing"), text("text"), text("begun_by"), time("begun_at"), text("ended_by", nullable=True),
    time("ended_at", nullable=True), sa.Column("switched_on", sa.Boolean(), nullable=False),
    # So many items found before are still to be weighed: the next are those below this place.
    number("left"), sa.Column("place", sa.BigInteger(), nullable=True), text("fault", nullable=True),
)  # fmt: skip

shadow_items = sa.Table(
    # What waits to be weighed, and how each item that was weighed has been counted.
    "shadow_items", metadata,
    sa.Column("walk_id", id_type(), sa.ForeignKey("shadow_walks.id"), primary_key=True),
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("waits", id_type(), nullable=True), sa.Column("change", sa.String(20), nullable=True),
    sa.Column("band", sa.String(20), nullable=True), sa.Column("other_band", sa.String(20), nullable=True),
    sa.Index("ix_shadow_items_waits", "walk_id", "waits"),
    sqlite_with_rowid=False,
)  # fmt: skip

shadow_counts = sa.Table(
    "shadow_counts", metadata,
    sa.Column("walk_id", id_type(), sa.ForeignKey("shadow_walks.id"), primary_key=True),
    sa.Column("change", sa.String(20), primary_key=True), sa.Column("band", sa.String(20), primary_key=True),
    sa.Column("other_band", sa.String(20), primary_key=True), number("counted"),
)  # fmt: skip

shadow_differences = sa.Table(
    "shadow_differences", metadata,
    sa.Column("walk_id", id_type(), sa.ForeignKey("shadow_walks.id"), primary_key=True),
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("change", sa.String(20), nullable=False), sa.Column("band", sa.String(20), nullable=False),
    text("category"), number("score"), sa.Column("other_band", sa.String(20), nullable=False),
    text("other_category"), number("other_score"),
    sa.Column("reasons", json_type(), nullable=False), sa.Column("other_reasons", json_type(), nullable=False),
    time("at"),
    sa.Index("ix_shadow_differences_at", "walk_id", "at", "item_id"),
    sa.Index("ix_shadow_differences_change", "walk_id", "change", "at", "item_id"),
)  # fmt: skip
