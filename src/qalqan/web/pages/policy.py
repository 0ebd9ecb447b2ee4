"""The policy in words: what weighs, what it comes to, what never weighs."""

from __future__ import annotations

from fastapi import APIRouter, Response

from qalqan.assess.policy import Policy
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.web.pages.found import by_sort
from qalqan.web.visits import Visiting

NOTHING = (
    (
        mark("Faith, its words and its strictness"),
        mark("Prayer, scripture, praise of God, dress: lawful, and shared by millions. No lexicon has a sense for it."),
    ),
    (
        mark("Ethnicity and origin"),
        mark("Who somebody is says nothing of what they do. No lexicon has a sense for it."),
    ),
    (
        mark("Language and script"),
        mark("It is told as a hint for who reads the item. All lexicons weigh alike, whatever the language."),
    ),
    (
        mark("A name alone"),
        mark("Reports, studies and warnings name groups all the time. It needs an act upon the name, close to it."),
    ),
    (
        mark("An act alone"),
        mark(
            "Charities say “donate now”, clubs say “join us”. It needs somebody named, or a hint at fighters or arms."
        ),
    ),
    (
        mark("A link, a wallet or a handle alone"),
        mark("It only adds to what words already say, and never more than a few points."),
    ),
)
router = APIRouter(include_in_schema=False)


@router.get("/policy")
def show(visit: Visiting) -> Response:
    """Show the policy in force, all of it."""
    policy: Policy = visit.services.policy
    return visit.page(
        "policy.html", categories=_sorted(policy), nothing=[(_(title), _(about)) for title, about in NOTHING]
    )


def _sorted(policy: Policy) -> list[tuple[str, list[str]]]:
    outcomes = [name for name, one in policy.categories.items() if one.sort.value == "outcome"]
    return [*by_sort(policy), *([("outcome", outcomes)] if outcomes else [])]
