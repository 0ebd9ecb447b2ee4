"""Asks an OpenAI-compatible endpoint, and only the one that is set: within bounds, without redirects or a proxy.

The standard library's client does exactly that: it connects to one host, follows nothing, and reads no environment.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from qalqan.errors import BadValue, InputRefused, LimitReached, QalqanError

SECONDS = 60.0
"""From the first packet to the last."""
LONGEST = 256 << 10
"""Bytes of an answer."""
_OK = 200
_HINT = "Set QALQAN_OPINION_URL to an https address, or to an http one of this machine."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask. Raises BadValue for an address that nothing must be sent to."""

    url: str
    """Up to the version, as OpenAI's clients take it: `https://models.example/v1`."""
    model: str
    key: str = ""

    def __post_init__(self) -> None:
        _parts(self.url)
        if not self.key.isascii() or (self.key and not self.key.isprintable()):
            raise BadValue("QALQAN_OPINION_KEY holds letters that no key has.")


def ask(endpoint: Endpoint, messages: list[dict[str, str]], seconds: float = SECONDS) -> str:
    """Return what the model says to some messages.

    Raises InputRefused for an answer that is none, LimitReached for one that is too long or takes too long.
    """
    body = json.dumps({"model": endpoint.model, "messages": messages, "temperature": 0, "stream": False})
    ended: list[bytes | QalqanError] = []
    # A server can send a byte now and then for ever, and a name can take long to resolve: the whole of it is waited
    # for elsewhere, and left behind when its time is over.
    asking = threading.Thread(target=lambda: ended.append(_posted(endpoint, body.encode(), seconds)), daemon=True)
    asking.start()
    asking.join(seconds)
    if not ended:
        raise LimitReached(f"The endpoint did not answer within {seconds:g} seconds.")
    if isinstance(ended[0], QalqanError):
        raise ended[0]
    return _content(ended[0])


def _posted(endpoint: Endpoint, body: bytes, seconds: float) -> bytes | QalqanError:
    """Return the body of the answer, or why there is none."""
    connection = _connection(_parts(endpoint.url), seconds)
    path = f"{_parts(endpoint.url).path.rstrip('/')}/chat/completions"
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        connection.request("POST", path, body, headers)
        return _read(connection.getresponse())
    except TimeoutError:
        return LimitReached(f"The endpoint did not answer within {seconds:g} seconds.")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return InputRefused(f"The endpoint cannot be asked: {type(error).__name__}.", hint=_HINT)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse) -> bytes | QalqanError:
    if response.status != _OK:
        return InputRefused(f"The endpoint answers with status {response.status}.", hint="No redirect is followed.")
    kind = response.headers.get_content_type()
    if kind != "application/json":
        return InputRefused("The endpoint does not answer with JSON.")
    content = response.read(LONGEST + 1)
    if len(content) > LONGEST:
        return LimitReached(f"The endpoint's answer is longer than {LONGEST:,} bytes.")
    return content


def _content(body: bytes) -> str:
    try:
        content: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputRefused("The endpoint's answer is not of the form it should have.") from error
    if not isinstance(content, str):
        raise InputRefused("The endpoint's answer holds no text.")
    return content


def _connection(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=seconds, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadValue("QALQAN_OPINION_URL is no address.", hint=_HINT) from error
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable():
        raise BadValue("QALQAN_OPINION_URL is no address of the web.", hint=_HINT)
    if parts.username is not None or parts.query or parts.fragment or " " in url:
        raise BadValue("QALQAN_OPINION_URL has parts that it must not have.", hint="The key is QALQAN_OPINION_KEY.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise BadValue("QALQAN_OPINION_URL would send items over the network in the clear.", hint=_HINT)
    return parts


def _is_loopback(host: str) -> bool:
    """Whether it is an address of this machine, or its own name (RFC 6761); other names could be somebody else's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
