"""What somebody decides on a second look is kept whole, and what a lead made of a disagreement.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    for name in ("ground", "jurisdiction", "measure"):
        op.add_column("second_looks", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("second_looks", sa.Column("entry_id", ID, nullable=True))
    op.add_column("second_looks", sa.Column("settled_as", sa.String(20), nullable=True))
    op.create_index("ix_second_looks_by_at", "second_looks", ["by", "at"])
    op.create_index("ix_second_looks_held", "second_looks", ["held_by", "held_until"])
    op.create_index("ix_second_looks_unsettled", "second_looks", ["agrees", "settled_at", "id"])


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
