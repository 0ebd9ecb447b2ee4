"""Tells others what was decided: events into deliveries, their signatures, and the addresses they may go to.

An event is written in the transaction that does what it tells of (an outbox): both land or neither. `flow.delivering`
sends it afterwards, at least once.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa

from qalqan.errors import BadValue
from qalqan.flow.services import Services
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.model.webhooks import EVENTS, TEST, Webhook
from qalqan.store import audit
from qalqan.store import webhooks as store
from qalqan.store.sealing import KEY_FILE, sealer

SIGNATURE = "Qalqan-Signature"
DELIVERY = "Qalqan-Delivery"
EVENT = "Qalqan-Event"
TOLERANCE = 300.0
"""Seconds by which the two clocks may differ: what is older was sent by somebody who listened in."""
BEGINS = "whsec_"
"""By which scanners of leaked secrets, and people, tell one of ours."""
LONGEST_URL = 2000
MOST = 50
_SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_ADDRESS = ipaddress.IPv4Address | ipaddress.IPv6Address
_NETWORK = ipaddress.IPv4Network | ipaddress.IPv6Network


def emit(tx: sa.Connection, event: str, payload: Mapping[str, Any]) -> list[Id]:
    """Write down that an event is to be told to every webhook that wants it; return the deliveries' ids.

    `payload` holds ids and outcomes, as JSON: no media, no texts, no names of people.
    """
    ids = []
    for webhook in store.wanting(tx, event):
        delivery_id = new_id()
        store.queue(tx, webhook.id, delivery_id, event, _body(delivery_id, event, payload))
        ids.append(delivery_id)
    return ids


def _body(delivery_id: Id, event: str, payload: Mapping[str, Any]) -> str:
    told = {"id": delivery_id, "event": event, "at": now().isoformat(timespec="milliseconds"), "data": payload}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def sign(secret: str, body: bytes, at: int) -> str:
    """Return the header that a delivery carries: HMAC-SHA256 over the seconds since 1970, a full stop and the body."""
    return f"t={at},v1={_mac(secret, body, at)}"


def verify(secret: str, header: str, body: bytes, at: float, tolerance: float = TOLERANCE) -> bool:
    """Whether a delivery is ours and was signed within `tolerance` seconds of `at`; told in constant time.

    What the other side does. One that it has seen already (`Qalqan-Delivery`) it answers with 200 and passes over.
    """
    found = _SIGNED.fullmatch(header.strip())
    if found is None:
        return False
    signed_at = int(found[1])
    ours = hmac.compare_digest(_mac(secret, body, signed_at), found[2])
    return ours and abs(at - signed_at) <= tolerance


def _mac(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def add(services: Services, by: str, url: str, events: Sequence[str] = ()) -> tuple[str, Webhook]:
    """Add a webhook; return its secret, shown this once, and its record. Raises BadValue."""
    address_of(url)
    unknown = sorted(set(events) - set(EVENTS))
    if unknown:
        raise BadValue(f"There is no event {unknown[0][:80]!r}.", hint=f"There are: {', '.join(EVENTS)}.")
    secret = BEGINS + secrets.token_urlsafe(32)
    sealed = sealer(services.settings.home / KEY_FILE).seal(secret)
    webhook = Webhook(new_id(), url, tuple(dict.fromkeys(events)), sealed, by, now())
    with services.store.writing() as tx:
        if len(store.every(tx)) >= MOST:
            raise BadValue(f"There are {MOST} webhooks.", hint="End one that is not needed any more.")
        store.add(tx, webhook)
        audit.append(tx, by, "webhook.added", webhook.id, url=url, events=list(webhook.events))
    return secret, webhook


def end(services: Services, by: str, webhook_id: Id) -> None:
    """End a webhook; what waits for it is given up. Raises NotFound, UsageError."""
    with services.store.writing() as tx:
        webhook = store.end(tx, webhook_id)
        audit.append(tx, by, "webhook.ended", webhook_id, url=webhook.url)


def send_test(services: Services, by: str, webhook_id: Id) -> Id:
    """Write down a test delivery for one webhook; return its id. Raises NotFound, BadValue where it has ended."""
    delivery_id = new_id()
    with services.store.writing() as tx:
        webhook = store.get(tx, webhook_id)
        if webhook.ended_at is not None:
            raise BadValue("This webhook has ended.")
        store.queue(tx, webhook_id, delivery_id, TEST, _body(delivery_id, TEST, {"webhook": webhook_id}))
        audit.append(tx, by, "webhook.tested", webhook_id)
    return delivery_id


def resend(services: Services, by: str, delivery_id: Id) -> None:
    """Let a delivery that has ended be sent once more. Raises NotFound, UsageError."""
    with services.store.writing() as tx:
        delivery = store.resend(tx, delivery_id)
        audit.append(tx, by, "webhook.resent", delivery.webhook_id, delivery=delivery_id)


def address_of(url: str) -> SplitResult:
    """Return an address's parts. Raises BadValue for one that nothing can be sent to."""
    hint = "Such as https://platform.example/hooks/qalqan"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise BadValue("This is no address.", hint=hint) from error
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise BadValue("This is no address of the web.", hint=hint)
    if parts.username is not None or parts.password is not None or parts.fragment or len(url) > LONGEST_URL:
        raise BadValue("This address has parts that it must not have.", hint=hint)
    return parts


def networks(setting: str) -> tuple[_NETWORK, ...]:
    """Return the inner networks that deliveries may go to. Raises BadValue."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in setting.split(",") if one.strip())
    except ValueError as error:
        raise BadValue(
            "QALQAN_WEBHOOK_NETWORKS holds what is no network.", hint="Such as 10.20.0.0/16,127.0.0.1/32"
        ) from error


def allowed(address: str, inner: Iterable[_NETWORK]) -> bool:
    """Whether a delivery may go to an IP address: a public one, or one of the networks that were allowed."""
    one: _ADDRESS = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
        one = one.ipv4_mapped
    if any(one.version == each.version and one in each for each in inner):
        return True
    leads_within = isinstance(one, ipaddress.IPv6Address) and (one.sixtofour is not None or one.teredo is not None)
    return one.is_global and not one.is_multicast and not leads_within and not _is_nat64(one)


def _is_nat64(address: _ADDRESS) -> bool:
    """Whether an address stands for an IPv4 one that a gateway would go on to (RFC 6052)."""
    return address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")  # noqa: PLR2004 - IPv6
