"""Step 5: people decide. Each deed is one transaction: the decision, the case, the audit log and what others are told.

A decision that asks for a grave measure is a proposal until a second person, who has seen neither its reasons nor whose
it is, comes to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qalqan.assess.policy import Policy
from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow.services import Services
from qalqan.flow.webhooks import emit
from qalqan.i18n import gettext as _
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import GRAVE, Case, CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.store import audit, banks, cases, decisions


@dataclass(frozen=True, slots=True)
class Given:
    """What a person decides."""

    outcome: Outcome
    category: str | None = None
    ground: str = ""
    jurisdiction: str = ""
    rationale: str = ""
    measure: Measure = Measure.NONE
    entry_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a second person is asked for: no reason, and no name."""

    outcome: Outcome
    category: str | None
    measure: Measure


def decide(services: Services, person: Person, case_id: Id, given: Given) -> Decision:
    """Decide a case that one holds and all of whose items one has looked at.

    Raises NotAllowed, BadValue, AlreadyThere where it was decided meanwhile or awaits a second person.
    """
    with services.store.writing() as tx:
        case = _held(tx, case_id, person)
        if case.state not in (CaseState.OPEN, CaseState.APPEALED):
            raise AlreadyThere("This case waits for a second person.", hint="Give a second opinion instead.")
        before = decisions.standing(tx, case_id)
        made = _made(tx, services.policy, person, case, given, supersedes=before.id if before else None)
        grave = made.measure in GRAVE
        decisions.add(tx, made, standing=not grave)
        cases.set_state(tx, case_id, CaseState.SECOND if grave else CaseState.DECIDED)
        audit.append(tx, person.name, "case.proposed" if grave else "case.decided", case_id, decision=made.id)
        if not grave:
            _follow(tx, made)
    return made


def second(services: Services, person: Person, case_id: Id, given: Given) -> Decision:
    """Give a second opinion on a proposal; where it is the same the proposal stands, else the case comes back.

    Raises NotAllowed for whoever made the proposal, BadValue, AlreadyThere where there is no proposal any more.
    """
    with services.store.writing() as tx:
        case = _held(tx, case_id, person)
        proposal = _proposal(tx, case)
        if proposal.by == person.name:
            raise NotAllowed("A second opinion is somebody else's.", hint="Let the case go; another person takes it.")
        made = _made(tx, services.policy, person, case, given, second_to=proposal.id)
        decisions.add(tx, made, standing=False)
        if _same(made, proposal):
            decisions.let_stand(tx, proposal)
            cases.set_state(tx, case_id, CaseState.DECIDED)
            _follow(tx, proposal)
        else:
            cases.set_state(tx, case_id, CaseState.OPEN)
            cases.note(tx, case_id, person.name, "Two people came to different findings.")
        audit.append(tx, person.name, "case.seconded", case_id, decision=made.id, agrees=_same(made, proposal))
    return made


def proposal_for(tx: sa.Connection, case_id: Id, _person: Person) -> Asked | None:
    """Return what a second person is asked for; None where no proposal waits."""
    case = cases.get(tx, case_id)
    if case.state is not CaseState.SECOND:
        return None
    proposal = _proposal(tx, case)
    return Asked(proposal.outcome, proposal.category, proposal.measure)


def undo(services: Services, person: Person, decision_id: Id) -> None:
    """Take back one's own decision, or as a lead anybody's; the case is open again, and one holds it.

    What it superseded stands again. A dispute that it opened on a bank's entry stays: a lead resolves it. Raises
    NotAllowed, AlreadyThere where it stands no longer.
    """
    with services.store.writing() as tx:
        taken = decisions.get(tx, decision_id)
        if taken.by != person.name and not may(person.role, Right.LEAD):
            raise NotAllowed("This is somebody else's decision.", hint="A lead can take it back.")
        if taken.id not in _undoable(tx, taken.case_id):
            raise AlreadyThere("This decision stands no longer.", hint="See the history of its case.")
        decisions.take_back(tx, decision_id, person.name)
        if taken.supersedes and taken.supersedes not in decisions.undone(tx, [taken.supersedes]):
            decisions.let_stand(tx, decisions.get(tx, taken.supersedes))
        cases.set_state(tx, taken.case_id, CaseState.OPEN)
        cases.claim(tx, taken.case_id, person.name, services.settings.claim_minutes)
        audit.append(tx, person.name, "decision.undone", decision_id, case=taken.case_id)
        emit(tx, "decision.undone", told(taken))


def reopen(tx: sa.Connection, case_ids: Sequence[Id], by: str, why: str) -> int:
    """Bring decided cases back for another look; return how many. What was decided stands until it is superseded."""
    found = cases.by_ids(tx, case_ids)
    back = [one for one in found.values() if one.state is CaseState.DECIDED]
    for case in back:
        cases.set_state(tx, case.id, CaseState.OPEN)
        cases.note(tx, case.id, by, why)
        audit.append(tx, by, "case.reopened", case.id, why=why)
    return len(back)


