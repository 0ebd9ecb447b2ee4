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
from qalqan.i18n import mark
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import GRAVE, Case, CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.store import appeals, audit, banks, cases, casing, decisions


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


DIFFERED = mark("Two people came to different findings.")
REVERSED = mark("An appeal was granted while a proposal waited for its second person.")
DISPUTED = mark("A known thing that was found in it is disputed.")


def decide(services: Services, person: Person, case_id: Id, given: Given) -> Decision:
    """Decide a case that one holds and all of whose items one has looked at.

    Raises NotAllowed, BadValue, AlreadyThere where it awaits a second person or the answer to an appeal.
    """
    with services.store.writing() as tx:
        disputed = given.entry_id if given.outcome is Outcome.WRONG_MATCH else None
        if disputed:  # what comes meanwhile would else be locked after the log
            banks.alone(tx)
            casing.alone(tx)
        case = _held(tx, case_id, person, _cases_near(tx, disputed))
        _hold_to_state(case)
        before = decisions.standing(tx, case_id)
        made = made_of(tx, services.policy, person, case, given, supersedes=before.id if before else None)
        grave = made.measure in GRAVE
        decisions.add(tx, made, standing=not grave)
        if grave:
            cases.set_state(tx, case_id, CaseState.SECOND)
        else:
            rest(tx, case_id)
        audit.append(tx, person.name, "case.proposed" if grave else "case.decided", case_id, decision=made.id)
        if not grave:
            _follow(tx, made)
    return made


def _hold_to_state(case: Case) -> None:
    if case.state is CaseState.SECOND:
        raise AlreadyThere(_("This case waits for a second person."), hint=_("Give a second opinion instead."))
    if case.state is CaseState.APPEALED:
        raise AlreadyThere(
            _("An appeal against the decision on this case is open."),
            hint=_("Its answer says what stands from then on."),
        )


def second(services: Services, person: Person, case_id: Id, given: Given) -> Decision:
    """Give a second opinion on a proposal; where it is the same the proposal stands, else the case comes back.

    Raises NotAllowed for whoever made the proposal, BadValue, AlreadyThere where there is no proposal any more.
    """
    with services.store.writing() as tx:
        case = _held(tx, case_id, person)
        proposal = waiting(tx, case)
        if proposal is None:
            raise AlreadyThere(
                _("No proposal waits here any more."), hint=_("Open the case again to see what happened.")
            )
        if proposal.by == person.name:
            raise own_proposal()
        made = made_of(tx, services.policy, person, case, given, second_to=proposal.id)
        decisions.add(tx, made, standing=False)
        audit.append(tx, person.name, "case.seconded", case_id, decision=made.id, agrees=_same(made, proposal))
        if _same(made, proposal):
            decisions.let_stand(tx, proposal)
            rest(tx, case_id)
            _follow(tx, proposal)
        else:
            cases.set_state(tx, case_id, CaseState.OPEN)
            cases.note(tx, case_id, person.name, DIFFERED)
    return made


def own_proposal() -> NotAllowed:
    """Return what whoever made a proposal is told who would give the second opinion on it."""
    return NotAllowed(_("A second opinion is somebody else's."), hint=_("Another person takes this case."))


def asked_for(proposal: Decision) -> Asked:
    """Return what a second person is told of a proposal."""
    return Asked(proposal.outcome, proposal.category, proposal.measure)


def waiting(tx: sa.Connection, case: Case) -> Decision | None:
    """Return the proposal that waits for a second person; None where none does."""
    if case.state is not CaseState.SECOND:
        return None
    history = decisions.history(tx, case.id)
    gone = decisions.undone(tx, [one.id for one in history])
    grave = (one for one in history if one.second_to is None and one.id not in gone and one.measure in GRAVE)
    return next(grave, None)


def undo(services: Services, person: Person, decision_id: Id) -> None:
    """Take back one's own decision, or as a lead anybody's; the case is open again, and one holds it.

    What it superseded stands again. A dispute that it opened on a bank's entry stays: a lead resolves it. Raises
    NotAllowed; AlreadyThere where it stands no longer, where an appeal against it is open or was granted by it, and
    where somebody else holds the case and works on it.
    """
    with services.store.writing() as tx:
        taken = decisions.get(tx, decision_id)
        case = cases.locked(tx, [taken.case_id])[taken.case_id]
        _hold_to_undoing(tx, person, case, taken)
        decisions.take_back(tx, decision_id, person.name)
        if taken.supersedes and taken.supersedes not in decisions.undone(tx, [taken.supersedes]):
            decisions.let_stand(tx, decisions.get(tx, taken.supersedes))
        cases.set_state(tx, case.id, CaseState.OPEN)
        cases.claim(tx, case.id, person.name, services.settings.claim_minutes)
        audit.append(tx, person.name, "decision.undone", decision_id, case=case.id)
        emit(tx, "decision.undone", told(taken))


