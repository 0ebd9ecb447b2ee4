"""Cases of the review desk, their members and claims, decisions, views and routes.

Revision: 0005, after 0004.
"""

from qalqan.errors import StoreError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
