"""A PostgreSQL server of the tests' own: a throw-away folder, a unix socket, no network."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from support.needs import missing

OWNER = "qalqan"
START_SECONDS = 60
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
_PR_SET_PDEATHSIG = 1


class Server:
    """A running server. Its databases are made from one template, so that each test gets a fresh one at once."""

    def __init__(self, socket_dir: Path) -> None:
        self._socket_dir = socket_dir
        self._numbers = count(1)
        self._templates: set[str] = set()

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self._socket_dir}"

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Return a database that `fill`, given its URL, has filled once."""
        if name not in self._templates:
            self._run("CREATE DATABASE {}", name)
            fill(self.url(name))
            self._templates.add(name)
        return name

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a fresh database, yield its URL, and remove it however it was left."""
        name = f"test_{next(self._numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        yield self.url(name)
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._socket_dir), user=OWNER, dbname="postgres", autocommit=True)

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return as soon as the server answers; raise RuntimeError where it ended or stays silent."""
        until = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < until:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start: see {self._socket_dir / 'log'}")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, yield it, and stop it; without PostgreSQL the test is skipped."""
    programs = _programs()
    # Not pytest's own folder: a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="qalqan-pg-"))
    try:
        with _started(programs, folder) as process:
            server = Server(folder)
            server.wait(process)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(programs: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, log = folder / "data", folder / "log"
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        OWNER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    postgres = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
    postgres += [part for setting in _FAST for part in ("-c", setting)]
    as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with log.open("wb") as out:
        subprocess.run(initdb, cwd=folder, stdout=out, stderr=out, check=True, **as_user)  # type: ignore[call-overload]
        process = subprocess.Popen(  # type: ignore[call-overload]
            postgres,
            cwd=folder,
            stdout=out,
            stderr=out,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - it takes no lock and makes one system call
            **as_user,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGQUIT)  # PostgreSQL's "immediate" shutdown: nothing here is to be kept
        process.wait(START_SECONDS)


def _end_with_parent() -> None:
    """Have the kernel stop the server should the tests be killed before they can."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs: Debian keeps them out of PATH."""
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    found = [place.parent for place in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        missing("PostgreSQL", "apt-get install postgresql")
    return max(found, key=lambda place: int(place.parent.name))
