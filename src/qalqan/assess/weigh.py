"""Weighs an item's matches under a policy. The only arithmetic is a sum of reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from qalqan.assess.policy import Feature, Policy
from qalqan.assess.policy_words import TOP, Sort
from qalqan.assess.weigh_words import weigh_words
from qalqan.model.assessments import Assessment, Band, Reason
from qalqan.model.banks import EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.matches import Match
from qalqan.model.parts import Interval, Span
from qalqan.model.signals import Signal
from qalqan.model.times import now
from qalqan.store.findings import Found

NOTHING_LEFT = "Nothing of it is known any more: what it matched was retired, disputed or has run out."
NOT_SAID = "Its words say so no more: the lexicons or the policy have changed since."


def weigh(
    policy: Policy,
    item_id: Id,
    found: Iterable[Found],
    standing: Sequence[Assessment] = (),
    said: Iterable[Signal] = (),
) -> list[Assessment]:
    """Return the assessments of an item that differ from those `standing`, one a category.

    `said` are the signals of its words and indicators. An item that matches nothing and says nothing gets none, unless
    one stands from before: that is superseded by one of zero points.
    """
    before = {one.category: one for one in standing}
    counted = sorted((one for one in found if _counts(one)), key=lambda one: one.category)
    weighed = {
        category: _reasons(policy, list(group)) for category, group in groupby(counted, lambda one: one.category)
    }
    for category, reasons in weigh_words(policy, said, counted).items():
        weighed[category] = (*weighed.get(category, ()), *reasons)
    fresh = {category: reasons for category, reasons in weighed.items() if reasons}
    gone = {category: (_nothing_left(before[category]),) for category in before.keys() - fresh.keys()}
    made = [
        _assessment(policy, item_id, category, reasons, before.get(category))
        for category, reasons in sorted({**fresh, **gone}.items())
    ]
    return [one for one in made if not _same(one, before.get(one.category))]


def _counts(found: Found) -> bool:
    until = found.entry.valid_until
    return found.entry.status is EntryStatus.ACTIVE and (until is None or until > now())


def _reasons(policy: Policy, found: Sequence[Found]) -> tuple[Reason, ...]:
    """Return one reason a feature, its strongest; weak ones get what the strong ones leave them."""
    counted = [(name, feature, _strongest(feature, found)) for name, feature in policy.features.items()]
    present = [(name, feature, one) for name, feature, one in counted if one is not None]
    strong = [_reason(name, feature, one, _points(feature, one)) for name, feature, one in present if not feature.weak]
    score = min(sum(one.points for one in strong), TOP)
    left_for_weak, weak = min(policy.weak_cap, policy.bands.room_above(score)), []
    for name, feature, one in present:
        if feature.weak:
            points = min(_points(feature, one), left_for_weak)
            left_for_weak -= points
            weak.append(_reason(name, feature, one, points))
    return (*strong, *weak)


def _points(feature: Feature, found: Found) -> int:
    return feature.at(found.match.distance)


def _strongest(feature: Feature, found: Sequence[Found]) -> Found | None:
    """Return the match that gives most points; of several such the nearest, and of these the one found first."""
    fitting = [one for one in found if _fits(feature, one.match)]
    return min(
        fitting, key=lambda one: (-feature.at(one.match.distance), one.match.distance, one.match.id), default=None
    )


def _fits(feature: Feature, match: Match) -> bool:
    return match.kind in feature.kinds and feature.verified in (None, match.verified)


def _reason(name: str, feature: Feature, found: Found, points: int) -> Reason:
    match = found.match
    return Reason(
        feature=name,
        points=points,
        text=feature.reason,
        facts=_facts(found),
        match_id=match.id,
        span=match.span_query,
        box=match.box_query,
        interval=match.interval_query,
    )


def _facts(found: Found) -> dict[str, Any]:
    match = found.match
    interval = match.interval_query or Interval(0.0, 0.0)
    return {
        "name": found.name or "",
        "label": found.entry.label,
        "bank": found.bank,
        "distance": round(match.distance),
        "turned": f", {match.transform}" if match.transform else "",
        "query_start": clock(interval.start),
        "query_end": clock(interval.end),
    }


def clock(seconds: float) -> str:
    """Return seconds as `m:ss`, or `h:mm:ss` from an hour on."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _nothing_left(before: Assessment) -> Reason:
    matched = any(one.match_id for one in before.reasons)
    text = NOTHING_LEFT if matched or not before.score else NOT_SAID
    return Reason(feature="no-longer-known", points=0, text=text, facts={})


def _assessment(
    policy: Policy, item_id: Id, category: str, reasons: tuple[Reason, ...], before: Assessment | None
) -> Assessment:
    score = min(sum(one.points for one in reasons), TOP)
    band = _band(policy, category, reasons, score)
    supersedes = before.id if before else None
    return Assessment(new_id(), item_id, category, score, band, reasons, policy.label, now(), supersedes)


def _band(policy: Policy, category: str, reasons: tuple[Reason, ...], score: int) -> Band:
    if policy.sort_of(category) is Sort.CONTEXT and any(one.feature != "no-longer-known" for one in reasons):
        return Band.CONTEXT
    return policy.bands.of(score) if score else Band.NOTHING


def _same(made: Assessment, before: Assessment | None) -> bool:
    return before is not None and (made.score, made.band, made.policy, _why(made)) == (
        before.score,
        before.band,
        before.policy,
        _why(before),
    )


def _why(assessment: Assessment) -> list[tuple[str, int, Id | None, Span | None, Any]]:
    return [(one.feature, one.points, one.match_id, one.span, one.facts.get("who")) for one in assessment.reasons]
