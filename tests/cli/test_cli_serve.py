"""`qalqan serve` in a process of its own: a platform is answered, and a signal ends it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.model.roles import Right, Role
from qalqan.settings import Settings
from qalqan.store import people, tokens
from support.command import QALQAN, environment

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


def asked(port: int, token: str, server: subprocess.Popen[bytes]) -> dict[str, object]:
    """Return what a hash comes to, as soon as the server is there."""
    call = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/check",
        json.dumps({"pdq": ["0f" * 32]}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(call, timeout=20) as answer:  # noqa: S310 - our own server
                return dict(json.loads(answer.read()))
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"no answer; exit code {server.poll()}")


def test_a_platform_is_answered_until_the_server_is_stopped(tmp_path: Path) -> None:
    """The indexes are there when the first call comes; the signal ends all of its threads."""
    settings = Settings(home=tmp_path)
    with opened(settings, create=True) as services, services.store.writing() as tx:
        shown, _token = tokens.add(tx, people.add(tx, "amina", "a long walk", Role.ADMIN), "lake", [Right.HAND_IN], 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*QALQAN, "serve", "--no-worker", "--port", str(port)]
    server = subprocess.Popen(command, env=environment(settings), stdout=subprocess.DEVNULL)
    try:
        for _ in range(3):
            assert asked(port, shown, server)["band"] == "nothing"
    finally:
        server.send_signal(signal.SIGTERM)
    assert server.wait(30) in (0, -signal.SIGTERM)
