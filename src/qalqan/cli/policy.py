"""`qalqan policy`: show or check a policy."""

from __future__ import annotations

from pathlib import Path

import click

from qalqan.cli.out import as_json, write_object, write_table


@click.group("policy")
def command() -> None:
    """Show or check the policy that weighs matches."""


@command.command("show")
@as_json
def show(*, as_json: bool) -> None:
    """Show the policy in force: its bands, features and categories. With --json the whole of it."""
    from qalqan.assess.policy import read_policy
    from qalqan.settings import read_settings

    policy = read_policy(read_settings().policy)
    if as_json:
        write_object(policy.model_dump(mode="json"))
        return
    click.echo(
        f"{policy.label}: {policy.title}\nBands: {policy.bands}; weak features together at most {policy.weak_cap}.\n"
    )
    rows = [
        (name, ", ".join(one.kinds), one.points, one.points_at_limit, "weak" if one.weak else "")
        for name, one in policy.features.items()
    ]
    write_table(("feature", "matches of", "points", "at its limit", ""), rows, "")


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check a policy file: its form, its own rules, and its examples."""
    from qalqan.assess.examples import failing
    from qalqan.assess.policy import read_policy
    from qalqan.errors import BadValue

    policy = read_policy(file)
    wrong = failing(policy)
    if wrong:
        raise BadValue("; ".join(wrong), hint="Mend the example or the figures.")
    click.echo(f"{policy.label} holds, with {len(policy.examples)} examples.")
