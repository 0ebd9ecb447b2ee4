"""Settings of protection, and time spent on what is hard to look at."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import id_type, metadata, number, text, time


def _shield() -> tuple[sa.Column[int] | sa.Column[bool], ...]:
    switches = (sa.Column[bool](name, sa.Boolean(), nullable=False) for name in ("grey", "mute", "stills"))
    return (number("blur"), *switches, number("pause_minutes"), number("day_minutes"))


def _person() -> sa.Column[str]:
    return sa.Column("person_id", id_type(), sa.ForeignKey("people.id"), primary_key=True)


protection_floors = sa.Table(
    "protection_floors", metadata, sa.Column("id", id_type(), primary_key=True), text("by"), time("at"), *_shield()
)

protection_own = sa.Table("protection_own", metadata, _person(), *_shield())

looking = sa.Table(
    "looking", metadata, _person(), number("severity"), time("at"), time("until"), number("stretch"),
)  # fmt: skip

exposures = sa.Table(
    "exposures", metadata,
    _person(), sa.Column("day", sa.String(10), primary_key=True), sa.Column("severity", sa.Integer(), primary_key=True),
    number("millis"),
)  # fmt: skip