def _hold_to_undoing(tx: sa.Connection, person: Person, case: Case, taken: Decision) -> None:
    """Raise NotAllowed, AlreadyThere where somebody may not take a decision back."""
    if taken.by != person.name and not may(person.role, Right.LEAD):
        raise NotAllowed(_("This is somebody else's decision."), hint=_("A lead can take it back."))
    stands, proposal = decisions.standing(tx, case.id), waiting(tx, case)
    if taken.id not in {one.id for one in (stands, proposal) if one}:
        raise AlreadyThere(_("This decision stands no longer."), hint=_("See the history of its case."))
    if appeals.open_against(tx, taken.id):
        raise AlreadyThere(_("An appeal against this decision is open."), hint=_("Answer the appeal instead."))
    if appeals.granted_by(tx, taken):
        raise AlreadyThere(
            _("An appeal was granted by this decision, and its sender was told."),
            hint=_("Decide the case anew instead."),
        )
    if held_by_other(case, person.name):
        raise AlreadyThere(
            _("{name} holds this case.").format(name=case.claimed_by), hint=_("Wait until they let it go.")
        )


def held_by_other(case: Case, name: str) -> bool:
    """Whether somebody else holds a case now."""
    return case.claimed_by not in (None, name) and case.claimed_until is not None and case.claimed_until > now()


def reopen(tx: sa.Connection, case_ids: Sequence[Id], by: str, why: str) -> int:
    """Bring decided cases back for another look; return how many. What was decided stands until it is superseded.

    One that waits for a second person or for the answer to an appeal is noted, and comes back after that.
    """
    found = cases.locked(tx, case_ids).values()
    for case in found:
        if case.state is CaseState.OPEN:
            continue
        if case.state is CaseState.DECIDED:
            cases.set_state(tx, case.id, CaseState.OPEN, held=True)
        cases.note(tx, case.id, by, why)
        audit.append(tx, by, "case.reopened", case.id, why=why)
    return sum(one.state is CaseState.DECIDED for one in found)


def rest(tx: sa.Connection, case_id: Id) -> CaseState:
    """Bring a case to where the decision that stands leaves it, and return that; nobody holds it then.

    It is open where it has grown or was to come back since that decision was made, appealed where an appeal is open,
    and else decided.
    """
    stands = decisions.standing(tx, case_id)
    back = cases.came_back(tx, case_id)
    grown = stands is None or bool(set(cases.item_ids(tx, case_id)) - set(stands.item_ids))
    state = CaseState.APPEALED if appeals.open_on(tx, case_id) else CaseState.DECIDED
    if stands is None or grown or (back is not None and back > stands.at):
        state = CaseState.OPEN
    cases.set_state(tx, case_id, state)
    return state


def told(made: Decision) -> dict[str, object]:
    """Return what others are told of a decision: ids and outcomes, no reasons and no names."""
    return {
        "decision": made.id, "case": made.case_id, "outcome": made.outcome.value, "category": made.category,
        "measure": made.measure.value, "items": list(made.item_ids), "supersedes": made.supersedes,
    }  # fmt: skip


def _held(tx: sa.Connection, case_id: Id, person: Person, others: Sequence[Id] = ()) -> Case:
    """Return a case that somebody holds and may decide; nobody changes it, nor `others`, until the transaction ends."""
    case = cases.locked(tx, [case_id, *others]).get(case_id) or cases.get(tx, case_id)
    if not may(person.role, Right.REVIEW):
        raise NotAllowed(_("Your role may not decide cases."), hint=_("Ask an admin for another role."))
    if case.claimed_by != person.name:  # a claim that ran out counts until somebody else takes the case
        raise NotAllowed(_("You do not hold this case."), hint=_("Take it first."))
    return case


def made_of(
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
    reopen(tx, others, made.by, DISPUTED)
