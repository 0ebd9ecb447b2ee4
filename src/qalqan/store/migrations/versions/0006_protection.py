"""Settings of protection, and minutes spent on what is hard to look at.

Revision: 0006, after 0005.
"""

from qalqan.errors import StoreError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
