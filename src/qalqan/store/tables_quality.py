"""Appeals, blind re-reviews, golden cases."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import id_type, key, metadata, ref, text, time

appeals = sa.Table(
    "appeals", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), ref("decisions"), ref("cases"), text("sender"),
    text("contact"),
    text("text"), text("reference"), sa.Column("state", sa.String(20), nullable=False), time("received_at"),
    time("due"),
    text("taken_by"), text("decided_by", nullable=True), time("decided_at", nullable=True),
    text("reasons", nullable=True),
    sa.Index("ix_appeals_state_due", "state", "due"),
)  # fmt: skip

golden_cases = sa.Table(
    "golden_cases", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("cases"), sa.Column("outcome", sa.String(40), nullable=False),
    text("category", nullable=True), text("note"), text("by"), time("at"), time("ended_at", nullable=True),
)  # fmt: skip

draws = sa.Table(
    # Which decisions have been drawn for, so that each is drawn for once.
    "draws", metadata,
    sa.Column("decision_id", id_type(), sa.ForeignKey("decisions.id"), primary_key=True),
    sa.Column("blind", sa.Boolean(), nullable=False), sa.Column("golden", sa.Boolean(), nullable=False), time("at"),
)  # fmt: skip

second_looks = sa.Table(
    "second_looks", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), sa.Column("sort", sa.String(10), nullable=False), ref("cases"),
    ref("decisions", nullable=True),
    sa.Column("golden_id", id_type(), sa.ForeignKey("golden_cases.id"), nullable=True), text("first_by"),
    text("meant_for", nullable=True), sa.Column("expected", sa.String(40), nullable=False),
    text("expected_category", nullable=True), time("made_at"), text("held_by", nullable=True),
    time("held_until", nullable=True), text("by", nullable=True), time("at", nullable=True),
    sa.Column("outcome", sa.String(40), nullable=True), text("category", nullable=True), text("rationale"),
    sa.Column("agrees", sa.Boolean(), nullable=True), text("settled_by", nullable=True),
    time("settled_at", nullable=True), sa.Column("settled_as", sa.String(20), nullable=True),
    text("ground", nullable=True), text("jurisdiction", nullable=True), text("measure", nullable=True),
    sa.Column("entry_id", id_type(), nullable=True),
    sa.Index("ix_second_looks_at", "at", "made_at"), sa.Index("ix_second_looks_by_at", "by", "at"),
    sa.Index("ix_second_looks_held", "held_by", "held_until"),
    sa.Index("ix_second_looks_unsettled", "agrees", "settled_at", "id"),
)  # fmt: skip
