"""Coming in through a provider of logins, and what is refused there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from qalqan.flow.services import Services
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.store import factors, people
from qalqan.store.sealing import sealer
from support import oidc
from support.browsing import Browser, make_client

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]
Lie = Callable[[oidc.Provider], object]


@pytest.fixture
def provider() -> Iterator[oidc.Provider]:
    """Start a provider."""
    with oidc.running() as running:
        yield running


@pytest.fixture
def browser(services: Services, provider: oidc.Provider) -> Browser:
    """Return a stranger's browser at a console that knows the provider, and lets everybody come in through it."""
    with services.store.writing() as tx:
        people.add(tx, "admin", "a long walk along the river")
    return at(services, provider, oidc_allow="*")


def at(services: Services, provider: oidc.Provider, **more: str) -> Browser:
    """Return a browser at a console with these settings."""
    ours = {"oidc_issuer": provider.address, "oidc_client_id": oidc.CLIENT, **more}
    secret = SecretStr(oidc.SECRET)
    settings = services.settings.model_copy(update={**ours, "oidc_client_secret": secret})
    chosen = replace(services, settings=settings)
    return Browser(make_client(chosen), chosen)


def sent(browser: Browser, provider: oidc.Provider, back: str = "/items") -> str:
    """Begin a login; return the path at which the provider sends the browser back."""
    answer = browser.client.get("/login/elsewhere", params={"next": back})
    assert answer.status_code == 303, answer.text
    return provider.log_in(answer.headers["location"])


def everybody(services: Services) -> dict[str, Person]:
    """Return everybody by name."""
    with services.store.reading() as tx:
        return {one.name: one for one in people.every(tx)}


def test_somebody_new_comes_in_as_a_viewer(browser: Browser, provider: oidc.Provider) -> None:
    """They are where they wanted to be, have no password here, and are the same person the next time."""
    assert provider.address.partition("//")[2] in browser.get("/login")
    answer = browser.client.get(sent(browser, provider))
    assert (answer.status_code, answer.headers["location"]) == (303, "/items")
    assert "ayna" in browser.get("/items")
    found = everybody(browser.services)["ayna"]
    assert (found.role, found.password_hash) == (Role.VIEWER, "")
    provider.person["preferred_username"] = "another name"
    assert browser.client.get(sent(browser, provider)).status_code == 303
    assert set(everybody(browser.services)) == {"admin", "ayna"}
    assert browser.log_in("ayna", "") == 403


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(lambda one: one.lies.update(nonce="another"), id="another nonce"),
        pytest.param(lambda one: one.lies.update(nonce=None), id="no nonce"),
        pytest.param(lambda one: one.lies.update(aud="another-console"), id="for another console"),
        pytest.param(lambda one: one.lies.update(aud=["another", oidc.CLIENT]), id="for two, made for none"),
        pytest.param(lambda one: one.lies.update(iss="https://other.example"), id="of another provider"),
        pytest.param(lambda one: one.lies.update(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(lambda one: one.lies.update(exp=None), id="without an end"),
        pytest.param(lambda one: one.lies.update(sub=None), id="of nobody"),
        pytest.param(lambda one: one.lies.update(sub=7), id="of a number"),
        pytest.param(lambda one: one.lies.update(at_hash="AAAA"), id="with another access token"),
        pytest.param(lambda one: setattr(one, "unsigned", True), id="signed by nobody"),
        pytest.param(
            lambda one: setattr(one, "signs_with", RSAKey.generate_key(2048, {"kid": "one"})), id="signed by another"
        ),
        pytest.param(lambda one: one.codes.clear(), id="a code that counts no more"),
    ],
)  # fmt: skip
def test_a_word_that_does_not_hold_opens_nothing(browser: Browser, provider: oidc.Provider, lie: Lie) -> None:
    """Each of these is refused, and nobody is added."""
    path = sent(browser, provider)
    lie(provider)
    assert browser.client.get(path).status_code == 403
    assert browser.client.get("/items").status_code == 303
    assert set(everybody(browser.services)) == {"admin"}


