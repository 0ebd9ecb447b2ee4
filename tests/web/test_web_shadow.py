"""The page and the API of a policy in the shadow: begun, looked at, switched on, gone back from."""

from __future__ import annotations

import csv
import io
import json

import pytest

from qalqan.flow import shadow
from qalqan.flow.services import Services
from qalqan.store import shadow as shadow_store
from support.browsing import Browser
from support.filled import Filled
from support.shadowed import HIGH, other_policy


@pytest.fixture
def token(browser: Browser) -> str:
    """Return what the page's forms carry."""
    return browser.token("/policy/shadow")


def _send(browser: Browser, token: str, path: str, **fields: str) -> tuple[int, str]:
    answer = browser.client.post(path, data={"csrf": token, **fields})
    return answer.status_code, answer.headers.get("location", answer.text)


def _weighed(services: Services) -> None:
    """Let the shadow weigh what the filled store holds."""
    list(shadow.follow(services))


def test_a_policy_is_pasted_weighs_and_is_switched_on(browser: Browser, token: str, things: Filled) -> None:
    """The way of a lead from the form to the policy in force, and back."""
    services, pasted = browser.services, other_policy(bands=HIGH)
    assert _send(browser, token, "/policy/shadow/start", text=pasted, older="500") == (303, "/policy/shadow")
    _weighed(services)
    page = browser.get("/policy/shadow")
    assert "first/another" in page
    assert "bands → look: 30, then 70" in page
    with services.store.reading() as tx:
        found = shadow.status(tx)
    assert found
    assert found.listed
    assert found.total() >= len(things.items)
    status, page = _send(browser, token, "/policy/shadow/on", confirmed="yes")
    assert (status, "type its name and version" in page) == (422, True)
    assert _send(browser, token, "/policy/shadow/on", confirmed="first/another") == (303, "/policy")
    assert "first/another" in browser.get("/policy")
    assert browser.get("/policy/shadow").count("/policy/back") == 1
    assert _send(browser, token, "/policy/back", turn="0") == (303, "/policy")
    assert "first/another" not in browser.get("/policy")
    assert _send(browser, token, "/policy/back", turn="2")[0] == 422


def test_switching_on_can_weigh_everything_again(browser: Browser, token: str) -> None:
    """Ticked, a walk of all stored items begins."""
    _send(browser, token, "/policy/shadow/start", text=other_policy())
    status, place = _send(browser, token, "/policy/shadow/on", confirmed="first/another", again="1")
    assert (status, place.startswith("/scans/")) == (303, True)


def test_a_file_can_be_sent(browser: Browser, token: str) -> None:
    """As an upload; what is no text is refused."""
    files = {"file": ("mine.yaml", other_policy().encode(), "text/yaml")}
    answer = browser.client.post("/policy/shadow/start", data={"csrf": token}, files=files)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/policy/shadow")
    assert _send(browser, token, "/policy/shadow/stop") == (303, "/policy/shadow")
    files = {"file": ("mine.yaml", b"\xff\xfe\x00", "text/yaml")}
    answer = browser.client.post("/policy/shadow/start", data={"csrf": token}, files=files)
    assert (answer.status_code, "no text in UTF-8" in answer.text) == (422, True)


def test_what_is_wrong_is_said_on_the_page(browser: Browser, token: str) -> None:
    """Nothing sent, no policy, another in the shadow, none to take out."""
    assert "Choose a file" in _send(browser, token, "/policy/shadow/start")[1]
    status, page = _send(browser, token, "/policy/shadow/start", text="name: only a name")
    assert (status, "is wrong at" in page) == (422, True)
    status, page = _send(browser, token, "/policy/shadow/stop")
    assert (status, "No policy is in the shadow" in page) == (404, True)
    _send(browser, token, "/policy/shadow/start", text=other_policy())
    status, page = _send(browser, token, "/policy/shadow/start", text=other_policy("third"))
    assert (status, "in the shadow already" in page) == (409, True)


def test_the_list_is_exported(browser: Browser, token: str) -> None:
    """Both sides of each difference with their reasons; the log notes who took it out."""
    _send(browser, token, "/policy/shadow/start", text=other_policy(bands=HIGH), older="500")
    _weighed(browser.services)
    rows = list(csv.DictReader(io.StringIO(browser.get("/policy/shadow/export").lstrip("\ufeff"))))
    lines = [json.loads(line) for line in browser.get("/policy/shadow/export?form=ndjson").splitlines()]
    assert {row["item"] for row in rows} == {line["item"] for line in lines}
    assert all(line["band"] != line["other_band"] for line in lines if line["change"] != "points")
    with browser.services.store.reading() as tx:
        walk = shadow_store.last(tx)
        assert walk
        assert len(rows) == shadow_store.count(tx, walk.id)


def test_the_api_tells_what_the_page_does(browser: Browser, token: str) -> None:
    """Counts, decisions and the list, narrowed by change."""
    assert browser.client.get("/api/v1/policy/shadow").status_code == 404
    assert browser.client.get("/api/v1/policy/shadow/differences").json()["rows"] == []
    _send(browser, token, "/policy/shadow/start", text=other_policy(bands=HIGH), older="500")
    _weighed(browser.services)
    told = browser.client.get("/api/v1/policy/shadow").json()
    assert (told["policy"], told["running"], told["older"]) == ("first/another", True, 0)
    assert sum(one["items"] for one in told["counts"]) == told["items"]
    assert sum(one["items"] for one in told["decided"]) == told["listed"]
    found = browser.client.get("/api/v1/policy/shadow/differences?limit=500").json()
    assert found["total"] == told["listed"] == len(found["rows"])
    changes = {row["change"] for row in found["rows"]}
    for change in changes:
        some = browser.client.get(f"/api/v1/policy/shadow/differences?change={change}").json()
        assert {row["change"] for row in some["rows"]} == {change}
