"""Invitations to closed groups: links whose hash is the key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HASH = r"[A-Za-z0-9_-]{5,80}"
_INVITES = (
    (re.compile(rf"https://t\.me/\+({_HASH})"), "https://t.me/+{}"),
    (re.compile(rf"https://t\.me/addlist/({_HASH})"), "https://t.me/addlist/{}"),
    (re.compile(rf"https://chat\.whatsapp\.com/(?:invite/)?({_HASH})"), "https://chat.whatsapp.com/{}"),
    (re.compile(rf"https://whatsapp\.com/channel/({_HASH})"), "https://whatsapp.com/channel/{}"),
    (re.compile(r"https://discord\.gg/([A-Za-z0-9-]{2,40})"), "https://discord.gg/{}"),
    (re.compile(r"https://discord(?:app)?\.com/invite/([A-Za-z0-9-]{2,40})"), "https://discord.gg/{}"),
    (re.compile(rf"https://signal\.group/#({_HASH})"), "https://signal.group/#{}"),
    (re.compile(r"https://matrix\.to/#/((?:!|#|%21|%23)[^?]{3,120})"), "https://matrix.to/#/{}"),
    (re.compile(r"https://simplex\.chat/(?:contact|invitation)/?#(.{10,600})"), "https://simplex.chat/contact#{}"),
    (re.compile(rf"https://line\.me/(?:R/)?ti/g2?/({_HASH})"), "https://line.me/R/ti/g/{}"),
    (re.compile(rf"https://join\.skype\.com/({_HASH})"), "https://join.skype.com/{}"),
    (re.compile(rf"https://zalo\.me/g/({_HASH})"), "https://zalo.me/g/{}"),
    (re.compile(r"https://invite\.viber\.com/?\?(?:.*&)?g2=([^&]{5,120})"), "https://invite.viber.com/?g2={}"),
)
"""How invitations begin in their canonical form, and the one form of each."""
_HOSTS = frozenset(
    "t.me chat.whatsapp.com whatsapp.com discord.gg discord.com discordapp.com signal.group matrix.to simplex.chat "  # noqa: SIM905 - reads best as words
    "line.me join.skype.com zalo.me invite.viber.com".split()
)


def invite_of_link(link: str) -> str | None:
    """Return the one form of an invitation that a canonical link is, None where it is none."""
    if urlsplit(link).netloc not in _HOSTS:
        return None
    for pattern, form in _INVITES:
        found = pattern.match(link)
        if found and not (found[1].isdigit() and link.startswith("https://t.me/+")):  # t.me/+998… is a telephone's
            return form.format(found[1])
    return None
