"""`qalqan webhook`: add, list, test, end."""

from __future__ import annotations

from qalqan.app import opened
from qalqan.store import webhooks
from support.saying import Say

URL = "https://platform.example/hooks/qalqan"


def test_a_webhook_is_added_tested_and_ended(ready: Say) -> None:
    """Its secret is told once; the list shows those that have not ended."""
    assert "There are none." in ready("webhook", "list").out
    added = ready("webhook", "add", URL, "--event", "decision.made", "--json").json
    assert added["secret"].startswith("whsec_")
    (one,) = ready("webhook", "list", "--json").lines
    assert (one["id"], one["url"], one["events"]) == (added["id"], URL, ["decision.made"])
    assert added["secret"] not in ready("webhook", "list").out
    assert "waits to be sent" in ready("webhook", "test", added["id"]).out
    with opened() as services, services.store.reading() as tx:
        assert [one.event for one in webhooks.newest_deliveries(tx, 5)] == ["webhook.test"]
    assert "Ended" in ready("webhook", "end", added["id"]).out
    assert ready("webhook", "list", "--json").lines == []


def test_what_cannot_be_is_said_in_plain_words(ready: Say) -> None:
    """An address that is none, an event that is none, a webhook that is not there or has ended."""
    assert "no address of the web" in ready("webhook", "add", "file:///etc/passwd", code=2).err
    assert "--event" in ready("webhook", "add", URL, "--event", "x", code=2).err
    assert "no webhook" in ready("webhook", "test", "01a20f85-e271-7753-8bd7-207ec932657c", code=3).err
    added = ready("webhook", "add", URL, "--json").json
    ready("webhook", "end", added["id"])
    assert "ended" in ready("webhook", "end", added["id"], code=2).err
    assert "ended" in ready("webhook", "test", added["id"], code=2).err
