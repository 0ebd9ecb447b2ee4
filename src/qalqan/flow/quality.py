"""Lets a share of decided cases be decided again by somebody who does not know it, and mixes in golden cases.

Whoever holds a second look sees the case as a fresh one: nothing of what was decided on it is sent to them, on no page
and over no API, until their own answer is final (`Veil`). What they answer is kept beside the decision that stands.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow import deciding
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.cases import GRAVE, Case, CaseState, Decision, Measure
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Golden, Second, Settled, Sort
from qalqan.model.times import now
from qalqan.store import audit, cases, decisions, quality
from qalqan.store.cases import QueueFilter
from qalqan.store.sealing import sealer

AT_ONCE = 200
ONE_IN = 3
"""While fresh cases are free, one taking in so many is of a second look: a run of them would tell."""
DIFFERED = mark("Somebody else came to another finding.")
LONGEST_NOTE = 2_000
_WHOLE = 1 << 64


def draws(services: Services, purpose: str, decision_id: Id, share: float) -> bool:
    """Whether a decision is drawn: an HMAC under this installation's key, so that nobody can foresee it."""
    signed = sealer(services.settings.key_file).signature(purpose, decision_id)
    return int(signed[:16], 16) < share * _WHOLE


def follow(services: Services) -> int:
    """Draw for decisions that nobody has drawn for; return how many second looks came of it. Safe to do twice."""
    with services.store.reading() as tx:
        if not quality.undrawn(tx, 1):
            return 0  # nobody who writes is kept waiting for nothing
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
        if one.by != name and not quality.has_looked(tx, one.case_id, name) and quality.add(tx, look):
            return 1
    return 0


def mixed_in(tx: sa.Connection, name: str, minutes: int, wanted: QueueFilter) -> Case | None:
    """Return a case to look at a second time once in so many times: while there are fresh ones, a run would tell."""
    return take(tx, name, minutes, wanted) if secrets.randbelow(ONE_IN) == 0 else None


def take(tx: sa.Connection, name: str, minutes: int, wanted: QueueFilter) -> Case | None:
    """Let somebody hold a case to look at a second time, and return it as they see it; None where none waits."""
    if wanted.state is not CaseState.OPEN:
        return None
    look = quality.held(tx, name) or quality.take(tx, name, minutes, wanted)
    return _veil(cases.get(tx, look.case_id), look).case if look else None


@dataclass(frozen=True, slots=True)
class Veil:
    """A case as whoever looks at it a second time sees it: nothing of what others decided on it may stand beside it."""

    case: Case
    decision: Decision | None
    """Their own answer, which they may still take back; None where it is still to be given."""


def veils(tx: sa.Connection, name: str) -> dict[Id, Veil]:
    """Return the cases that somebody looks at a second time now, as they see them, by id."""
    held = {one.case_id: one for one in quality.veiled(tx, name)}
    return {case_id: _veil(case, held[case_id]) for case_id, case in cases.by_ids(tx, held).items()} if held else {}


def veil(tx: sa.Connection, name: str, case_id: Id) -> Veil | None:
    """Return a case as somebody sees it who looks at it a second time now; None for all others."""
    return veils(tx, name).get(case_id)


def _veil(case: Case, look: Second) -> Veil:
    if look.at is None:
        return Veil(replace(case, state=CaseState.OPEN, claimed_by=look.held_by, claimed_until=look.held_until), None)
    answer = own_answer(look)
    state = CaseState.SECOND if answer.measure in GRAVE else CaseState.DECIDED
    return Veil(replace(case, state=state, claimed_by=None, claimed_until=None), answer)


def own_answer(look: Second) -> Decision:
    """Return what was answered on a second look in the form of a decision. It stands nowhere."""
    return Decision(
        look.id, look.case_id, look.by or "", look.at or look.made_at, look.outcome or look.expected, look.category,
        look.ground or "", look.jurisdiction or "", look.rationale, look.measure or Measure.NONE, "", (),
        entry_id=look.entry_id,
    )  # fmt: skip


def answered(tx: sa.Connection, look_id: Id, name: str) -> Decision | None:
    """Return what somebody answered on a second look, while they may take it back; None where it is no such look."""
    given = (one for one in quality.veiled(tx, name) if one.id == look_id and one.at is not None)
    return next(map(own_answer, given), None)


