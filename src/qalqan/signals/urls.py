"""One form for all the ways of writing the same link."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from qalqan.errors import BadValue

LONGEST = 4096
"""Characters of a link; what is longer is none."""

TRACKING = frozenset({"_ga", "_gl", "dclid", "fbclid", "gad_source", "gbraid", "gclid", "gclsrc", "igsh", "igshid"}) | {
    *("mc_cid", "mc_eid", "mibextid", "mkt_tok", "msclkid", "ref_src", "ref_url", "si", "spm", "twclid", "wbraid"),
    *("yclid", "ysclid"),
}
"""Query parameters that say who passed a link on, not where it leads; so does whatever begins with `utm_`."""

SCHEMES = ("http", "https", "ftp", "tg")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}
_LAST_PORT = 65535
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}|\[[0-9a-f:.]+\]")
_SUBDOMAIN = re.compile(r"(?:www|m)\.(?=[^.]+\.)")

_PLAIN = re.compile(
    r"(?:(?P<scheme>https?|ftp)://)?(?P<host>(?:[A-Za-z0-9][A-Za-z0-9-]{0,50}\.){1,8}[A-Za-z]{2,24})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/(?!\.)(?:[\w.~+=&,:@$!*-]|%[89A-Fa-f][0-9A-Fa-f])*+)*+)"
    r"(?:\?(?P<query>[A-Za-z0-9_.-]*+=[A-Za-z0-9_.-]*+(?:&[A-Za-z0-9_.-]++=[A-Za-z0-9_.-]*+){0,30}+))?(?P<fragment>#\S*+)?"
)
"""A link that needs no more than another scheme and its parts in order: most do not."""
_IN_PATHS = "/~+=&,:@$!*%"
"""What stands in such a path as it is."""
_ESCAPES = re.compile("(?:%[0-9A-Fa-f]{2})+")
_PLAIN_FRAGMENT = re.compile(r"#[A-Za-z0-9_./=+:@!-]+")
_PLAIN_CHANNEL = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/(?:s/|(?P<closed>joinchat/))?(?P<name>\+[A-Za-z0-9_-]{1,40}|[A-Za-z0-9_]{1,40})"
    r"(?P<post>(?:/[0-9]{1,12})?)/?",
    re.ASCII,
)
_LED_BY_FRAGMENT = frozenset({"signal.group", "signal.me", "matrix.to", "simplex.chat", "mega.nz", "web.telegram.org"})
"""Hosts whose links lead to what stands behind the `#`."""

TELEGRAM = ("t.me", "telegram.me", "telegram.dog")
_TELEGRAM_OWN = frozenset(
    ("addemoji", "addlist", "addstickers", "addtheme", "bg", "iv", "login", "proxy", "setlanguage", "share", "socks")
)
"""First parts of a path on t.me that are no channel's name."""


def canonical_url(url: str) -> str:
    """Return `url` as `https://host/path?query`, the same for every way of writing it; raises BadValue for no link.

    Lower-case IDNA host without `www.` or `m.`, no default port, no user, no fragment, no tracking parameters,
    the query sorted, no slash at the end. Telegram's mirrors and `tg://` links become `https://t.me/name[/post]`.
    """
    url = url.strip()
    known = plain_form(url)
    if known:
        return known
    try:
        return _canonical(url)
    except ValueError as error:  # urllib and w3lib: ports, brackets, hosts that are none
        msg = f"{url[:80]!r} is no link: {error}"
        raise BadValue(msg) from error


def plain_form(url: str) -> str | None:
    """Return what `canonical_url` does, for the many links that are plain and take a moment; None for all others."""
    if len(url) > LONGEST:
        return None
    channel = _PLAIN_CHANNEL.fullmatch(url)
    if channel and channel["name"] not in _TELEGRAM_OWN:
        return _plain_channel(channel)
    plain = _PLAIN.fullmatch(url)
    if not plain:
        return None
    host = _without_subdomain(plain["host"].lower())
    port = _plain_port(plain["port"], plain["scheme"] or "https") if plain["port"] else ""
    if port is None or "xn--" in host or _is_telegram(host):
        return None
    path = _plain_path(plain["path"])
    if plain["fragment"] and host in _LED_BY_FRAGMENT:
        whole = plain["query"] is None and _PLAIN_FRAGMENT.fullmatch(plain["fragment"])
        return f"https://{host}{port}{path or '/'}{plain['fragment']}" if whole else None
    return f"https://{host}{port}{path.rstrip('/')}{_plain_query(plain['query']) if plain['query'] else ''}"


