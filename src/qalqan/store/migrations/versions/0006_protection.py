"""Settings of protection, and minutes spent on what is hard to look at.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "protection_floors",
        sa.Column("id", ID, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_shield(),
        sa.PrimaryKeyConstraint("id", name="pk_protection_floors"),
    )
    op.create_table(
        "protection_own",
        *_of_person("protection_own"),
        *_shield(),
        sa.PrimaryKeyConstraint("person_id", name="pk_protection_own"),
    )
    op.create_table(
        "looking",
        *_of_person("looking"),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_looking"),
    )
    op.create_table(
        "exposures",
        *_of_person("exposures"),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("millis", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day", "severity", name="pk_exposures"),
    )


def _of_person(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    whose = sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=f"fk_{table}_person_id_people")
    return sa.Column("person_id", ID, nullable=False), whose


def _shield() -> tuple[sa.Column[bool] | sa.Column[int], ...]:
    numbers = [sa.Column(name, sa.Integer(), nullable=False) for name in ("blur", "pause_minutes", "day_minutes")]
    switches = (sa.Column[bool](name, sa.Boolean(), nullable=False) for name in ("grey", "mute", "stills"))
    return (numbers[0], *switches, *numbers[1:])


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
