"""Holds a policy to its own examples."""

from __future__ import annotations

from qalqan.assess.policy import Policy, PolicyExample
from qalqan.assess.weigh import weigh
from qalqan.model.assessments import Band
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.matches import Match
from qalqan.model.times import now
from qalqan.store.findings import Found


def failing(policy: Policy) -> list[str]:
    """Return a sentence for each example that does not come to the band that it names."""
    came = [(one, _band(policy, one)) for one in policy.examples]
    return [
        f"“{one.title}” comes to {band.value}, not to {one.band.value}" for one, band in came if band is not one.band
    ]


def _band(policy: Policy, example: PolicyExample) -> Band:
    made = weigh(policy, "an item", _found(policy, example))
    return made[0].band if made else Band.NOTHING


def _found(policy: Policy, example: PolicyExample) -> list[Found]:
    category = next(iter(policy.categories))
    return [
        Found(
            match=Match(f"m{n}", "an item", f"s{n}", f"e{n}", one.kind, "example/1", one.distance, one.verified, now()),
            entry=BankEntry(f"e{n}", "a bank", one.kind, "", "a thing", "", EntryStatus.ACTIVE, None, None, "", now()),
            bank="a bank", category=category, origin="", name=None,
        )
        for one in example.matches
        for n in range(one.times)
    ]  # fmt: skip
