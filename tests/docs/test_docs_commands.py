"""Every command that the documentation names exists, with the options that it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from qalqan.cli.main import VERBS, qalqan
from support.pages import PAGES, ROOT, commands, spans

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)


def in_blocks() -> Iterator[tuple[Path, list[str]]]:
    """Yield the commands in blocks of code, with their pages."""
    for page in PAGES:
        yield from ((page, words) for words in commands(page.read_text("utf-8")))


def in_sentences() -> Iterator[tuple[Path, list[str]]]:
    """Yield the commands named within sentences, with their pages."""
    for page in PAGES:
        yield from ((page, span.split()) for span in spans(page) if span.startswith(("qalqan ", "make ")))


def named(found: Iterator[tuple[Path, list[str]]], program: str) -> list[object]:
    """Return each different command of a program as a parameter that says where it stands."""
    different = {(page.name, " ".join(words)): words for page, words in found if words[0] == program}
    return [pytest.param(words, id=f"{page}: {line}") for (page, line), words in different.items()]


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that these words name, and the words that are left for it."""
    command: click.Command = qalqan
    left = words[1:]
    while isinstance(command, click.Group) and left and not left[0].startswith("-"):
        inner = command.get_command(click.Context(command), left[0])
        assert inner is not None, f"there is no command {left[0]!r} in {' '.join(words)!r}"
        command, left = inner, left[1:]
    return command, left


@pytest.mark.parametrize("words", named(in_blocks(), "qalqan"))
def test_a_command_in_a_block_can_be_given_as_it_stands(words: list[str]) -> None:
    """Its verb exists, its options exist with their values, and nothing that must be given is left out."""
    command, left = resolved(words)
    context = click.Context(command, info_name=" ".join(words))
    given, arguments, _ = command.make_parser(context).parse_args(list(left))
    assert not arguments
    for one in command.params:
        value = given.get(one.name or "")
        assert not (one.required and value in (None, ())), f"{one.name} must be given"
        if value is not None and isinstance(one.type, click.Choice | click.types.IntParamType | click.DateTime):
            for each in value if isinstance(value, list | tuple) else (value,):
                one.type.convert(each, one, context)


@pytest.mark.parametrize("words", named(in_sentences(), "qalqan"))
def test_a_command_in_a_sentence_exists(words: list[str]) -> None:
    """Its verb and the options that it names exist; what else it needs may be left out there."""
    command, left = resolved(["qalqan", "scan", *words[2:]] if words[1:2] == ["VERB"] else words)
    context = click.Context(command)
    known = {name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)}
    assert {word for word in left if word.startswith("-")} <= known


@pytest.mark.parametrize("words", [*named(in_blocks(), "make"), *named(in_sentences(), "make")])
def test_a_make_command_exists(words: list[str]) -> None:
    """Every target that a page names is in the Makefile."""
    assert [word for word in words[1:] if "=" not in word and word not in TARGETS] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_of_the_makefile_says_what_it_does(target: str) -> None:
    """`make help` lists it, and no file of its name stands in its way."""
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE)
    assert re.search(rf"^\.PHONY:.*\b{target}\b", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_shown_in_use(verb: str) -> None:
    """Each verb is named on a page besides the list that is made from the program."""
    used = [words for page, words in [*in_blocks(), *in_sentences()] if page.name != "cli.md" and words[0] == "qalqan"]
    assert any(words[1:2] == [verb] for words in used)
