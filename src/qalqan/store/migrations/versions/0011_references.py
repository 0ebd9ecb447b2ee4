"""What platforms call the items that they handed in, so that they can speak of them by their own names.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.store.records import key_of

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
AT_ONCE = 1_000


def upgrade() -> None:
    made = op.create_table(
        "item_references",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("item_id", ID, sa.ForeignKey("items.id", name="fk_item_references_item_id"), nullable=False),
        sa.PrimaryKeyConstraint("key", "item_id", name="pk_item_references"),
    )
    _fill(made)


def _fill(made: sa.Table) -> None:
    """Note what those are called that were handed in over the API before."""
    query = sa.text("SELECT id, platform, origin FROM items WHERE reader = 'api/1'").columns(id=ID)
    found = op.get_bind().execute(query)
    while rows := found.fetchmany(AT_ONCE):
        called = [(row.id, row.platform, row.origin.removeprefix(f"{row.platform}/")) for row in rows]
        op.bulk_insert(
            made, [{"key": key_of("reference", name, its), "item_id": item_id} for item_id, name, its in called]
        )


def downgrade() -> None:
    op.drop_table("item_references")
