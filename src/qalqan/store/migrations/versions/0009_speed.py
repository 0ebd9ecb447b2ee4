"""Which items hold what, and indexes for lists of a million items.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    op.create_table(
        "item_traits",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "seq", name="pk_item_traits"),
        sqlite_with_rowid=False,
    )
    _fill()
    op.create_index("ix_item_traits_named", "item_traits", ["kind", "value", "collected_at"])
    op.create_index("ix_items_seq", "items", ["seq"])
    op.create_index("ix_items_kind", "items", ["kind", "seq"])
    op.create_index("ix_items_source_seq", "items", ["source_id", "seq", "kind"])
    op.create_index("ix_bank_entries_newest", "bank_entries", ["bank_id", "id"])
    op.create_index("ix_bank_entries_status", "bank_entries", ["bank_id", "status", "id"])
    op.create_index("ix_matches_newest", "matches", ["stands", "id"])
    op.create_index("ix_problems_newest", "problems", ["source_id", "id"])
    op.create_index("ix_matches_kind", "matches", ["kind", "item_id"])
    _lead()


def _lead() -> None:
    """Give assessments their items' places, and mark the strongest of each item."""
    op.add_column("assessments", sa.Column("leads", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("assessments", sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("assessments", sa.Column("source_id", ID, nullable=True))
    op.execute(
        "UPDATE assessments SET seq = (SELECT i.seq FROM items i WHERE i.id = assessments.item_id), "
        "source_id = (SELECT i.source_id FROM items i WHERE i.id = assessments.item_id), "
        "leads = current AND NOT EXISTS (SELECT 1 FROM assessments o "
        "WHERE o.item_id = assessments.item_id AND o.current "
        "AND (o.score > assessments.score OR (o.score = assessments.score AND o.category < assessments.category)))"
    )
    columns = ["leads", "band", "score", "id", "item_id", "source_id", "seq"]
    op.create_index("ix_assessments_leads", "assessments", columns)


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")


def _fill() -> None:
    """Note what the items that are there hold, of their own and in files: each kind once, names with whom they mean."""
    own = "JOIN items i ON i.id = s.item_id"
    of_files = "JOIN attachments a ON a.media_sha256 = s.media_sha256 JOIN items i ON i.id = a.item_id"
    listed, named = "s.kind NOT IN ('text', 'language')", "s.kind = 'name'"
    for join in (own, of_files):
        for value, which in (("''", listed), ("substr(s.value, 1, 200)", named)):
            op.execute(
                "INSERT INTO item_traits (kind, value, seq, collected_at) "  # noqa: S608 - put together from our own words
                f"SELECT DISTINCT s.kind, {value}, i.seq, i.collected_at FROM signals s {join} WHERE {which} "
                "ON CONFLICT DO NOTHING"
            )
