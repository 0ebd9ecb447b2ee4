"""The command line: one file a verb, each loaded only when it is called, so that `qalqan --help` starts at once."""

from qalqan.cli.main import main

__all__ = ["main"]
