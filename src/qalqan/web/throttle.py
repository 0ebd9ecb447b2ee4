"""Slows down guessing at the login.

Tries are counted in the store, over all processes and restarts: under the name, under the address, and under both
together. A browser that this person has come in with before is counted apart from all others, so that nobody can keep
somebody out for ever by guessing wrongly in their name (the OWASP's "device cookies").
"""

from __future__ import annotations

import ipaddress
import secrets

from starlette.requests import Request

from qalqan.flow.services import Services
from qalqan.model.people import Person
from qalqan.store import tries
from qalqan.store.sealing import Sealer, sealer
from qalqan.store.tries import Bound
from qalqan.web.visits import same

KNOWN_COOKIE = "qalqan_known"
KNOWN_SECONDS = 180 * 24 * 3600
PAIR = Bound(5, 60)
ADDRESS = Bound(20, 60)
NAME = Bound(20, 600)
CODE = Bound(5, 300)
_PURPOSE = "known browser"
_SITE_BITS = 64  # the part of an IPv6 address that one subscriber has all of


def take(services: Services, bounds: dict[str, Bound]) -> bool:
    """Count a try; False where there were too many."""
    with services.store.writing() as tx:
        return tries.take(tx, bounds)


def give_back(services: Services, bounds: dict[str, Bound]) -> None:
    """Take the try back: it succeeded."""
    with services.store.writing() as tx:
        tries.give_back(tx, bounds)


def password_bounds(request: Request, name: str) -> dict[str, Bound]:
    """Return what a try of a name's password is counted under."""
    browser = _known(request, name)
    if browser:
        return {f"password browser {browser}": PAIR}
    address = _address(request)
    return {f"pair {name}\0{address}": PAIR, f"address {address}": ADDRESS, f"name {name}": NAME}


def code_bounds(request: Request, person: Person) -> dict[str, Bound]:
    """Return what a try of somebody's second factor is counted under, for whom the password was right."""
    browser = _known(request, person.name)
    return {f"code browser {browser}" if browser else f"code {person.id}": CODE}


def provider_bounds(request: Request) -> dict[str, Bound]:
    """Return what a login through a provider is counted under as it begins."""
    return {f"provider {_address(request)}": ADDRESS}


def own_bounds(person: Person) -> dict[str, Bound]:
    """Return what a try is counted under by which somebody who is logged in shows again who they are."""
    return {f"own {person.id}": PAIR}


def known_cookie(services: Services, person: Person) -> str:
    """Return the cookie by which a browser is known to be one that this person has come in with."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_signed(_seal(services), person.name, nonce)}"


def _known(request: Request, name: str) -> str:
    """Return what a browser is called that `name` has come in with before; nothing where it is not known to be one."""
    nonce, _dot, signature = request.cookies.get(KNOWN_COOKIE, "").partition(".")
    if nonce and same(signature, _signed(_seal(request.app.state.services), name, nonce)):
        return nonce
    return ""


def _signed(seal: Sealer, name: str, nonce: str) -> str:
    return seal.signature(_PURPOSE, f"{name}\0{nonce}")


def _seal(services: Services) -> Sealer:
    return sealer(services.settings.key_file)


def _address(request: Request) -> str:
    """Return where a request comes from; of IPv6, the network that one subscriber has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return host
    return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))
