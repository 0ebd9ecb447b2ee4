"""Every error Qalqan raises on purpose, as one tree.

    QalqanError                 something went wrong and we know what            500  exit 1
    ├── UsageError              the request does not make sense as it stands     400  exit 2
    │   ├── BadValue            one value is not what its place needs            422  exit 2
    │   └── AlreadyThere        a thing with this name exists                    409  exit 2
    ├── NotFound                no such record                                   404  exit 3
    ├── NotAllowed              the person may not do this                       403  exit 4
    │   ├── SecondFactorNeeded  not before there is a second factor              403  exit 4
    │   └── TooOften            not before a while has passed                    429  exit 4
    ├── InputRefused            a file or record cannot be read safely           422  exit 5
    │   └── LimitReached        it is larger, deeper or slower than allowed      413  exit 5
    ├── StoreError              the database or the disk will not take it        503  exit 6
    │   ├── StoreNotReady       no store here yet, or one of another version     503  exit 6
    │   └── ProviderFailed      the provider of logins does not answer as one    503  exit 6
    ├── AuditBroken             the audit log does not hold together             500  exit 7
    └── NotInstalled            an optional part of this machine is missing      501  exit 8

A message says what happened and where; `hint` says what to do next, often as the command that does it.
"""

from __future__ import annotations

from typing import ClassVar


class QalqanError(Exception):
    """The root of the tree: carries an HTTP status, an exit code and a hint."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def code(self) -> str:
        """The error's short name, as the API and `--json` give it: `not-found`, `limit-reached`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in type(self).__name__).lstrip("-")


class UsageError(QalqanError):
    """The request does not make sense as it stands."""

    status = 400
    exit_code = 2


class BadValue(UsageError):
    """One value is not what its place needs."""

    status = 422

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field
        """The field of a form that it is about; empty where it is about no single one."""


class AlreadyThere(UsageError):
    """A thing with this name exists."""

    status = 409


class NotFound(QalqanError):
    """No such record."""

    status = 404
    exit_code = 3


class NotAllowed(QalqanError):
    """The person may not do this."""

    status = 403
    exit_code = 4


class SecondFactorNeeded(NotAllowed):
    """The role must have a second factor, and this person has none yet."""


class TooOften(NotAllowed):
    """So many of these at once are more than is taken: not before a while has passed."""

    status = 429


class InputRefused(QalqanError):
    """A file or record cannot be read safely."""

    status = 422
    exit_code = 5


class LimitReached(InputRefused):
    """It is larger, deeper or slower than the operator allows."""

    status = 413


class StoreError(QalqanError):
    """The database or the disk will not take it."""

    status = 503
    exit_code = 6


class StoreNotReady(StoreError):
    """There is no store here yet, or it is of another version."""


class ProviderFailed(StoreError):
    """The provider of logins cannot be reached, or does not answer as one."""


class AuditBroken(QalqanError):
    """The audit log does not hold together."""

    exit_code = 7


class NotInstalled(QalqanError):
    """An optional part of this machine is missing."""

    status = 501
    exit_code = 8
