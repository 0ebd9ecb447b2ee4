"""Puts the console together: routes, static files, errors, the guard around all of it."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from qalqan import __version__
from qalqan.flow.services import Services
from qalqan.web import api, faults, pages
from qalqan.web.api.at_once import AtOnce
from qalqan.web.api.checks import Checks
from qalqan.web.guard import Guard
from qalqan.web.render import Pages

STATIC = Path(__file__).parent / "static"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]", "::1"]


def create_app(services: Services) -> FastAPI:
    """Return the console and its API over `services`, which the caller closes."""
    app = FastAPI(title="Qalqan", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.state.pages = Pages(services.policies)
    app.state.checks = Checks(services)
    for router in (*pages.routers(), *api.routers()):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    faults.install(app)
    # The last one added is the outermost: the guard answers for all of them.
    app.add_middleware(AtOnce, checks=app.state.checks)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(services.settings.host))
    app.add_middleware(Guard, settings=services.settings, pages=app.state.pages)
    return app


def allowed_hosts(listens_on: str) -> list[str]:
    """Return the Host headers that are answered, against DNS rebinding: loopback's names and the one listened on.

    Any is, where it listens on every address: by which name it is reached is not ours to know.
    """
    try:
        address = ipaddress.ip_address(listens_on)
    except ValueError:
        return [*LOOPBACK, listens_on]
    if address.is_unspecified:
        return ["*"]
    return [*LOOPBACK, f"[{address}]" if address.version == 6 else str(address)]  # noqa: PLR2004 - IPv6
