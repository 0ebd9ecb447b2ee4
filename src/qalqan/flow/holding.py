"""Who holds a case: taken, let go, and looked at. Nobody works on what somebody else works on."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotAllowed, NotFound
from qalqan.flow import deciding, quality
from qalqan.flow import protection as shields
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.model.cases import Case, CaseState
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.roles import Right, may
from qalqan.store import audit, cases, decisions
from qalqan.store.cases import QueueFilter


def take(services: Services, person: Person, case_id: Id) -> Case:
    """Take a case for `claim_minutes`, or hold it for as long from now; one that is decided, to decide it anew.

    Raises NotFound; NotAllowed for one's own proposal, and for what somebody else decided unless one is a lead;
    AlreadyThere where somebody else holds it or an appeal is open.
    """
    with services.store.writing() as tx:
        case = cases.locked(tx, [case_id]).get(case_id) or cases.get(tx, case_id)
        longer = quality.hold_on(tx, services, person.name, case_id)
        if longer is not None:
            return longer
        _hold_to(tx, case, person)
        taken = cases.claim(tx, case_id, person.name, services.settings.claim_minutes)
        audit.append(tx, person.name, "case.claimed", case_id)
    return taken


def take_next(services: Services, person: Person, wanted: QueueFilter) -> Case | None:
    """Take the most pressing case under a filter that waits and that nobody else holds; None where there is none.

    Now and then it is one to look at a second time (`flow.quality`): neither the answer nor the log tells. Who has
    looked at hard material for as long as the day's bound allows gets one that can be decided without it.
    """
    minutes = services.settings.claim_minutes
    with services.store.writing() as tx:
        if shields.standing(tx, person.id).at_bound:
            return _gentle(services, tx, person, wanted)
        taken = quality.mixed_in(tx, person.name, minutes, wanted)
        taken = taken or cases.claim_next(tx, wanted, person.name, minutes)
        taken = taken or quality.take(tx, person.name, minutes, wanted)
        if taken:
            audit.append(tx, person.name, "case.claimed", taken.id)
    return taken


def _gentle(services: Services, tx: sa.Connection, person: Person, wanted: QueueFilter) -> Case | None:
    """Take the most pressing case of which nothing hard is known, else the most pressing one without any file."""
    minutes = services.settings.claim_minutes
    taken = cases.claim_next(tx, replace(wanted, severity=0), person.name, minutes)
    taken = taken or cases.claim_next(tx, replace(wanted, fileless=True), person.name, minutes)
    if taken:
        audit.append(tx, person.name, "case.claimed", taken.id)
    return taken


def let_go(services: Services, person: Person, case_id: Id) -> None:
    """Let a case go, where one holds it."""
    with services.store.writing() as tx:
        if quality.let_go(tx, person.name, case_id) or cases.release(tx, case_id, person.name):
            audit.append(tx, person.name, "case.released", case_id)


def look(services: Services, person: Person, case_id: Id, item_id: Id) -> None:
    """Note that somebody has seen a member of a case, as it is now. Raises NotFound for what is no member."""
    with services.store.writing() as tx:
        if item_id not in cases.look(tx, case_id, [item_id], person.name):
            raise NotFound(_("This item is not in this case."))


def _hold_to(tx: sa.Connection, case: Case, person: Person) -> None:
    """Raise NotAllowed, AlreadyThere where somebody may not take a case that nobody else holds."""
    if case.state is CaseState.APPEALED:
        raise AlreadyThere(
            _("An appeal against the decision on this case is open."),
            hint=_("Its answer says what stands from then on."),
        )
    proposal = deciding.waiting(tx, case)
    if proposal and proposal.by == person.name:
        raise deciding.own_proposal()
    if not may_decide_anew(tx, case, person):
        raise NotAllowed(_("This is somebody else's decision."), hint=_("A lead can decide it anew."))


def may_decide_anew(tx: sa.Connection, case: Case, person: Person) -> bool:
    """Whether somebody may supersede what a case was decided as: it is their own decision, or they are a lead.

    What came back for another look is for anybody.
    """
    if case.state is not CaseState.DECIDED or may(person.role, Right.LEAD):
        return True
    standing = decisions.standing(tx, case.id)
    return standing is None or standing.by == person.name
