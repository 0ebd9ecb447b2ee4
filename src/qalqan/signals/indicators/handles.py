"""Accounts' handles, with their platform where the words or the link beside them make it certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from qalqan.errors import BadValue
from qalqan.signals.indicators.found import Found
from qalqan.signals.url_finder import is_ending

_HANDLE = re.compile(
    r"(?<![\w.@/+-])@([A-Za-z0-9_](?:[A-Za-z0-9_.]{0,30}[A-Za-z0-9_])?)(?:@((?:[a-z0-9-]{1,63}\.){1,4}([a-z]{2,24})))?(?![\w@])",
    re.IGNORECASE,
)
_SHORTEST = 3
_NAMES = {
    "telegram": r"telegram\w*|tg|телеграмм?\w*|тг|телега|тел(?:е)?граф|تيليجرام|تلغرام|تيليغرام|تېلېگرام",
    "instagram": r"instagram\w*|insta|ig|инстаграмм?\w*|инста|انستغرام|انستقرام",
    "twitter": r"twitter|твиттер\w*|تويتر",
    "tiktok": r"tik\s?tok|тикток\w*|تيك توك",
    "facebook": r"facebook|fb|фейсбук\w*|فيسبوك",
    "youtube": r"youtube|ютуб\w*|يوتيوب",
    "vk": r"vk|vkontakte|вк|вконтакте",
    "threads": r"threads",
    "snapchat": r"snapchat|снапчат|سناب\w*",
}
_PLATFORM = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES.items()) + r")(?!\w)", re.IGNORECASE
)
_END_OF_REMARK = re.compile(r"[,;:.!?\n@]")
_BEFORE = 30
_AFTER = 18
"""Characters of the same line in which a platform's name counts."""
_PLATFORMS = frozenset((*_NAMES, "fediverse"))

_AT_NEEDED = {"tiktok.com": "tiktok", "youtube.com": "youtube", "threads.net": "threads", "threads.com": "threads"}
_PLAIN = {
    "t.me": "telegram", "twitter.com": "twitter", "x.com": "twitter", "instagram.com": "instagram",
    "facebook.com": "facebook", "fb.com": "facebook", "vk.com": "vk",
}  # fmt: skip
_NO_NAMES = frozenset(
    "about accounts addemoji addlist addstickers addtheme ads app apps c compose contact detail developers download "  # noqa: SIM905 - reads best as words
    "events explore feed gaming groups hashtag help home i intent iv joinchat legal login marketplace messages music "
    "notifications p pages permalink.php photo photo.php photos policies posts privacy proxy profile.php reel reels "
    "search setlanguage settings share share.php sharer sharer.php signup socks status stories story.php tos tv video "
    "videos watch".split()
)
"""First parts of paths that are no account's name."""
_LINK_NAME = re.compile(r"[A-Za-z0-9_.]{3,50}")
_VK_CONTENT = re.compile(r"(?:wall|photo|video|album|topic|clip|audio|doc)-?\d")


def find_handles(text: str, platform: str | None = None) -> Iterator[Found]:
    """Yield the handles in `text` as `platform:name`, `@name` where no word says which platform.

    `platform` is where the text was posted: there a handle without another platform's name is one of it.
    """
    for found in _HANDLE.finditer(text):
        name, host, ending = found.groups()
        if len(name) < _SHORTEST or name.isdigit() or (host and not is_ending(ending)):
            continue
        value = f"fediverse:{name}@{host}" if host else _named(_beside(text, *found.span()) or platform, name)
        yield Found(value.lower(), *found.span())


def handle_of_link(link: str) -> str | None:
    """Return the handle whose page a canonical link is, None where it is none's."""
    parts = urlsplit(link)
    path = parts.path.strip("/").split("/")
    platform, name = _AT_NEEDED.get(parts.netloc), path[0]
    if platform is not None:
        if not name.startswith("@"):
            return None
        name = name[1:]
    else:
        platform = _PLAIN.get(parts.netloc)
    if platform is None or name.lower() in _NO_NAMES or not _LINK_NAME.fullmatch(name) or name.isdigit():
        return None
    return None if platform == "vk" and _VK_CONTENT.match(name) else f"{platform}:{name}".lower()


def canonical_handle(value: str) -> str:
    """Return `platform:name` or `@name` in lower case; raises BadValue for none."""
    plain = value.strip().lower()
    platform, mark, name = plain.rpartition(":")
    if mark and platform not in _PLATFORMS:
        raise BadValue(f"{value[:80]!r} names no platform that Qalqan knows: {', '.join(sorted(_PLATFORMS))}")
    (*found,) = find_handles("@" + name.removeprefix("@"))
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(name.removeprefix("@")) + 1
    if not whole or found[0].value.startswith("fediverse:") != (platform == "fediverse" or "@" in name[1:]):
        raise BadValue(f"{value[:80]!r} is no account's handle")
    return found[0].value if platform in ("", "fediverse") else _named(platform, found[0].value[1:])


def known_platform(name: str | None) -> str | None:
    """Return a platform's name as handles have it, None for a platform without handles."""
    low = (name or "").lower()
    return "twitter" if low == "x" else low if low in _PLATFORMS else None


def _named(platform: str | None, name: str) -> str:
    return f"{platform}:{name}" if platform else f"@{name}"


def _beside(text: str, start: int, end: int) -> str | None:
    before = text[max(start - _BEFORE, 0) : start].rpartition("\n")[2].rpartition(". ")[2]
    named = [found.lastgroup for found in _PLATFORM.finditer(before)]
    if named:
        return named[-1]
    after = _END_OF_REMARK.split(text[end : end + _AFTER], maxsplit=1)[0]
    found = _PLATFORM.search(after)
    return found.lastgroup if found else None
