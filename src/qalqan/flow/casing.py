"""Puts weighed items into cases: near-copies into one, so that one decision serves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from qalqan.flow import deciding
from qalqan.flow.services import Services
from qalqan.flow.webhooks import emit
from qalqan.i18n import mark
from qalqan.model.assessments import Assessment, Band
from qalqan.model.cases import Case, CaseState, Outcome, Route
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.signals import LANGUAGE
from qalqan.model.times import now
from qalqan.review.clusters import LARGEST, ties_of
from qalqan.review.priority import AGES, parts_of, total
from qalqan.review.protection import severity_of
from qalqan.review.routing import queue_of
from qalqan.store import audit, casing, decisions, findings, items, signals, views
from qalqan.store import cases as case_store
from qalqan.store.items import attachments_of
from qalqan.store.records import key_of

AT_ONCE = 1_000
BY = "qalqan"
MORE = mark("More was found in it since it was decided.")
BANDS = (Band.KNOWN, Band.LIKELY, Band.LOOK, Band.CONTEXT, Band.NOTHING)


def place(tx: sa.Connection, item_ids: Sequence[Id]) -> int:
    """Put those of these items of which something was found into cases; return how many came into one.

    An item that is in a case stays there. What cases are made of, and so their priority, is reckoned anew.
    """
    standing = findings.current_assessments(tx, item_ids)
    found = {item_id: made[0] for item_id, made in standing.items() if made[0].band is not Band.NOTHING}
    casing.alone(tx)
    inside = casing.cases_of(tx, sorted(standing))
    fresh = sorted(found.keys() - inside.keys())
    placing = _Placing(fresh, found, views.routes(tx)) if fresh else None
    grown = placing.find(tx) if placing else set()
    opened = {one.id for one in placing.opened.values()} if placing else set()
    # Before anything is written: whoever decides one of them meanwhile does it before all of this, or after it.
    before = case_store.locked(tx, set(inside.values()) | grown)
    if placing:
        placing.keep(tx)
    _reckon(tx, before, grown, sorted(before.keys() | opened))
    return len(fresh)


@dataclass
class _Placing:
    """Finds the case of each item of a batch, by its ties; what is new is kept at the end, all at once."""

    fresh: list[Id]
    found: dict[Id, Assessment]
    routes: Sequence[Route]
    opened: dict[str, Case] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)
    leads: dict[str, Id] = field(default_factory=dict)
    there: dict[str, tuple[Id, int]] = field(default_factory=dict)
    """The cases that ties lead to, and how many items each has."""

    def find(self, tx: sa.Connection) -> set[Id]:
        """Find the case of each item; return those of them that were there before."""
        stored = items.by_id(tx, self.fresh)
        ties = _ties(tx, stored)
        self.there = casing.tied(tx, sorted({tie for some in ties.values() for tie in some}))
        sizes = dict(self.there.values())
        leads = {tie: case_id for tie, (case_id, _size) in self.there.items()}
        languages = signals.of_kinds(tx, self.fresh, (LANGUAGE,))
        for item_id in self.fresh:
            language = next((one.value for one in languages.get(item_id, ())), None)
            self._place(stored[item_id], ties[item_id], leads, sizes, language)
        return {str(row["case_id"]) for row in self.rows} - {one.id for one in self.opened.values()}

    def keep(self, tx: sa.Connection) -> None:
        """Keep what came of it."""
        casing.open_cases(tx, self.opened)
        for one in self.opened.values():
            emit(tx, "case.opened", {"case": one.id, "category": one.category, "band": one.band.value})
        casing.join(tx, self.rows)
        moved = [tie for tie, case_id in self.leads.items() if tie in self.there and self.there[tie][0] != case_id]
        casing.lead(tx, self.leads, moved)

    def _place(
        self, item: Item, ties: dict[str, str], leads: dict[str, Id], sizes: dict[Id, int], language: str | None
    ) -> None:
        tie = next((one for one in ties if one in leads and sizes[leads[one]] < LARGEST), None)
        case_id = leads[tie] if tie else self._open(item, language)
        sizes[case_id] = sizes.get(case_id, 0) + 1
        row = {"item_id": item.id, "case_id": case_id, "tie": ties[tie] if tie else "first", "added_at": now()}
        self.rows.append(row)
        for one in ties:
            if one not in leads or sizes[leads[one]] >= LARGEST:
                leads[one] = self.leads[one] = case_id

    def _open(self, item: Item, language: str | None) -> Id:
        made, moment = self.found[item.id], now()
        severity = severity_of([made.category])
        parts = parts_of(made.band, severity, 1, None, 0)
        case = Case(
            id=new_id(), state=CaseState.OPEN, category=made.category, band=made.band, score=made.score, size=1,
            severity=severity, priority=total(parts), parts=parts, language=language and language[:20],
            platform=item.platform, source_id=item.source_id, queue="", opened_at=moment, due=None,
        )  # fmt: skip
        routed = replace(case, queue=queue_of(case, self.routes))
        self.opened[key_of("case", item.id)] = routed
        return case.id


def _ties(tx: sa.Connection, stored: dict[Id, Item]) -> dict[Id, dict[str, str]]:
    """Return what ties each item to others, the strongest first, with what sort of tie it is."""
    files, found = attachments_of(tx, list(stored)), findings.matches_of(tx, list(stored))
    ties: dict[Id, dict[str, str]] = {}
    for item_id, item in stored.items():
        hung = [one.media_sha256 for one in files.get(item_id, ()) if one.media_sha256]
        near = [one.match for one in found.get(item_id, ())]
        ties[item_id] = {one.key: one.name for one in ties_of(hung, near, item.text)}
    return ties


def _reckon(tx: sa.Connection, before: Mapping[Id, Case], grown: set[Id], touched: Sequence[Id]) -> None:
    """Reckon cases anew by what their members are weighed as now, and bring decided ones back that there is more to."""
    made = casing.weighed(tx, touched)
    now_are = [_as_weighed(one, made.get(one.id, [])) for one in case_store.by_ids(tx, touched).values()]
    casing.update(tx, now_are)
    for case_id in sorted(grown):
        _bring_back(tx, before[case_id])
    stronger = [one.id for one in now_are if one.id in before and _weaker(before[one.id], one)]
    deciding.reopen(tx, _not_found_terrorist(tx, stronger), BY, MORE)


def _bring_back(tx: sa.Connection, case: Case) -> None:
    """Put a decided case with a new member back into the queue: it was decided before, and not of this one."""
    if case.state is CaseState.DECIDED:
        case_store.set_state(tx, case.id, CaseState.OPEN, held=True)
        audit.append(tx, BY, "case.grown", case.id)


def _weaker(one: Case, other: Case) -> bool:
    return BANDS.index(one.band) > BANDS.index(other.band)


def _not_found_terrorist(tx: sa.Connection, case_ids: Sequence[Id]) -> list[Id]:
    """Return those of these cases whose decision would say something else, were it made of what is known now."""
    standing = decisions.standing_on(tx, case_ids)
    return [one for one in case_ids if one in standing and standing[one].outcome is not Outcome.TERRORIST]


def _as_weighed(case: Case, rows: Sequence[sa.Row[tuple[Id, str, int, str]]]) -> Case:
    """Return a case as its members are weighed now: that of the strongest of them."""
    weighed = [(BANDS.index(Band(row.band)), -row.score, row.category) for row in rows if row.band]
    place, score, category = min(weighed, default=(len(BANDS) - 1, 0, case.category))
    band, severity = BANDS[place], severity_of([category])
    aged = sum(now() - case.opened_at >= step for step in AGES)
    parts = parts_of(band, severity, len(rows), case.due, aged)
    return replace(
        case, band=band, score=-score, category=category, size=len(rows), severity=severity, parts=parts,
        priority=total(parts),
    )  # fmt: skip


def age(services: Services, at_once: int = AT_ONCE) -> int:
    """Raise the priority of cases that have waited for longer than it says; return how many, at most `at_once`."""
    with services.store.reading() as tx:
        if not case_store.ageing(tx, AGES, 1):
            return 0  # nobody who writes is kept waiting for nothing
    with services.store.writing() as tx:
        casing.alone(tx)
        waiting = case_store.ageing(tx, AGES, at_once)
        case_store.locked(tx, [case.id for case, _reached in waiting])
        for case, reached in waiting:
            parts = parts_of(case.band, case.severity, case.size, case.due, reached)
            case_store.change(tx, replace(case, parts=parts, priority=total(parts)), reached)
    return len(waiting)


def gather(services: Services, at_once: int = AT_ONCE) -> Iterator[int]:
    """Put all stored items of which something was found into cases; yield how many came into one, by stretches.

    Each stretch is a transaction of its own and may be done again: an item that is in a case stays there.
    """
    last = 0
    while True:
        with services.store.writing() as tx:
            some = casing.after(tx, last, at_once)
            placed = place(tx, [item_id for _seq, item_id in some]) if some else 0
        if not some:
            return
        last = some[-1][0]
        yield placed
