"""What the tests of the console share: a browser without a network, and a console that listens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.testclient import TestClient

from qalqan.flow.services import Services
from qalqan.web import create_app
from support import filled
from support.filled import Filled

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(slots=True)
class Browser:
    """Somebody's browser: keeps cookies, follows nothing by itself."""

    client: TestClient
    services: Services

    def get(self, path: str, **headers: str) -> str:
        """Return a page's text; it must be there."""
        response = self.client.get(path, headers=headers)
        assert response.status_code == 200, (path, response.status_code, response.text[:500])
        return response.text

    def token(self, path: str = "/") -> str:
        """Return the token that a page's forms carry."""
        found = CSRF.search(self.client.get(path).text)
        assert found
        return found[1]

    def log_in(self, name: str = filled.NAME, password: str = filled.PASSWORD, **more: str) -> int:
        """Send the login form and return the answer's status."""
        data = {"name": name, "password": password, "csrf": self.token("/login"), **more}
        return self.client.post("/login", data=data).status_code


def make_client(services: Services) -> TestClient:
    """Return a client of a fresh console."""
    return TestClient(create_app(services), base_url="http://127.0.0.1", follow_redirects=False)


@dataclass(slots=True)
class Live:
    """A console that answers, and what its store holds."""

    address: str
    services: Services
    things: Filled
