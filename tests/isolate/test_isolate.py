"""Decoding children: what they may not do to us, and what they do for us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from qalqan.errors import InputRefused, LimitReached
from qalqan.isolate import Isolate
from qalqan.isolate.pool import CALLS_PER_CHILD
from qalqan.model.limits import MIB, Limits

Start = Callable[..., Isolate]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a way to make isolates that are closed when the test ends."""
    made: list[Isolate] = []

    def make(children: int = 1, seconds: float = 20, memory: int = 512 * MIB) -> Isolate:
        made.append(Isolate(Limits(decode_seconds=seconds, decode_memory=memory), children))
        return made[-1]

    yield make
    for isolate in made:
        isolate.close()


def gone(pid: int, within: float = 5) -> bool:
    """Say whether the process ends within so many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_hands_back_what_the_function_returns(start: Start) -> None:
    """A call's arguments and result cross the pipe as plain data."""
    assert start().call("math:gcd", 12, 18) == 6


def test_runs_in_another_process_and_keeps_it(start: Start) -> None:
    """Two calls one after the other use the same child."""
    isolate = start()
    pid = isolate.call("os:getpid")
    assert pid != os.getpid()
    assert isolate.call("os:getpid") == pid


def test_stream_hands_over_part_by_part(start: Start) -> None:
    """A generator's values come one by one, and the child serves again afterwards."""
    isolate = start()
    assert list(isolate.stream("builtins:iter", ["a", b"b", 3])) == ["a", b"b", 3]
    assert isolate.call("math:gcd", 4, 6) == 2


def test_a_stream_left_early_ends_its_child(start: Start) -> None:
    """Nobody is handed the rest of a stream that somebody else gave up."""
    isolate = start()
    pid = isolate.call("os:getpid")
    stream = isolate.stream("itertools:count")
    assert list(islice(stream, 3)) == [0, 1, 2]
    stream.close()  # type: ignore[attr-defined]
    assert gone(pid)
    assert isolate.call("os:getpid") != pid


def test_a_call_that_takes_too_long_is_killed(start: Start) -> None:
    """The time limit ends the child and names the setting; the next call has another child."""
    isolate = start(seconds=2)
    pid = isolate.call("os:getpid")
    with pytest.raises(LimitReached, match="longer than 2 s") as caught:
        isolate.call("time:sleep", 60)
    assert "QALQAN_DECODE_SECONDS" in caught.value.hint
    assert gone(pid)
    assert isolate.call("math:gcd", 4, 6) == 2


def test_a_call_that_takes_too_much_memory_is_refused(start: Start) -> None:
    """The memory limit holds, names the setting, and the child that met it is not used again."""
    isolate = start()
    pid = isolate.call("os:getpid")
    for _ in range(3):
        with pytest.raises(LimitReached, match="memory") as caught:
            isolate.call("builtins:bytearray", 1024 * MIB)
        assert "QALQAN_DECODE_MEMORY" in caught.value.hint
    assert gone(pid)
    assert isolate.call("os:getpid") != pid


@pytest.mark.parametrize("crash", [("os:abort",), ("ctypes:string_at", 8), ("os:_exit", 0)])
def test_a_crash_is_a_refusal(start: Start, crash: tuple[str, *tuple[int, ...]]) -> None:
    """An abort, a segmentation fault or a sudden end of the child refuses this one input only."""
    isolate = start()
    with pytest.raises(InputRefused, match="the decoder died"):
        isolate.call(*crash)
    assert isolate.call("math:gcd", 4, 6) == 2


def test_an_exception_is_a_refusal_in_words(start: Start) -> None:
    """What a decoder raises comes back as InputRefused, and the child goes on."""
    isolate = start()
    pid = isolate.call("os:getpid")
    with pytest.raises(InputRefused, match="JSONDecodeError"):
        isolate.call("json:loads", "{")
    assert isolate.call("os:getpid") == pid


def test_endless_nesting_is_a_refusal(start: Start) -> None:
    """Input nested too deeply reaches a limit and kills nobody."""
    with pytest.raises(LimitReached, match="nested"):
        start().call("json:loads", "[" * 200_000)


