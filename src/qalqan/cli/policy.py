"""`qalqan policy`: what matches and words weigh, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.effect import followed, looking_at, plain_effect, say_effect
from qalqan.cli.out import as_json, plain, visible, write_lines, write_object, write_table
from qalqan.cli.policy_shadow import back, history, shadow_group

if TYPE_CHECKING:
    from qalqan.assess.policy import Policy
    from qalqan.assess.policy_words import Words

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("policy")
def command() -> None:
    """Show, check, test, explain, compare or simulate the policy that weighs matches and words."""


@command.command("show")
@as_json
def show(*, as_json: bool) -> None:
    """Show the policy in force: bands, features, categories, what words weigh. With --json the whole of it."""
    from qalqan.app import policy_in_force

    policy = policy_in_force()
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
    click.echo()
    categories = [(name, one.sort, visible(one.title)) for name, one in policy.categories.items()]
    write_table(("category", "sort", ""), categories, "")
    if policy.words:
        _say_words(policy.words)


def _say_words(words: Words) -> None:
    click.echo("\nA name alone weighs nothing, nor does an act. Faith, ethnicity, language and origin never do.\n")
    rows: list[tuple[object, ...]] = [
        (name, ", ".join(one.acts), " and ".join([*(["a name"] if one.who else []), *one.beside]) or "nothing",
         one.category, one.points, one.points_unsure)
        for name, one in words.features.items()
    ]  # fmt: skip
    write_table(("words", "act", "beside", "category", "points", "if unsure"), rows, "")
    click.echo()
    rows = [
        (name, ", ".join((*one.kinds, *one.senses)), ", ".join(one.categories), one.points)
        for name, one in words.supports.items()
    ]
    write_table(("support", "by", "only to", "points"), rows, "No support.")
    click.echo()
    rows = [(name, one.category, ", ".join(one.exempts) or "nothing") for name, one in words.contexts.items()]
    write_table(("context", "goes to a person as", "exempts from"), rows, "No context.")


@command.command("check")
@click.argument("file", type=a_file)
def check(file: Path) -> None:
    """Check a policy file: its form, its own rules, its examples of matches and of words."""
    from qalqan.assess.policy import read_policy
    from qalqan.errors import BadValue

    policy = read_policy(file)
    rows = _tested(policy)
    wrong = [row["why"] for row in rows if not row["holds"]]
    if wrong:
        raise BadValue("; ".join(wrong), hint="Mend the example or the figures.")
    click.echo(f"{policy.label} holds, with {len(rows)} examples.")


@command.command("test")
@click.argument("file", required=False, type=a_file)
@as_json
def test(file: Path | None, *, as_json: bool) -> None:
    """Test the policy in force, or one in a file, on its own examples: matches, and texts read with the lexicons.

    Ends with code 2 where one comes out otherwise. With --json a line each: title, sort (matches or text), text,
    category, band (what it must come to), holds, why (what it comes to instead).
    """
    from qalqan.app import policy_in_force
    from qalqan.assess.policy import read_policy

    policy = read_policy(file) if file else policy_in_force()
    rows = _tested(policy)
    if as_json:
        write_lines(rows)
    else:
        told = [
            (row["title"], row["sort"], row["category"], row["band"], "holds" if row["holds"] else row["why"])
            for row in rows
        ]
        write_table(("example", "of", "category", "band", ""), told, "")
        wrong = sum(not row["holds"] for row in rows)
        click.echo(f"{policy.label}: {len(rows):,} examples, {wrong:,} come out otherwise.")
    if not all(row["holds"] for row in rows):
        click.get_current_context().exit(2)


def _tested(policy: Policy) -> list[dict[str, Any]]:
    """Return each example of a policy, and whether it holds."""
    from qalqan.assess.examples import failing
    from qalqan.flow.trying import failing_texts

    rows = []
    for one in policy.examples:
        wrong = failing(policy.model_copy(update={"examples": (one,)}))
        rows.append(_row(one.title, "matches", None, None, one.band, wrong))
    wrong_texts = {id(one): why for one, why in failing_texts(policy)}
    for text in policy.words.examples if policy.words else ():
        wrong = [why] if (why := wrong_texts.get(id(text))) else []
        rows.append(_row(text.title, "text", text.text, text.category, text.band, wrong))
    return rows


def _row(title: str, sort: str, text: str | None, category: str | None, band: str, wrong: list[str]) -> dict[str, Any]:
    return {
        "title": title, "sort": sort, "text": text, "category": category, "band": plain(band),
        "holds": not wrong, "why": "; ".join(wrong) or None,
    }  # fmt: skip


@command.command("explain")
@click.argument("item", required=False)
@click.option("--text", help="Explain this text instead of a stored item.")
@click.option("--file", type=a_file, help="Explain the text in this file instead of a stored item.")
@click.option("--policy", "policy_file", type=a_file, help="Under this policy instead of the one in force.")
@as_json
def explain(item: str | None, text: str | None, file: Path | None, policy_file: Path | None, *, as_json: bool) -> None:
    """Explain what a stored item or a text comes to: each reason with its points and words, and why not more.

    A text is read with the lexicon in force and not compared with the banks. With --json: item, text, language, words
    (sense, term, strength, language, sentence, entity, name, negated, quoted, asked, place, span, media), assessments
    (category, score, band, policy, reasons), why_not (cause, terms, would, text).
    """
    from qalqan.app import opened
    from qalqan.assess.policy import read_policy
    from qalqan.cli.lexicon import read_given
    from qalqan.cli.marked import plain_assessments, plain_words, say_outcome, say_text, say_words
    from qalqan.flow.trying import explain_item, try_text

    if (item is not None) == (text is not None or file is not None):
        raise click.UsageError("Give either an item's id, or --text or --file.")
    policy = read_policy(policy_file) if policy_file else None
    with opened() as services:
        if item is not None:
            tried = explain_item(services, item, policy)
        else:
            tried = try_text(services, read_given(text, file), policy=policy)
    if as_json:
        write_object(
            {"item": item, "text": tried.text, "language": tried.language, "words": plain_words(tried.words),
             "assessments": plain_assessments(tried), "why_not": [_plain_why_not(one) for one in tried.why_not]}
        )  # fmt: skip
        return
    say_text(tried)
    say_words(tried.words)
    click.echo()
    say_outcome(tried)


def _plain_why_not(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a WhyNot, which is loaded late
    would = [{"category": category, "band": band.value} for category, band in one.would]
    return {
        "cause": one.cause.value, "terms": list(one.terms), "would": would, "text": one.text.format_map(one.facts),
    }  # fmt: skip


@command.command("diff")
@click.argument("one", metavar="A", type=a_file)
@click.argument("other", metavar="[B]", required=False, type=a_file)
@as_json
def diff(one: Path, other: Path | None, *, as_json: bool) -> None:
    """Compare two policy files, or the policy in force with one: what differs, which examples come out differently.

    With --json: before, after (their names and versions), differences (where, before, after), examples (sentences).
    """
    from qalqan.app import policy_in_force
    from qalqan.assess.differences import differences, other_outcomes
    from qalqan.assess.policy import read_policy
    from qalqan.flow.trying import other_texts

    before, after = (read_policy(one), read_policy(other)) if other else (policy_in_force(), read_policy(one))
    found = differences(before, after)
    examples = [*other_outcomes(before, after), *other_texts(before, after)]
    if as_json:
        plain_ones = [{"where": list(each.where), "before": each.before, "after": each.after} for each in found]
        write_object({"before": before.label, "after": after.label, "differences": plain_ones, "examples": examples})
        return
    click.echo(f"{before.label}, then {after.label}: {len(found):,} differences.")
    for each in found:
        click.echo(f"  {visible(each.line)}")
    click.echo(f"{len(examples):,} examples come out differently.")
    for sentence in examples:
        click.echo(f"  {visible(sentence)}")


@command.command("simulate")
@click.argument("file", type=a_file)
@looking_at
@as_json
def simulate(file: Path, last: int, *, every: bool, as_json: bool) -> None:
    """Weigh stored items under another policy, and show which would come to another band. Nothing is written.

    With --json: stored, looked_at, weighed, moved (numbers of items), bands, categories (before, after, items),
    examples (item, before, after, words).
    """
    from qalqan.app import opened
    from qalqan.assess.policy import read_policy
    from qalqan.flow.effects import of_policy

    policy = read_policy(file)
    with opened() as services:
        effect = followed(of_policy(services, policy, None if every else last), quiet=as_json)
    if as_json:
        write_object(plain_effect(effect))
        return
    say_effect(effect)
    click.echo("Nothing was written. To try the policy on what comes in: qalqan policy shadow start FILE")


command.add_command(shadow_group)
command.add_command(back)
command.add_command(history)
