"""JSON of any size read in flat memory: one value at a time, each with bounds on its size, depth and parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, NoReturn

import ijson
from ijson.backends import yajl2_c

from qalqan.errors import InputRefused, LimitReached
from qalqan.model.limits import Limits

CHUNK = 1 << 16
MOST_PARTS = 200_000
"""Values within one value. Sixteen megabytes of `[],` would otherwise become half a gigabyte of lists."""

_OPENING = ("start_map", "start_array")
_CLOSING = ("end_map", "end_array")


class Event(NamedTuple):
    """One step of the parser, as ijson names them."""

    kind: str
    value: Any


class JsonStream:
    """The events of one JSON document, and the values that a reader wants of it.

    Whoever is given an event that opens a value consumes that value: by `value`, `skip`, `members` or `elements`.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.position = 0
        """Bytes taken from the file so far, in whole chunks."""
        self.lost = False
        """Whether it was given up: nothing after this can be read."""
        self._file = file
        self._limits = limits
        self._events = self._read()

    def next(self) -> Event:
        """Return the next event. Raises InputRefused where the document ends too early or is no JSON."""
        for event in self._events:
            return Event(*event)
        raise InputRefused("its JSON ends too early")

    def members(self) -> Iterator[tuple[str, Event]]:
        """Yield key and opening event of each member, within an object that was just opened."""
        while (event := self.next()).kind != "end_map":
            yield event.value, self.next()

    def elements(self) -> Iterator[Event]:
        """Yield the opening event of each element, within an array that was just opened."""
        while (event := self.next()).kind != "end_array":
            yield event

    def finish(self) -> None:
        """Read to the end of the file. Raises InputRefused when anything follows the document."""
        for _ in self._events:
            pass

    def skip(self, event: Event) -> None:
        """Pass over the value that `event` opens, holding nothing of it."""
        if event.kind in _OPENING:
            self._skip_rest(1)

    def value(self, event: Event) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """Return the value that `event` opens. Raises LimitReached, with the value passed over, when it is too big."""
        if event.kind not in _OPENING:
            return event.value
        most = self.position + self._limits.record_bytes + CHUNK
        deepest = self._limits.json_depth
        parts = 0
        key = ""
        top: dict[str, Any] | list[Any] = {} if event.kind == "start_map" else []
        around: list[dict[str, Any] | list[Any]] = []
        for kind, value in self._events:
            if kind == "map_key":
                key = value
                continue
            if kind in _CLOSING:
                if not around:
                    return top
                top = around.pop()
                continue
            parts += 1
            part = value if kind not in _OPENING else {} if kind == "start_map" else []
            if isinstance(top, dict):
                top[key] = part
            else:
                top.append(part)
            if kind in _OPENING:
                around.append(top)
                top = part
            if parts > MOST_PARTS or self.position > most or len(around) >= deepest:
                self._give_up_value(parts, len(around) + 1)
        raise InputRefused("its JSON ends too early")

    def _give_up_value(self, parts: int, depth: int) -> NoReturn:
        """Pass over the rest of a value that is too big, and say so."""
        trouble = f"is larger than {self._limits.record_bytes} bytes"
        if depth > self._limits.json_depth:
            trouble = f"is nested more than {self._limits.json_depth} levels deep"
        elif parts > MOST_PARTS:
            trouble = f"has more than {MOST_PARTS} parts"
        self._skip_rest(depth)
        raise LimitReached(trouble, hint="It was left out.")

    def _skip_rest(self, depth: int) -> None:
        for kind, _ in self._events:
            if kind in _OPENING:
                depth += 1
            elif kind in _CLOSING:
                depth -= 1
                if not depth:
                    return
        raise InputRefused("its JSON ends too early")

    def _read(self) -> Iterator[tuple[str, Any]]:
        """Feed the parser chunk by chunk, so that no token can grow past one record's bytes."""
        found = ijson.sendable_list()
        # Without use_float, ijson 3.6 hands over a tuple with a null pointer for a number that int() refuses (more
        # than 4,300 digits), and the process dies on it. With it, the parser itself refuses what 64 bits do not hold.
        parser = yajl2_c.basic_parse_coro(found, use_float=True)
        quiet = 0
        try:
            while chunk := self._chunk():
                parser.send(chunk)
                quiet = 0 if found else quiet + len(chunk)
                if quiet > self._limits.record_bytes:
                    self._give_up()
                yield from found
                del found[:]
            parser.close()
            yield from found
        except (ijson.JSONError, ValueError):  # the latter comes of text that is no UTF-8
            yield from found
            raise self._broken() from None

    def _chunk(self) -> bytes:
        chunk = self._file.read(CHUNK)
        if not self.position:
            chunk = chunk.removeprefix(b"\xef\xbb\xbf")
        self.position += len(chunk)
        return chunk

    def _give_up(self) -> NoReturn:
        self.lost = True
        raise LimitReached(
            f"one text before byte {self.position} is longer than {self._limits.record_bytes} bytes",
            hint="What came before it was read, nothing after it.",
        )

    def _broken(self) -> InputRefused:
        if not self._file.read(1):
            last = min(self.position, CHUNK)
            return InputRefused(
                f"its JSON is cut off or broken within the last {last} of its {self.position} bytes",
                hint="What came before was read. Export or copy it again for the rest.",
            )
        return InputRefused(
            f"is no JSON any more somewhere in the {CHUNK} bytes before byte {self.position}",
            hint="What came before was read, nothing after it.",
        )
