"""The README's first walk, run as it stands there."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from qalqan.settings import Settings
from support.command import QALQAN, environment
from support.pages import ROOT, commands, section
from support.small import make_small

pytestmark = pytest.mark.slow
WALK = list(commands(section(ROOT / "README.md", "A first walk by hand")))


class Walk:
    """A folder with what the README speaks of, and what its commands said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(home=folder / "home")
        self.said: dict[str, str] = {}
        make_small(folder).input.rename(folder / "handed-in")

    def run(self, words: list[str]) -> str:
        """Run a command where the known things and the input lie."""
        done = subprocess.run(
            [*QALQAN, *words[1:]], cwd=self.folder, env=environment(self.settings), capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def first_item(self) -> str:
        """Return the id that a reader would take from the list of matches."""
        return self.said["matches"].splitlines()[1].split()[0]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Take the whole walk but for the last step, which serves until it is stopped."""
    taken = Walk(tmp_path_factory.mktemp("walk"))
    for words in WALK:
        if words[1] != "serve":
            filled = [taken.first_item() if word == "ID" else word for word in words]
            taken.said[" ".join(words[1:3]) if words[1] in ("bank", "intake") else words[1]] = taken.run(filled)
    return taken


def test_the_walk_has_the_steps_that_a_newcomer_needs() -> None:
    """From an empty folder to the console."""
    verbs = [" ".join(words[1:3]) if words[1] in ("bank", "intake") else words[1] for words in WALK]
    assert verbs == [
        *("init", "bank create", "bank add", "bank add", "scan", "matches", "show", "intake problems", "again"),
        "serve",
    ]


def test_init_shows_a_login(walk: Walk) -> None:
    """The first login is made and its password shown."""
    assert "First login: admin · password: " in walk.said["init"]


def test_known_things_come_into_the_bank(walk: Walk) -> None:
    """The last addition was the link."""
    assert "Entries: 1 added" in walk.said["bank add"]


def test_the_scan_finds_what_is_known(walk: Walk) -> None:
    """Two pictures and a video are known, a quotation is to be looked at, and links alone are in no band."""
    assert "something was found: " in walk.said["scan"]
    assert "mirrored" in walk.said["matches"]
    assert "of the known one" in walk.said["matches"]
    assert "The declaration" in walk.said["matches"]


def test_show_gives_the_reasons(walk: Walk) -> None:
    """With points, the policy's name, and a sentence."""
    assert "(policy first/3)" in walk.said["show"]
    assert "from the bank lake" in walk.said["show"]


def test_what_could_not_be_read_is_told(walk: Walk) -> None:
    """The broken picture is among it, with its reason; so is the archive's member that would have climbed out."""
    assert "the picture is truncated" in walk.said["intake problems"]
    assert "its name leads out of the archive" in walk.said["intake problems"]


def test_again_comes_to_the_same(walk: Walk) -> None:
    """Nothing has changed in the bank, so nothing changes in the store."""
    counts = walk.said["scan"].splitlines()[1].partition(": ")[2]
    assert walk.said["again"].endswith(f"items: {counts}\n")


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_serve_shows_the_console(walk: Walk) -> None:
    """It answers on the port that the settings name, and asks for a login."""
    port = _free_port()
    server = subprocess.Popen(
        [*QALQAN, "serve"], cwd=walk.folder, env=environment(walk.settings, QALQAN_PORT=str(port)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert "password" in _page(f"http://127.0.0.1:{port}/login", server)
    finally:
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    used = {one.laddr.port for one in psutil.net_connections("inet4") if one.laddr}
    return next(port for port in range(18400, 18900) if port not in used)


def _page(url: str, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"no console at {url}; exit code {server.poll()}")
