"""In what two policies differ, as plain lines, and which of their examples come out differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qalqan.assess.examples import failing
from qalqan.assess.policy import Policy

LONGEST = 60
"""Characters of a text that a line shows."""
_LEFT_OUT = {"name": True, "version": True, "examples": True, "words": {"examples": True}}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is otherwise."""

    where: tuple[str, ...]
    """Its way through the file: `("bands", "known")`."""
    before: Any
    """None where it is only in the other."""
    after: Any

    @property
    def line(self) -> str:
        """It as a line for people: `bands → known: 90, then 95`."""
        where = " → ".join(self.where)
        if self.before is None:
            return f"{where}: new, {_told(self.after)}"
        if self.after is None:
            return f"{where}: gone, was {_told(self.before)}"
        return f"{where}: {_told(self.before)}, then {_told(self.after)}"


def differences(one: Policy, other: Policy) -> list[Difference]:
    """Return in what `other` differs from `one`: bands, features, points, categories, contexts; not the examples."""
    plain = (each.model_dump(mode="json", exclude=_LEFT_OUT) for each in (one, other))  # type: ignore[arg-type]  # pydantic's type for it is private
    return list(_between((), *plain))


def _between(where: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:  # noqa: ANN401 - any JSON
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _between((*where, name), before.get(name), after.get(name))
    elif before != after:
        yield Difference(where, before, after)


def _told(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items() if each not in (None, [], {}))
    if isinstance(value, list):
        return f"[{', '.join(map(_told, value))}]"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def other_outcomes(one: Policy, other: Policy) -> list[str]:
    """Return a sentence for each example of matches, of either policy, that comes out differently under the other."""
    return [
        f"{sentence} (an example of {mine.label} under {its.label})"
        for mine, its in ((one, other), (other, one))
        for sentence in failing(its.model_copy(update={"examples": mine.examples}))
        if sentence not in failing(mine)  # it fails anyway
    ]
