"""Accounts' public profiles as items of their own: what a name, a few words and a link say stands in no post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qalqan.model.drafts import Draft
from qalqan.model.items import ItemKind, Link

MOST_REMEMBERED = 100_000
"""Profiles of one input that are told apart; what comes later may come again, and the store knows it."""
MOST_LINKS = 50


class Profiles:
    """Makes a draft of each profile once, however many posts of an account repeat it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._seen: set[int] = set()

    def new(self, values: Mapping[str, Any]) -> Iterator[Draft]:
        """Yield the profile that a post's values hold, unless it was there already. None without words or links."""
        ref, bio = values.get("author_ref") or values.get("channel_ref"), values.get("bio")
        addresses = [str(one).strip() for one in values.get("bio_links", ()) if str(one).strip()][:MOST_LINKS]
        if not ref or not (bio or addresses):
            return
        draft = profile(
            origin=f"{self._where}#profile/{ref}", platform=values.get("platform"), name=values.get("author"),
            ref=str(ref), bio=bio, links=addresses,
        )  # fmt: skip
        mark = hash((draft.origin, draft.text, draft.links))
        if mark not in self._seen:
            if len(self._seen) < MOST_REMEMBERED:
                self._seen.add(mark)
            yield draft


def profile(
    *, origin: str, platform: str | None, name: str | None, ref: str, bio: str | None, links: list[str]
) -> Draft:
    """Return a profile as a draft: its text is the name, the account's name and the words below each other."""
    parts = [name, f"@{ref}" if name != ref else None, bio]
    return Draft(
        kind=ItemKind.PROFILE,
        origin=origin,
        text="\n".join(str(part) for part in parts if part) or None,
        platform=platform,
        author=name,
        author_ref=ref,
        links=tuple(Link(one) for one in dict.fromkeys(links)),
    )
