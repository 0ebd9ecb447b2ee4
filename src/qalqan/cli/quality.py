"""`qalqan quality`: how far people agree, how often what was found was right; golden cases, answers that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.acting import acting, person_of
from qalqan.cli.out import as_json, limited, plain, short, write_lines, write_object, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qalqan.flow.figures import Measured
    from qalqan.model.quality import Share
    from qalqan.review.agreement import Agreement, Coefficient

DAYS = ("30", "90", "365", "0")


@click.group("quality")
def command() -> None:
    """See how far people agree and how often features and banks were right: show, golden, mark, end, disagreements."""


@command.command("show")
@click.option("--days", type=click.Choice(DAYS), default="90", show_default=True, help="Days back; 0: all.")
@as_json
def show(days: str, *, as_json: bool) -> None:
    """Show agreement and precision as decisions and second looks say, with intervals that hold 95 times in 100.

    Kappa is Cohen's, alpha Krippendorff's: 1 is full agreement, 0 is chance. With --json: days, at, decided, capped,
    blind, golden, by_category, by_language, people, features, banks, matchers, blind_share, waiting, disagreements.
    """
    from qalqan.app import opened
    from qalqan.flow.figures import Days
    from qalqan.store import quality

    with opened() as services:
        found = services.figures.of(services.store, Days(int(days)))
        with services.store.reading() as tx:
            waiting, unlike = quality.count_waiting(tx), quality.count_disagreements(tx)
    if as_json:
        more = {"blind_share": services.settings.blind_share, "waiting": waiting, "disagreements": unlike}
        write_object({**plain(found), **more})
        return
    write_table(("of", "second looks", "same answer", "kappa", "alpha"), _agreed(found), "")
    write_table(("of", "decided", "terrorist content", "decided as"), _right(found), "Nothing was decided yet.")
    click.echo(f"{found.decided:,} decisions, {waiting:,} second looks wait, {unlike:,} answers differ.")


def _agreed(found: Measured) -> Iterator[tuple[str, ...]]:
    some: list[tuple[str, Agreement]] = [("all", found.blind), ("golden", found.golden)]
    some += [(f"category {name}", one) for name, one in found.by_category]
    some += [(f"language {name or 'not known'}", one) for name, one in found.by_language]
    for name, one in some:
        yield name, f"{one.cases:,}", _share(one.same), _coefficient(one.kappa), _coefficient(one.alpha)


def _right(found: Measured) -> Iterator[tuple[str, ...]]:
    for kind, some in (("feature", found.features), ("bank", found.banks), ("match", found.matchers)):
        for one in some:
            outcomes = ", ".join(f"{outcome} {cases:,}" for outcome, cases in one.outcomes.items())
            yield f"{kind} {one.name}", f"{one.decided.of:,}", _share(one.decided), outcomes
    for name, share in found.people:
        yield f"golden, {name}", f"{share.of:,}", _share(share), ""


def _share(one: Share) -> str:
    return "" if one.share is None else f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"


def _coefficient(one: Coefficient | None) -> str:
    return "" if one is None else f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


@command.command("golden")
@as_json
def golden(*, as_json: bool) -> None:
    """List the golden cases that are mixed in, and how many came to what was agreed on.

    With --json a line each: id, case_id, outcome, category, note, by, at, right, given.
    """
    from qalqan.app import opened
    from qalqan.store import quality

    with opened() as services, services.store.reading() as tx:
        found, given = quality.goldens(tx), quality.golden_results(tx)
    if as_json:
        write_lines(_golden(plain(one), given.get(one.id, (0, 0))) for one in found)
        return
    rows = [
        (one.id, one.case_id, one.outcome.value, one.category, "{} of {}".format(*given.get(one.id, (0, 0))), one.note)
        for one in found
    ]
    write_table(("id", "case", "outcome", "category", "as agreed on", "note"), rows, "No case is golden yet.")


def _golden(one: dict[str, Any], results: tuple[int, int]) -> dict[str, Any]:
    return {**{name: one[name] for name in one if name != "ended_at"}, "right": results[0], "given": results[1]}


@command.command("mark")
@click.argument("case")
@click.option("--note", required=True, help="Why everybody should come to the same.")
@acting
def mark(case: str, note: str, who: str | None) -> None:
    """Make a decided CASE a golden one: what stands on it is the answer that was agreed on."""
    from qalqan.app import opened
    from qalqan.flow import quality
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.LEAD, "quality mark")
        made = quality.mark_golden(services, person, case, note)
    click.echo(f"Golden case {made.id}: it is mixed in from now on.")


@command.command("end")
@click.argument("golden")
@acting
def end(golden: str, who: str | None) -> None:
    """Mix a GOLDEN case in no more."""
    from qalqan.app import opened
    from qalqan.flow import quality
    from qalqan.model.roles import Right

    with opened() as services:
        quality.end_golden(services, person_of(services, who, Right.LEAD, "quality end"), golden)
    click.echo("Ended.")


@command.command("disagreements")
@limited()
@as_json
def disagreements(limit: int, offset: int, *, as_json: bool) -> None:
    """List second looks that came to something else than the first, and that no lead has settled.

    With --json a line each: id, sort, case_id, first_by, expected, expected_category, by, at, outcome, category,
    rationale.
    """
    from qalqan.app import opened
    from qalqan.store import quality

    with opened() as services, services.store.reading() as tx:
        found = quality.disagreements(tx, limit, offset)
    names = ("id", "sort", "case_id", "first_by", "expected", "expected_category", "by", "at", "outcome", "category",
             "rationale")  # fmt: skip
    if as_json:
        write_lines({name: plain(one)[name] for name in names} for one in found)
        return
    rows = [
        (one.id, one.case_id, one.first_by, one.expected.value, one.by, one.outcome and one.outcome.value,
         short(one.rationale, 40))
        for one in found
    ]  # fmt: skip
    columns = ("id", "case", "first", "decided", "second", "answered", "reasons")
    write_table(columns, rows, "No two answers differ.")


@command.command("settle")
@click.argument("look")
@click.option("--reopen/--stands", required=True, help="The case comes back, or the first answer stands.")
@acting
def settle(look: str, who: str | None, *, reopen: bool) -> None:
    """Say what becomes of a LOOK that came to something else."""
    from qalqan.app import opened
    from qalqan.flow import quality
    from qalqan.model.quality import Settled
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.LEAD, "quality settle")
        quality.settle(services, person, look, Settled.REOPENED if reopen else Settled.STANDS)
    click.echo("The case is back in the queue." if reopen else "The first answer stands.")
