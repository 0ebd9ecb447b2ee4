"""Settings of protection, and time spent on what is hard to look at, by the server's own clock.

Time is counted for the person of the session alone, between two moments at which the server was asked, and never
beyond `until`: nobody can send more time than has passed, or somebody else's. What was looked at is not kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.protection import WEAKEST, Exposure, Floor, Looking, Shield
from qalqan.model.times import now
from qalqan.store.records import insert_new, record_of, records_of, row_of
from qalqan.store.tables import assessments, attachments, bank_entries, banks, people
from qalqan.store.tables_protection import exposures, looking, protection_floors, protection_own

DAYS = 14
"""How long exposure is kept, today with it."""
PAUSE = timedelta(minutes=5)
"""Without hard material, after which a stretch begins anew."""
SILENCE = timedelta(seconds=10)
"""Without a sign from the browser, after which a look counts as ended."""
CARRIERS = 50
"""Items that carry a file, of which the categories are asked."""
FILES_AT_ONCE = 100


def floor(tx: sa.Connection) -> Shield:
    """Return the organisation's floor; where none was ever set, that of `Shield`."""
    found = newest_floors(tx, 1)
    return found[0].shield if found else Shield()


def newest_floors(tx: sa.Connection, limit: int) -> list[Floor]:
    """Return the floors that were set, the newest first."""
    query = sa.select(protection_floors).order_by(protection_floors.c.at.desc(), protection_floors.c.id.desc())
    return records_of(Floor, tx.execute(query.limit(limit)))


def set_floor(tx: sa.Connection, shield: Shield, by: str) -> None:
    """Set the floor; the one before stays readable."""
    tx.execute(protection_floors.insert(), {"id": new_id(), "by": by, "at": now(), **row_of(shield)})


def own(tx: sa.Connection, person_id: Id) -> Shield:
    """Return what somebody has set for themselves; WEAKEST where nothing."""
    row = tx.execute(sa.select(protection_own).where(protection_own.c.person_id == person_id)).first()
    return WEAKEST if row is None else record_of(Shield, row)


def set_own(tx: sa.Connection, person_id: Id, shield: Shield) -> None:
    """Keep what somebody sets for themselves."""
    row = {"person_id": person_id, **row_of(shield)}
    if not insert_new(tx, protection_own, [row], "person_id"):
        tx.execute(protection_own.update().where(protection_own.c.person_id == person_id).values(row_of(shield)))


def looking_of(tx: sa.Connection, person_id: Id, *, lock: bool = False) -> Looking | None:
    """Return what is counted for somebody right now, None where nothing ever was; with `lock`, until it is changed."""
    query = sa.select(looking).where(looking.c.person_id == person_id)
    row = tx.execute(query.with_for_update() if lock else query).first()
    return None if row is None else record_of(Looking, row)


def begin(tx: sa.Connection, person_id: Id, severity: int, seconds: float, moment: datetime | None = None) -> None:
    """Count from now on, until the server hears of its end, and `seconds` long at most where it hears nothing.

    What is not hard (severity 0) is not counted, and ends what was.
    """
    moment = moment or now()
    if not severity:
        end(tx, person_id, moment)
        return
    before = settle(tx, person_id, moment)
    stretch = 0 if before is None or moment - before.at >= PAUSE else before.stretch
    if before is not None and before.until > moment:  # two at once: the harder one counts
        severity = max(severity, before.severity)
    _keep(tx, Looking(person_id, severity, moment, moment + timedelta(seconds=seconds), stretch))


def beat(tx: sa.Connection, person_id: Id, moment: datetime | None = None) -> None:
    """Count what has passed, and go on counting: the browser says that it is still looked at."""
    moment = moment or now()
    found = settle(tx, person_id, moment)
    if found is not None and found.at == moment:
        _keep(tx, Looking(person_id, found.severity, moment, max(found.until, moment + SILENCE), found.stretch))


def end(tx: sa.Connection, person_id: Id, moment: datetime | None = None) -> None:
    """Count what has passed, and count no more."""
    moment = moment or now()
    found = settle(tx, person_id, moment)
    if found is not None and found.until > moment:
        _keep(tx, Looking(person_id, found.severity, found.at, found.at, found.stretch))


