"""Appeals, blind re-reviews, golden cases and policies in the shadow.

Revision: 0007, after 0006.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _appeals()
    _golden_cases()
    _draws()
    _second_looks()
    _shadow()


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _short(name: str, length: int, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ID, nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _appeals() -> None:
    op.create_table(
        "appeals",
        _id("id"), _short("key", 64), _id("decision_id"), _id("case_id"), _text("sender"), _text("contact"),
        _text("text"), _text("reference"), _short("state", 20), _moment("received_at"), _moment("due"),
        _text("taken_by"), _text("decided_by", nullable=True), _moment("decided_at", nullable=True),
        _text("reasons", nullable=True),
        _to("appeals", "decision_id", "decisions"), _to("appeals", "case_id", "cases"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"), sa.UniqueConstraint("key", name="uq_appeals_key"),
    )  # fmt: skip
    op.create_index("ix_appeals_decision_id", "appeals", ["decision_id"])
    op.create_index("ix_appeals_case_id", "appeals", ["case_id"])
    op.create_index("ix_appeals_state_due", "appeals", ["state", "due"])


def _golden_cases() -> None:
    op.create_table(
        "golden_cases",
        _id("id"), _id("case_id"), _short("outcome", 40), _text("category", nullable=True), _text("note"), _text("by"),
        _moment("at"), _moment("ended_at", nullable=True),
        _to("golden_cases", "case_id", "cases"), sa.PrimaryKeyConstraint("id", name="pk_golden_cases"),
    )  # fmt: skip
    op.create_index("ix_golden_cases_case_id", "golden_cases", ["case_id"])


def _draws() -> None:
    op.create_table(
        "draws",
        _id("decision_id"), sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("golden", sa.Boolean(), nullable=False), _moment("at"),
        _to("draws", "decision_id", "decisions"), sa.PrimaryKeyConstraint("decision_id", name="pk_draws"),
    )  # fmt: skip


def _second_looks() -> None:
    op.create_table(
        "second_looks",
        _id("id"), _short("key", 64), _short("sort", 10), _id("case_id"), _id("decision_id", nullable=True),
        _id("golden_id", nullable=True), _text("first_by"), _text("meant_for", nullable=True), _short("expected", 40),
        _text("expected_category", nullable=True), _moment("made_at"), _text("held_by", nullable=True),
        _moment("held_until", nullable=True), _text("by", nullable=True), _moment("at", nullable=True),
        _short("outcome", 40, nullable=True), _text("category", nullable=True), _text("rationale"),
        sa.Column("agrees", sa.Boolean(), nullable=True), _text("settled_by", nullable=True),
        _moment("settled_at", nullable=True),
        _to("second_looks", "case_id", "cases"), _to("second_looks", "decision_id", "decisions"),
        _to("second_looks", "golden_id", "golden_cases"), sa.PrimaryKeyConstraint("id", name="pk_second_looks"),
        sa.UniqueConstraint("key", name="uq_second_looks_key"),
    )  # fmt: skip
    op.create_index("ix_second_looks_case_id", "second_looks", ["case_id"])
    op.create_index("ix_second_looks_decision_id", "second_looks", ["decision_id"])
    op.create_index("ix_second_looks_at", "second_looks", ["at", "made_at"])


def _shadow() -> None:
    op.create_table(
        "shadow_walks",
        _id("id"), _short("key", 64), _text("policy"), _text("standing"), _moment("begun_at"), _moment("seen_at"),
        sa.Column("weighed", sa.Integer(), nullable=False), _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_walks"), sa.UniqueConstraint("key", name="uq_shadow_walks_key"),
    )  # fmt: skip
    op.create_table(
        "shadow_differences",
        _id("walk_id"), _id("item_id"), _short("kind", 20), _short("band", 20), _text("category"),
        sa.Column("score", sa.Integer(), nullable=False), _short("other_band", 20), _text("other_category"),
        sa.Column("other_score", sa.Integer(), nullable=False), sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("other_reasons", sa.JSON(), nullable=False), _moment("at"),
        _to("shadow_differences", "walk_id", "shadow_walks"), _to("shadow_differences", "item_id", "items"),
        sa.PrimaryKeyConstraint("walk_id", "item_id", name="pk_shadow_differences"),
    )  # fmt: skip
