"""Other policies for tests: the built-in one with other figures, as the text of a file."""

from __future__ import annotations

from typing import Any

import yaml

from qalqan.assess.policy import read_policy


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
