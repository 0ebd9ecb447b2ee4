"""A console over a filled store, on both databases, asked without any socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.match.matchers import built_in
from qalqan.settings import Settings
from qalqan.store import Store, people
from support import filled
from support.browsing import Browser, make_client
from support.filled import Filled
from support.quick import built_in_policy


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    """Return services without readers and extractors: the console needs none. Of matchers it shows the stages."""
    isolate = Isolate(settings.limits, 1)
    yield Services(settings, store, isolate, (), (), built_in(), Policies(store, built_in_policy()), Lexicons(store))
    isolate.close()


@pytest.fixture
def stranger(services: Services) -> Browser:
    """Return a browser of somebody who is not logged in; the store holds nothing but a person."""
    with services.store.writing() as tx:
        people.add(tx, filled.NAME, filled.PASSWORD)
    return Browser(make_client(services), services)


@pytest.fixture
def things(services: Services) -> Filled:
    """Fill the store with some of everything; return what is in it."""
    return filled.fill(services.store)


@pytest.fixture
def browser(services: Services, things: Filled) -> Browser:  # noqa: ARG001 - the store must be filled first
    """Return a browser of somebody who is logged in, over a filled store."""
    found = Browser(make_client(services), services)
    assert found.log_in() == 303
    return found
