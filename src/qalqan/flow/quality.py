"""Lets a share of decided cases be decided again by somebody who does not know it, and measures what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from qalqan.errors import BadValue
from qalqan.flow.services import Services
from qalqan.model.cases import Case, CaseState, Decision, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Golden, Precision, Second, Sort
from qalqan.model.times import now
from qalqan.review.agreement import Agreement, agreement
from qalqan.review.quality import agreements, features, precisions
from qalqan.store import audit, quality
from qalqan.store.sealing import sealer

AT_ONCE = 200
_WHOLE = 1 << 64


def draws(services: Services, purpose: str, decision_id: Id, share: float) -> bool:
    """Whether a decision is drawn: an HMAC under this installation's key, so that nobody can foresee it."""
    signed = sealer(services.settings.key_file).signature(purpose, decision_id)
    return int(signed[:16], 16) < share * _WHOLE


def follow(services: Services) -> int:
    """Draw for decisions that nobody has drawn for; return how many second looks came of it. Safe to do twice."""
    with services.store.writing() as tx:
        return sum(_draw(services, tx, one) for one in quality.undrawn(tx, AT_ONCE))


def _draw(services: Services, tx: sa.Connection, one: Decision) -> int:
    share = services.settings.blind_share
    blind, golden = (draws(services, purpose, one.id, share) for purpose in ("blind", "golden"))
    if not quality.note_draw(tx, one.id, blind=blind, golden=golden):
        return 0
    made = int(blind and quality.add(tx, _blind(one)))
    return made + (_golden(tx, one.by) if golden else 0)


def _blind(one: Decision) -> Second:
    return Second(new_id(), Sort.BLIND, one.case_id, one.id, None, one.by, None, one.outcome, one.category, now())


def _golden(tx: sa.Connection, name: str) -> int:
    """Mean the oldest golden case that somebody has not had for them; return how many there were, one or none."""
    for one in quality.goldens(tx):
        look = Second(new_id(), Sort.GOLDEN, one.case_id, None, one.id, one.by, name, one.outcome, one.category, now())
        if one.by != name and quality.add(tx, look):
            return 1
    return 0


def take_blind(services: Services, person: Person, minutes: int) -> Id | None:
    """Return the case that somebody is to see next as if it were a fresh one; None where none waits for them."""
    follow(services)
    with services.store.writing() as tx:
        look = quality.held(tx, person.name) or quality.take(tx, person.name, minutes)
        if look is None:
            return None
        # The log names nothing that the desk could tell a second look by.
        audit.append(tx, person.name, "case.claimed", look.case_id)
        return look.case_id


def as_fresh(tx: sa.Connection, case: Case, name: str) -> Case | None:
    """Return a case as whoever holds a second look at it sees it: open, and theirs; None for all others.

    Nothing of what was decided on it may be shown beside it.
    """
    look = quality.held(tx, name, case.id)
    if look is None:
        return None
    return replace(case, state=CaseState.OPEN, claimed_by=name, claimed_until=look.held_until)


def give(
    services: Services, person: Person, case_id: Id, outcome: Outcome, category: str | None, rationale: str
) -> bool:
    """Write what somebody decides who holds a second look at a case; return False where they hold none.

    What stands on the case stays as it is. Raises BadValue for a category that the policy does not have.
    """
    category = category if outcome is Outcome.TERRORIST else None
    with services.store.writing() as tx:
        look = quality.held(tx, person.name, case_id)
        if look is None:
            return False
        if outcome is Outcome.TERRORIST and category not in services.policy.categories:
            raise BadValue("Choose a category.")
        agrees = quality.give(tx, look, outcome, category, rationale)
        audit.append(tx, person.name, "case.second-look", case_id, sort=look.sort.value, agrees=agrees)
    return True


def mark_golden(services: Services, person: Person, golden: Golden) -> None:
    """Mark a case as golden. Raises NotFound, AlreadyThere, BadValue."""
    if golden.outcome is Outcome.TERRORIST and golden.category not in services.policy.categories:
        raise BadValue("Choose a category.")
    with services.store.writing() as tx:
        quality.add_golden(tx, golden)
        audit.append(tx, person.name, "golden.added", golden.case_id, golden=golden.id)


def end_golden(services: Services, person: Person, golden_id: Id) -> None:
    """Mix a golden case in no more. Raises NotFound."""
    with services.store.writing() as tx:
        quality.end_golden(tx, golden_id, now())
        audit.append(tx, person.name, "golden.ended", golden_id)


def settle(services: Services, person: Person, look_id: Id) -> None:
    """Note that a lead has looked at a disagreement. Raises NotFound."""
    with services.store.writing() as tx:
        quality.settle(tx, look_id, person.name)
        audit.append(tx, person.name, "disagreement.settled", look_id)


@dataclass(frozen=True, slots=True)
class Measured:
    """What decisions and second looks say."""

    blind: Agreement
    golden: Agreement
    by_category: list[tuple[str, Agreement]]
    by_language: list[tuple[str, Agreement]]
    features: list[Precision]
    banks: list[Precision]
    matchers: list[Precision]
    waiting: int


def measured(tx: sa.Connection) -> Measured:
    """Measure agreement and precision from everything that was decided."""
    pairs = quality.pairs(tx)
    blind = [one for one in pairs if one.sort is Sort.BLIND]
    golden = [(one.first, one.second) for one in pairs if one.sort is Sort.GOLDEN]
    return Measured(
        agreement([(one.first, one.second) for one in blind]),
        agreement(golden),
        agreements(blind, lambda one: one.category),
        agreements(blind, lambda one: one.language or ""),
        precisions(features(quality.reasons_of_decided(tx))),
        precisions(quality.by_bank(tx)),
        precisions(quality.by_matcher(tx)),
        quality.count_waiting(tx),
    )
