"""Roles, second factors and tokens on the command line."""

from __future__ import annotations

import json
import re

import pyotp
import pytest

from qalqan.app import opened
from qalqan.model.roles import Role
from qalqan.settings import Settings, read_settings
from qalqan.store import factors, people, tokens
from qalqan.store.sealing import sealer
from support.saying import Say

TOKEN = re.compile(r"qlq_[\w-]{43}")


def lines(out: str) -> list[dict[str, object]]:
    """Return the JSON objects of an answer."""
    return [json.loads(line) for line in out.splitlines()]


def test_people_are_added_changed_and_switched_off(ready: Say) -> None:
    """Somebody new is a viewer; the last admin stays one."""
    ready("person", "add", "boss", "--role", "admin")
    ready("person", "add", "aziz")
    ready("person", "role", "aziz", "lead")
    ready("person", "off", "aziz")
    shown = {one["name"]: one for one in lines(ready("person", "list", "--json").out)}
    assert (shown["aziz"]["role"], shown["aziz"]["off_at"] is None, shown["boss"]["off_at"]) == ("lead", False, None)
    ready("person", "on", "aziz")
    assert "last admin" in ready("person", "off", "boss", code=4).err
    assert "last admin" in ready("person", "role", "boss", "viewer", code=4).err
    assert ready("person", "role", "nobody", "viewer", code=3).err
    assert ready("person", "role", "aziz", "king", code=2).err


def test_tokens_are_made_listed_and_revoked(ready: Say) -> None:
    """Shown once; no right beyond the owner's; revoked by id."""
    ready("person", "add", "aziz", "--role", "reviewer")
    made = json.loads(ready("token", "add", "aziz", "importer", "--scope", "look", "--json").out)
    assert TOKEN.fullmatch(made["token"])
    assert TOKEN.search(ready("token", "add", "aziz", "other", "--scope", "look", "--days", "1").out)
    assert "people" in ready("token", "add", "aziz", "x", "--scope", "people", code=2).err
    listed = lines(ready("token", "list", "--json").out)
    assert {one["name"]: one["state"] for one in listed} == {"importer": "active", "other": "active"}
    assert made["token"] not in str(listed)
    ready("token", "revoke", made["id"])
    assert {one["name"]: one["state"] for one in lines(ready("token", "list", "--json").out)}["importer"] == "revoked"
    assert ready("token", "revoke", "no-id", code=3).err
    assert "importer" in ready("token", "list").out
    with opened() as services, services.store.reading() as tx:
        assert tokens.opened_by(tx, made["token"]) is None


def test_a_second_factor_is_reset(ready: Say) -> None:
    """It is gone with its recovery codes, and said so in the list."""
    ready("person", "add", "aziz")
    with opened() as services, services.store.writing() as tx:
        seal, aziz = sealer(services.settings.key_file), people.by_name(tx, "aziz")
        codes = factors.confirm(tx, aziz.id, pyotp.TOTP(factors.begin(tx, aziz.id, seal)).now(), seal)
        assert services.settings.key_file.stat().st_mode & 0o777 == 0o600
    assert lines(ready("person", "list", "--json").out)[0]["second_factor"] is True
    ready("person", "totp", "reset", "aziz")
    assert lines(ready("person", "list", "--json").out)[0]["second_factor"] is False
    with opened() as services, services.store.writing() as tx:
        assert codes
        assert not factors.take_recovery_code(tx, aziz.id, codes[0])


def test_a_key_file_that_others_may_read_is_not_used(ready: Say) -> None:
    """Nor is another key taken for the one that sealed."""
    assert ready("person", "list")
    settings = read_settings()
    settings.key_file.write_text("x")
    settings.key_file.chmod(0o644)
    with pytest.raises(Exception, match="chmod 600"):
        sealer(settings.key_file)
    settings.key_file.chmod(0o600)
    with pytest.raises(Exception, match="cannot be used"):
        sealer(settings.key_file)
    settings.key_file.unlink()
    sealed = sealer(settings.key_file).seal("a secret")
    with pytest.raises(Exception, match="another key"):
        sealer(settings.home / "other.key").unseal(sealed)


def test_a_persons_link_to_a_provider_needs_one(ready: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody there is one person here."""
    ready("person", "add", "aziz")
    assert ready("person", "link", "aziz", "77", code=4).err
    monkeypatch.setenv("QALQAN_OIDC_ISSUER", "https://login.example")
    ready("person", "link", "aziz", "77")
    assert ready("person", "link", "aziz", "77", code=2).err


@pytest.mark.parametrize(
    ("name", "value"),
    [("REQUIRE_TOTP", "lead,king"), ("OIDC_ROLES", "desk=king"), ("OIDC_ROLES", "=lead"), ("OIDC_ISSUER", "ftp://x")],
)
def test_a_wrong_setting_is_refused(ready: Say, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Its variable is named."""
    monkeypatch.setenv(f"QALQAN_{name}", value)
    assert name in ready("person", "list", code=2).err


def test_settings_say_who_must_have_a_second_factor() -> None:
    """By role, or all."""
    assert Settings(require_totp="lead, admin").totp_roles == {Role.LEAD, Role.ADMIN}
    assert Settings(require_totp="all").totp_roles == set(Role)
    assert Settings().totp_roles == set()
