"""The pipe between parent and child."""

from __future__ import annotations

import fcntl
import os
import resource
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.isolate import wire

Pipe = tuple[int, int]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(), st.lists, max_leaves=20
)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Return the two ends of a pipe."""
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        try:
            os.close(end)
        except OSError:
            continue  # the test closed it


@given(message=PLAIN)
def test_what_is_sent_is_received(message: object) -> None:
    """Plain data come out as they went in."""
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb"):  # noqa: PTH123 - closes both ends
        wire.send(writing, message)
        assert wire.receive(reading, 1) == message


def test_large_messages_pass_in_pieces(pipe: Pipe) -> None:
    """A message larger than the pipe's buffer arrives whole."""
    body = os.urandom(3 << 20)
    sender = threading.Thread(target=wire.send, args=(pipe[1], body))
    sender.start()
    assert wire.receive(pipe[0], 10) == body
    sender.join()


def test_silence_is_noticed(pipe: Pipe) -> None:
    """Half a message is silence too."""
    os.write(pipe[1], wire.HEADER.pack(100) + b"abc")
    with pytest.raises(wire.WireSilent):
        wire.receive(pipe[0], 0.1)


@pytest.mark.parametrize("sent", [b"", b"\x01", wire.HEADER.pack(5) + b"abc"])
def test_a_closed_pipe_is_broken(pipe: Pipe, sent: bytes) -> None:
    """An end within or between messages is no message."""
    os.write(pipe[1], sent)
    os.close(pipe[1])
    with pytest.raises(wire.WireBroken):
        wire.receive(pipe[0], 1)


@pytest.mark.parametrize("body", [b"\xc1", b"\xd9\x02\xff\xfe", b"\x91" * 5000])
def test_nonsense_is_broken(pipe: Pipe, body: bytes) -> None:
    """Bytes that are no MessagePack, no UTF-8 or nested without end are refused."""
    os.write(pipe[1], wire.HEADER.pack(len(body)) + body)
    with pytest.raises(wire.WireBroken):
        wire.receive(pipe[0], 1)


def test_a_message_beyond_the_bound_is_broken(pipe: Pipe) -> None:
    """Nothing is reserved for a length that nobody would send."""
    os.write(pipe[1], wire.HEADER.pack(wire.LONGEST + 1))
    with pytest.raises(wire.WireBroken, match="message of"):
        wire.receive(pipe[0], 1)


def test_works_beyond_the_first_thousand_descriptors(pipe: Pipe) -> None:
    """A busy server has more open files than `select` can count."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1500 if hard == resource.RLIM_INFINITY else min(hard, 1500)
    if wanted <= 1100:
        pytest.skip("this machine allows no more than a thousand open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    high = fcntl.fcntl(pipe[0], fcntl.F_DUPFD, 1100)
    try:
        wire.send(pipe[1], "here")
        assert wire.receive(high, 1) == "here"
    finally:
        os.close(high)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
