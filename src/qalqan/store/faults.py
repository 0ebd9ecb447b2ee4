"""Says in plain words what a database's driver, or a full disk, says in its own."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, InternalError, OperationalError

from qalqan.errors import BadValue, QalqanError, StoreError

_HINT = "qalqan doctor looks further."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_PERMITTED = "42501"  # PostgreSQL's `insufficient_privilege`


def say_plainly(engine: sa.Engine) -> None:
    """Have this engine raise our errors for values that a database cannot hold."""

    @sa.event.listens_for(engine, "handle_error")
    def _on_error(context: sa.engine.ExceptionContext) -> None:
        original = context.original_exception
        if isinstance(original, QalqanError):
            raise original
        # Text with a NUL or half a surrogate pair; a number beyond 64 bits.
        unfit = isinstance(original, UnicodeEncodeError | OverflowError)
        if unfit or isinstance(context.sqlalchemy_exception, DataError):
            raise BadValue(
                f"The database cannot hold this value: {original}.", hint="Take out what is no text or too large."
            ) from original


@contextmanager
def plain_errors() -> Iterator[None]:
    """Raise StoreError where the database is gone, broken, full, read-only, busy or not permitted."""
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise StoreError(
            "All connections to the database are in use.", hint="Try again; if it stays so, start more processes."
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreError(f"The database went away: {error.orig}", hint=_HINT) from error
        if not _is_the_databases(error):
            raise
        raise StoreError(f"The database will not take it: {error.orig}", hint=_HINT) from error


def _is_the_databases(error: DBAPIError) -> bool:
    """Whether the fault is the database's own, and not that of the program that asked."""
    if isinstance(error, OperationalError | InternalError) or type(error) is DatabaseError:
        return True
    return getattr(error.orig, "sqlstate", None) == _NOT_PERMITTED


@contextmanager
def full_disk_said(folder: Path, hint: str) -> Iterator[None]:
    """Raise StoreError with this hint where the disk that holds `folder` takes no more."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise StoreError(f"The disk that holds {folder} takes no more: {error.strerror}.", hint=hint) from error
