"""A real Chromium, and a console that listens on a free loopback port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.settings import Settings
from qalqan.store import open_store
from qalqan.web import create_app
from support import filled
from support.browsing import Live
from support.quick import built_in_policy

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serve a filled store."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    store = open_store(settings.store_url, home / "blobs", create=True)
    services = Services(
        settings, store, Isolate(settings.limits, 1), (), (), (), Policies(store, built_in_policy()), Lexicons(store)
    )
    things = filled.fill(store)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(services), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Live(f"http://127.0.0.1:{listener.getsockname()[1]}", services, things)
    server.should_exit = True
    thread.join()
    listener.close()
    services.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Return a fresh profile in Tashkent's time."""
    found = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en", timezone_id="Asia/Tashkent", color_scheme="light"
    )
    found.set_default_timeout(20_000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, live: Live) -> Iterator[Page]:
    """Return a page of somebody who is logged in; the test fails when the page complains of anything."""
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.goto(f"{live.address}/login")
    found.get_by_label("Name").fill(filled.NAME)
    found.get_by_label("Password").fill(filled.PASSWORD)
    found.get_by_role("button", name="Log in").click()
    found.wait_for_url(f"{live.address}/")
    yield found
    assert complaints == []
