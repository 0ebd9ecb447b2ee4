"""Blobs: bytes named by their SHA-256, written once, never changed."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.errors import NotFound, StoreError
from qalqan.store.blobs import CHUNK, FolderBlobs

NO_LIMIT = 1 << 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the blobs lie."""
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path) -> FolderBlobs:
    """Return blobs in a folder that is not there yet."""
    return FolderBlobs(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time, as pipes and archives do."""

    def __init__(self, content: bytes, step: int) -> None:
        self._left, self._step = content, step

    def read(self, size: int = -1) -> bytes:
        """Return the next few bytes."""
        wanted = self._step if size < 0 else min(size, self._step)
        given, self._left = self._left[:wanted], self._left[wanted:]
        return given


@given(content=st.binary(max_size=3000), step=st.integers(1, 4000), limit=st.integers(0, 4000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_stream_is_hashed_and_kept_as_it_is(blobs: FolderBlobs, content: bytes, step: int, limit: int) -> None:
    """However it comes: its hash is SHA-256, its size and head are right, its bytes are there where it is kept."""
    put = blobs.put(Dribble(content * 3, step), limit)  # type: ignore[arg-type] # as much of a BinaryIO as `put` uses
    assert put.sha256 == hashlib.sha256(content * 3).hexdigest()
    assert (put.size, put.head) == (len(content) * 3, (content * 3)[:4096])
    assert put.kept == (put.size <= limit)
    if put.kept:
        assert blobs.path(put.sha256).read_bytes() == content * 3


@given(content=st.binary(max_size=3000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_bytes_are_kept_as_a_stream_is(blobs: FolderBlobs, content: bytes) -> None:
    """Both ways lead to the same blob."""
    name = blobs.put_bytes(content)
    assert name == blobs.put(io.BytesIO(content), NO_LIMIT).sha256
    assert blobs.path(name).read_bytes() == content


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_sizes_about_a_chunk(blobs: FolderBlobs, size: int) -> None:
    """Nothing is lost where one read ends and the next begins."""
    content = os.urandom(size)
    put = blobs.put(io.BytesIO(content), size)
    assert (put.size, put.kept) == (size, True)
    assert blobs.path(put.sha256).read_bytes() == content


def test_the_same_bytes_twice_are_one_blob(blobs: FolderBlobs, folder: Path) -> None:
    """The first file stays untouched; a blob lies in folders named by its first digits."""
    name = blobs.put_bytes(b"river")
    before = blobs.path(name).stat()
    assert blobs.put(io.BytesIO(b"river"), NO_LIMIT).sha256 == blobs.put_bytes(b"river") == name
    after = blobs.path(name).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert _files(folder) == [folder / name[:2] / name[2:4] / name]


def test_a_stream_that_is_too_long_is_only_hashed(blobs: FolderBlobs, folder: Path) -> None:
    """It is read to its end, and takes no room."""
    content = os.urandom(CHUNK * 2 + 5)
    put = blobs.put(io.BytesIO(content), CHUNK + 1)
    assert (put.sha256, put.size, put.kept) == (hashlib.sha256(content).hexdigest(), len(content), False)
    assert _files(folder) == []
    with pytest.raises(NotFound, match=put.sha256):
        blobs.path(put.sha256)


def test_what_is_too_long_takes_no_room_while_it_is_read(blobs: FolderBlobs, folder: Path) -> None:
    """At most the limit and one chunk lie on the disk at any moment."""
    sizes: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(sum(path.stat().st_size for path in _files(folder)))
            return super().read(size)

    blobs.put(Watched(bytes(20 * CHUNK)), 5 * CHUNK)
    assert 3 * CHUNK <= max(sizes) <= 5 * CHUNK
    assert sizes[-1] == 0


def test_a_stream_that_breaks_leaves_nothing(blobs: FolderBlobs, folder: Path) -> None:
    """Its error comes out as it is, and no half file stays."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(errno.EIO, "the disk it is on is broken")
            return super().read(size)

    with pytest.raises(OSError, match="the disk it is on is broken"):
        blobs.put(Broken(bytes(3 * CHUNK)), NO_LIMIT)
    assert _files(folder) == []


def test_threads_that_put_the_same_bytes_at_once(blobs: FolderBlobs, folder: Path) -> None:
    """All are told the same name, and it is there once."""
    content = os.urandom(CHUNK)
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda _: blobs.put(io.BytesIO(content), NO_LIMIT).sha256, range(12)))
    assert len(names) == len(_files(folder)) == 1


def test_leavings_of_killed_processes_are_swept(blobs: FolderBlobs, folder: Path) -> None:
    """What a process left half written when it was killed goes; what a living one writes stays."""
    script = (
        "import sys, os, signal; from pathlib import Path; from qalqan.store.blobs import FolderBlobs\n"
        "class Killer:\n"
        "    def read(self, size): \n"
        "        if self.__dict__.setdefault('n', 0): os.kill(os.getpid(), signal.SIGKILL)\n"
        "        self.n = 1; return bytes(size)\n"
        "FolderBlobs(Path(sys.argv[1])).put(Killer(), 1 << 40)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert ended.returncode == -signal.SIGKILL
    mine = folder / f"new-{os.getpid()}-abc"
    mine.touch()
    kept = blobs.put_bytes(b"river")
    assert len(_files(folder)) == 3
    assert blobs.sweep() == 1
    assert _files(folder) == sorted([mine, blobs.path(kept)])


def test_sweeping_a_folder_that_is_not_there(blobs: FolderBlobs) -> None:
    """There is nothing to sweep before the first blob."""
    assert blobs.sweep() == 0


def test_no_blob_is_outside_of_the_folder(blobs: FolderBlobs, folder: Path) -> None:
    """A name that is no hash finds nothing."""
    folder.mkdir()
    (folder.parent / "secret").write_text("x")
    for name in ("", "../secret", "..", "0" * 64, "/etc/passwd", "x/../../secret"):
        with pytest.raises(NotFound):
            blobs.path(name)


def _in_a_small_disk(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` where no file may grow over 1.5 chunks: the kernel then refuses in the middle of a write."""
    script = f"import io, sys; from pathlib import Path\nfrom qalqan.store.blobs import FolderBlobs\n{code}"
    limit = CHUNK + CHUNK // 2
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


@pytest.mark.parametrize("call", ["put(io.BytesIO(bytes(3 << 20)), 1 << 40)", "put_bytes(bytes(3 << 20))"])
def test_a_disk_that_takes_no_more_is_said(folder: Path, call: str) -> None:
    """The error is ours, says which folder and what to do, and leaves no half file."""
    ended = _in_a_small_disk(folder, f"FolderBlobs(Path(sys.argv[1])).{call}")
    assert f"qalqan.errors.StoreError: The disk that holds {folder} takes no more: File too large." in ended.stderr
    assert _files(folder) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.mkdir", "tempfile.NamedTemporaryFile"])
def test_a_full_disk_is_said_wherever_it_shows(
    blobs: FolderBlobs, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    """At the first folder, the scratch file, or when the bytes are made to last."""

    def full(*_: object, **__: object) -> BinaryIO:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(call, full)
        with pytest.raises(StoreError, match="takes no more") as error:
            blobs.put(io.BytesIO(b"river"), NO_LIMIT)
    assert "Free some space" in error.value.hint
    assert _files(folder) == []
