"""Plugins of others, found by entry point: `qalqan.readers`, `qalqan.extractors`, `qalqan.matchers`.

An entry point names a class that is made without arguments and fulfils the contract of its room. The contract tests
of this project can be run over it: see `docs/plugins.md`.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from qalqan.errors import NotInstalled


def found(group: str) -> tuple[Any, ...]:
    """Return one instance of each plugin of a group, by name. Raises NotInstalled for one that cannot be loaded."""
    return tuple(_made(each) for each in sorted(entry_points(group=group), key=lambda each: each.name))


def _made(point: Any) -> Any:  # noqa: ANN401 - whatever a plugin is; its contract says
    try:
        return point.load()()
    except Exception as error:  # a plugin is others' code: say which one fails instead of how
        raise NotInstalled(
            f"The plugin {point.name} ({point.value}) cannot be loaded: {error}",
            hint=f"Mend it, or remove the package that brings it: {point.dist.name if point.dist else 'unknown'}.",
        ) from error
