"""`qalqan learn`: the order of items within a band, learned from people's decisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import as_json, plain, visible, whoami, write_object, write_table

if TYPE_CHECKING:
    from qalqan.flow.order_audit import Audit
    from qalqan.flow.ordering import Kept

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("learn")
def command() -> None:
    """Learn from decisions in which order items of a band are shown. Off unless somebody switches it on.

    It sees which reasons items have, never words, languages, authors or channels; it changes no band and no points.
    A list is shown in it where it is asked for: qalqan items --band likely --by-learned
    """


@command.command("fit")
@click.argument("file", type=a_file, required=False)
@as_json
def fit(file: Path | None, *, as_json: bool) -> None:
    """Learn an order from what people decided here, or from a FILE: CSV with the columns item and outcome, or NDJSON.

    Of what was decided here that which stands counts: nothing that was superseded or taken back, no proposal and no
    second look. It is written down in the home folder, for the audit. In a file outcomes are terrorist, lawful,
    not-enough, news-research-counter, wrong-match. The order is off until it was audited and switched on. With --json:
    model, policy, decisions (that it was learned from), terrorist (of them), left_out (of items not here or in no
    band), auc (of two items of a band the terrorist one comes first: by cross-validation), auc_points (the same by
    points alone).
    """
    from qalqan.app import opened
    from qalqan.flow import ordering
    from qalqan.flow.decisions import read_decisions, stored_decisions

    with opened() as services:
        decisions = read_decisions(services, file) if file else stored_decisions(services)
        model = ordering.learn(services, decisions, whoami()).model
    told = {
        "model": model.digest, "policy": model.policy, "decisions": model.decisions, "terrorist": model.terrorist,
        "left_out": decisions.left_out, "auc": model.auc, "auc_points": model.auc_points,
    }  # fmt: skip
    if as_json:
        write_object(told)
        return
    click.echo(f"Learned from {model.decisions:,} decisions, {model.terrorist:,} of them terrorist content.")
    if decisions.left_out:
        click.echo(f"{decisions.left_out:,} decisions were left out: their items are not here, or in no band.")
    click.echo(_quality(told))
    click.echo(f"It is off. Next: qalqan learn audit {visible(str(file or ''))}".rstrip())


def _quality(told: dict[str, Any]) -> str:
    if told["auc"] is None:
        return "How good it is cannot be said: no band holds both sorts of items."
    return (
        f"Of two items of a band the terrorist one comes first in {told['auc']:.1%} of cases"
        f" (cross-validated); by points alone in {told['auc_points']:.1%}."
    )


@command.command("audit")
@click.argument("file", type=a_file, required=False)
@click.option("--items", "most", type=click.IntRange(1, 100_000), default=200, show_default=True,
              help="Read so many decided items again with every phrase.")  # fmt: skip
@as_json
def audit(file: Path | None, most: int, *, as_json: bool) -> None:
    """Audit the learned order on the decisions it was learned from: who is spoken of must change no rank.

    Without FILE these are what `qalqan learn fit` without one has written down.

    Names of peoples and faiths in thirteen languages are put into the items' texts, which are read and weighed again.
    Ends with code 2 where it does not pass. With --json: model, passed, items, comparisons, changed, largest (change
    of a rank), groups (identity, harmless, wrongly_up, terrorist, wrongly_down), failures (sentences).
    """
    from qalqan.app import opened
    from qalqan.flow import ordering
    from qalqan.flow.decisions import learned_from, read_decisions

    with opened() as services:
        decisions = read_decisions(services, file) if file else learned_from(services)
        done = ordering.check(services, decisions, whoami(), most).audit
    assert done is not None  # noqa: S101 - it was just made
    if as_json:
        write_object(
            {"model": done.model, "passed": done.passed, "items": done.items, "comparisons": done.comparisons,
             "changed": done.changed, "largest": done.largest, "groups": done.groups, "failures": done.failures}
        )  # fmt: skip
    else:
        _say_audit(done)
    if not done.passed:
        click.get_current_context().exit(2)


def _say_audit(done: Audit) -> None:
    from qalqan.flow.order_audit import ENOUGH

    click.echo(f"{done.comparisons:,} comparisons on {done.items:,} items: {done.changed:,} ranks changed.")
    rows = [
        (one.identity, _share(one.wrongly_up, one.harmless, ENOUGH), _share(one.wrongly_down, one.terrorist, ENOUGH))
        for one in done.groups
    ]
    write_table(("items that speak of", "harmless, wrongly up", "terrorist, wrongly down"), rows, "")
    for sentence in done.failures:
        click.echo(visible(sentence))
    click.echo("It passes." if done.passed else "It does not pass, and stays off.")


def _share(wrong: int, of: int, enough: int) -> str:
    return f"{wrong / of:.0%} of {of:,}" if of >= enough else f"{of:,}: too few to say"


@command.command("on")
def on() -> None:
    """Put the learned order in force; refused without 500 decisions and a passed audit of this very order."""
    from qalqan.app import opened
    from qalqan.flow import ordering

    with opened() as services:
        ordering.switch_on(services, whoami())
    click.echo("The learned order is on: qalqan items --band likely --by-learned")


@command.command("off")
def off() -> None:
    """Take the learned order out of force."""
    from qalqan.app import opened
    from qalqan.flow import ordering

    with opened() as services:
        ordering.switch_off(services, whoami())
    click.echo("The learned order is off.")


@command.command("status")
@as_json
def status(*, as_json: bool) -> None:
    """Show whether a learned order is in force, what stands against it, and what it goes by.

    With --json: state (none, off, on), against (why it cannot be in force), model, policy, made_at, decisions,
    terrorist, auc, auc_points, audited_at, passed, weights (name, weight).
    """
    from qalqan.app import opened
    from qalqan.flow import ordering

    with opened() as services:
        found = ordering.kept(services)
        against = ordering.against_it(services, found) if found else "none was learned."
    told = _status(found, against)
    if as_json:
        write_object(told)
        return
    click.echo(f"The learned order is {'missing' if found is None else told['state']}.")
    if against:
        click.echo(f"It cannot be in force: {against}")
    if found is not None:
        click.echo(f"Learned from {told['decisions']:,} decisions under {visible(told['policy'])}. {_quality(told)}")
        rows = [(one["name"], f"{one['weight']:+.2f}") for one in told["weights"]]
        write_table(("reason", "weight"), rows, "It goes by nothing.")


def _status(found: Kept | None, against: str) -> dict[str, Any]:
    names = ("policy", "made_at", "decisions", "terrorist", "auc", "auc_points")
    model, done = (found.model, found.audit) if found else (None, None)
    weights = sorted(zip(model.names, model.weights, strict=True), key=lambda one: -abs(one[1])) if model else []
    return {
        "state": "none" if found is None else "on" if found.on and not against else "off",
        "against": against or None,
        "model": model.digest if model else None,
        **{name: plain(getattr(model, name, None)) for name in names},
        "audited_at": plain(done.at) if done else None,
        "passed": done.passed if done else None,
        "weights": [{"name": name, "weight": weight} for name, weight in weights],
    }
