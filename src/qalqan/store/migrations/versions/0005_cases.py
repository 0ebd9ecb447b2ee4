"""Cases of the review desk, their members and claims, decisions, views and routes.

Revision: 0005, after 0004. The first version's tables of cases and decisions were never written to: they are made anew.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:  # SQLite's own references go by name, and find the new table
        op.drop_constraint("fk_actions_decision_id", "actions", type_="foreignkey")
    op.drop_table("decisions")
    op.drop_table("cases")
    _cases()
    _members()
    _decisions()
    _views()
    if is_postgresql:
        op.create_foreign_key("fk_actions_decision_id", "actions", "decisions", ["decision_id"], ["id"])


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, nullable=False), sa.Column("key", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False), sa.Column("category", sa.String(80), nullable=False),
        sa.Column("band", sa.String(20), nullable=False), sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False), sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False), sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(20), nullable=True), sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("source_id", ID, nullable=True), sa.Column("queue", sa.String(80), nullable=False),
        sa.Column("opened_at", TIME, nullable=False), sa.Column("due", TIME, nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True), sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("aged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"), sa.UniqueConstraint("key", name="uq_cases_key"),
    )  # fmt: skip
    op.create_index("ix_cases_state", "cases", ["state", "priority", "id"])
    op.create_index("ix_cases_queue", "cases", ["queue", "state", "priority", "id"])


def _members() -> None:
    op.create_table(
        "case_items",
        sa.Column("item_id", ID, nullable=False), sa.Column("case_id", ID, nullable=False),
        sa.Column("tie", sa.String(20), nullable=False), sa.Column("added_at", TIME, nullable=False),
        _to("case_items", "case_id", "cases"), _to("case_items", "item_id", "items"),
        sa.PrimaryKeyConstraint("item_id", name="pk_case_items"),
    )  # fmt: skip
    op.create_index("ix_case_items_case_id", "case_items", ["case_id", "item_id"])
    op.create_table(
        "case_ties",
        sa.Column("tie", sa.String(64), nullable=False), sa.Column("case_id", ID, nullable=False),
        _to("case_ties", "case_id", "cases"), sa.PrimaryKeyConstraint("tie", name="pk_case_ties"),
    )  # fmt: skip
    op.create_index("ix_case_ties_case_id", "case_ties", ["case_id"])
    op.create_table(
        "case_looks",
        sa.Column("case_id", ID, nullable=False), sa.Column("person", sa.String(80), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _to("case_looks", "case_id", "cases"), _to("case_looks", "item_id", "items"),
        sa.PrimaryKeyConstraint("case_id", "person", "item_id", name="pk_case_looks"),
    )  # fmt: skip
    op.create_table(
        "case_notes",
        sa.Column("id", ID, nullable=False), sa.Column("case_id", ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False), sa.Column("text", sa.Text(), nullable=False),
        _to("case_notes", "case_id", "cases"), sa.PrimaryKeyConstraint("id", name="pk_case_notes"),
    )  # fmt: skip
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False), sa.Column("case_id", ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False), sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("category", sa.Text(), nullable=True), sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False), sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(40), nullable=False), sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("item_ids", sa.JSON(), nullable=False), sa.Column("supersedes", ID, nullable=True),
        sa.Column("second_to", ID, nullable=True), sa.Column("entry_id", ID, nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        _to("decisions", "case_id", "cases"), sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )  # fmt: skip
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"])
    op.create_index(
        "uq_decisions_standing", "decisions", ["case_id"], unique=True,
        sqlite_where=sa.text("standing"), postgresql_where=sa.text("standing"),
    )  # fmt: skip
    op.create_table(
        "undone",
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _to("undone", "decision_id", "decisions"), sa.PrimaryKeyConstraint("decision_id", name="pk_undone"),
    )  # fmt: skip


def _views() -> None:
    op.create_table(
        "case_views",
        sa.Column("id", ID, nullable=False), sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        _to("case_views", "person_id", "people"), sa.PrimaryKeyConstraint("id", name="pk_case_views"),
        sa.UniqueConstraint("person_id", "name", name="uq_case_views_person_id_name"),
    )  # fmt: skip
    op.create_table(
        "case_routes",
        sa.Column("id", ID, nullable=False), sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(80), nullable=False), sa.Column("language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False), sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_routes"),
    )  # fmt: skip


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
