"""What makes tests quick: nothing that they store need outlive the machine, no password in them need be strong."""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from qalqan import app
from qalqan.assess.policy import Policy, read_policy
from qalqan.store import people


@cache
def built_in_policy() -> Policy:
    """Return the built-in policy, read once."""
    return read_policy()


def open_quickly(patch: pytest.MonkeyPatch) -> None:
    """Have Qalqan opened, in this process, with the built-in policy as it was read once, until `patch` is undone."""

    def read(path: Path | None = None) -> Policy:
        return built_in_policy() if path is None else read_policy(path)

    patch.setattr(app, "read_policy", read)


def store_quickly(patch: pytest.MonkeyPatch) -> None:
    """Have nothing wait for the disk, in this process, until `patch` is undone.

    A killed process loses nothing by it: what it wrote is the kernel's. Only a machine that falls would.
    """
    patch.setattr(os, "fsync", lambda _: None)
    if not sa.event.contains(sa.pool.Pool, "checkout", _no_waiting):
        sa.event.listen(sa.pool.Pool, "checkout", _no_waiting)


def _no_waiting(connection: object, _record: object, _proxy: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """Have passwords hashed by argon2id as always, but with the least memory and work, until `patch` is undone."""
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(people, "_HASHER", weak)
    patch.setattr(people, "_NOBODY", weak.hash("nobody"))
