"""Calibrations: how often a bank's stages matched what they should not, each time it was measured."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.model.calibrations import Calibration
from qalqan.model.ids import Id
from qalqan.store.records import record_of, row_of
from qalqan.store.tables import calibrations


def add(tx: sa.Connection, made: Sequence[Calibration]) -> None:
    """Keep these."""
    if made:
        tx.execute(calibrations.insert(), [row_of(one) for one in made])


def newest(tx: sa.Connection, bank_id: Id) -> dict[str, Calibration]:
    """Return the newest of each stage of a bank."""
    query = sa.select(calibrations).where(calibrations.c.bank_id == bank_id).order_by(calibrations.c.id)
    return {row.stage: record_of(Calibration, row) for row in tx.execute(query)}
