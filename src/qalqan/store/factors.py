"""Second factors: TOTP (RFC 6238) and recovery codes for when the telephone is lost."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.model.people import Factor
from qalqan.model.times import now
from qalqan.store.records import record_of, row_of
from qalqan.store.sealing import Sealer
from qalqan.store.tables_people import recovery_codes, second_factors

STEP = 30
"""Seconds that a code lives."""
DRIFT = 1
"""Steps by which a telephone's clock may be wrong, either way."""
RECOVERY_CODES = 10


def of_person(tx: sa.Connection, person_id: Id) -> Factor | None:
    """Return somebody's second factor, confirmed or not."""
    row = tx.execute(sa.select(second_factors).where(second_factors.c.person_id == person_id)).first()
    return record_of(Factor, row) if row else None


def needed(tx: sa.Connection, person_id: Id) -> bool:
    """Whether somebody's login asks for a second factor: they have confirmed one."""
    found = of_person(tx, person_id)
    return found is not None and found.confirmed_at is not None


def having(tx: sa.Connection) -> set[Id]:
    """Return everybody who has confirmed a second factor."""
    query = sa.select(second_factors.c.person_id).where(second_factors.c.confirmed_at.is_not(None))
    return set(tx.execute(query).scalars())


def begin(tx: sa.Connection, person_id: Id, seal: Sealer) -> str:
    """Give somebody a new secret that is asked for once it is confirmed; return it. One that is confirmed goes."""
    secret = pyotp.random_base32()
    remove(tx, person_id)
    tx.execute(second_factors.insert(), row_of(Factor(person_id, seal.seal(secret), now(), None, 0)))
    return secret


def confirm(tx: sa.Connection, person_id: Id, code: str, seal: Sealer) -> list[str] | None:
    """Have the second factor asked for from now on; return recovery codes, shown this once. None for a wrong code."""
    if not take_code(tx, person_id, code, seal):
        return None
    this = second_factors.c.person_id == person_id
    tx.execute(second_factors.update().where(this).values(confirmed_at=now()))
    return fresh_recovery_codes(tx, person_id)


def take_code(tx: sa.Connection, person_id: Id, code: str, seal: Sealer, moment: datetime | None = None) -> bool:
    """Whether a code is right now and was not taken before; it is taken then. Of two who send it at once, one wins."""
    factor = of_person(tx, person_id)
    digits = "".join(code.split())
    if factor is None or not (digits.isascii() and digits.isdigit()):
        return False
    totp = pyotp.TOTP(seal.unseal(factor.secret), interval=STEP)
    present = int((moment or now()).timestamp()) // STEP
    right = [step for step in range(present - DRIFT, present + DRIFT + 1)
             if secrets.compare_digest(totp.generate_otp(step), digits)]  # fmt: skip
    if not right:
        return False
    taking = second_factors.update().where(
        second_factors.c.person_id == person_id, second_factors.c.last_step < right[-1]
    )
    return tx.execute(taking.values(last_step=right[-1])).rowcount == 1


def fresh_recovery_codes(tx: sa.Connection, person_id: Id) -> list[str]:
    """Return new recovery codes, shown this once; the old ones open nothing any more."""
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    tx.execute(recovery_codes.delete().where(recovery_codes.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_sha256": _hash(code), "used_at": None} for code in codes]
    tx.execute(recovery_codes.insert(), rows)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def take_recovery_code(tx: sa.Connection, person_id: Id, code: str) -> bool:
    """Whether this is one of somebody's recovery codes that was not used before; it is used then."""
    plain = "".join(code.split()).replace("-", "").lower()
    using = recovery_codes.update().where(
        recovery_codes.c.person_id == person_id,
        recovery_codes.c.code_sha256 == _hash(plain),
        recovery_codes.c.used_at.is_(None),
    )
    return tx.execute(using.values(used_at=now())).rowcount == 1


def recovery_codes_left(tx: sa.Connection, person_id: Id) -> int:
    """Return how many of somebody's recovery codes are still unused."""
    mine = (recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None))
    return tx.execute(sa.select(sa.func.count()).select_from(recovery_codes).where(*mine)).scalar_one()


def remove(tx: sa.Connection, person_id: Id) -> None:
    """Take somebody's second factor away, with its recovery codes."""
    tx.execute(recovery_codes.delete().where(recovery_codes.c.person_id == person_id))
    tx.execute(second_factors.delete().where(second_factors.c.person_id == person_id))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()  # 80 bits of chance need no slow hash