def test_an_answer_counts_once_and_in_the_browser_that_asked(browser: Browser, provider: oidc.Provider) -> None:
    """Neither a second time, nor with another state, nor in the browser of somebody else."""
    path = sent(browser, provider)
    other = Browser(make_client(browser.services), browser.services)
    assert other.client.get(path).status_code == 403
    assert browser.client.get(path.replace("state=", "state=x")).status_code == 403
    assert browser.client.get(path).status_code == 303
    assert browser.client.get(path).status_code == 403
    assert browser.client.get("/login/back").status_code == 403


@pytest.mark.parametrize(
    ("about", "status"),
    [({"issuer": "https://other.example"}, 503), ({"token_endpoint": "http://other.example/"}, 503),
     ({"jwks_uri": None}, 503), ({"authorization_endpoint": "javascript:alert(1)"}, 503)],
)  # fmt: skip
def test_a_provider_that_is_not_what_it_should_be_is_not_asked(
    browser: Browser, provider: oidc.Provider, about: dict[str, str], status: int
) -> None:
    """Its name must be the one that was set, and its places ones that nobody on the way can read."""
    provider.about = about
    assert browser.client.get("/login/elsewhere").status_code == status


@pytest.mark.parametrize(
    ("allow", "person", "status"),
    [
        ("", {"email": "ayna@desk.example", "email_verified": True}, 403),
        ("ayna@desk.example", {"email": "Ayna@desk.example", "email_verified": True}, 303),
        ("@desk.example", {"email": "ayna@desk.example", "email_verified": True}, 303),
        ("@desk.example", {"email": "ayna@desk.example"}, 403),
        ("@desk.example", {"email": "ayna@desk.example.evil.example", "email_verified": True}, 403),
        ("", {"groups": ["others"]}, 403),
        ("", {"groups": ["desk"]}, 303),
    ],
)
def test_only_those_on_the_list_come_in(
    services: Services, provider: oidc.Provider, allow: str, person: dict[str, object], status: int
) -> None:
    """By an address that the provider has verified, or by a group that stands for a role."""
    browser = at(services, provider, oidc_allow=allow, oidc_role_claim="groups", oidc_roles="desk=reviewer")
    provider.person.update(person)
    assert browser.client.get(sent(browser, provider)).status_code == status


def test_the_providers_groups_give_and_take_roles(services: Services, provider: oidc.Provider) -> None:
    """Of several the one with most rights; what changed there is so here from the next login on."""
    browser = at(services, provider, oidc_role_claim="groups", oidc_roles="desk=reviewer,heads=lead")
    for groups, role in ((["desk", "heads"], Role.LEAD), ("desk", Role.REVIEWER)):
        provider.person["groups"] = groups
        assert browser.client.get(sent(browser, provider)).status_code == 303
        assert everybody(services)["ayna"].role is role


def test_nobody_becomes_somebody_who_is_here_already(browser: Browser, provider: oidc.Provider) -> None:
    """A provider's person of the same name as one of ours is refused."""
    provider.person["preferred_username"] = "admin"
    answer = browser.client.get(sent(browser, provider))
    assert answer.status_code == 403
    assert "already" in answer.text


def test_who_is_switched_off_stays_out(browser: Browser, provider: oidc.Provider) -> None:
    """The provider may vouch for them as it likes."""
    browser.client.get(sent(browser, provider))
    with browser.services.store.writing() as tx:
        people.switch(tx, "ayna", on=False)
    assert browser.client.get(sent(browser, provider)).status_code == 403


def test_a_second_factor_here_is_asked_for_all_the_same(browser: Browser, provider: oidc.Provider) -> None:
    """Whoever has one here shows it after the provider has vouched for them."""
    import pyotp

    browser.client.get(sent(browser, provider))
    seal = sealer(browser.services.settings.key_file)
    with browser.services.store.writing() as tx:
        person = people.by_name(tx, "ayna")
        secret = factors.begin(tx, person.id, seal)
        factors.confirm(tx, person.id, pyotp.TOTP(secret).now(), seal)
    answer = browser.client.get(sent(browser, provider))
    assert answer.headers["location"].startswith("/login/code")
    assert browser.client.get("/items").status_code == 303
