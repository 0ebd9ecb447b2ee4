"""The one place where the parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qalqan import logs
from qalqan.assess.policy import Policy, read_policy
from qalqan.errors import StoreNotReady
from qalqan.flow.later import at_once_and_later
from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.match import matchers
from qalqan.plugins import found
from qalqan.settings import Settings, read_settings
from qalqan.signals import kinds, slow
from qalqan.sources import readers
from qalqan.store import open_store


@contextmanager
def opened(settings: Settings | None = None, *, create: bool = False) -> Iterator[Services]:
    """Open Qalqan with these settings, or with those of the environment; close it afterwards.

    With `create`, its store is made or upgraded. Raises StoreNotReady, BadValue.
    """
    chosen = settings or read_settings()
    logs.configure(as_json=chosen.log_json)
    services = _services(chosen, create=create)
    try:
        yield services
    finally:
        services.close()


def policy_in_force() -> Policy:
    """Return the policy in force, that of the settings where there is no store yet. Raises BadValue."""
    settings = read_settings()
    try:
        with opened(settings) as services:
            return services.policy
    except StoreNotReady:
        return read_policy(settings.policy)


def _services(settings: Settings, *, create: bool) -> Services:
    policy = read_policy(settings.policy)
    slowly = slow.built_in_later(settings.speech_model)
    at_once, later = at_once_and_later((*kinds.built_in(), *slowly, *found("qalqan.extractors")))
    store = open_store(settings.store_url, settings.home / "blobs", create=create)
    return Services(
        settings=settings,
        store=store,
        isolate=Isolate(settings.limits, settings.workers),
        # The last of the built-in readers takes what no other recognises, so others come before.
        readers=(*found("qalqan.readers"), *readers.built_in()),
        extractors=at_once,
        later=later,
        matchers=(*matchers.built_in(), *found("qalqan.matchers")),
        policies=Policies(store, policy),
        lexicons=Lexicons(store),
    )