def settle(tx: sa.Connection, person_id: Id, moment: datetime) -> Looking | None:
    """Add up to `moment` what was looked at, never beyond its own end; return what stands after it."""
    found = looking_of(tx, person_id, lock=True)
    if found is None or found.until <= found.at or moment <= found.at:
        return found
    counted_to = min(moment, found.until)
    millis = (counted_to - found.at) // timedelta(milliseconds=1)
    if millis:
        _add(tx, person_id, found.at.date().isoformat(), found.severity, millis)
    settled = Looking(person_id, found.severity, counted_to, found.until, found.stretch + millis)
    _keep(tx, settled)
    return settled


def today(tx: sa.Connection, person_id: Id, moment: datetime | None = None) -> float:
    """Return the seconds of hard material that are counted for somebody today (UTC)."""
    day = (moment or now()).date().isoformat()
    total = sa.select(sa.func.coalesce(sa.func.sum(exposures.c.millis), 0))
    return int(tx.execute(total.where(exposures.c.person_id == person_id, exposures.c.day == day)).scalar_one()) / 1000


def days_of(tx: sa.Connection, person_id: Id) -> list[Exposure]:
    """Return somebody's exposure by day and severity, the oldest first."""
    query = sa.select(exposures).where(exposures.c.person_id == person_id)
    return records_of(Exposure, tx.execute(query.order_by(exposures.c.day, exposures.c.severity)))


def totals(tx: sa.Connection, since: str) -> list[tuple[str, str, float]]:
    """Return name, day and seconds of everybody's exposure since a day: all that is needed to keep the bound."""
    total = sa.func.sum(exposures.c.millis)
    query = sa.select(people.c.name, exposures.c.day, total).join(people, people.c.id == exposures.c.person_id)
    query = query.where(exposures.c.day >= since).group_by(people.c.name, exposures.c.day)
    return [
        (row[0], row[1], int(row[2]) / 1000)
        for row in tx.execute(query.order_by(exposures.c.day.desc(), people.c.name))
    ]


def categories_of(tx: sa.Connection, hashes: Sequence[str]) -> dict[str, set[str]]:
    """Return the categories that stand for these files: of banks that hold them, of items that carry them."""
    found: dict[str, set[str]] = {one: set() for one in hashes}
    for start in range(0, len(hashes), FILES_AT_ONCE):
        some = hashes[start : start + FILES_AT_ONCE]
        known = sa.select(bank_entries.c.media_sha256, banks.c.category).join(
            banks, banks.c.id == bank_entries.c.bank_id
        )
        carried = sa.union_all(*map(_carriers_of, some)).subquery()
        stands = sa.and_(assessments.c.item_id == carried.c.item_id, assessments.c.current, assessments.c.score > 0)
        weighed = sa.select(carried.c.media_sha256, assessments.c.category).join(assessments, stands).distinct()
        for query in (known.where(bank_entries.c.media_sha256.in_(some)).distinct(), weighed):
            for sha256, category in tx.execute(query):
                found[sha256].add(category)
    return found


def _carriers_of(sha256: str) -> sa.Select[tuple[str, str]]:
    # Some of them: of a file that hangs on a hundred thousand items, the hundredth says nothing new.
    query = sa.select(attachments.c.media_sha256, attachments.c.item_id).where(attachments.c.media_sha256 == sha256)
    some = query.limit(CARRIERS).subquery()
    return sa.select(some.c.media_sha256, some.c.item_id)


def _keep(tx: sa.Connection, look: Looking) -> None:
    row = row_of(look)
    if not insert_new(tx, looking, [row], "person_id"):
        tx.execute(looking.update().where(looking.c.person_id == look.person_id).values(row))


def _add(tx: sa.Connection, person_id: Id, day: str, severity: int, millis: int) -> None:
    row = row_of(Exposure(person_id, day, severity, millis))
    if insert_new(tx, exposures, [row], "person_id", "day", "severity"):
        oldest = (datetime.fromisoformat(day) - timedelta(days=DAYS - 1)).date().isoformat()
        tx.execute(exposures.delete().where(exposures.c.person_id == person_id, exposures.c.day < oldest))
        return
    here = (exposures.c.person_id == person_id, exposures.c.day == day, exposures.c.severity == severity)
    tx.execute(exposures.update().where(*here).values(millis=exposures.c.millis + millis))
