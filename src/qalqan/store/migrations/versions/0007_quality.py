"""Appeals, blind re-reviews, golden cases and policies in the shadow.

Revision: 0007, after 0006.
"""

from qalqan.errors import StoreError

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
