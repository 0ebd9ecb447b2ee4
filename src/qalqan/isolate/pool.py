"""The parent's side: a few children, each given one call at a time, each replaced when it misbehaves."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from qalqan.errors import InputRefused, LimitReached
from qalqan.isolate import wire
from qalqan.model.limits import Limits

CALLS_PER_CHILD = 500
"""A child is replaced after so many calls, so that a decoder's leaks do not add up."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Keeps numeric libraries from reserving memory for every core of a large machine."""


class _Child:
    """One child process and its two pipes."""

    def __init__(self, memory: int) -> None:
        self.calls = 0
        self.process = subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
            [sys.executable, "-I", "-m", "qalqan.isolate.child", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of our environment: a decoder has no use for a database's password.
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **ONE_THREAD},
        )

    def send(self, message: object) -> None:
        assert self.process.stdin is not None  # noqa: S101 - Popen was given PIPE
        try:
            wire.send(self.process.stdin.fileno(), message)
        except OSError as error:
            raise wire.WireBroken(str(error)) from error

    def receive(self, seconds: float) -> Any:  # noqa: ANN401 - whatever MessagePack can hold
        assert self.process.stdout is not None  # noqa: S101 - Popen was given PIPE
        return wire.receive(self.process.stdout.fileno(), seconds)

    def end(self) -> int:
        """Kill it and return its exit status."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return self.process.wait()


class _Starter:
    """The one thread of this process that starts children.

    Children ask the kernel to die with the thread that started them: so it must not end before the process does. No
    executor's thread will do, since these are ended while others still work.
    """

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[int, Future[_Child]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, memory: int) -> _Child:
        """Start a child and return it."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="isolate-starter", daemon=True)
                self._thread.start()
        started: Future[_Child] = Future()
        self._orders.put((memory, started))
        return started.result()

    def _run(self) -> None:
        while True:
            memory, started = self._orders.get()
            try:
                started.set_result(_Child(memory))
            except OSError as error:  # no process to be had: whoever asked is told
                started.set_exception(error)


_STARTER = _Starter()


class Isolate:
    """Runs functions in child processes. Safe to share between threads; `close()` ends the children."""

    def __init__(self, limits: Limits, children: int = 2) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(children)
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._closed = False
        self._lock = threading.Lock()

    def call(self, task: str, *arguments: object) -> Any:  # noqa: ANN401 - the task's own result
        """Run `task` (`package.module:function`) in a child and return its result.

        Raises InputRefused when the function fails or its process dies, LimitReached when it takes more than
        `Limits.decode_seconds` or `Limits.decode_memory`.
        """
        with self._child() as child:
            child.send([task, arguments])
            return self._reply(child)[1]

    def stream(self, task: str, *arguments: object) -> Iterator[Any]:
        """Run a generator in a child and yield its parts; the time limit holds for each part anew."""
        with self._child() as child:
            child.send([task, arguments])
            while (reply := self._reply(child))[0] == "part":
                yield reply[1]

    def close(self) -> None:
        """End all children that are not at work; the others end when their call does."""
        with self._lock:
            self._closed = True
        while True:
            try:
                self._idle.get_nowait().end()
            except queue.Empty:
                return

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        with self._places:
            child = self._take()
            sound = False
            try:
                yield child
                sound = True
            except wire.WireSilent:
                msg = f"took longer than {self._limits.decode_seconds:g} s to decode"
                hint = "It was left out. QALQAN_DECODE_SECONDS allows more time."
                raise LimitReached(msg, hint=hint) from None
            except wire.WireBroken as error:
                msg = f"the decoder died on it (exit status {child.end()})"
                raise InputRefused(msg, hint="The file is probably broken or hostile; it was left out.") from error
            except InputRefused:
                sound = child.process.poll() is None
                raise
            finally:
                self._give_back(child, sound=sound)

    def _take(self) -> _Child:
        try:
            child = self._idle.get_nowait()
        except queue.Empty:
            return self._start()
        if child.process.poll() is None:
            return child
        child.end()
        return self._start()

    def _start(self) -> _Child:
        return _STARTER.start(self._limits.decode_memory)

    def _give_back(self, child: _Child, *, sound: bool) -> None:
        child.calls += 1
        with self._lock:
            kept = sound and not self._closed and child.calls < CALLS_PER_CHILD
            if kept:
                self._idle.put(child)
        if not kept:
            child.end()

    def _reply(self, child: _Child) -> list[Any]:
        reply = child.receive(self._limits.decode_seconds)
        match reply:
            case ["part" | "done", _]:
                return list(reply)
            case ["error", "limit-reached", str(message), str(hint)]:
                raise LimitReached(message, hint=hint)
            case ["last", "limit-reached", str(message), str(hint)]:
                child.end()  # it ends itself; wait for that, so that nobody is given it meanwhile
                raise LimitReached(message, hint=hint)
            case ["error", str(), str(message), str(hint)]:
                raise InputRefused(message, hint=hint)
        msg = "an answer of no known form"
        raise wire.WireBroken(msg)
