"""How large a ZIP's table of contents is, before it is taken into memory.

Source: APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import struct
from pathlib import Path

from qalqan.errors import InputRefused, LimitReached
from qalqan.model.limits import MIB, Limits

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT = 65_535
_MOST_BYTES = 256 * MIB


def check(path: Path, limits: Limits) -> None:
    """Raise LimitReached when it names more members than allowed, InputRefused when there is none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        begin = max(0, size - _END.size - _LOCATOR.size - _LONGEST_COMMENT)
        file.seek(begin)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END.size > len(tail):
            raise InputRefused("is cut off: a ZIP's table of contents stands at its end", hint="Copy it again.")
        _, _, _, _, members, length, _, _ = _END.unpack_from(tail, at)
        if at >= _LOCATOR.size and tail[at - _LOCATOR.size : at].startswith(b"PK\x06\x07"):
            _, _, where, _ = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)
            file.seek(min(where, size))
            record = file.read(_END64.size)
            if len(record) == _END64.size:
                members, length = _END64.unpack(record)[7:9]
    if members > limits.archive_members or length > _MOST_BYTES:
        raise LimitReached(f"names {members} files in a table of {length} bytes, which is more than allowed")
