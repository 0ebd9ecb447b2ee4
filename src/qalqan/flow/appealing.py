"""Takes in appeals, and lets somebody who had no part in a decision answer them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from qalqan.assess.policy import Policy
from qalqan.errors import BadValue, NotAllowed, NotFound
from qalqan.flow import deciding, webhooks
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.cases import Appeal, AppealState, CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.times import now
from qalqan.store import appeals, audit, cases, decisions, uploads

LONGEST_NAME = 200
LONGEST_TEXT = 20_000
LONGEST_REASONS = 10_000
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_STEERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing: they can make a text read otherwise than it is."""

OUTCOMES = {
    Outcome.TERRORIST: mark("terrorist content"),
    Outcome.LAWFUL: mark("lawful"),
    Outcome.NOT_ENOUGH: mark("not enough to say"),
    Outcome.CONTEXT: mark("news, research or counter-speech"),
    Outcome.WRONG_MATCH: mark("a wrong match"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """An appeal as it comes in. The decision or an item of its case is named, or what the platform calls the item."""

    text: str
    sender: str = ""
    contact: str = ""
    reference: str = ""
    decision_id: Id | None = None
    item_id: Id | None = None
    platform: str = ""
    item_reference: str = ""
    """What that platform calls the item that it handed in."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers. A granted appeal needs the outcome that is right instead."""

    state: AppealState
    reasons: str
    outcome: Outcome | None = None
    category: str | None = None


def take_in(services: Services, by: str, sent: Sent) -> Appeal:
    """Take an appeal in; one whose reference is there already is returned as it stands.

    Raises BadValue for a text that is empty, too long or holds control characters, NotFound where nothing was decided.
    """
    text = clean(sent.text, LONGEST_TEXT)
    sender, contact, reference = (clean(one, LONGEST_NAME) for one in (sent.sender, sent.contact, sent.reference))
    if not text:
        raise BadValue(_("An appeal says why."), hint=_("Write what the sender objects to."))
    with services.store.writing() as tx:
        there = appeals.handed_in(tx, by, reference)
        if there:
            return there
        decision = _decision(tx, sent)
        cases.locked(tx, [decision.case_id])
        decision = _decision(tx, sent)  # while it waited for that, another one may have come to stand
        at = now()
        due = at + timedelta(days=services.settings.appeal_days)
        fresh = Appeal(
            new_id(), decision.id, decision.case_id, sender, contact, text, reference, AppealState.OPEN, at, due, by
        )
        kept = appeals.add(tx, fresh)
        if kept.id == fresh.id:
            audit.append(tx, by, "appeal.received", kept.id, decision=decision.id, case=decision.case_id)
            webhooks.emit(tx, "appeal.received", _told(kept))
    return kept


def clean(text: str, longest: int) -> str:
    """Return a text as it is kept: marks that turn the direction of writing are left out. Raises BadValue."""
    if len(text) > longest or _CONTROLS.search(text):
        raise BadValue(_("This is too long, or holds a character that no text has."))
    return _STEERING.sub("", text).strip()


def _decision(tx: sa.Connection, sent: Sent) -> Decision:
    if sent.decision_id:
        found = appeals.decision(tx, sent.decision_id)
        standing = appeals.standing(tx, found.case_id)
        if standing is None or standing.id != found.id:
            raise BadValue(_("This decision stands no longer."), hint=_("Appeal against the one that stands now."))
        return found
    if sent.item_id:
        return appeals.standing_on_item(tx, sent.item_id)
    if sent.item_reference:
        return _decision_on(tx, sent.platform, sent.item_reference)
    raise BadValue(_("An appeal names a decision, or an item that was decided on."))


def _decision_on(tx: sa.Connection, platform: str, reference: str) -> Decision:
    """Return the latest decision that stands on what a platform calls so. Raises NotFound."""
    found = decisions.standing_on_items(tx, uploads.called(tx, platform, reference))
    if not found:
        raise NotFound(
            _("No decision stands on this item."), hint=_("Name the platform and its reference as they were handed in.")
        )
    return found[0]


def barred(tx: sa.Connection, appeal: Appeal) -> set[str]:
    """Return who may not answer an appeal: whoever had a part in the decision, or in one that stands instead by now."""
    part = appeals.took_part(tx, appeals.decision(tx, appeal.decision_id))
    standing = appeals.standing(tx, appeal.case_id) if appeal.state is AppealState.OPEN else None
    return part | (appeals.took_part(tx, standing) if standing else set())


def answer(services: Services, person: Person, appeal_id: Id, given: Answer) -> Appeal:
    """Answer an appeal; granted, another decision stands in the place of the one appealed.

    Raises NotAllowed for whoever had a part in the decision, BadValue without reasons, AlreadyThere where it has one.
    """
    reasons = clean(given.reasons, LONGEST_REASONS)
    if not reasons:
        raise BadValue(_("An answer states its reasons."))
    with services.store.writing() as tx:
        appeal = appeals.get(tx, appeal_id)
        cases.locked(tx, [appeal.case_id])
        if person.name in barred(tx, appeal):
            raise NotAllowed(_("You had a part in this decision: somebody else answers."))
        _end(services, tx, person.name, appeal, given, reasons)
        ended = appeals.get(tx, appeal_id)
        audit.append(tx, person.name, f"appeal.{given.state.value}", appeal.id, decision=appeal.decision_id)
        webhooks.emit(tx, "appeal.decided", _told(ended))
    return ended


def _end(services: Services, tx: sa.Connection, name: str, appeal: Appeal, given: Answer, reasons: str) -> None:
    if given.state not in (AppealState.GRANTED, AppealState.REFUSED):
        raise BadValue(_("An appeal is granted or refused."))
    at = now()
    appeals.end(tx, appeal, given.state, name, reasons, at)
    if given.state is AppealState.GRANTED:
        _reverse(tx, services.policy, appeal, given, Answered(name, at, reasons))
    _go_on(tx, appeal.case_id, name, reversed_=given.state is AppealState.GRANTED)


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answers an appeal, when, and why."""

    by: str
    at: datetime
    reasons: str


def _reverse(tx: sa.Connection, policy: Policy, appeal: Appeal, given: Answer, answered: Answered) -> None:
    """Let another decision stand; what the first one asked for falls with it.

    Where somebody has decided so meanwhile, that stands: the appeal is granted by it.
    """
    first = appeals.decision(tx, appeal.decision_id)
    before = appeals.standing(tx, appeal.case_id) or first
    category = given.category if given.outcome is Outcome.TERRORIST else None
    if given.outcome is None or (given.outcome, category) == (first.outcome, first.category):
        raise BadValue(_("A granted appeal needs another outcome than the decision has."))
    if given.outcome is Outcome.TERRORIST and category not in policy.categories:
        raise BadValue(_("Choose a category."))
    if (given.outcome, category) == (before.outcome, before.category):
        return
    fresh = Decision(
        new_id(), appeal.case_id, answered.by, answered.at, given.outcome, category,
        before.ground if category else "", before.jurisdiction if category else "", answered.reasons, Measure.NONE,
        policy.label, before.item_ids, before.id,
    )  # fmt: skip
    appeals.supersede(tx, fresh)
    fallen = before.measure.value
    audit.append(tx, answered.by, "decision.superseded", before.id, by=fresh.id, appeal=appeal.id, measure=fallen)
    told = {"decision": fresh.id, "supersedes": before.id, "case": appeal.case_id, "outcome": fresh.outcome.value}
    webhooks.emit(tx, "decision.superseded", told)


def _go_on(tx: sa.Connection, case_id: Id, name: str, *, reversed_: bool) -> None:
    """Bring a case to where the end of an appeal leaves it: what waits there, and for whom, goes on."""
    state = cases.get(tx, case_id).state
    if state in (CaseState.APPEALED, CaseState.DECIDED):
        deciding.rest(tx, case_id)
    elif state is CaseState.SECOND and reversed_:
        # It proposed to supersede what stands no longer: agreed with, it would undo the answer to the appeal.
        cases.set_state(tx, case_id, CaseState.OPEN)
        cases.note(tx, case_id, name, deciding.REVERSED)


def withdraw(services: Services, by: str, appeal_id: Id) -> Appeal:
    """End an appeal that its sender takes back. Raises NotFound, AlreadyThere where it has an answer."""
    with services.store.writing() as tx:
        appeal = appeals.get(tx, appeal_id)
        cases.locked(tx, [appeal.case_id])
        appeals.end(tx, appeal, AppealState.WITHDRAWN, by, None, now())
        _go_on(tx, appeal.case_id, by, reversed_=False)
        audit.append(tx, by, "appeal.withdrawn", appeal.id, decision=appeal.decision_id)
        return appeals.get(tx, appeal_id)


def _told(appeal: Appeal) -> dict[str, str]:
    return {
        "appeal": appeal.id, "decision": appeal.decision_id, "case": appeal.case_id, "state": appeal.state.value,
        "reference": appeal.reference,
    }  # fmt: skip


def letter(appeal: Appeal, first: Decision, standing: Decision | None) -> str:
    """Return the answer for the sender as plain text, in the language that is spoken now; it names no reviewer."""
    lines = [
        _("Answer to your appeal"),
        "",
        _("Your reference: {reference}").format(reference=appeal.reference or appeal.id),
        _("Received: {day}").format(day=appeal.received_at.date().isoformat()),
        _("You objected to this decision: {outcome}").format(outcome=_(OUTCOMES[first.outcome])),
        "",
        *_ending(appeal, standing),
    ]
    return "\n".join(lines) + "\n"


def _ending(appeal: Appeal, standing: Decision | None) -> list[str]:
    if appeal.state is AppealState.OPEN:
        return [_("It is being looked at. You will have an answer by {day}.").format(day=appeal.due.date().isoformat())]
    if appeal.state is AppealState.WITHDRAWN:
        return [_("The appeal was withdrawn. The decision stands.")]
    said = _("Your appeal was refused. The decision stands.")
    if appeal.state is AppealState.GRANTED:
        said = _("Your appeal was granted. The decision was reversed.")
        if standing:
            said += " " + _("It now says: {outcome}").format(outcome=_(OUTCOMES[standing.outcome]))
    by_other = _("It was decided by somebody who had no part in the first decision.")
    return [said, by_other, "", _("Reasons:"), appeal.reasons or ""]
