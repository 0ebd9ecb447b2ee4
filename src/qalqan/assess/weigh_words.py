"""Weighs words: who is named with which act, what stands beside it, and in which context.

A name alone is nothing, and so is an act. Where a context speaks from close by (a report, a study, a judgement, a
warning), what was found goes to a person with that context, and into no category of content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qalqan.assess.heard import Heard, Near, Speech, speech
from qalqan.assess.policy import Policy
from qalqan.assess.policy_words import Context, Sort, Support, WordFeature, Words
from qalqan.model.assessments import Reason
from qalqan.model.parts import Span
from qalqan.model.signals import Signal
from qalqan.model.words import WHO, Sense
from qalqan.store.findings import Found

VIOLENT = (Sense.INCITE, Sense.THREATEN)
"""Acts for which it makes no difference that somebody is named as an enemy: “punish all who stand against …”."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An act, and who or what it goes with."""

    name: str
    feature: WordFeature
    act: Heard
    who: Heard | None
    beside: Heard | None
    points: int
    contexts: tuple[Heard, ...] = ()
    """What exempts it."""


def weigh_words(
    policy: Policy, signals: Iterable[Signal], found: Sequence[Found] = ()
) -> dict[str, tuple[Reason, ...]]:
    """Return the reasons that an item's words give, by category; most items give none."""
    if policy.words is None:
        return {}
    heard = speech(signals, [one for one in found if _is_listed(policy, one)])
    if not heard.acts:
        return {}
    pairs = [_with_contexts(policy.words, heard, one) for one in _pairs(policy.words, heard)]
    pairs += [_as_opposed(one) for one in _pairs(policy.words, _speech_of_opposed(heard))]
    plain = [one for one in pairs if not one.contexts and not one.act.said.quoted]
    if plain:
        return _flags(policy, policy.words, heard, plain)
    quoted = [one for one in pairs if not one.contexts]
    if quoted:
        return {policy.words.quoted: _quoted(policy, quoted)}
    return _exempted(policy, policy.words, pairs)


def _is_listed(policy: Policy, found: Found) -> bool:
    return policy.sort_of(found.category) is Sort.LISTED


def _pairs(words: Words, heard: Speech) -> list[Pair]:
    pairs = [
        pair
        for name, feature in words.features.items()
        for act in heard.acts
        if act.said.sense in feature.acts
        for pair in _of_act(words, heard, name, feature, act)
    ]
    return sorted(pairs, key=lambda one: -one.points)


def _of_act(words: Words, heard: Speech, name: str, feature: WordFeature, act: Heard) -> list[Pair]:
    """Return the best pairing of an act under a feature, none where something that the feature asks for is missing."""
    named = [*heard.who, *heard.opposed] if act.said.sense in VIOLENT else heard.who
    who, who_doubts = _nearest(words, heard, act, named) if feature.who else (None, 0)
    others = [one for one in heard.beside if one.said.sense in feature.beside and not _same_words(one, act)]
    beside, beside_doubts = _nearest(words, heard, act, others) if feature.beside else (None, 0)
    if (feature.who and who is None) or (feature.beside and beside is None):
        return []
    doubts = who_doubts + beside_doubts + (not act.strong)
    points = feature.points if doubts == 0 else feature.points_unsure if doubts == 1 else None
    return [] if points is None else [Pair(name, feature, act, who, beside, points)]


def _same_words(one: Heard, other: Heard) -> bool:
    """Whether two things are said by the same words: they are then one thing."""
    if one.owner != other.owner or one.span is None or other.span is None:
        return False
    return one.span.start < other.span.end and other.span.start < one.span.end


def _nearest(words: Words, heard: Speech, act: Heard, others: Sequence[Heard]) -> tuple[Heard | None, int]:
    """Return the surest of these for an act, and the number of doubts about it: that it is weak, that it is far."""
    sure = [(_doubts(words, heard, act, one), at) for at, one in enumerate(others)]
    kept = [(doubts, at) for doubts, at in sure if doubts is not None]
    if not kept:
        return None, 0
    doubts, at = min(kept)
    return others[at], doubts


def _doubts(words: Words, heard: Speech, act: Heard, other: Heard) -> int | None:
    near = heard.near(act, other, words.distances.near, words.distances.short)
    return None if near is Near.APART else (not other.strong) + (near is Near.FAR)


def _with_contexts(words: Words, heard: Speech, pair: Pair) -> Pair:
    exempting = [one for one in heard.contexts if _exempts(words, one, pair)]
    close = [one for one in exempting if _is_close(words, heard, pair.act, one)]
    strong = [one for one in close if one.strong]
    weak = {one.said.term: one for one in close if not one.strong}
    if strong or len(weak) >= words.distances.weak_contexts:
        chosen = close
    elif _is_article(words, heard, pair, exempting):
        chosen = exempting
    else:
        return pair
    return replace(pair, contexts=tuple(chosen))


def _speech_of_opposed(heard: Speech) -> Speech:
    """Return the speech with those as named who are named as enemies; what else was said is not asked again."""
    acts = [one for one in heard.acts if one.said.sense not in VIOLENT]
    return Speech(acts=acts, who=heard.opposed, lengths=heard.lengths) if heard.opposed else Speech()


def _as_opposed(pair: Pair) -> Pair:
    """Return an act beside an enemy's name as what a person should see with that context."""
    return replace(pair, contexts=(pair.who,)) if pair.who else pair


