"""The learned order of items within a band: kept in the home folder, off until somebody switches it on.

It is only ever a re-ordering of a list that is asked for with it: bands, points and what is stored stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from qalqan.assess import learning
from qalqan.assess.learning import Model
from qalqan.errors import BadValue, UsageError
from qalqan.flow.decisions import Decisions
from qalqan.flow.order_audit import Audit, audit, reading_of
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.items import Item
from qalqan.model.times import now
from qalqan.store import audit as log
from qalqan.store import findings, items
from qalqan.store.items import ItemFilter, Page

LEAST = 500
"""Decisions from which on a learned order can be switched on."""
MOST = 1_000
"""Items of a band that are put into the learned order: those that stand first without it."""
FILE = "learned-order.json"
_LONGEST = 1 << 20
"""Bytes of the file; it takes a few thousand."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The learned order as the home folder holds it."""

    model: Model
    audit: Audit | None = None
    on: bool = False


def kept(services: Services) -> Kept | None:
    """Return the learned order, None where none was learned. Raises BadValue where its file is damaged."""
    try:
        with _path(services).open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise BadValue(f"{FILE} is too long to be a learned order.", hint="Learn it anew: qalqan learn fit")
        return msgspec.json.decode(content, type=Kept)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadValue(f"{FILE} is damaged: {error}", hint="Learn it anew: qalqan learn fit") from error


def learn(services: Services, decisions: Decisions, by: str) -> Kept:
    """Learn an order from decisions; it takes the place of an earlier one and is off. Raises BadValue."""
    words = services.policy.words
    model = learning.fit(decisions.decided, set(words.supports) if words else (), services.policy.label, now())
    return _keep(services, Kept(model), by, "order.learned", decisions=model.decisions)


def check(services: Services, decisions: Decisions, by: str, most: int) -> Kept:
    """Audit the learned order on the decisions that it was learned from. Raises UsageError, BadValue for others."""
    now_kept = _needed(services)
    given = learning.digest_of((one.item_id, one.outcome) for one in decisions.decided)
    if given != now_kept.model.decided:
        raise BadValue(
            "These are not the decisions that the order was learned from, or other items have been found since.",
            hint="Learn it anew from them: qalqan learn fit",
        )
    done = audit(services, now_kept.model, decisions.decided, most)
    changed = replace(now_kept, audit=done, on=now_kept.on and done.passed)
    return _keep(services, changed, by, "order.audited", passed=done.passed)


def switch_on(services: Services, by: str) -> Kept:
    """Put the learned order in force. Raises UsageError with what stands against it."""
    now_kept = _needed(services)
    against = against_it(services, now_kept)
    if against:
        raise UsageError(f"The learned order stays off: {against}", hint="qalqan learn status shows its state.")
    return _keep(services, replace(now_kept, on=True), by, "order.on")


def switch_off(services: Services, by: str) -> Kept:
    """Take the learned order out of force. Raises UsageError where none was learned."""
    return _keep(services, replace(_needed(services), on=False), by, "order.off")


def against_it(services: Services, now_kept: Kept) -> str:
    """Return why the learned order cannot be in force, in a sentence; empty where it can."""
    model, done = now_kept.model, now_kept.audit
    if model.decisions < LEAST:
        return f"it was learned from {model.decisions:,} decisions, and it takes {LEAST:,}."
    if done is None or done.model != model.digest:
        return "it was not audited."
    if not done.passed:
        return "it did not pass its audit."
    if done.reading != reading_of(services):
        return "the program, the lexicons or the policy have changed since its audit."
    return ""


def in_force(services: Services) -> Model | None:
    """Return the learned order if it is switched on and nothing stands against it."""
    now_kept = kept(services)
    return now_kept.model if now_kept and now_kept.on and not against_it(services, now_kept) else None


def page(services: Services, wanted: ItemFilter, limit: int, offset: int = 0) -> Page:
    """Return items of one band in the learned order; where it says nothing, as they would stand without it.

    Raises UsageError where the order is not in force, BadValue without one band and beyond MOST items.
    """
    model = in_force(services)
    if model is None:
        raise UsageError("No learned order is in force.", hint="qalqan learn status says why.")
    if wanted.band not in list(Band):
        raise BadValue("The learned order is one within a band.", hint="Name one: --band likely")
    if offset + limit > MOST:
        raise BadValue(f"Only the first {MOST:,} items of a band are put into the learned order.")
    with services.store.reading() as tx:
        first = items.page(tx, wanted, MOST)
        made = findings.current_assessments(tx, [one.id for one in first.items])
    ranks = {one.id: model.rank(made.get(one.id, ())) for one in first.items}
    ordered: Sequence[Item] = sorted(first.items, key=lambda one: -ranks[one.id])
    return Page(list(ordered[offset : offset + limit]), first.total, first.more)


def _needed(services: Services) -> Kept:
    found = kept(services)
    if found is None:
        raise UsageError("No order was learned yet.", hint="qalqan learn fit learns one from decisions.")
    return found


def _path(services: Services) -> Path:
    return services.settings.home / FILE


def _keep(services: Services, changed: Kept, by: str, verb: str, **detail: object) -> Kept:
    """Write it down, and in the audit log that it was."""
    path = _path(services)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with services.store.writing() as tx:
        log.append(tx, by, verb, changed.model.digest, **detail)
        fresh.write_bytes(msgspec.json.encode(changed))
        fresh.replace(path)
    return changed
