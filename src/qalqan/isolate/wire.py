"""Length-prefixed MessagePack over a pipe: the only thing that parent and child exchange."""

from __future__ import annotations

import math
import os
import select
import struct
import time
from typing import Any

import msgspec

HEADER = struct.Struct("<I")
LONGEST = 64 << 20
"""Bytes of one message. A longer one means that the child has lost its mind."""


class WireBroken(Exception):
    """The other end closed the pipe, or wrote something that is no message."""


class WireSilent(Exception):
    """The other end did not write in time."""


def send(fd: int, message: object) -> None:
    """Write one message; blocks until the other end has taken it."""
    body = msgspec.msgpack.encode(message)
    view = memoryview(HEADER.pack(len(body)) + body)
    while view:
        view = view[os.write(fd, view) :]


def receive(fd: int, seconds: float | None = None) -> Any:  # noqa: ANN401 - whatever MessagePack can hold
    """Read one message. Raises WireSilent after `seconds`, WireBroken at a closed pipe or at nonsense."""
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = HEADER.unpack(_exactly(fd, HEADER.size, deadline))
    if length > LONGEST:
        msg = f"a message of {length} bytes"
        raise WireBroken(msg)
    try:
        return msgspec.msgpack.decode(_exactly(fd, length, deadline))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireBroken(str(error)) from error


def _exactly(fd: int, count: int, deadline: float | None) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not _readable(fd, left):
                raise WireSilent
        chunk = os.read(fd, min(count - len(chunks), 1 << 20))
        if not chunk:
            msg = "the pipe was closed"
            raise WireBroken(msg)
        chunks += chunk
    return bytes(chunks)


def _readable(fd: int, seconds: float) -> bool:
    """Wait until there is something to read. `poll`, for `select` knows no descriptor above 1023."""
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    return bool(waiting.poll(math.ceil(seconds * 1000)))
