"""Every route needs a right: the table equals the routes, and each route is asked as nobody and as each role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from qalqan.app import opened
from qalqan.flow.services import Services
from qalqan.model.people import Person
from qalqan.model.roles import MAY, Right, Role
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import people, tokens
from qalqan.store.tables_people import api_tokens
from qalqan.web import api, pages
from qalqan.web.rights import OPEN, RIGHT_OF, SETTING_UP
from support.browsing import make_client

ID = "01a20275-4519-746f-ac8c-7398fe1178d1"
SHA = "0" * 64
_PLACE = re.compile(r"{(\w+)(?::\w+)?}")
_FILLED = {"sha256": SHA, "blob": SHA, "key": SHA, "name": "any", "deed": "on"}


def places(path: str) -> str:
    """Return an address of a route: of a thing that is not there."""
    return _PLACE.sub(lambda found: _FILLED.get(found[1], ID), path)


def _routes() -> set[tuple[str, str]]:
    rooms = (*pages.routers(), *api.routers())
    return {
        (method, route.path)
        for room in rooms
        for route in room.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def asked() -> list[tuple[tuple[str, str], Right]]:
    """Return each route of the table with its right."""
    return sorted((route, RIGHT_OF[route]) for route in _routes() & set(RIGHT_OF))


@pytest.fixture
def services(home_with_sqlite: Settings) -> Iterator[Services]:
    """Return services over an empty store on SQLite: rights are no matter of the database."""
    with opened(home_with_sqlite) as services:
        yield services


@pytest.fixture
def home_with_sqlite(home: Path, sqlite_url: str) -> Settings:
    """Return settings of an empty store on SQLite."""
    assert sqlite_url
    return Settings(home=home)


def person(services: Services, role: Role) -> Person:
    """Add somebody of a role."""
    with services.store.writing() as tx:
        return people.add(tx, f"one {role}", "a long walk along the river", role)


def logged_in(services: Services, role: Role) -> TestClient:
    """Return the browser of somebody of a role."""
    client = make_client(services)
    with services.store.writing() as tx:
        token, _ = people.open_session(tx, people.by_name(tx, f"one {role}"), 1)
    client.cookies.set("qalqan_session", token)
    return client


def test_the_table_names_every_route_and_no_other() -> None:
    """A route that is forgotten there would be refused to everybody; one that is gone would be found here."""
    assert _routes() == {*RIGHT_OF, *OPEN}
    assert not OPEN & set(RIGHT_OF)
    assert set(RIGHT_OF) >= SETTING_UP


def test_nobody_comes_past_the_login(services: Services) -> None:
    """Each route sends a stranger to the login, or answers 401 to a program; never does it answer the question."""
    person(services, Role.ADMIN)
    client = make_client(services)
    for (method, path), _right in asked():
        answer = client.request(method, places(path))
        if path.startswith("/api/"):
            assert answer.status_code == 401, (method, path)
        else:
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login"), (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_what_it_has_no_right_to(services: Services, role: Role) -> None:
    """Each route whose right it lacks answers 403; each other lets it past the table."""
    person(services, role)
    client = logged_in(services, role)
    for (method, path), right in asked():
        if right not in MAY[role]:
            assert client.request(method, places(path)).status_code == 403, (method, path)
        elif method == "GET":
            answer = client.request(method, places(path))
            assert answer.status_code != 401, (method, path)
            assert "Your role" not in answer.text, (method, path)  # 403 for another reason: a picture not revealed


def test_nothing_is_changed_without_the_sessions_own_token(services: Services) -> None:
    """What other sites have a browser send lacks it: each route that changes something answers 403."""
    person(services, Role.ADMIN)
    client = logged_in(services, Role.ADMIN)
    for (method, path), _right in asked():
        if method != "GET":
            assert client.request(method, places(path)).status_code in (403, 422), (method, path)
            answer = client.request(method, places(path), data={"csrf": "guess"}, headers={"X-CSRF-Token": "guess"})
            assert answer.status_code in (403, 422), (method, path)


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def admin(services: Services) -> Person:
    """Add an admin."""
    return person(services, Role.ADMIN)


def made(services: Services, owner: Person, *scopes: Right) -> tuple[str, str]:
    """Make a token; return it and its id."""
    with services.store.writing() as tx:
        shown, token = tokens.add(tx, owner, "a program", scopes, 30)
    return shown, token.id


def test_a_token_opens_what_its_scopes_say_and_nothing_else(services: Services, admin: Person) -> None:
    """Each route of the API whose right is in no scope of it answers 403."""
    token, _ = made(services, admin, Right.LOOK)
    client = make_client(services)
    assert client.get("/api/v1/items", headers=bearer(token)).status_code == 200
    for (method, path), right in asked():
        if path.startswith("/api/") and right is not Right.LOOK:
            assert client.request(method, places(path), headers=bearer(token)).status_code == 403, (method, path)


def test_a_token_counts_on_the_api_alone(services: Services, admin: Person) -> None:
    """Pages ask for a login, whatever token is shown."""
    token, _ = made(services, admin, *Right)
    client = make_client(services)
    for (method, path), _right in asked():
        if not path.startswith("/api/"):
            assert client.request(method, places(path), headers=bearer(token)).status_code == 303, (method, path)


def test_a_token_that_has_ended_or_was_never_made_opens_nothing(services: Services, admin: Person) -> None:
    """Expired, revoked, of somebody switched off, shortened, in another case, of another kind: 401."""
    client = make_client(services)
    token, one = made(services, admin, Right.LOOK)
    for wrong in (token[:-1], token.upper(), token[4:], "", "qlq_", "qlq_\udcff", f"{token} {token}"):
        header = f"Bearer {wrong}".encode("utf-8", "surrogateescape")
        assert client.get("/api/v1/items", headers=[(b"authorization", header)]).status_code == 401
    assert client.get("/api/v1/items", headers={"authorization": f"Basic {token}"}).status_code == 401
    with services.store.writing() as tx:
        tokens.revoke(tx, one)
    assert client.get("/api/v1/items", headers=bearer(token)).status_code == 401
    token, one = made(services, admin, Right.LOOK)
    with services.store.writing() as tx:
        tx.execute(api_tokens.update().values(expires_at=now() - timedelta(seconds=1)))
    assert client.get("/api/v1/items", headers=bearer(token)).status_code == 401


def test_a_token_may_never_do_more_than_its_owner(services: Services, admin: Person) -> None:
    """It loses what its owner's role loses, and opens nothing when its owner is switched off."""
    lead = person(services, Role.LEAD)
    token, _ = made(services, lead, Right.LOOK, Right.AUDIT)
    client = make_client(services)
    assert client.get("/api/v1/audit", headers=bearer(token)).status_code == 200
    with services.store.writing() as tx:
        people.set_role(tx, lead.name, Role.REVIEWER)
    assert client.get("/api/v1/audit", headers=bearer(token)).status_code == 403
    assert client.get("/api/v1/items", headers=bearer(token)).status_code == 200
    with services.store.writing() as tx:
        people.switch(tx, lead.name, on=False)
    assert client.get("/api/v1/items", headers=bearer(token)).status_code == 401
    assert admin.off_at is None


