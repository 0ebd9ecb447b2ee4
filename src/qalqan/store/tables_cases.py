"""Cases of the review desk and what was decided."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import id_type, json_type, key, metadata, number, ref, text, time

cases = sa.Table(
    "cases", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), sa.Column("state", sa.String(20), nullable=False),
    sa.Column("category", sa.String(80), nullable=False), sa.Column("band", sa.String(20), nullable=False), number("score"), number("size"),
    number("severity"), sa.Column("priority", sa.Float(), nullable=False), sa.Column("parts", json_type(), nullable=False),
    sa.Column("language", sa.String(20), nullable=True), text("platform", nullable=True), sa.Column("source_id", id_type(), nullable=True),
    sa.Column("queue", sa.String(80), nullable=False), time("opened_at"), time("due", nullable=True),
    text("claimed_by", nullable=True), time("claimed_until", nullable=True),
    # How many of the steps of `review.priority.AGES` it has passed: the keeper raises it.
    number("aged"),
    # It holds all that the queue is narrowed, sorted and counted by: no rows are read but those shown.
    sa.Index("ix_cases_listed", "state", "priority", "id", "queue", "language", "category", "platform", "source_id", "claimed_by", "severity"),
    sa.Index("ix_cases_queue", "queue"), sa.Index("ix_cases_claimed_by", "claimed_by"),
    sa.Index("ix_cases_aged", "state", "aged", "opened_at"),
)  # fmt: skip

case_items = sa.Table(
    # An item is in one case only.
    "case_items", metadata,
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True), ref("cases", index=False),
    sa.Column("tie", sa.String(20), nullable=False), time("added_at"),
    sa.Index("ix_case_items_case_id", "case_id", "item_id"),
)  # fmt: skip

case_ties = sa.Table(
    # What ties further items to a case: a file, a known thing that it was found near, a text.
    "case_ties", metadata,
    sa.Column("tie", sa.String(64), primary_key=True), ref("cases"),
)  # fmt: skip

case_looks = sa.Table(
    "case_looks", metadata,
    sa.Column("case_id", id_type(), sa.ForeignKey("cases.id"), primary_key=True), sa.Column("person", sa.String(80), primary_key=True),
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True), time("at"),
)  # fmt: skip

case_notes = sa.Table(
    # Why a case came back.
    "case_notes", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("cases"), text("by"), time("at"), text("text"),
)  # fmt: skip

decisions = sa.Table(
    "decisions", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("cases"), text("by"), time("at"), sa.Column("outcome", sa.String(40), nullable=False),
    text("category", nullable=True), text("ground"), text("jurisdiction"), text("rationale"),
    sa.Column("measure", sa.String(40), nullable=False), text("policy"), sa.Column("item_ids", json_type(), nullable=False),
    sa.Column("supersedes", id_type(), nullable=True), sa.Column("second_to", id_type(), nullable=True),
    sa.Column("entry_id", id_type(), nullable=True),
    sa.Column("standing", sa.Boolean(), nullable=False),
    # The database itself holds that one decision at most stands: of two people who decide at once, one is told.
    sa.Index("ix_decisions_listed", "standing", "id", "outcome", "at"),
    sa.Index("uq_decisions_standing", "case_id", unique=True, sqlite_where=sa.text("standing"), postgresql_where=sa.text("standing")),
)  # fmt: skip

undone = sa.Table(
    "undone", metadata,
    sa.Column("decision_id", id_type(), sa.ForeignKey("decisions.id"), primary_key=True), text("by"), time("at"),
)  # fmt: skip

case_views = sa.Table(
    "case_views", metadata,
    sa.Column("id", id_type(), primary_key=True), sa.Column("person_id", id_type(), sa.ForeignKey("people.id"), nullable=False),
    sa.Column("name", sa.String(80), nullable=False), sa.Column("wanted", json_type(), nullable=False), time("at"),
    sa.UniqueConstraint("person_id", "name", name="uq_case_views_person_id_name"),
)  # fmt: skip

case_routes = sa.Table(
    "case_routes", metadata,
    sa.Column("id", id_type(), primary_key=True), number("ordinal"), sa.Column("queue", sa.String(80), nullable=False),
    text("language"), text("category"), text("platform"), sa.Column("source_id", id_type(), nullable=True), text("by"), time("at"),
)  # fmt: skip
