"""What a command said that was run within the tests' own process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from support.small import Small


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The one object that it wrote."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The object of each line that it wrote."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> Any:  # noqa: ANN401 - any JSON
        """The one object that it wrote as its error."""
        return json.loads(self.err)


class Say(Protocol):
    """Runs the command within this process; fails the test unless it ends with `code`."""

    def __call__(self, *words: object, code: int = 0) -> Said:
        """Run `qalqan` with these words."""
        ...


@dataclass(frozen=True, slots=True)
class Scanned:
    """A store in which the small input was scanned, and what the scan said."""

    home: Path
    small: Small
    summary: dict[str, Any]
