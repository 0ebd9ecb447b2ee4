"""Hands on a keyboard, without a mouse: what a test of the desk may do to a page."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from qalqan.flow.services import Services
from qalqan.model.roles import Role
from qalqan.store import factors, people
from qalqan.store.sealing import sealer

FARTHEST = 150
"""Presses of Tab after which something counts as out of reach."""


def give_factor(services: Services, name: str) -> str:
    """Give somebody a second factor; return its secret, whose present code was not used yet."""
    seal = sealer(services.settings.key_file)
    with services.store.writing() as tx:
        person_id = people.by_name(tx, name).id
        secret = factors.begin(tx, person_id, seal)
        before = pyotp.TOTP(secret).at(int(time.time()) - factors.STEP)
        assert factors.confirm(tx, person_id, before, seal)
    return secret


def add_person(services: Services, name: str, password: str, role: Role) -> str:
    """Add somebody who has a second factor; return its secret."""
    with services.store.writing() as tx:
        people.add(tx, name, password, role)
    return give_factor(services, name)


def tab_to(page: Page, selector: str) -> None:
    """Walk with Tab until the focus is on what is wanted."""
    for _ in range(FARTHEST):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {selector}")


def type_into(page: Page, selector: str, text: str) -> None:
    """Walk to a field and type."""
    tab_to(page, selector)
    page.keyboard.type(text)


def choose(page: Page, selector: str, title: str) -> None:
    """Walk to a list and type the beginning of one of its choices."""
    type_into(page, selector, title)
    expect(page.locator(f"{selector} option:checked")).to_contain_text(title)


def log_in(page: Page, address: str, name: str, password: str, secret: str) -> None:
    """Come in with a password and a code."""
    page.goto(f"{address}/login")
    type_into(page, "input[name=name]", name)
    type_into(page, "input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login/code"))
    type_into(page, "input[name=code]", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def log_out(page: Page) -> None:
    """Walk to the end of the navigation and leave."""
    tab_to(page, "form.leave button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login$"))
