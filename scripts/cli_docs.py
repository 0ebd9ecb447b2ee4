"""Writes docs/cli.md and docs/settings.md from the program itself. With --check, only says whether they are current."""  # noqa: INP001 - a script, no package

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from qalqan.cli.main import VERBS, qalqan
from qalqan.settings import Settings, described

DOCS = Path(__file__).resolve().parent.parent / "docs"
OTHERWISE = {
    "QALQAN_HOME": "your data folder: `~/.local/share/qalqan` on Linux",
    "QALQAN_WORKERS": "the number of processors, 8 at most",
}
"""Defaults that are another on every machine."""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups before their own commands."""
    context = click.Context(qalqan, info_name="qalqan")
    for verb in VERBS:
        command = qalqan.get_command(context, verb)
        if command is not None:
            yield from _with_inner(f"qalqan {verb}", command)


def _with_inner(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for inner, one in command.commands.items():
            yield from _with_inner(f"{name} {inner}", one)


def cli_page() -> str:
    """Return docs/cli.md."""
    lines = [
        "# Commands",
        "",
        "Made from the program by `scripts/cli_docs.py`. Every command says the same with `--help`.",
        "",
        "`--json` writes one object, or one object a line for lists. The fields that are named below are the ones to",
        "rely on. With `--json` an error is one object on standard error: `error`, `message`, `hint`. The exit codes",
        "are in [Troubleshooting](troubleshooting.md).",
        "",
        "Whoever runs a command is named in the audit log: by `QALQAN_PERSON` if it is set, else by the login name.",
        "",
        "| command | what it does |",
        "|---|---|",
        *(f"| [`qalqan {verb}`](#qalqan-{verb}) | {_escaped(about)} |" for verb, about in VERBS.items()),
        "",
    ]
    for name, command in commands():
        lines += _command(name, command)
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, command: click.Command) -> list[str]:
    mark = "##" if name.count(" ") == 1 else "###"
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"{mark} {name}", "", f"    {name} {usage}", "", *_about(command), ""]
    rows = [_option(context, one) for one in command.params if isinstance(one, click.Option)]
    return [*lines, "| option | what it does |", "|---|---|", *rows, ""] if rows else lines


def _about(command: click.Command) -> list[str]:
    paragraphs = [" ".join(one.split()) for one in (command.help or "").strip().split("\n\n")]
    return "\n\n".join(_escaped(one) for one in paragraphs).split("\n")


def _option(context: click.Context, option: click.Option) -> str:
    record = option.get_help_record(context)
    names, about = record or ("/".join(option.opts), "")
    return f"| `{names.replace('|', ' or ')}` | {_escaped(about)} |"


def _escaped(text: str) -> str:
    """Return text that Markdown takes for text; what stands between back quotes stays."""
    parts = text.split("`")
    parts[::2] = [part.replace("*", r"\*").replace("|", r"\|").replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def settings_page() -> str:
    """Return docs/settings.md."""
    rows = [f"| `{one['variable']}` | {_default(one)} | {_escaped(one['meaning'])} |" for one in _plain_settings()]
    return "\n".join([
        "# Settings",
        "",
        "Made from the program by `scripts/cli_docs.py`. Each setting is one variable of the environment, read when a",
        "command starts. `qalqan settings` shows what is in force. A wrong value is refused, and nothing is done.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
        *rows,
        "",
        "`QALQAN_PERSON` is no setting of the store: it names who runs a command, for the audit log.",
        "",
    ])  # fmt: skip


def _plain_settings() -> list[dict[str, str]]:
    return described(Settings.model_construct())


def _default(one: dict[str, str]) -> str:
    otherwise = OTHERWISE.get(one["variable"])
    if otherwise:
        return otherwise
    return f"`{one['default']}`" if one["default"] else "empty"


def main() -> None:
    """Write both pages, or compare them."""
    pages = {DOCS / "cli.md": cli_page(), DOCS / "settings.md": settings_page()}
    old = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" not in sys.argv:
        for path in old:
            path.write_text(pages[path], "utf-8")
    elif old:
        names = ", ".join(f"docs/{path.name}" for path in old)
        sys.exit(f"Not current: {names}. Write them anew: .venv/bin/python scripts/cli_docs.py")


if __name__ == "__main__":
    main()
