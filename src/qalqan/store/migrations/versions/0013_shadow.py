"""A policy in the shadow counts each item once, and one that is switched on is kept here, beside those before it.

Nothing wrote into the tables that stood here for it.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    op.drop_table("shadow_differences")
    op.drop_table("shadow_walks")
    op.create_table(
        "policies",
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=name == "text") for name in ("label", "text", "by")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("turn", name="pk_policies"),
    )
    op.create_table(
        "shadow_walks",
        sa.Column("id", ID, nullable=False),
        sa.Column("running", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("label", "standing", "text", "begun_by")),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_walks"),
        sa.UniqueConstraint("running", name="uq_shadow_walks_running"),
    )
    _of_items()


def _to_walk(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["walk_id"], ["shadow_walks.id"], name=f"fk_{table}_walk_id")


def _to_item(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=f"fk_{table}_item_id")


def _of_items() -> None:
    """Make the tables of what a walk comes to."""
    bands = ("band", "other_band")
    op.create_table(
        "shadow_items",
        sa.Column("walk_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("waits", ID, nullable=True),
        *(sa.Column(name, sa.String(20), nullable=True) for name in ("change", *bands)),
        _to_walk("shadow_items"),
        _to_item("shadow_items"),
        sa.PrimaryKeyConstraint("walk_id", "item_id", name="pk_shadow_items"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shadow_items_waits", "shadow_items", ["walk_id", "waits"])
    op.create_table(
        "shadow_counts",
        sa.Column("walk_id", ID, nullable=False),
        *(sa.Column(name, sa.String(20), nullable=False) for name in ("change", *bands)),
        sa.Column("counted", sa.Integer(), nullable=False),
        _to_walk("shadow_counts"),
        sa.PrimaryKeyConstraint("walk_id", "change", "band", "other_band", name="pk_shadow_counts"),
    )
    op.create_table(
        "shadow_differences",
        sa.Column("walk_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        *(sa.Column(name, sa.String(20), nullable=False) for name in ("change", *bands)),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("category", "other_category")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("score", "other_score")),
        *(sa.Column(name, sa.JSON(none_as_null=True), nullable=False) for name in ("reasons", "other_reasons")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _to_walk("shadow_differences"),
        _to_item("shadow_differences"),
        sa.PrimaryKeyConstraint("walk_id", "item_id", name="pk_shadow_differences"),
    )
    op.create_index("ix_shadow_differences_at", "shadow_differences", ["walk_id", "at", "item_id"])
    op.create_index("ix_shadow_differences_change", "shadow_differences", ["walk_id", "change", "at", "item_id"])


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
