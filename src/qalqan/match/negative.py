"""What must never match: findings that a negative bank explains are taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from qalqan.match.contract import Finding
from qalqan.model.ids import Id
from qalqan.model.parts import Box, Interval, Span

EXPLAINED = 0.8
"""Share of a finding's part of the query that a negative one must cover to explain it."""


def without_explained(findings: Sequence[Finding], never: Collection[Id]) -> list[Finding]:
    """Return the findings that are neither of a bank in `never` nor explained by one that is.

    A negative finding explains another of the same file or item where it covers at least 80 % of the other's part: of
    its box, its interval, its span; where it names no part, it speaks of the whole. Of two of one stage, the negative
    one must be at least as near. A verified finding is only explained by a verified one.
    Identical content that must never match explains everything.
    """
    shields: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        if one.entry.bank_id in never:
            shields[_owner(one)].append(one)
    positive = [one for one in findings if one.entry.bank_id not in never]
    return [one for one in positive if not any(_explains(shield, one) for shield in shields[_owner(one)])]


def _owner(finding: Finding) -> str:
    return finding.signal.media_sha256 or finding.signal.item_id or finding.signal.id


def _explains(shield: Finding, other: Finding) -> bool:
    if other.verified and not shield.verified:
        return False  # one look does not outweigh two
    if shield.span_query is not None and shield.signal.kind != other.signal.kind:
        return False  # spans of texts and of links count in different characters
    same_stage = shield.signal.kind == other.signal.kind and shield.kind == other.kind
    if same_stage and shield.distance > other.distance:
        return False
    return all(share >= EXPLAINED for share in _shares(shield, other))


def _shares(shield: Finding, other: Finding) -> Iterable[float]:
    yield _interval_share(shield.interval_query, other.interval_query)
    yield _box_share(shield.box_query, other.box_query)
    yield _span_share(shield.span_query, other.span_query)


def _interval_share(shield: Interval | None, other: Interval | None) -> float:
    if shield is None:
        return 1.0
    if other is None:
        return 0.0  # a part cannot explain the whole
    return _overlap(shield.start, shield.end, other.start, other.end)


def _span_share(shield: Span | None, other: Span | None) -> float:
    if shield is None:
        return 1.0
    if other is None:
        return 0.0
    return _overlap(shield.start, shield.end, other.start, other.end)


def _box_share(shield: Box | None, other: Box | None) -> float:
    if shield is None:
        return 1.0
    if other is None:
        return 0.0
    wide = _overlap(shield.left, shield.left + shield.width, other.left, other.left + other.width)
    high = _overlap(shield.top, shield.top + shield.height, other.top, other.top + other.height)
    return wide * high


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Return the share of the other stretch that lies within the first."""
    length = other_end - other_start
    if length <= 0:
        return 1.0 if start <= other_start <= end else 0.0
    return max(0.0, min(end, other_end) - max(start, other_start)) / length
