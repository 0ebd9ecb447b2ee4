"""Sends what webhooks are to be told: at least once, signed, within bounds, and only where it may go.

The address is resolved once, every answer of the resolver is checked, and the connection goes to the checked address:
a name that leads elsewhere a moment later leads nowhere here. No redirect is followed, no proxy asked, no answer read.
"""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx2
import structlog

from qalqan import __version__
from qalqan.errors import BadValue, QalqanError
from qalqan.flow.services import Services
from qalqan.flow.webhooks import DELIVERY, EVENT, SIGNATURE, allowed, networks, sign
from qalqan.model.times import now
from qalqan.model.webhooks import Delivery, Webhook
from qalqan.store import webhooks as store
from qalqan.store.sealing import KEY_FILE, sealer

SECONDS = 10.0
"""From resolving the name to the end of the answer's head."""
LEASE_SECONDS = 60.0
AT_ONCE = 8
MOST_TRIES = 12
FIRST_WAIT = 30.0
LONGEST_WAIT = 4 * 3600.0
"""So the last try comes some ten hours after the first."""
LOOK_SECONDS = 1.0
KEPT = timedelta(days=30)
"""How long a delivery that has ended can be looked at and sent again."""
TIDY_SECONDS = 3600.0
_DEFAULT_PORTS = {"http": 80, "https": 443}
LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try."""

    status: int | None
    problem: str | None
    """None where the other side has it."""


class Sender:
    """One thread in each `qalqan serve` and `qalqan worker` that sends what is due."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._send_on, name="qalqan-webhooks", daemon=True)
        self._tidied = 0.0

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more. What is under way is waited for, as it has its own bound."""
        self._stopped.set()
        self._thread.join(SECONDS + 1)

    def _send_on(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                while send_due(self._services) and not self._stopped.is_set():
                    pass
                self._tidy()
            except Exception as error:  # noqa: BLE001 - a database that is away may be back next time
                LOG.warning("webhooks.failed", error=f"{type(error).__name__}: {error}")

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied < TIDY_SECONDS and self._tidied:
            return
        self._tidied = time.monotonic()
        with self._services.store.writing() as tx:
            store.forget_before(tx, now() - KEPT)


def send_due(services: Services) -> int:
    """Send what is due now, some at once; return how many were tried."""
    with services.store.reading() as tx:
        if not store.anything_due(tx):
            return 0
    with services.store.writing() as tx:
        taken = store.lease(tx, AT_ONCE, LEASE_SECONDS)
        webhooks = {one.webhook_id: store.get(tx, one.webhook_id) for one in taken}
    tried = asyncio.run(_send_all(services, [(webhooks[one.webhook_id], one) for one in taken]))
    for delivery, outcome in zip(taken, tried, strict=True):
        _note(services, delivery, outcome)
    return len(taken)


def _note(services: Services, delivery: Delivery, tried: Tried) -> None:
    with services.store.writing() as tx:
        if tried.problem is None:
            store.note_delivered(tx, delivery, tried.status or 0)
        else:
            store.note_failed(tx, delivery, tried.problem, tried.status, again_at(delivery.tries))


def again_at(tries: int, chance: random.Random | None = None) -> datetime | None:
    """Return when to try again after so many tries; None gives it up.

    The waits double up to a bound, and each is cut by up to a half, so that what failed together is not sent together.
    """
    if tries >= MOST_TRIES:
        return None
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1))
    part = (chance or random).uniform(0.5, 1.0)
    return now() + timedelta(seconds=longest * part)


async def _send_all(services: Services, some: list[tuple[Webhook, Delivery]]) -> list[Tried]:
    return list(await asyncio.gather(*(_send(services, webhook, one) for webhook, one in some)))


async def _send(services: Services, webhook: Webhook, delivery: Delivery) -> Tried:
    """Try once. Whatever the other side or the network does comes to a sentence."""
    try:
        secret = sealer(services.settings.home / KEY_FILE).unseal(webhook.secret)
        async with asyncio.timeout(SECONDS):
            address = await _resolved(webhook.url, services.settings.webhook_networks)
            return await _post(webhook.url, address, delivery, secret)
    except TimeoutError:
        return Tried(None, f"No answer within {SECONDS:g} seconds.")
    except QalqanError as error:
        return Tried(None, error.message)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        return Tried(None, f"It cannot be reached: {type(error).__name__}.")


async def _resolved(url: str, setting: str) -> str:
    """Return one address of an URL's host. Raises BadValue where any of its addresses is one not to be sent to."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    loop, inner = asyncio.get_running_loop(), networks(setting)
    found = await loop.getaddrinfo(parts.hostname or "", port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    refused = [one for one in addresses if not allowed(one, inner)]
    if refused or not addresses:
        raise BadValue(
            f"{parts.hostname} leads to {', '.join(refused) or 'nothing'}: no public address, and none that "
            "QALQAN_WEBHOOK_NETWORKS allows."
        )
    return addresses[0]


async def _post(url: str, address: str, delivery: Delivery, secret: str) -> Tried:
    """Send to the checked address under the host's own name, which its certificate must hold."""
    parts, body = urlsplit(url), delivery.body.encode()
    place = f"[{address}]" if ":" in address else address
    target = urlunsplit(parts._replace(netloc=f"{place}:{parts.port}" if parts.port else place))
    headers = {
        "Host": parts.netloc, "Content-Type": "application/json", "User-Agent": f"qalqan/{__version__}",
        "Accept-Encoding": "identity", SIGNATURE: sign(secret, body, int(time.time())), DELIVERY: delivery.id,
        EVENT: delivery.event,
    }  # fmt: skip
    named = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
    client = httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False)
    async with client, client.stream("POST", target, content=body, headers=headers, extensions=named) as answer:
        if answer.is_success:
            return Tried(answer.status_code, None)
        if answer.is_redirect:
            return Tried(answer.status_code, f"It answers with {answer.status_code}; no redirect is followed.")
        return Tried(answer.status_code, f"It answers with {answer.status_code}.")
