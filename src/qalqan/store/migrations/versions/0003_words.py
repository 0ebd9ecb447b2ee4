"""Terms that operators add to the lexicons or switch off.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lexicon_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("sense", sa.String(20), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lexicon_entries"),
        sa.UniqueConstraint("key", name="uq_lexicon_entries_key"),
    )
    op.create_index("ix_lexicon_entries_language_sense", "lexicon_entries", ["language", "sense"])


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
