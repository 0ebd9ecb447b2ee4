"""One's own login: second factor, password, sessions, tokens; and what admins do about others'."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from qalqan.flow.services import Services
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store import audit, people
from qalqan.store.tables import sessions
from qalqan.store.tables_people import second_factors
from support import filled
from support.browsing import Browser, make_client

KEY = re.compile(r'<code class="break">([A-Z2-7]{32})</code>')
CODE = re.compile(r"^(?:<pre><code>)?([a-z2-7]{4}(?:-[a-z2-7]{4}){3})$", re.MULTILINE)
TOKEN = re.compile(r"qlq_[\w-]{43}")


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """Return the browser of an admin who is logged in."""
    assert stranger.log_in() == 303
    return stranger


def send(browser: Browser, path: str, **fields: object) -> str:
    """Send a form of the page of one's own login; return the answer's text, or where it leads."""
    answer = browser.client.post(path, data={"csrf": browser.token("/me"), **fields})
    assert answer.status_code in (200, 303), (path, answer.status_code, answer.text)
    return answer.headers.get("location", answer.text)


def refused(browser: Browser, path: str, **fields: object) -> int:
    """Send such a form that is refused; return the status."""
    return browser.client.post(path, data={"csrf": browser.token("/me"), **fields}).status_code


def enrolled(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Set up a second factor; return it and its recovery codes."""
    send(browser, "/me/factor", password=filled.PASSWORD)
    found = KEY.search(browser.get("/me"))
    assert found
    totp = pyotp.TOTP(found[1])
    codes = CODE.findall(send(browser, "/me/factor/confirm", code=totp.now()))
    later(browser)
    return totp, codes


def later(browser: Browser) -> None:
    """Let the next 30 seconds begin, as far as codes that were taken are concerned."""
    with browser.services.store.writing() as tx:
        tx.execute(second_factors.update().values(last_step=0))


def fresh(browser: Browser) -> Browser:
    """Return another browser at the same console."""
    return Browser(make_client(browser.services), browser.services)


