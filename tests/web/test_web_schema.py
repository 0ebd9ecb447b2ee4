"""The API keeps to its own description: schemathesis asks every route, and no answer is a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from qalqan.app import opened
from qalqan.flow.services import Services
from qalqan.model.roles import Right
from qalqan.settings import Settings
from qalqan.store import people, tokens
from qalqan.web import create_app
from qalqan.web.api.docs import described
from qalqan.web.rights import RIGHT_OF
from support import filled

EXAMPLES = 5
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
described_api = schemathesis.openapi.from_dict(described())


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str]]:
    """Return services over a filled store on SQLite, and a token that may do all that the API can do."""
    chosen = Settings(home=tmp_path_factory.mktemp("home"))
    with opened(chosen, create=True) as services:
        filled.fill(services.store)
        with services.store.writing() as tx:
            owner = people.by_name(tx, filled.NAME)
            shown, _token = tokens.add(tx, owner, "schema", list(Right), 1)
        yield services, shown


@described_api.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_route_answers_as_its_description_says(
    case: schemathesis.Case[Any], called: tuple[Services, str]
) -> None:
    """Whatever is sent that the description allows, and much that it does not."""
    services, token = called
    headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}
    answer = case.call_and_validate(app=app_of(services), base_url="http://127.0.0.1", headers=headers, checks=CHECKS)
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE


_apps: dict[int, object] = {}


def app_of(services: Services) -> object:
    """Return one console over some services: to make one for each call would take most of the time."""
    return _apps.setdefault(id(services), create_app(services))


def test_the_description_has_every_route_of_the_api_with_its_errors() -> None:
    """And each route needs somebody."""
    paths = described()["paths"]
    here = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert here == {(method, path.replace(":path", "")) for method, path in RIGHT_OF if path.startswith("/api/v1/")}
    for methods in paths.values():
        for about in methods.values():
            assert {"401", "403", "422", "503"} <= set(about["responses"])


def test_every_reference_of_the_description_leads_somewhere() -> None:
    """No schema is missing."""
    description = described()
    text = str(description)
    names = {one.split("'")[0] for one in text.split("#/components/schemas/")[1:]}
    assert names <= set(description["components"]["schemas"])