def hold_on(tx: sa.Connection, services: Services, name: str, case_id: Id) -> Case | None:
    """Let somebody hold a second look for longer, or anew; return the case as they see it, None where they have none.

    One that they have just given is taken back by it.
    """
    look = next((one for one in quality.veiled(tx, name) if one.case_id == case_id), None)
    if look is None:
        return None
    renew = quality.hold_on if look.at is None else quality.take_back
    renew(tx, look, services.settings.claim_minutes)
    return veils(tx, name)[case_id].case


def let_go(tx: sa.Connection, name: str, case_id: Id) -> bool:
    """Let somebody else have a second look; return False where one holds none at this case."""
    look = quality.held(tx, name, case_id)
    if look is not None:
        quality.let_go(tx, look)
    return look is not None


def give(services: Services, person: Person, case_id: Id, given: Given) -> Decision | None:
    """Write what somebody decides who holds a second look at a case; return it, None where they hold none.

    It is held to all that a decision is held to. What stands on the case stays as it is. Raises BadValue.
    """
    with services.store.writing() as tx:
        look = quality.held(tx, person.name, case_id)
        if look is None:
            return None
        made = replace(deciding.made_of(tx, services.policy, person, cases.get(tx, case_id), given), id=look.id)
        agrees = quality.give(tx, look, made, services.settings.claim_minutes)
        audit.append(tx, person.name, "case.second-look", case_id, look=look.id, sort=look.sort.value, agrees=agrees)
    return made


def take_back(services: Services, person: Person, look_id: Id) -> Id | None:
    """Let somebody answer a second look anew, shortly after they gave it; return its case, None where it is no look.

    Raises AlreadyThere where it is final: by then they may know what was decided before.
    """
    with services.store.writing() as tx:
        look = quality.of(tx, look_id)
        if look is None or look.by != person.name:
            return None
        if look.settled_at or look.id not in {one.id for one in quality.veiled(tx, person.name)}:
            raise AlreadyThere(_("This decision stands no longer."), hint=_("See the history of its case."))
        quality.take_back(tx, look, services.settings.claim_minutes)
        audit.append(tx, person.name, "case.second-look-undone", look.case_id, look=look.id)
        return look.case_id


def mark_golden(services: Services, person: Person, case_id: Id, note: str) -> Golden:
    """Mark a decided case as golden: what stands on it is what was agreed on. Raises NotFound, AlreadyThere, BadValue.

    The note says why everybody should come to the same.
    """
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE or "\0" in note:
        raise BadValue(_("Say why everybody should come to the same."), field="note")
    with services.store.writing() as tx:
        case = cases.locked(tx, [case_id]).get(case_id) or cases.get(tx, case_id)
        stands = decisions.standing(tx, case_id)
        if stands is None or case.state is not CaseState.DECIDED:
            raise BadValue(_("Only a decided case can be golden."), field="note")
        golden = Golden(new_id(), case_id, stands.outcome, stands.category, note, person.name, now())
        quality.add_golden(tx, golden)
        audit.append(tx, person.name, "golden.added", case_id, golden=golden.id)
    return golden


def end_golden(services: Services, person: Person, golden_id: Id) -> None:
    """Mix a golden case in no more. Raises NotFound."""
    with services.store.writing() as tx:
        quality.end_golden(tx, golden_id, now())
        audit.append(tx, person.name, "golden.ended", golden_id)


def settle(services: Services, person: Person, look_id: Id, how: Settled) -> None:
    """Say what becomes of two answers that differ: the first stands, or the case comes back to the queue.

    Raises NotFound, NotAllowed for whoever gave one of them, BadValue for a golden case that would be reopened.
    """
    with services.store.writing() as tx:
        look = quality.get(tx, look_id)
        cases.locked(tx, [look.case_id])
        if person.name in (look.by, look.first_by):
            raise NotAllowed(_("You gave one of the two answers: somebody else decides."))
        if how is Settled.REOPENED and look.sort is Sort.GOLDEN:
            raise BadValue(_("A golden case does not come back; end it where its answer is wrong."))
        quality.settle(tx, look_id, person.name, how)
        audit.append(tx, person.name, "disagreement.settled", look.case_id, look=look_id, settled=how.value)
        if how is Settled.REOPENED:
            deciding.reopen(tx, [look.case_id], person.name, DIFFERED)