def _sense_of(context: Heard) -> Sense:
    return Sense.COUNTER if context.said.sense in WHO else context.said.sense


def _exempts(words: Words, context: Heard, pair: Pair) -> bool:
    rule = words.contexts.get(context.said.sense)
    return rule is not None and pair.feature.category in rule.exempts


def _is_close(words: Words, heard: Speech, act: Heard, context: Heard) -> bool:
    within = words.distances.context if context.strong else 0
    return heard.near(act, context, within, 0) is Near.CLOSE and context.owner == act.owner


def _is_article(words: Words, heard: Speech, pair: Pair, exempting: Sequence[Heard]) -> bool:
    """Whether a long text speaks as a whole of what others did: many different strong words of context in it."""
    of_text = {one.said.term for one in exempting if one.strong and one.owner == pair.act.owner}
    return heard.lengths.get(pair.act.owner, 0) > words.distances.short and len(of_text) >= words.distances.article


def _flags(policy: Policy, words: Words, heard: Speech, pairs: Sequence[Pair]) -> dict[str, tuple[Reason, ...]]:
    """Return one reason a feature, its best, and what supports it. What is unsure counts only where nothing is sure."""
    sorts = {one.feature.category: policy.categories[one.feature.category].sort for one in pairs}
    sure = {category for category, sort in sorts.items() if sort is not Sort.UNSURE}
    flags = {}
    for category in sorted(sure or sorts):
        best: dict[str, Pair] = {}
        for pair in pairs:
            if pair.feature.category == category:
                best.setdefault(pair.name, pair)
        reasons = [_reason(one, one.points) for one in best.values()]
        reasons += _supports(words, heard, category)
        named = any(one.who is not None for one in best.values())
        flags[category] = _held(reasons, (policy.bands.known if named else policy.bands.likely) - 1)
    return flags


def _held(reasons: Sequence[Reason], most: int) -> tuple[Reason, ...]:
    """Hold the sum of these reasons to `most` points: the later ones get what the earlier leave them."""
    kept, left = [], most
    for one in reasons:
        points = min(one.points, left)
        left -= points
        kept.append(replace(one, points=points))
    return tuple(kept)


def _reason(pair: Pair, points: int) -> Reason:
    act = pair.act
    others = [one.span for one in (pair.who, pair.beside) if one is not None and one.owner == act.owner and one.span]
    return Reason(
        feature=pair.name,
        points=points,
        text=pair.feature.reason,
        facts=_facts(pair),
        span=act.span if act.owner is None else None,
        box=act.box,
        interval=act.interval,
        beside=tuple(others) if act.owner is None else (),
    )


def _facts(pair: Pair) -> dict[str, Any]:
    who, beside = pair.who, pair.beside
    return {
        "act": pair.act.said.term,
        "who": (who.said.name or who.said.term) if who else "",
        "beside": beside.said.term if beside else "",
        "value": "",
        "context": ", ".join(dict.fromkeys(one.said.term for one in pair.contexts[:3])),
    }


def _supports(words: Words, heard: Speech, category: str) -> list[Reason]:
    return [
        reason
        for name, support in words.supports.items()
        if category in support.categories
        for reason in _support(heard, name, support)[:1]
    ]


def _support(heard: Speech, name: str, support: Support) -> list[Reason]:
    facts = dict.fromkeys(("act", "who", "beside", "value", "context"), "")
    of_kind = [
        Reason(name, support.points, support.reason, {**facts, "value": one.value}, None, _own_span(one), one.box)
        for one in heard.indicators
        if one.kind in support.kinds
    ]
    of_sense = [
        Reason(name, support.points, support.reason, {**facts, "value": one.said.term}, None, one.span, one.box)
        for one in heard.beside
        if one.said.sense in support.senses
    ]
    return [*of_kind, *of_sense]


def _own_span(signal: Signal) -> Span | None:
    return signal.span if signal.media_sha256 is None else None


def _quoted(policy: Policy, pairs: Sequence[Pair]) -> tuple[Reason, ...]:
    best = pairs[0]
    return (_reason(best, min(best.points, policy.bands.likely - 1)),)


def _exempted(policy: Policy, words: Words, pairs: Sequence[Pair]) -> dict[str, tuple[Reason, ...]]:
    """Return what goes to a person with its context: under the context that speaks most, held below every flag."""
    if not pairs:
        return {}
    counts = Counter(_sense_of(one) for pair in pairs for one in pair.contexts)
    sense = max(counts, key=lambda each: (counts[each], each))
    best = next(pair for pair in pairs if any(_sense_of(one) is sense for one in pair.contexts))
    context = words.contexts[sense]
    reason = _context_reason(sense, context, best)
    return {context.category: _held([reason, _reason(best, best.points)], policy.bands.look - 1)}


def _context_reason(sense: Sense, context: Context, pair: Pair) -> Reason:
    cues = [one for one in pair.contexts if _sense_of(one) is sense]
    facts = {**_facts(pair), "context": ", ".join(dict.fromkeys(one.said.term for one in cues[:3]))}
    first = cues[0]
    others = tuple(one.span for one in cues[1:3] if one.span)
    own = first.owner is None
    return Reason(
        feature=f"context-{sense.value}", points=0, text=context.reason, facts=facts,
        span=first.span if own else None, box=first.box, beside=others if own else (),
    )  # fmt: skip
