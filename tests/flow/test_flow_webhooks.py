"""Webhooks: told at least once, signed, never where they must not go, whatever the other side does."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from qalqan.errors import BadValue, UsageError
from qalqan.flow import delivering, webhooks
from qalqan.flow.delivering import MOST_TRIES, Sender, again_at, send_due
from qalqan.flow.services import Services
from qalqan.flow.webhooks import allowed, emit, networks, sign, verify
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.model.webhooks import Delivery, DeliveryState
from qalqan.store import webhooks as store
from qalqan.store.sealing import KEY_FILE, sealer
from qalqan.store.tables_webhooks import deliveries
from qalqan.store.tables_webhooks import webhooks as table
from support.receiving import Receiver, receiving

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]
HERE = "127.0.0.1/32"


@pytest.fixture
def platform() -> Iterator[Receiver]:
    """Start a platform that receives."""
    with receiving() as started:
        yield started


@pytest.fixture
def telling(services: Services) -> Services:
    """Return what may send to this machine."""
    return replace(services, settings=services.settings.model_copy(update={"webhook_networks": HERE}))


def tell(services: Services, event: str = "decision.made") -> list[Id]:
    """Write an event down."""
    with services.store.writing() as tx:
        return emit(tx, event, {"decision": "d1", "outcome": "lawful"})


def only(services: Services) -> Delivery:
    """Return the one delivery that there is."""
    with services.store.reading() as tx:
        (found,) = store.newest_deliveries(tx, 10)
    return found


def test_what_is_told_arrives_signed(telling: Services, platform: Receiver) -> None:
    """With its id, its event and the time; the other side verifies it with the secret that was shown once."""
    secret, _webhook = webhooks.add(telling, "amina", platform.url)
    (delivery_id,) = tell(telling)
    assert send_due(telling) == 1
    (got,) = platform.got
    assert verify(secret, got.headers["qalqan-signature"], got.body, time.time())
    assert (got.headers["qalqan-delivery"], got.headers["qalqan-event"]) == (delivery_id, "decision.made")
    told = json.loads(got.body)
    assert (told["id"], told["event"], told["data"]["outcome"]) == (delivery_id, "decision.made", "lawful")
    assert (only(telling).state, only(telling).status) == (DeliveryState.DELIVERED, 204)
    assert send_due(telling) == 0


def test_the_secret_is_not_in_the_database(telling: Services) -> None:
    """It is sealed by a key that lies in the home folder."""
    secret, webhook = webhooks.add(telling, "amina", "https://platform.example/hook")
    assert secret not in webhook.secret
    assert sealer(telling.settings.home / KEY_FILE).unseal(webhook.secret) == secret


def test_a_secret_of_another_key_signs_nothing(telling: Services, platform: Receiver) -> None:
    """Deliveries wait with a sentence."""
    webhooks.add(telling, "amina", platform.url)
    with telling.store.writing() as tx:
        tx.execute(table.update().values(secret=sealer(telling.settings.home / "other.key").seal("another")))
    tell(telling)
    send_due(telling)
    assert "another key" in (only(telling).problem or "")
    assert platform.got == []


def test_an_event_lands_with_what_it_tells_of_or_not_at_all(telling: Services, platform: Receiver) -> None:
    """A transaction that is rolled back tells nobody."""
    webhooks.add(telling, "amina", platform.url)
    with pytest.raises(ZeroDivisionError), telling.store.writing() as tx:
        _told_and_broken_off(tx)
    assert send_due(telling) == 0


def _told_and_broken_off(tx: sa.Connection) -> None:
    emit(tx, "decision.made", {})
    raise ZeroDivisionError


def test_each_is_told_only_what_it_asked_for(telling: Services, platform: Receiver) -> None:
    """One that names no events is told all of them."""
    webhooks.add(telling, "amina", platform.url, ["appeal.decided"])
    webhooks.add(telling, "amina", platform.url)
    assert len(tell(telling)) == 1
    assert len(tell(telling, "appeal.decided")) == 2
    with pytest.raises(BadValue, match="There is no event"):
        webhooks.add(telling, "amina", platform.url, ["decision.guessed"])


def test_an_ended_webhook_is_told_nothing_more(telling: Services, platform: Receiver) -> None:
    """Not even what waited."""
    _secret, webhook = webhooks.add(telling, "amina", platform.url)
    tell(telling)
    webhooks.end(telling, "amina", webhook.id)
    assert send_due(telling) == 0
    assert only(telling).state is DeliveryState.GIVEN_UP
    assert tell(telling) == []
    with pytest.raises(UsageError):
        webhooks.end(telling, "amina", webhook.id)
    with pytest.raises(UsageError):
        webhooks.resend(telling, "amina", only(telling).id)


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return an answer of this status."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()

    return answer


def make_due(services: Services) -> None:
    """Let whatever waits be due now."""
    with services.store.writing() as tx:
        tx.execute(deliveries.update().values(due=now() - timedelta(seconds=1)))


def test_failures_are_tried_again_and_given_up_at_last(telling: Services, platform: Receiver) -> None:
    """After as many tries as there are; then somebody may send it once more."""
    webhooks.add(telling, "amina", platform.url)
    platform.answer = status(500)
    tell(telling)
    send_due(telling)
    waiting = only(telling)
    assert (waiting.state, waiting.tries, waiting.status) == (DeliveryState.WAITING, 1, 500)
    assert waiting.due > now() + timedelta(seconds=10)
    assert send_due(telling) == 0
    for _ in range(MOST_TRIES - 1):
        make_due(telling)
        assert send_due(telling) == 1
    assert (only(telling).state, len(platform.got)) == (DeliveryState.GIVEN_UP, MOST_TRIES)
    assert len({got.body for got in platform.got}) == 1
    make_due(telling)
    assert send_due(telling) == 0
    platform.answer = None
    webhooks.resend(telling, "amina", only(telling).id)
    send_due(telling)
    assert only(telling).state is DeliveryState.DELIVERED


def test_a_redirect_is_not_followed(telling: Services, platform: Receiver) -> None:
    """Wherever it leads: it could lead within."""
    webhooks.add(telling, "amina", platform.url)
    platform.answer = status(302, Location=platform.url + "/elsewhere")
    tell(telling)
    send_due(telling)
    assert len(platform.got) == 1
    assert "no redirect" in (only(telling).problem or "")


def test_a_huge_answer_is_not_read(telling: Services, platform: Receiver) -> None:
    """Its head is all that counts."""

    def huge(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(1 << 40))
        request.end_headers()
        request.wfile.write(b"x" * 1000)

    webhooks.add(telling, "amina", platform.url)
    platform.answer = huge
    tell(telling)
    began = time.monotonic()
    send_due(telling)
    assert time.monotonic() - began < 5
    assert only(telling).state is DeliveryState.DELIVERED


def test_a_slow_receiver_has_a_bound(telling: Services, platform: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not hold the sender, and another receiver is not kept waiting."""

    def drip(request: BaseHTTPRequestHandler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" * 30:
            try:
                request.wfile.write(bytes([byte]))
                request.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    monkeypatch.setattr(delivering, "SECONDS", 2)
    with receiving() as other:
        platform.answer = drip
        webhooks.add(telling, "amina", platform.url)
        webhooks.add(telling, "amina", other.url)
        tell(telling)
        began = time.monotonic()
        assert send_due(telling) == 2
        assert time.monotonic() - began < 20
        assert len(other.got) == 1
    with telling.store.reading() as tx:
        problems = {one.problem for one in store.newest_deliveries(tx, 10)}
    assert problems == {None, "No answer within 2 seconds."}


def test_who_dies_after_sending_leaves_it_to_be_sent_again(telling: Services, platform: Receiver) -> None:
    """At least once, never twice at the same time: the lease runs out first, and the id tells the other side."""
    webhooks.add(telling, "amina", platform.url)
    tell(telling)
    with telling.store.writing() as tx:
        (held,) = store.lease(tx, 5, 60)  # whoever takes this dies now
    assert send_due(telling) == 0
    with telling.store.writing() as tx:
        tx.execute(deliveries.update().values(lease_until=now() - timedelta(seconds=1)))
    assert send_due(telling) == 1
    with telling.store.writing() as tx:  # the dead one was only slow, and comes to note a failure
        store.note_failed(tx, held, "too late", None, None)
    assert only(telling).state is DeliveryState.DELIVERED


def test_two_never_lease_the_same(telling: Services) -> None:
    """What one holds is given to nobody else."""
    webhooks.add(telling, "amina", "https://platform.example/hook")
    for _ in range(5):
        tell(telling)
    with telling.store.writing() as tx:
        first = {one.id for one in store.lease(tx, 3, 60)}
    with telling.store.writing() as tx:
        second = {one.id for one in store.lease(tx, 3, 60)}
    assert (len(first), len(second), first & second) == (3, 2, set())


def test_an_inner_address_is_refused_before_anything_is_sent(services: Services, platform: Receiver) -> None:
    """Unless its network was allowed; also by a name that leads there."""
    webhooks.add(services, "amina", platform.url)
    webhooks.add(services, "amina", platform.url.replace("127.0.0.1", "localhost"))
    tell(services)
    assert send_due(services) == 2
    assert platform.got == []
    with services.store.reading() as tx:
        assert all("no public address" in (one.problem or "") for one in store.newest_deliveries(tx, 10))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::7f00:1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_lead_within_are_refused(address: str) -> None:
    """However they are written."""
    assert not allowed(address, ())


def test_public_addresses_and_allowed_networks_are_not_refused() -> None:
    """The setting lists networks."""
    assert allowed("93.184.215.14", ())
    assert allowed("2606:2800:21f:cb07:6820:80da:af6b:8b2c", ())
    assert allowed("10.20.1.1", networks("10.20.0.0/16, ::1/128"))
    assert not allowed("10.21.1.1", networks("10.20.0.0/16"))
    with pytest.raises(BadValue):
        networks("10.20.0.0/33")


@pytest.mark.parametrize(
    "url",
    ["", "platform.example", "ftp://platform.example/", "https://", "https://a:b@platform.example/", "https://[::1",
     "https://platform.example/#x", "https://platform.example/ a", "https://platform.example:99999/", "https://плат.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(services: Services, url: str) -> None:
    """With a reason."""
    with pytest.raises(BadValue):
        webhooks.add(services, "amina", url)


@given(st.binary(max_size=200), st.integers(0, 10**11), st.text(max_size=40))
def test_a_signature_holds_for_its_own_body_time_and_secret(body: bytes, at: int, secret: str) -> None:
    """And for no other, and not for long."""
    header = sign(secret, body, at)
    assert verify(secret, header, body, at)
    assert verify(secret, header, body, at + 300)
    assert not verify(secret, header, body, at + 301)
    assert not verify(secret, header, body, at - 301)
    assert not verify(secret, header, body + b" ", at)
    assert not verify(secret + "x", header, body, at)
    assert not verify(secret, header.replace(f"t={at}", f"t={at + 1}"), body, at)


@given(st.text(max_size=90))
def test_what_is_no_signature_is_none(header: str) -> None:
    """Whatever stands in the header."""
    assert not verify("secret", header, b"{}", 0)


def test_waits_double_up_to_a_bound() -> None:
    """Each cut by chance, so that what failed together is not sent together."""
    chance = random.Random(1)
    waits = [(again_at(tries, chance) or now()) - now() for tries in range(1, MOST_TRIES)]
    assert timedelta(seconds=14) < waits[0] < timedelta(seconds=31)
    assert all(one < timedelta(hours=4, seconds=1) for one in waits)
    assert waits[-1] > timedelta(hours=1)
    assert again_at(MOST_TRIES) is None


def test_a_thread_sends_by_itself_and_forgets_what_is_old(
    telling: Services, platform: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each console and worker."""
    monkeypatch.setattr(delivering, "LOOK_SECONDS", 0.02)
    webhooks.add(telling, "amina", platform.url)
    (old,) = tell(telling)
    long_ago = now() - timedelta(days=40)
    with telling.store.writing() as tx:
        tx.execute(deliveries.update().values(state="delivered", ended_at=long_ago))
    tell(telling)
    sender = Sender(telling)
    sender.start()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.02)
        with telling.store.reading() as tx:
            left = store.newest_deliveries(tx, 10)
        if [one.state for one in left] == [DeliveryState.DELIVERED] and old not in {one.id for one in left}:
            break
    sender.stop()
    assert len(platform.got) == 1
    with telling.store.reading() as tx:
        assert store.count_deliveries(tx) == 1


def test_a_test_delivery_goes_to_one_webhook(telling: Services, platform: Receiver) -> None:
    """Whatever it asked for."""
    _secret, webhook = webhooks.add(telling, "amina", platform.url, ["appeal.decided"])
    webhooks.send_test(telling, "amina", webhook.id)
    send_due(telling)
    assert json.loads(platform.got[0].body)["event"] == "webhook.test"
    webhooks.end(telling, "amina", webhook.id)
    with pytest.raises(BadValue):
        webhooks.send_test(telling, "amina", webhook.id)
    assert new_id() > webhook.id
    with telling.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one() == 1
