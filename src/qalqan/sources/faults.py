"""Errors turned into faults, so that one unreadable thing never stops the rest."""

from __future__ import annotations

import errno

from qalqan.errors import InputRefused, LimitReached, QalqanError, StoreError
from qalqan.model.drafts import Fault

_FULL = (errno.ENOSPC, errno.EDQUOT)


def refused(where: str, message: str, hint: str = "") -> Fault:
    """Return the fault of something that cannot be read safely."""
    return Fault(where, InputRefused(message).code, message, hint)


def limit(where: str, message: str, hint: str = "") -> Fault:
    """Return the fault of something larger, deeper or slower than allowed."""
    return Fault(where, LimitReached(message).code, message, hint)


def from_error(where: str, error: Exception) -> Fault:
    """Return the fault that says what an error said. Raises StoreError when our own disk is what failed."""
    match error:
        case StoreError():
            raise error
        case QalqanError():
            return Fault(where, error.code, error.message, error.hint)
        case OSError(errno=number) if number in _FULL:
            raise StoreError(
                f"no room is left on the disk to unpack {where}",
                hint="Free some space, or set QALQAN_HOME to a larger disk, and scan it again.",
            ) from error
        case OSError():
            return refused(where, f"cannot be read: {error.strerror or error}")
        case MemoryError():
            return limit(where, "needs more memory than there is")
        case RecursionError():
            return limit(where, "is nested too deeply to be read")
    return refused(where, f"its reader failed on it ({type(error).__name__}: {str(error)[:300]})")
