"""The `qalqan` command: the table of its verbs, and how an error ends it."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import NoReturn

import click

from qalqan import __version__
from qalqan.cli.out import visible
from qalqan.errors import QalqanError, StoreError, UsageError

VERBS = {
    "init": "Make the store and the first login here, or upgrade the store.",
    "scan": "Hand in folders, files, exports or archives, and see what is known in them.",
    "scans": "List what was handed in and how far it has come.",
    "cancel": "End a scan that is under way; what it has found stays.",
    "items": "List items.",
    "matches": "List known things that were found again.",
    "show": "Show one item with its matches and reasons, or one match.",
    "search": "Find items by words, in any script.",
    "bank": "Keep banks of known things: create, add, list, retire, import, export, rules, calibrate.",
    "again": "Compare all stored items with the banks again, after these have changed.",
    "cases": "Work through the cases of the desk: list, show, take, look, decide, second, undo, rules.",
    "decisions": "List and export the decisions that stand.",
    "appeal": "Take in appeals against decisions, and answer them.",
    "quality": "See how far people agree and how often features and banks were right; golden cases.",
    "read": "Read now what no scan waited for: words in pictures, codes, subtitles, speech.",
    "intake": "See what of the input could not be read, and why.",
    "lexicon": "Keep the lexicons: what words say, tried on stored items before it is saved.",
    "policy": "Show, check, test, explain, compare or simulate the policy that weighs.",
    "learn": "Learn from decisions in which order items of a band are shown; off unless switched on.",
    "opinion": "Ask a machine for a second opinion on an item, where an endpoint is set.",
    "names": "List whom stored items name.",
    "person": "Manage logins of the console: roles, passwords, second factors.",
    "token": "Make and revoke tokens for programs.",
    "protection": "Show or set the organisation's floor of protection.",
    "webhook": "Tell platforms of decisions: addresses, tests.",
    "serve": "Serve the console and the API.",
    "worker": "Walk batches that others handed in, until stopped.",
    "audit": "Read and check the log of everything anyone did.",
    "doctor": "Say what is installed, what is missing, and what brings it.",
    "settings": "Show every setting, its value and its meaning.",
    "demo": "Make harmless material, scan it, and serve the console.",
}


class LazyGroup(click.Group):
    """Knows its commands' names and short texts, and loads a command when it is called."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a verb; end quietly when the reader of our output has seen enough (click itself would end with 1)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the way."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load a verb; None for a word that is none."""
        if name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"qalqan.cli.{name}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="qalqan")
def qalqan() -> None:
    """Find known terrorist content when it comes back, and say why.

    A first walk: qalqan init · qalqan bank create NAME · qalqan bank add NAME FILE… · qalqan scan FOLDER ·
    qalqan matches · qalqan serve. Or all at once, on harmless material: qalqan demo.
    """


def main() -> None:
    """Run the command line and end the process with the error's exit code."""
    try:
        ended = qalqan(standalone_mode=False, prog_name="qalqan")
    except click.ClickException as error:
        _say_usage(error)
        _leave(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        _leave(130)
    except QalqanError as error:
        _say(error)
        _leave(error.exit_code)
    except OSError as error:  # a file that a verb was given: what hostile input raises is dealt with where it is read
        _say(StoreError(f"{error.filename or 'A file'}: {error.strerror or error}."))
        _leave(StoreError.exit_code)
    _leave(ended if isinstance(ended, int) else 0)  # click hands back the code of `Context.exit`


def _leave(code: int) -> NoReturn:
    """End the process; where it has taken jobs, at once, for jobs under way are made to be broken off anywhere.

    To wait for them could take long, and to let them go on while the process ends around them does harm.
    """
    jobs = sys.modules.get("qalqan.flow.jobs")
    if jobs is not None and jobs.Jobs.begun:
        with contextlib.suppress(OSError):  # whoever reads our output may have gone
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _say_usage(error: click.ClickException) -> None:
    """Say what is wrong with the words of the command: for programs in the form of every other error."""
    if "--json" in sys.argv:
        _say(UsageError(error.format_message()))
    else:
        error.show()


def _say(error: QalqanError) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": error.code, "message": error.message, "hint": error.hint}), err=True)
        return
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {visible(error.message)}", err=True)
    if error.hint:
        click.echo(f"  {visible(error.hint)}", err=True)