def test_an_answer_that_cannot_be_packed_is_a_refusal(start: Start) -> None:
    """A result that is no plain data does not break the pipe."""
    isolate = start()
    with pytest.raises(InputRefused):
        isolate.call("builtins:object")
    assert isolate.call("math:gcd", 4, 6) == 2


def test_chatter_on_standard_output_does_no_harm(start: Start) -> None:
    """What a library prints goes nowhere, and the answer still arrives."""
    isolate = start()
    assert isolate.call("os:write", 1, b"\xff" * 100) == 100
    assert isolate.call("builtins:print", "noise") is None
    assert isolate.call("os:system", "echo noise; echo noise >&2") == 0
    assert isolate.call("math:gcd", 4, 6) == 2


def test_an_answer_without_end_is_cut(start: Start) -> None:
    """An answer of more than 64 MiB is nobody's result."""
    isolate = start()
    with pytest.raises(InputRefused):
        isolate.call("os:urandom", 65 * MIB)
    assert isolate.call("math:gcd", 4, 6) == 2


def test_children_see_nothing_of_our_environment(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database's password is in no child's reach."""
    monkeypatch.setenv("QALQAN_DATABASE_URL", "postgresql://u:secret@host/db")
    assert start().call("os:getenv", "QALQAN_DATABASE_URL") is None


def test_children_inherit_no_open_files(start: Start) -> None:
    """Only the three standard descriptors and the answer pipe are open in a child."""
    with open(os.devnull, "rb") as ours:  # noqa: PTH123 - a descriptor is wanted
        os.set_inheritable(ours.fileno(), True)  # noqa: FBT003 - takes no keyword
        names = start().call("os:listdir", "/proc/self/fd")
    assert len(names) <= 5  # 0, 1, 2, the pipe, and the listing itself


def test_threads_share_the_children(start: Start) -> None:
    """Many threads get their own answers from no more processes than there are places."""
    isolate = start(children=3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: isolate.call("math:gcd", n, 0), range(1, 60)))
        pids = set(threads.map(lambda _: isolate.call("os:getpid"), range(40)))
    assert answers == list(range(1, 60))
    assert len(pids) <= 3


def test_a_child_outlives_the_thread_that_needed_it_first(start: Start) -> None:
    """Children die with our process, not with whichever thread asked for them."""
    isolate = start()
    pids: list[int] = []
    thread = threading.Thread(target=lambda: pids.append(isolate.call("os:getpid")))
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert isolate.call("os:getpid") == pids[0]


def test_children_are_replaced_after_many_calls(start: Start) -> None:
    """A decoder's leaks do not add up for ever."""
    isolate = start()
    pids = [isolate.call("os:getpid") for _ in range(CALLS_PER_CHILD + 1)]
    assert len(set(pids[:-1])) == 1
    assert pids[-1] != pids[0]
    assert gone(pids[0])


def test_close_ends_idle_children(start: Start) -> None:
    """After close no child is left, also none that was at work when it was called."""
    isolate = start(children=2)
    idle = isolate.call("os:getpid")
    stream = isolate.stream("itertools:repeat", idle)
    busy = next(stream)
    isolate.close()
    stream.close()  # type: ignore[attr-defined]
    assert gone(idle)
    assert gone(busy)


def test_a_child_that_died_while_idle_is_replaced(start: Start) -> None:
    """Somebody who kills an idle child harms no file."""
    isolate = start()
    pid = isolate.call("os:getpid")
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert isolate.call("math:gcd", 4, 6) == 2


PARENT = """
import threading
from qalqan.isolate import Isolate
from qalqan.model.limits import Limits
isolate = Isolate(Limits(), 1)
print(isolate.call("os:getpid"), flush=True)
isolate.call("time:sleep", 60)
"""


def test_children_die_with_a_killed_parent() -> None:
    """A child at work ends when its parent is killed."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid, within=0.2)
        parent.kill()
    assert gone(pid)
