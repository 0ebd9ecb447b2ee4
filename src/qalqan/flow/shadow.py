"""A new policy in the shadow of the one in force: it weighs the same items, decides nothing, and may be put in force.

What is weighed live is only noted (`flow.way`), in the transaction that weighs it. The shadow weighs it afterwards,
in the background, so that it delays nobody, and what fails in it fails alone. Each step is one transaction and may be
broken off: an item waits until what came of it is kept, and is counted once, however often it is weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from qalqan.assess.differences import Difference, differences
from qalqan.assess.examples import failing
from qalqan.assess.policy import Policy, policy_of
from qalqan.errors import BadValue, NotFound, QalqanError
from qalqan.flow.effects import NOTHING, Known, places
from qalqan.flow.policies import put_in_force
from qalqan.flow.services import Services
from qalqan.flow.trying import failing_texts
from qalqan.i18n import gettext as _
from qalqan.model.assessments import Assessment, Band, Reason
from qalqan.model.ids import Id, new_id
from qalqan.model.shadow import FLAGS, Change, Compared, Count, Decided, InForce, Side, Walk
from qalqan.model.signals import INDICATORS, SAID
from qalqan.model.times import now
from qalqan.store import audit, shadow

AT_ONCE = 500
"""Items that are weighed between two transactions."""
SWEPT_AT_ONCE = 5_000
MOST_OLDER = 10_000_000
MOST_REASONS = 20
"""Reasons that are kept of one side of a difference."""
WAITING_COUNTED = 10_000
LONGEST_FAULT = 500
_ORDER = {band: place for place, band in enumerate(Band)}


def start(services: Services, by: str, text: str, source: str, older: int = 0) -> Walk:
    """Put a policy into the shadow; the `older` newest items found before are weighed with it as well.

    Raises BadValue where the policy is wrong, its own examples do not hold, or it is the one in force; AlreadyThere
    where another is in the shadow.
    """
    policy = _checked(text, source)
    standing = services.policy
    if policy.label == standing.label:
        raise BadValue(
            _("The policy in force is called %(label)s, too.") % {"label": policy.label},
            hint=_("Give the new one another version: a change of figures is a new version."),
        )
    walk = Walk(new_id(), policy.label, standing.label, text, by, now(), max(0, min(older, MOST_OLDER)))
    with services.store.writing() as tx:
        shadow.begin(tx, walk)
        audit.append(tx, by, "policy.shadow-started", walk.id, policy=walk.label, older=walk.left)
    return walk


def _checked(text: str, source: str) -> Policy:
    policy = policy_of(text, source)
    wrong = [*failing(policy), *(why for _one, why in failing_texts(policy))]
    if wrong:
        raise BadValue(f"{'; '.join(wrong)}.", hint=_("Mend the example or the figures."))
    return policy


def stop(services: Services, by: str) -> Walk:
    """Take the policy out of the shadow; what came of it stays to be read. Raises NotFound where there is none."""
    with services.store.writing() as tx:
        walk = _under_way(tx)
        shadow.end(tx, walk.id, by, switched_on=False)
        audit.append(tx, by, "policy.shadow-stopped", walk.id, policy=walk.label)
    return walk


def switch_on(services: Services, by: str, confirmed: str) -> InForce:
    """Put the policy in the shadow in force; `confirmed` is its name and version, typed by whoever does it.

    What was weighed before keeps what it came to until it is weighed again. Raises NotFound where none is in the
    shadow, BadValue where another name was typed.
    """
    with services.store.writing() as tx:
        walk = _under_way(tx)
        if confirmed.strip() != walk.label:
            raise BadValue(_("To switch it on, type its name and version: %(label)s") % {"label": walk.label})
        made = put_in_force(tx, by, walk.label, walk.text, "policy.switched-on", walk.id)
        shadow.end(tx, walk.id, by, switched_on=True)
    services.policies.forget()
    return made


def _under_way(tx: sa.Connection) -> Walk:
    walk = shadow.running(tx, alone=True)
    if walk is None:
        raise NotFound(_("No policy is in the shadow."), hint="qalqan policy shadow start FILE")
    return walk


def follow(services: Services, at_once: int = AT_ONCE) -> Iterator[int]:
    """Weigh with the policy in the shadow what waits for it; yield after each stretch how many items it counted.

    Several processes may do it at once.
    """
    while True:
        with services.store.reading() as tx:
            walk = shadow.running(tx)
            marks = shadow.waiting(tx, walk.id, at_once) if walk else {}
        if walk and marks:
            yield _weigh(services, walk, marks)
        elif walk and walk.left:
            yield _fetch_older(services, at_once)
        elif not walk and _sweep(services):
            yield 0
        else:
            return


def _weigh(services: Services, walk: Walk, marks: dict[Id, Id]) -> int:
    found, fault = _compared(services, walk, sorted(marks))
    with services.store.writing() as tx:
        still = shadow.running(tx, alone=True)
        if still is None or still.id != walk.id:
            return 0
        if fault:
            shadow.note_fault(tx, walk.id, fault)
        return shadow.keep(tx, walk.id, found, marks)


def _fetch_older(services: Services, at_once: int) -> int:
    """Let the next of the items found before wait; none is counted yet."""
    with services.store.writing() as tx:
        walk = shadow.running(tx, alone=True)
        if walk and walk.left:
            shadow.hand_in_older(tx, walk, at_once)
    return 0


def _sweep(services: Services) -> int:
    with services.store.reading() as tx:
        if not shadow.unswept(tx):
            return 0
    with services.store.writing() as tx:
        return shadow.sweep(tx, SWEPT_AT_ONCE)


@lru_cache(maxsize=2)
def _parsed(text: str, label: str) -> Policy:
    return policy_of(text, label)


def _compared(services: Services, walk: Walk, item_ids: Sequence[Id]) -> tuple[list[Compared], str | None]:
    """Return what both policies make of items, and what went wrong last: that item is counted as failed."""
    found, fault = [], None
    with services.store.reading() as tx:
        known, standing = Known(tx, item_ids, (SAID, *INDICATORS)), services.policies.within(tx)
        for item_id in item_ids:
            try:
                other = _parsed(walk.text, walk.label)
                found.append(compared(item_id, known.weigh(standing, item_id), known.weigh(other, item_id)))
            except Exception as error:  # noqa: BLE001 - whatever a new policy does wrong, it is told and hurts nobody
                fault = f"{item_id}: {error.message if isinstance(error, QalqanError) else repr(error)}"[:LONGEST_FAULT]
                found.append(Compared(item_id, Change.FAILED, Side(), Side()))
    return found, fault


def compared(item_id: Id, before: Sequence[Assessment], after: Sequence[Assessment]) -> Compared:
    """Return in what two weighings of an item differ; an item stands where its strongest assessment puts it."""
    sides = (_side(before, after), _side(after, before))
    return Compared(item_id, _change(*sides, {*places(before)} == {*places(after)}), *sides)


def _side(mine: Sequence[Assessment], other: Sequence[Assessment]) -> Side:
    band, category = next(iter(places(mine)), NOTHING)
    score = max((one.score for one in mine if (one.band, one.category) == (band, category)), default=0)
    others = {_essence(reason) for one in other for reason in one.reasons}
    reasons = [reason for one in mine for reason in one.reasons if _essence(reason) not in others]
    reasons.sort(key=lambda one: -one.points)
    return Side(band, category, score, tuple(reasons[:MOST_REASONS]))


def _essence(reason: Reason) -> tuple[Any, ...]:
    return (reason.feature, reason.points, reason.match_id, reason.span)


def _change(before: Side, after: Side, same_places: bool) -> Change:  # noqa: FBT001 - of three values the last
    flagged, flagged_after = before.band in FLAGS, after.band in FLAGS
    if flagged != flagged_after:
        return Change.FLAGGED if flagged_after else Change.CLEARED
    if before.band is not after.band:
        return Change.HIGHER if _ORDER[after.band] < _ORDER[before.band] else Change.LOWER
    if before.category != after.category or not same_places:
        return Change.CATEGORY
    return Change.SAME if before.score == after.score else Change.POINTS


@dataclass(frozen=True, slots=True)
class Status:
    """How far a policy in the shadow has come."""

    walk: Walk
    running: bool
    counts: tuple[Count, ...]
    listed: int
    """Differences that can be looked at; `shadow.MOST` at most."""
    waiting: int
    """Items that wait to be weighed, counted up to `WAITING_COUNTED`; those found before come on top of it."""
    decided: tuple[Decided, ...]

    def total(self, *changes: Change) -> int:
        """Count the items of these changes, or all that were weighed."""
        return sum(one.items for one in self.counts if not changes or one.change in changes)


def status(tx: sa.Connection) -> Status | None:
    """Return how far the policy in the shadow has come, or the last that was there; None where none ever was."""
    walk = shadow.last(tx)
    if walk is None:
        return None
    running = walk.ended_at is None
    waiting = shadow.count_waiting(tx, walk.id, WAITING_COUNTED) if running else 0
    found = (shadow.counts(tx, walk.id), shadow.count(tx, walk.id), waiting, shadow.decided(tx, walk.id))
    counts, listed, waiting, decided = found
    return Status(walk, running, tuple(counts), listed, waiting, tuple(decided))


def would_change(services: Services, walk: Walk) -> list[Difference]:
    """Return in what the policy in the shadow differs from the one in force, value by value. Raises BadValue."""
    return differences(services.policy, _parsed(walk.text, walk.label))
