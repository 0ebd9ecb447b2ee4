"""What every plugin says about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manifest:
    """A plugin's card: shown by `qalqan doctor` and in the docs, kept beside everything it makes."""

    name: str
    """Short, lower case, unique within its kind of plugin: `telegram`, `pdq`."""
    version: str
    """Raised whenever the same input would give another output."""
    title: str
    """One line for people."""
    produces: tuple[str, ...] = ()
    """Item kinds of a reader, signal kinds of an extractor, match kinds of a matcher."""
