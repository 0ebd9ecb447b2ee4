"""Other policies for tests: the built-in one with other figures, as the text of a file."""

from __future__ import annotations

from typing import Any

import yaml

from qalqan.assess.policy import read_policy
from qalqan.flow import shadow
from qalqan.flow.services import Services


def other_policy(
    version: str = "another", name: str = "first", bands: dict[str, int] | None = None, **points: int
) -> str:
    """Return the built-in policy with other bands, or other points for features of words (`asks_for_group=35`)."""
    plain: dict[str, Any] = read_policy().model_dump(mode="json", by_alias=True)
    plain |= {"version": version, "name": name, "bands": bands or plain["bands"]}
    for feature, one in points.items():
        plain["words"]["features"][feature.replace("_", "-")]["points"] = one
    if points or bands:  # examples that these figures do not turn on
        plain["examples"] = [one for one in plain["examples"] if one["band"] in ("nothing", "known")][:2]
        plain["words"]["examples"] = [one for one in plain["words"]["examples"] if one["band"] == "nothing"][:2]
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)


HIGH = {"known": 90, "likely": 80, "look": 70}
"""Bands into which less comes than into the built-in ones; the examples that are left hold under them."""


def fill_shadow(services: Services) -> None:
    """Let a stricter policy weigh everything that is stored, then put it in force."""
    shadow.start(services, "tester", other_policy(bands=HIGH), "a test", 1_000)
    list(shadow.follow(services))
    shadow.switch_on(services, "tester", "first/another")