def _plain_channel(found: re.Match[str]) -> str:
    name, post = found["name"], found["post"]
    if found["closed"]:
        return f"https://t.me/+{name}"
    return f"https://t.me/{name if name[0] == '+' else name.lower()}{post}"


def _plain_path(path: str) -> str:
    whole = path if path.isascii() else quote(path, safe=_IN_PATHS)
    return _ESCAPES.sub(lambda found: found.group().upper(), whole) if "%" in whole else whole


def _plain_port(port: str, scheme: str) -> str | None:
    """Return a port as it is written behind a host, None where it is none."""
    number = int(port)
    if number > _LAST_PORT:
        return None
    return "" if number == _DEFAULT_PORTS[scheme] else f":{number}"


def _plain_query(query: str) -> str:
    pairs = sorted(tuple(part.split("=")) for part in query.split("&"))
    kept = [f"{key}={value}" for key, value in pairs if not _tracks(key.lower())]
    return f"?{'&'.join(kept)}" if kept else ""


def _canonical(url: str) -> str:
    if len(url) > LONGEST:
        msg = f"longer than {LONGEST} characters"
        raise ValueError(msg)
    parts = _with_scheme(url)
    if parts.scheme == "tg":
        return _telegram_app(parts)
    name = parts.hostname or ""
    host = _host(canonicalize_url(f"http://[{name}]/" if ":" in name else f"http://{name}/"))
    if _is_telegram(host):
        return _telegram(host, parts)
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    if host in _LED_BY_FRAGMENT and parts.fragment:
        whole = urlunsplit(("https", host + port, parts.path or "/", _cleaned(parts.query), parts.fragment))
        return canonicalize_url(whole, keep_fragments=True)
    plain = urlunsplit(("https", host + port, parts.path, _cleaned(parts.query), ""))
    return _without_last_slash(canonicalize_url(plain))


def _is_telegram(host: str) -> bool:
    return host in TELEGRAM or host.endswith(".t.me")


def _with_scheme(url: str) -> SplitResult:
    named = _SCHEME.match(url)
    parts = urlsplit(url if named else f"https://{url.lstrip('/')}")
    if parts.scheme not in SCHEMES:
        msg = f"links of the scheme {parts.scheme!r} are not compared"
        raise ValueError(msg)
    return parts


def _host(url: str) -> str:
    host = urlsplit(url).netloc.rstrip(".")
    if not _HOST.fullmatch(host):
        msg = "it has no host"
        raise ValueError(msg)
    return _without_subdomain(host)


def _without_subdomain(host: str) -> str:
    found = _SUBDOMAIN.match(host)
    return host[found.end() :] if found else host


def _cleaned(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(key, value) for key, value in pairs if not _tracks(key.lower())])


def _tracks(key: str) -> bool:
    return key in TRACKING or key.startswith("utm_")


def _without_last_slash(url: str) -> str:
    before, mark, query = url.partition("?")
    return before.rstrip("/") + mark + query


def _telegram_app(parts: SplitResult) -> str:
    """`tg://resolve?domain=name&post=7`, `tg://join?invite=hash`."""
    query = dict(parse_qsl(parts.query))
    match parts.netloc.lower() or parts.path.lower():
        case "resolve" if "domain" in query:
            return _channel([query["domain"], *([query["post"]] if "post" in query else [])])
        case "join" if "invite" in query:
            return f"https://t.me/+{query['invite']}"
        case "privatepost" if "channel" in query:
            return "/".join(["https://t.me/c", query["channel"], *([query["post"]] if "post" in query else [])])
    return f"tg://{parts.netloc.lower()}{parts.path}{'?' + parts.query if parts.query else ''}"


def _telegram(host: str, parts: SplitResult) -> str:
    path = [part for part in parts.path.split("/") if part]
    if host.endswith(".t.me"):  # https://name.t.me/7
        path.insert(0, host.removesuffix(".t.me"))
    match path:
        case ["s", name, *rest]:
            return _channel([name, *rest])
        case ["joinchat", invite, *_]:
            return f"https://t.me/+{invite}"
        case [own, *_] if own in _TELEGRAM_OWN:
            plain = urlunsplit(("https", "t.me", "/".join(path), _cleaned(parts.query), ""))
            return _without_last_slash(canonicalize_url(plain))
    return _channel(path)


def _channel(path: list[str]) -> str:
    """Link a channel or one of its posts. Names know no case, the hashes of invitations do."""
    if path and not path[0].startswith("+"):
        path = [path[0].lower(), *path[1:]]
    return _without_last_slash(canonicalize_url("https://t.me/" + "/".join(path)))
