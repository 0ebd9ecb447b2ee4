"""The API's description: OpenAPI as JSON, a page that lists the routes, and `docs/api.md`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from starlette.responses import JSONResponse

from qalqan import __version__
from qalqan.web.api import check
from qalqan.web.api.models import ErrorOut
from qalqan.web.visits import Visiting

ABOUT = (
    "All of the console as JSON. A program sends a token (`Authorization: Bearer qlq_…`); a page of the console sends "
    "its session's cookie, and with POST its `X-CSRF-Token`. "
    'Every answer that is not a success is `{"error": {code, message, hint, event}}`.'
)
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "The request does not make sense as it stands."},
    401: {"model": ErrorOut, "description": "Nobody is logged in, and no token that opens anything is shown."},
    403: {"model": ErrorOut, "description": "The role or the token has no right to this."},
    404: {"model": ErrorOut, "description": "There is no such record."},
    408: {"model": ErrorOut, "description": "The request did not come whole in time."},
    409: {"model": ErrorOut, "description": "There is one already."},
    413: {"model": ErrorOut, "description": "It is larger than the operator allows."},
    415: {"model": ErrorOut, "description": "It is neither JSON nor a form with a file."},
    422: {"model": ErrorOut, "description": "A value is not what its place needs."},
    429: {"model": ErrorOut, "description": "So many at once are not taken: wait a minute."},
    503: {"model": ErrorOut, "description": "Come again after `Retry-After` seconds."},
}
"""What every route can answer besides."""
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "qalqan_session"},
}
router = APIRouter(prefix="/api", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Route:
    """One route as its description shows it."""

    method: str
    path: str
    summary: str
    about: str
    tag: str
    parameters: list[dict[str, Any]]
    answer: str
    """Name of the schema it answers with."""


def described() -> dict[str, Any]:
    """Return the OpenAPI description of the API's routes."""
    from qalqan.web import api  # it holds this module as well

    app = FastAPI(title="Qalqan", version=__version__, description=ABOUT)
    for room in api.routers():
        app.include_router(room, responses=ERRORS)
    described = app.openapi()
    schemas = described["components"]["schemas"]
    schemas.update(check.BODIES)
    described["components"]["securitySchemes"] = _SECURITY
    described["security"] = [{name: []} for name in _SECURITY]
    return described


@cache
def _kept() -> dict[str, Any]:
    """Return the description, made once: it takes a fifth of a second, and is the same as long as the program runs."""
    return described()


def routes(description: dict[str, Any]) -> Iterator[Route]:
    """Yield the routes of an OpenAPI description."""
    for path, methods in description["paths"].items():
        for method, about in methods.items():
            good = next(answer for status, answer in about["responses"].items() if status.startswith("2"))
            schema = good["content"]["application/json"]["schema"]
            yield Route(
                method.upper(), path, about.get("summary", ""), about.get("description", ""), about["tags"][0],
                about.get("parameters", []), _name(schema),
            )  # fmt: skip


def _name(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].replace("_", " ").strip()
    return f"list of {_name(schema['items'])}" if schema.get("type") == "array" else str(schema.get("type", ""))


def type_of(schema: dict[str, Any]) -> str:
    """Return a field's or parameter's type in a few words."""
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema['items'])}"
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    return _name(schema) or "any"


def reference() -> str:
    """Return `docs/api.md`: every route and every record, from the OpenAPI description."""
    description = described()
    lines = ["# The API", "", ABOUT, "", f"The same as OpenAPI: `GET /api/openapi.json`. Version {__version__}.", ""]
    tag = ""
    for route in routes(description):
        if route.tag != tag:
            tag = route.tag
            lines += [f"## {tag}", ""]
        lines += [f"### {route.method} {route.path}", "", f"{route.summary}. {route.about}", ""]
        lines += _parameters(route)
        lines += [f"Answers with: {route.answer}.", ""]
    lines += ["## Records", ""]
    for name, schema in sorted(description["components"]["schemas"].items()):
        lines += _record(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def _parameters(route: Route) -> list[str]:
    if not route.parameters:
        return []
    rows = []
    for one in route.parameters:
        kind = type_of(one["schema"]).replace("|", "or")
        rows.append(f"| `{one['name']}` | {one['in']} | {kind} | {one.get('description', '')} |")
    return ["| parameter | in | type | what it says |", "|---|---|---|---|", *rows, ""]


def _record(name: str, schema: dict[str, Any]) -> list[str]:
    if "properties" not in schema or "Validation" in name:
        return []
    fields = [f"| `{field}` | {type_of(about)} |" for field, about in schema["properties"].items()]
    title = name.replace("_", " ").strip()
    return [f"### {title}", "", schema.get("description", ""), "", "| field | type |", "|---|---|", *fields, ""]


@router.get("/openapi.json")
def openapi(visit: Visiting) -> JSONResponse:  # noqa: ARG001 - for those who are logged in
    """Return the OpenAPI description."""
    return JSONResponse(_kept())


@router.get("/docs")
def page(visit: Visiting) -> Response:
    """List the routes."""
    return visit.page("api.html", routes=list(routes(_kept())), type_of=type_of)
