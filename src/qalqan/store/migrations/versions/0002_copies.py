"""Rules of banks, entries by the version they changed with, scores of matches, calibrations.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from qalqan.errors import StoreError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("banks", sa.Column("rules", JSON, nullable=False, server_default="{}"))
    op.add_column("bank_entries", sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_bank_entries_changed", "bank_entries", ["changed"])
    op.add_column("matches", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("matches", sa.Column("stretches", JSON, nullable=False, server_default="[]"))
    op.add_column("matches", sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("scans", sa.Column("since", sa.BigInteger(), nullable=True))
    _calibrations()


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")


def _calibrations() -> None:
    op.create_table(
        "calibrations",
        sa.Column("id", ID, nullable=False),
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("distractors", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("nearest", sa.JSON(), nullable=False),
        sa.Column("culprits", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name="fk_calibrations_bank_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calibrations"),
    )
    op.create_index("ix_calibrations_bank_id", "calibrations", ["bank_id"])
