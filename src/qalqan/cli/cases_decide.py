"""`qalqan cases decide`, `second` and `undo`: held to what a decision at the desk is held to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qalqan.cli.acting import acting, person_of
from qalqan.cli.out import as_json, plain, visible, write_object
from qalqan.model.cases import Measure, Outcome

if TYPE_CHECKING:
    from qalqan.assess.policy import Policy
    from qalqan.flow.deciding import Given
    from qalqan.flow.services import Services
    from qalqan.model.cases import Decision

LONGEST = 4_000
"""Characters of a rationale, as at the desk."""
F = TypeVar("F", bound=Callable[..., Any])


def given(function: F) -> F:
    """Give a verb the fields of a decision."""
    outcomes, measures = ([one.value for one in kind] for kind in (Outcome, Measure))
    for option in (
        acting,
        click.option("--entry", "entry_id", help="With wrong-match: the bank's entry that it is not (its id)."),
        click.option("--measure", type=click.Choice(measures), default="none", show_default=True,
                     help="What it asks for; a grave one waits for a second person."),
        click.option("--rationale", default="", help="The reasons."),
        click.option("--jurisdiction", default="", help="Of the policy; a rule names its own."),
        click.option("--ground", default="", help="The rule that it stands on, of the policy's category."),
        click.option("--category", help="The policy's category, with terrorist."),
        click.option("--outcome", type=click.Choice(outcomes), required=True, help="What it is."),
    ):  # fmt: skip
        function = option(function)
    return function


@click.command("decide")
@click.argument("case")
@given
@as_json
def decide(case: str, who: str | None, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - options by name
    """Decide a case that one holds and all of whose items one has looked at.

    With --json: id, case_id, by, at, outcome, category, ground, jurisdiction, rationale, measure, policy, item_ids,
    supersedes.
    """
    from qalqan.flow import deciding, quality

    def deed(services: Services, person: Any, given: Given) -> Decision:  # noqa: ANN401 - a Person; loaded late
        # One that they look at a second time without knowing it, as at the desk.
        answer = quality.give(services, person, case, given)
        return answer or deciding.decide(services, person, case, given)

    _deal(deed, "cases decide", who, asked, as_json=as_json)


@click.command("second")
@click.argument("case")
@given
@as_json
def second(case: str, who: str | None, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - options by name
    """Give a second opinion on a grave proposal, without knowing its reasons or whose it is.

    With --json: id, case_id, by, at, outcome, category, ground, jurisdiction, rationale, measure, policy, item_ids,
    supersedes.
    """
    from qalqan.flow import deciding

    def deed(services: Services, person: Any, given: Given) -> Decision:  # noqa: ANN401 - a Person; loaded late
        return deciding.second(services, person, case, given)

    _deal(deed, "cases second", who, asked, as_json=as_json)


def _deal(deed: Callable[..., Decision], name: str, who: str | None, asked: dict[str, Any], *, as_json: bool) -> None:
    from qalqan.app import opened
    from qalqan.cli.decisions import FIELDS
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.REVIEW, name)
        made = deed(services, person, _given(services.policy, **asked))
    if as_json:
        row = plain(made)
        write_object({name: row[name] for name in FIELDS})
        return
    click.echo(f"{visible(person.name)} decided: {made.outcome.value}. Take it back: qalqan cases undo {made.id}")


def _given(policy: Policy, *, outcome: str, measure: str, rationale: str, **asked: Any) -> Given:  # noqa: ANN401 - options by name
    """Return what is decided. Raises BadValue for what only terrorist content, or only a wrong match, has."""
    from qalqan.errors import BadValue
    from qalqan.flow.appealing import clean
    from qalqan.flow.deciding import Given

    made = Given(Outcome(outcome), measure=Measure(measure), rationale=clean(rationale, LONGEST), **asked)
    if made.outcome is not Outcome.TERRORIST and (made.category or made.ground or made.jurisdiction):
        raise BadValue("Only terrorist content has a category, a rule and a jurisdiction.")
    if made.outcome is not Outcome.WRONG_MATCH and made.entry_id:
        raise BadValue("Only a wrong match names a bank's entry.")
    rule = policy.grounds.get(made.ground)
    jurisdiction = made.jurisdiction or (rule.jurisdiction if rule else "")
    return Given(
        made.outcome, made.category, made.ground, jurisdiction, made.rationale, made.measure, made.entry_id
    )  # fmt: skip


@click.command("undo")
@click.argument("decision")
@acting
def undo(decision: str, who: str | None) -> None:
    """Take one's own decision back, or as a lead anybody's: what it superseded stands again."""
    from qalqan.app import opened
    from qalqan.flow import deciding, quality
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.REVIEW, "cases undo")
        if quality.take_back(services, person, decision) is None:
            deciding.undo(services, person, decision)
    click.echo(f"Taken back. {visible(person.name)} holds the case.")
