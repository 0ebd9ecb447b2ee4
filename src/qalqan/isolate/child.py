"""The child process: takes calls from its standard input, answers on what was its standard output.

Replies are lists: `["part", value]` for each value a generator yields, then `["done", value]`, or
`["error", short name, message, hint]` for an error of `qalqan.errors` and anything else that went wrong, or
`["last", …]` in the same form where the process ends itself after it.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from qalqan.errors import QalqanError
from qalqan.isolate import wire

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Serve calls until the parent closes the pipe."""
    memory = int(sys.argv[1])
    answers = _keep_pipe_to_ourselves()
    _shut_in(memory)
    while True:
        try:
            task, arguments = wire.receive(0)
        except wire.WireBroken:
            return
        if not _answer(answers, task, arguments):
            return


def _keep_pipe_to_ourselves() -> int:
    """Move the answer pipe away from descriptor 1, where a chatty library would write into it."""
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _shut_in(memory: int) -> None:
    """Bound what this process may take, and let it die with its parent."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux only: elsewhere the closed pipe ends us
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle


def _answer(answers: int, task: str, arguments: list[Any]) -> bool:
    """Run one call and write its replies. False when this process should not be trusted any further."""
    try:
        result = _function(task)(*arguments)
        if isinstance(result, Iterator):
            for part in result:
                wire.send(answers, ["part", part])
            result = None
        wire.send(answers, ["done", result])
    except QalqanError as error:
        wire.send(answers, ["error", error.code, error.message, error.hint])
    except MemoryError:
        hint = "QALQAN_DECODE_MEMORY allows more."
        wire.send(answers, ["last", "limit-reached", "needs more memory than a decoder may take", hint])
        return False
    except RecursionError:
        wire.send(answers, ["error", "limit-reached", "is nested too deeply to be read", ""])
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything; the parent turns it into a Problem
        wire.send(answers, ["error", "input-refused", f"{type(error).__name__}: {error}"[:500], ""])
    return True


def ready() -> bool:
    """Answer that this process works: the task that `qalqan doctor` calls."""
    return True


def _function(task: str) -> Callable[..., Any]:
    module, _, name = task.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


if __name__ == "__main__":
    main()