def test_a_cookie_beside_a_token_is_not_looked_at(services: Services, admin: Person) -> None:
    """A wrong token is refused though the browser is logged in; a narrow one stays narrow."""
    assert admin.role is Role.ADMIN
    client = logged_in(services, Role.ADMIN)
    assert client.get("/api/v1/audit").status_code == 200
    assert client.get("/api/v1/audit", headers=bearer("qlq_wrong")).status_code == 401
    token, _ = made(services, admin, Right.LOOK)
    assert client.get("/api/v1/audit", headers=bearer(token)).status_code == 403


def test_the_use_of_a_token_is_noted(services: Services, admin: Person) -> None:
    """When it was last used is known, and not written anew with each call."""
    token, one = made(services, admin, Right.LOOK)
    client = make_client(services)
    client.get("/api/v1/items", headers=bearer(token))
    with services.store.reading() as tx:
        first = tokens.of_person(tx, admin.id)[0].used_at
    client.get("/api/v1/items", headers=bearer(token))
    with services.store.reading() as tx:
        again = tokens.of_person(tx, admin.id)[0]
    assert first is not None
    assert (again.id, again.used_at) == (one, first)


def test_the_menu_shows_what_may_be_opened(services: Services) -> None:
    """A viewer sees no audit log and no people there; an admin does."""
    for role in (Role.VIEWER, Role.ADMIN):
        person(services, role)
    links = {role: set(re.findall(r'<li><a href="([^"]+)"', logged_in(services, role).get("/about").text)) for role in
             (Role.VIEWER, Role.ADMIN)}  # fmt: skip
    assert {"/people", "/audit"} & links[Role.VIEWER] == set()
    assert links[Role.ADMIN] >= {"/people", "/audit", "/items"}
    assert all(RIGHT_OF[("GET", path)] in MAY[Role.VIEWER] for path in links[Role.VIEWER])