def told(made: Decision) -> dict[str, object]:
    """Return what others are told of a decision: ids and outcomes, no reasons and no names."""
    return {
        "decision": made.id, "case": made.case_id, "outcome": made.outcome.value, "category": made.category,
        "measure": made.measure.value, "items": list(made.item_ids), "supersedes": made.supersedes,
    }  # fmt: skip


def _held(tx: sa.Connection, case_id: Id, person: Person) -> Case:
    case = cases.get(tx, case_id)
    if not may(person.role, Right.REVIEW):
        raise NotAllowed("Your role may not decide cases.", hint="Ask an admin for another role.")
    if case.claimed_by != person.name or case.claimed_until is None or case.claimed_until <= now():
        raise NotAllowed("You do not hold this case.", hint="Take it first.")
    return case


def _proposal(tx: sa.Connection, case: Case) -> Decision:
    history = decisions.history(tx, case.id)
    gone = decisions.undone(tx, [one.id for one in history])
    waiting = [one for one in history if one.second_to is None and one.id not in gone and one.measure in GRAVE]
    if case.state is not CaseState.SECOND or not waiting:
        raise AlreadyThere("No proposal waits here any more.", hint="Open the case again to see what happened.")
    return waiting[0]


def _undoable(tx: sa.Connection, case_id: Id) -> set[Id]:
    """Return what can be taken back on a case: what stands, and a proposal that waits."""
    stands = decisions.standing(tx, case_id)
    case = cases.get(tx, case_id)
    waiting = {_proposal(tx, case).id} if case.state is CaseState.SECOND else set()
    return waiting | ({stands.id} if stands else set())


def _made(
    tx: sa.Connection, policy: Policy, person: Person, case: Case, given: Given,
    *, supersedes: Id | None = None, second_to: Id | None = None,
) -> Decision:  # fmt: skip
    """Return the decision that a person gives, held to what the policy asks. Raises BadValue."""
    items = cases.item_ids(tx, case.id)
    left = len(set(items) - cases.looked(tx, case.id, person.name))
    if left:
        raise BadValue(_("Look at every item of the case first: {left} are left.").format(left=left), field="form")
    check(policy, given)
    if given.outcome is Outcome.WRONG_MATCH and case.id not in _cases_near(tx, given.entry_id):
        raise BadValue(_("Choose the known thing that matched wrongly."), field="entry")
    return Decision(
        id=new_id(), case_id=case.id, by=person.name, at=now(), outcome=given.outcome, category=given.category,
        ground=given.ground, jurisdiction=given.jurisdiction, rationale=given.rationale, measure=given.measure,
        policy=f"{policy.name}/{policy.version}", item_ids=tuple(items), supersedes=supersedes, second_to=second_to,
        entry_id=given.entry_id,
    )  # fmt: skip


def _cases_near(tx: sa.Connection, entry_id: Id | None) -> list[Id]:
    return decisions.cases_near(tx, entry_id) if entry_id else []


def check(policy: Policy, given: Given) -> None:
    """Raise BadValue for the first field that is not as the policy asks for this outcome."""
    terrorist = given.outcome is Outcome.TERRORIST
    category = policy.categories.get(given.category or "")
    if terrorist and category is None:
        raise BadValue(_("Choose a category."), field="category")
    if not terrorist and given.measure is not Measure.NONE:
        raise BadValue(_("Only terrorist content is acted upon."), field="measure")
    if given.ground and (category is None or given.ground not in category.grounds):
        raise BadValue(_("Choose a rule of this category."), field="ground")
    needs = policy.decisions.get(given.outcome.value)
    if needs is None:
        return
    if needs.ground and category is not None and category.grounds and not given.ground:
        raise BadValue(_("Name the rule that it stands on."), field="ground")
    if needs.jurisdiction and given.jurisdiction not in policy.jurisdictions:
        raise BadValue(_("Name the jurisdiction."), field="jurisdiction")
    if len(given.rationale.strip()) < needs.rationale:
        wanted = _("Give your reasons, in at least {least} letters.").format(least=needs.rationale)
        raise BadValue(wanted, field="rationale")


def _same(one: Decision, other: Decision) -> bool:
    return (one.outcome, one.category, one.measure) == (other.outcome, other.category, other.measure)


def _follow(tx: sa.Connection, made: Decision) -> None:
    """Do what follows from a decision that stands: tell others, and dispute what matched wrongly."""
    emit(tx, "decision.made", told(made))
    if made.outcome is Outcome.WRONG_MATCH and made.entry_id:
        _dispute(tx, made, made.entry_id)


def _dispute(tx: sa.Connection, made: Decision, entry_id: Id) -> None:
    """Let an entry match no more until a lead has looked; what was decided on its other matches comes back."""
    if banks.entry(tx, entry_id).status is not EntryStatus.ACTIVE:
        return
    banks.change_status(tx, entry_id, EntryStatus.DISPUTED, made.by, f"It matched wrongly: decision {made.id}")
    audit.append(tx, made.by, "entry.disputed", entry_id, decision=made.id)
    others = [one for one in decisions.cases_near(tx, entry_id) if one != made.case_id]
    reopen(tx, others, made.by, "A known thing that was found in it is disputed.")
