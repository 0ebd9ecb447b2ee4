"""The page of webhooks: added with a secret that is shown once, tested, ended, and what was sent to them."""

from __future__ import annotations

import re

import pytest

from qalqan.flow import webhooks as flow
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.webhooks import DeliveryState, Webhook
from qalqan.store import webhooks
from support.browsing import Browser

URL = "https://platform.example/hooks/qalqan"


def send(browser: Browser, path: str, **data: str | list[str]) -> tuple[int, str]:
    """Send a form; return the status and what it says, or where it leads."""
    answer = browser.client.post(path, data={"csrf": browser.token(), **data})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def standing(services: Services) -> list[Webhook]:
    """Return the webhooks that have not ended."""
    with services.store.reading() as tx:
        return webhooks.every(tx)


@pytest.fixture
def hook(browser: Browser, services: Services) -> Id:
    """Add a webhook that is told of two events."""
    assert send(browser, "/webhooks", url=URL, events=["decision.made", "case.opened"])[0] == 200
    (one,) = standing(services)
    return one.id


def test_a_secret_is_shown_once(browser: Browser, services: Services) -> None:
    """On the page that answers the form; the store keeps it sealed, and no later page holds it."""
    status, html = send(browser, "/webhooks", url=URL)
    secret = re.search(r"whsec_[\w-]+", html)
    assert status == 200
    assert secret
    (one,) = standing(services)
    assert (one.url, one.events, secret[0] in one.secret) == (URL, (), False)
    assert secret[0] not in browser.get("/webhooks")
    assert URL in browser.get("/webhooks")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "no address of the web"),
        ("ftp://platform.example/", "no address of the web"),
        ("https://user:word@platform.example/", "parts that it must not have"),
        ("https://[::1", "no address"),
    ],
)
def test_an_address_that_is_none_is_refused_beside_the_form(
    browser: Browser, services: Services, url: str, says: str
) -> None:
    """And nothing is added."""
    assert says in send(browser, "/webhooks", url=url)[1]
    assert standing(services) == []


def test_an_unknown_event_is_refused(browser: Browser, services: Services) -> None:
    """It would never be told."""
    assert "no event" in send(browser, "/webhooks", url=URL, events=["<b>"])[1]
    assert standing(services) == []


def test_a_test_is_sent_and_an_ended_one_is_sent_nothing(browser: Browser, services: Services, hook: Id) -> None:
    """What waited for it is given up; it cannot be ended or tested again."""
    assert send(browser, f"/webhooks/{hook}/test") == (303, "/webhooks")
    assert "webhook.test" in browser.get("/webhooks")
    assert send(browser, f"/webhooks/{hook}/end") == (303, "/webhooks")
    assert standing(services) == []
    assert "given up" in browser.get("/webhooks")
    assert send(browser, f"/webhooks/{hook}/end")[0] == 400
    assert send(browser, f"/webhooks/{hook}/test")[0] == 422


def test_what_has_ended_is_sent_again(browser: Browser, services: Services, hook: Id) -> None:
    """What still waits is not."""
    delivery = flow.send_test(services, "amina", hook)
    assert send(browser, f"/deliveries/{delivery}/resend")[0] == 400
    with services.store.writing() as tx:
        (leased,) = webhooks.lease(tx, 1, 60)
        webhooks.note_delivered(tx, leased, 200)
    assert f"/deliveries/{delivery}/resend" in browser.get("/webhooks")
    assert send(browser, f"/deliveries/{delivery}/resend") == (303, "/webhooks")
    with services.store.reading() as tx:
        assert webhooks.one_delivery(tx, delivery).state is DeliveryState.WAITING


def test_a_form_of_another_site_changes_nothing(browser: Browser, services: Services, hook: Id) -> None:
    """Each form carries the session's own token."""
    for path in ("/webhooks", f"/webhooks/{hook}/end", f"/webhooks/{hook}/test"):
        assert browser.client.post(path, data={"url": URL, "csrf": "x"}).status_code == 403
    assert [one.id for one in standing(services)] == [hook]