def second_step(browser: Browser, code: str) -> int:
    """Send the second factor and return the answer's status."""
    return browser.client.post("/login/code", data={"code": code, "csrf": browser.token("/login/code")}).status_code


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser) -> None:
    """The password alone opens nothing any more, the code after it does; the key lies sealed in the store."""
    send(browser, "/me/factor", password=filled.PASSWORD)
    picture = browser.client.get("/me/factor/code.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "<svg" in picture.text
    totp, codes = enrolled(browser)
    assert len(codes) == 10
    assert browser.client.get("/me/factor/code.svg").status_code == 404
    assert KEY.search(browser.get("/me")) is None
    with browser.services.store.reading() as tx:
        assert totp.secret not in str(tx.execute(sa.select(second_factors)).all())
    other = fresh(browser)
    assert other.log_in() == 303
    assert other.client.get("/items").headers["location"].startswith("/login")
    assert second_step(other, "000000") == 403
    assert second_step(other, totp.now()) == 303
    assert "Overview" in other.get("/")


def test_no_code_is_taken_twice(browser: Browser) -> None:
    """Whoever looked over a shoulder has a code that is used up; so is each recovery code."""
    totp, codes = enrolled(browser)
    code = totp.now()
    for attempt, wanted in ((code, 303), (code, 403), (codes[0].upper(), 303), (codes[0], 403)):
        other = fresh(browser)
        other.log_in()
        assert second_step(other, attempt) == wanted, attempt


def test_guessing_codes_ends_soon(browser: Browser) -> None:
    """Five wrong ones, in however many logins, and the sixth is not looked at."""
    totp, _codes = enrolled(browser)
    statuses = []
    for _ in range(3):
        other = fresh(browser)
        other.log_in()
        statuses += [second_step(other, "000000") for _ in range(2)]
    assert statuses == [403] * 5 + [429]
    assert second_step(other, totp.now()) == 429


def test_a_login_gets_a_new_token_at_each_step(browser: Browser) -> None:
    """What a browser had before it came in opens nothing afterwards."""
    totp, _codes = enrolled(browser)
    other = fresh(browser)
    other.log_in()
    owing = other.client.cookies["qalqan_session"]
    second_step(other, totp.now())
    assert other.client.cookies["qalqan_session"] != owing
    other.client.cookies.set("qalqan_session", owing)
    assert other.client.get("/login/code").headers["location"] == "/login"


def test_a_session_left_open_changes_no_second_factor(browser: Browser) -> None:
    """To set one up takes the password; to move, renew or remove it takes a code."""
    assert refused(browser, "/me/factor", password="wrong") == 403
    totp, codes = enrolled(browser)
    for path in ("/me/factor", "/me/factor/remove", "/me/codes"):
        assert refused(browser, path, password=filled.PASSWORD, code="000000") == 403
    renewed = CODE.findall(send(browser, "/me/codes", code=totp.now()))
    assert len(renewed) == 10
    assert not set(renewed) & set(codes)
    send(browser, "/me/factor/remove", code=renewed[0])
    other = fresh(browser)
    assert other.log_in() == 303
    assert "Overview" in other.get("/")


def test_a_role_that_must_have_one_does_nothing_before(stranger: Browser) -> None:
    """Every page leads to where it is set up; then all of them open, and it cannot be removed."""
    settings = stranger.services.settings.model_copy(update={"require_totp": "lead,admin"})
    strict = replace(stranger.services, settings=settings)
    browser = Browser(make_client(strict), strict)
    browser.log_in()
    assert browser.client.get("/items").headers["location"] == "/me"
    assert browser.client.get("/api/v1/items").status_code == 403
    assert refused(browser, "/me/tokens", name="x") == 303
    totp, _codes = enrolled(browser)
    assert browser.client.get("/items").status_code == 200
    assert refused(browser, "/me/factor/remove", code=totp.now()) == 403


def test_a_login_that_nobody_uses_ends(browser: Browser) -> None:
    """After the minutes that were set its token opens nothing, though its hours are not over."""
    with browser.services.store.writing() as tx:
        tx.execute(sessions.update().values(seen_at=now() - timedelta(minutes=59)))
    assert browser.client.get("/items").status_code == 200
    with browser.services.store.reading() as tx:
        assert tx.execute(sa.select(sessions.c.seen_at)).scalar_one() > now() - timedelta(minutes=1)
    with browser.services.store.writing() as tx:
        tx.execute(sessions.update().values(seen_at=now() - timedelta(minutes=61)))
    assert browser.client.get("/items").status_code == 303


def test_one_sees_and_ends_ones_other_logins(browser: Browser) -> None:
    """One of them, or all but this one."""
    others = [fresh(browser) for _ in range(3)]
    assert all(other.log_in() == 303 for other in others)
    ids = re.findall(r'name="session" value="([^"]+)"', browser.get("/me"))
    assert len(ids) == 3
    send(browser, "/me/sessions", session=ids[0])
    assert sorted(other.client.get("/items").status_code for other in others) == [200, 200, 303]
    send(browser, "/me/sessions")
    assert [other.client.get("/items").status_code for other in others] == [303] * 3
    assert browser.client.get("/items").status_code == 200


def test_one_changes_ones_password(browser: Browser) -> None:
    """With the old one, to one of twelve characters; all logins end."""
    new = "another walk along the river"
    assert refused(browser, "/me/password", old=filled.PASSWORD, new="short") == 422
    assert refused(browser, "/me/password", old="wrong", new=new) == 403
    assert send(browser, "/me/password", old=filled.PASSWORD, new=new) == "/login"
    assert browser.client.get("/items").status_code == 303
    assert browser.log_in(password=new) == 303


def test_a_token_is_shown_once_and_revoked(browser: Browser) -> None:
    """It opens the API until then; what its owner may not do, or too long a life, is refused."""
    found = TOKEN.search(send(browser, "/me/tokens", name="the importer", scopes="look", days=30))
    assert found
    header = {"authorization": f"Bearer {found[0]}"}
    program = make_client(browser.services)
    assert program.get("/api/v1/items", headers=header).status_code == 200
    page = browser.get("/me")
    assert found[0] not in page
    assert "the importer" in page
    mistakes: list[dict[str, object]] = [{"days": 366}, {"days": 0}, {"scopes": []}, {"name": ""}, {"scopes": "all"}]
    for wrong in mistakes:
        assert refused(browser, "/me/tokens", **{"name": "x", "scopes": "look", "days": 1, **wrong}) == 422
    place = re.search(r'action="(/me/tokens/[^"]+/revoke)"', page)
    assert place
    send(browser, place[1])
    assert program.get("/api/v1/items", headers=header).status_code == 401


def test_an_admin_adds_somebody_and_changes_what_they_may(browser: Browser, services: Services) -> None:
    """Added with a password shown once; each change ends their logins and is noted."""
    page = browser.client.post("/people", data={"csrf": browser.token("/me"), "name": "Ayna", "role": "reviewer"}).text
    password = re.search(r"Ayna</bdi>: <code>([^<]+)</code>", page)
    assert password
    ayna = fresh(browser)
    with services.store.reading() as tx:
        one = people.by_name(tx, "Ayna")
    for deed, fields in (("role", {"role": "lead"}), ("sessions", {}), ("off", {})):
        assert ayna.log_in("Ayna", password[1]) == 303
        assert ayna.client.get("/items").status_code == 200
        send(browser, f"/people/{one.id}/{deed}", **fields)
        assert ayna.client.get("/items").status_code == 303, deed
    assert ayna.log_in("Ayna", password[1]) == 403
    send(browser, f"/people/{one.id}/on")
    assert ayna.log_in("Ayna", password[1]) == 303
    assert password[1] not in send(browser, f"/people/{one.id}/password")
    assert ayna.log_in("Ayna", password[1]) == 403
    with services.store.reading() as tx:
        verbs = {event.verb for event in audit.newest(tx, 50) if event.subject == "Ayna"}
        assert people.by_name(tx, "Ayna").role is Role.LEAD
    assert verbs >= {"person.added", "person.role", "person.sessions.ended", "person.off", "person.on"}


def test_the_last_admin_stays(browser: Browser, services: Services) -> None:
    """Nobody can take the last one's role or login away, not even they."""
    with services.store.writing() as tx:
        one, other = people.by_name(tx, filled.NAME), people.add(tx, "Botir", "x")
        people.switch(tx, "Botir", on=False)
    for deed in ("off", "role"):
        assert refused(browser, f"/people/{one.id}/{deed}", role="viewer") == 403
    send(browser, f"/people/{other.id}/on")
    send(browser, f"/people/{one.id}/role", role="viewer")
    assert browser.client.get("/items").status_code == 303


def test_an_admin_resets_a_lost_second_factor(browser: Browser, services: Services) -> None:
    """Afterwards the password alone opens the door, until a new one is set up."""
    enrolled(browser)
    with services.store.reading() as tx:
        one = people.by_name(tx, filled.NAME)
    send(browser, f"/people/{one.id}/factor")
    assert browser.log_in() == 303
    assert "None yet" in browser.get("/me")
