"""Who comes in, and what keeps others out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qalqan.flow.services import Services
from qalqan.settings import Settings
from qalqan.store import audit
from support import filled
from support.browsing import Browser, make_client

CLOSED = (
    "/", "/found", "/found/export", "/items", "/items/export", "/items/01a20275-4519-746f-ac8c-7398fe1178d1",
    "/banks", "/banks/any", "/entries/01a20275-4519-746f-ac8c-7398fe1178d1", "/scans", "/progress", "/problems",
    "/audit", "/audit/export", "/about", "/api/docs", "/names", "/names/export", "/lexicon",
    "/lexicon/export", "/lexicon/new", "/lexicon/import", f"/lexicon/{'0' * 64}", "/policy", "/try",
    f"/media/{'0' * 64}/blurred/{'0' * 64}", f"/media/{'0' * 64}/clear/{'0' * 64}",
)  # fmt: skip


def verbs(services: Services) -> list[str]:
    """Return what the audit log holds, newest first."""
    with services.store.reading() as tx:
        return [event.verb for event in audit.newest(tx, 50)]


@pytest.mark.parametrize("path", CLOSED)
def test_every_page_asks_for_a_login_and_comes_back_afterwards(stranger: Browser, path: str) -> None:
    """Nothing but the login is shown to a stranger."""
    answer = stranger.client.get(path)
    if path.startswith("/api/"):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login-needed")
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


def test_the_api_answers_a_stranger_with_401(stranger: Browser) -> None:
    """A program gets JSON, not a form."""
    assert stranger.client.get("/api/v1/items").status_code == 401
    assert stranger.client.get("/api/openapi.json").status_code == 401


def test_health_and_login_are_open(stranger: Browser) -> None:
    """A load balancer needs no password."""
    assert stranger.client.get("/healthz").json() == {"status": "ok"}
    assert "Log in" in stranger.get("/login")


def test_a_login_opens_a_session_and_is_noted(stranger: Browser) -> None:
    """The cookie is for this site alone and no script can read it."""
    assert stranger.log_in() == 303
    cookie = stranger.client.cookies.jar
    assert "qalqan_session" in {one.name for one in cookie}
    assert "Overview" in stranger.get("/")
    assert verbs(stranger.services)[0] == "login.ok"


def test_the_session_cookie_is_httponly_and_lax(stranger: Browser) -> None:
    """Neither scripts nor other sites' forms get to use it."""
    data = {"name": filled.NAME, "password": filled.PASSWORD, "csrf": stranger.token("/login")}
    cookies = stranger.client.post("/login", data=data).headers.get_list("set-cookie")
    session = next(one for one in cookies if one.startswith("qalqan_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Secure" not in session


def test_secure_cookies_are_a_setting(services: Services, settings: Settings) -> None:
    """Behind HTTPS the cookie never travels in the clear."""
    strict = replace(services, settings=settings.model_copy(update={"secure_cookies": True}))
    cookies = make_client(strict).get("/login").headers.get_list("set-cookie")
    assert all("Secure" in one for one in cookies)


@pytest.mark.parametrize(("name", "password"), [(filled.NAME, "wrong"), ("nobody", filled.PASSWORD), ("a\0b", "x")])
def test_a_wrong_login_is_refused_in_one_way_for_all(stranger: Browser, name: str, password: str) -> None:
    """Nobody learns from it which names there are."""
    assert stranger.log_in(name, password) in (403, 422)
    assert "qalqan_session" not in {one.name for one in stranger.client.cookies.jar}


def test_a_refused_login_is_noted(stranger: Browser) -> None:
    """Guessing leaves a trace."""
    stranger.log_in(filled.NAME, "wrong")
    assert verbs(stranger.services) == ["login.refused"]


def test_a_login_form_from_elsewhere_is_refused(stranger: Browser) -> None:
    """The form's token must be the one in this browser's cookie."""
    stranger.token("/login")
    data = {"name": filled.NAME, "password": filled.PASSWORD, "csrf": "another"}
    assert stranger.client.post("/login", data=data).status_code == 403
    assert stranger.client.post("/login", data={**data, "csrf": ""}).status_code == 403


def test_five_wrong_tries_a_minute_then_a_pause(stranger: Browser) -> None:
    """The sixth try is not even looked at, right or wrong."""
    assert [stranger.log_in(filled.NAME, "wrong") for _ in range(5)] == [403] * 5
    assert stranger.log_in() == 429


def test_spaces_around_a_name_buy_no_more_tries(stranger: Browser) -> None:
    """They are taken off before the name is looked up, so they are before its tries are counted."""
    names = (filled.NAME, f" {filled.NAME}", f"{filled.NAME}\t", f"  {filled.NAME}", f"{filled.NAME} ")
    assert [stranger.log_in(name, "wrong") for name in names] == [403] * 5
    assert stranger.log_in(f"{filled.NAME}  ") == 429


def test_another_process_counts_the_same_tries(stranger: Browser) -> None:
    """They are counted in the store: neither a second process nor a restart gives new ones."""
    for _ in range(3):
        stranger.log_in(filled.NAME, "wrong")
    other = Browser(make_client(stranger.services), stranger.services)
    assert [other.log_in(filled.NAME, "wrong") for _ in range(3)] == [403, 403, 429]


def test_nobody_is_kept_out_by_guesses_of_others(stranger: Browser) -> None:
    """A browser that its person has come in with before is counted apart; one that others made up is not."""
    assert stranger.log_in() == 303
    other = Browser(make_client(stranger.services), stranger.services)
    assert [other.log_in(filled.NAME, "wrong") for _ in range(6)] == [403] * 5 + [429]
    other.client.cookies.set("qalqan_known", f"made-up.{'0' * 64}")
    assert other.log_in() == 429
    stranger.client.cookies.delete("qalqan_session")
    assert stranger.log_in() == 303
    assert [stranger.log_in(filled.NAME, "wrong") for _ in range(6)] == [403] * 5 + [429]


def test_good_logins_use_up_no_tries(stranger: Browser) -> None:
    """A team behind one address can come in together."""
    assert [stranger.log_in() for _ in range(8)] == [303] * 8


def test_logging_out_ends_the_session_on_the_server(browser: Browser) -> None:
    """A copied cookie is of no use afterwards."""
    kept = browser.client.cookies.get("qalqan_session")
    assert browser.client.post("/logout", data={"csrf": browser.token()}).status_code == 303
    assert verbs(browser.services)[0] == "logout"
    browser.client.cookies.set("qalqan_session", kept or "")
    assert browser.client.get("/found").status_code == 303


@pytest.mark.parametrize(
    "place",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/ok\r\nX: y", "http:evil"],
)
def test_after_a_login_nobody_is_sent_elsewhere(stranger: Browser, place: str) -> None:
    """`next` leads to pages of this console only."""
    data = {"name": filled.NAME, "password": filled.PASSWORD, "csrf": stranger.token("/login"), "next": place}
    assert stranger.client.post("/login", data=data).headers["location"] == "/"


def test_after_a_login_one_is_where_one_wanted_to_be(stranger: Browser) -> None:
    """The address that asked for the login is kept, with its query."""
    asked = stranger.client.get("/found?band=known").headers["location"]
    assert asked == "/login?next=%2Ffound%3Fband%3Dknown"
    data = {
        "name": filled.NAME,
        "password": filled.PASSWORD,
        "csrf": stranger.token(asked),
        "next": "/found?band=known",
    }
    assert stranger.client.post("/login", data=data).headers["location"] == "/found?band=known"


@pytest.mark.parametrize("path", ["/logout", "/look", "/audit", f"/media/{'0' * 64}/reveal"])
def test_no_form_works_without_the_sessions_token(browser: Browser, path: str) -> None:
    """Another site can send a form, but not with this token."""
    assert browser.client.post(path, data={}).status_code == 403
    assert browser.client.post(path, data={"csrf": "guess"}).status_code == 403


def test_other_host_names_are_refused_on_loopback(browser: Browser) -> None:
    """A name that somebody points at this machine does not read its pages (DNS rebinding)."""
    assert browser.client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
    assert browser.client.get("/healthz", headers={"host": "[::1]:8400"}).status_code == 200
    assert browser.client.get("/healthz", headers={"host": "localhost:8400"}).status_code == 200


@pytest.mark.parametrize(
    ("listens_on", "answered", "refused"),
    [
        ("127.0.0.1", "localhost:8400", "desk.example"),
        ("::1", "[::1]:8400", "desk.example"),
        ("localhost", "127.0.0.1:8400", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7:8400", "192.0.2.8:8400"),
        ("192.0.2.7", "localhost:8400", "desk.example"),
        ("2001:db8::7", "[2001:db8::7]:8400", "[2001:db8::8]:8400"),
        ("desk.example", "Desk.example:8400", "evil.example"),
        ("0.0.0.0", "any.example", None),  # noqa: S104 - nothing is bound here
        ("::", "any.example", None),
    ],
)
def test_the_console_answers_to_the_names_it_is_served_at(
    services: Services, listens_on: str, answered: str, refused: str | None
) -> None:
    """Loopback's and the one it listens on; any name where it listens on every address."""
    served = replace(services, settings=services.settings.model_copy(update={"host": listens_on}))
    client = make_client(served)
    assert client.get("/healthz", headers={"host": answered}).status_code == 200
    if refused:
        assert client.get("/healthz", headers={"host": refused}).status_code == 400


def test_a_form_larger_than_any_of_ours_is_refused(stranger: Browser) -> None:
    """Nobody fills the memory through the login."""
    answer = stranger.client.post("/login", data={"name": "a" * (2 << 20)})
    assert answer.status_code == 413
