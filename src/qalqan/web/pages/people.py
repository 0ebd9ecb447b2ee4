"""Who may come in, and as what: for admins."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.model.people import Person
from qalqan.model.roles import MAY, Right, Role
from qalqan.store import audit, factors, people
from qalqan.web.visits import Sending, Visit, Visiting, plain_text

Deed = Literal["role", "off", "on", "password", "factor", "sessions"]
router = APIRouter(prefix="/people", include_in_schema=False)


@router.get("")
def show(visit: Visiting) -> Response:
    """List everybody, and which role may do what."""
    return _page(visit)


def _page(visit: Visit, fresh_name: str = "", fresh_password: str = "") -> Response:
    with visit.reading() as tx:
        found, having = people.every(tx), factors.having(tx)
    return visit.page(
        "people.html", people=found, having=having, roles=list(Role), rights=list(Right), allowed=MAY,
        must=visit.services.settings.totp_roles, fresh_name=fresh_name, fresh_password=fresh_password,
    )  # fmt: skip


@router.post("")
def add(visit: Sending, name: Annotated[str, Form()] = "", role: Annotated[Role, Form()] = Role.VIEWER) -> Response:
    """Add somebody; their password is shown this once."""
    password = secrets.token_urlsafe(12)
    with visit.writing() as tx:
        person = people.add(tx, plain_text(name) or "", password, role)
        audit.append(tx, visit.person.name, "person.added", person.name, role=role)
    return _page(visit, person.name, password)


@router.post("/{person_id}/{deed}")
def change(visit: Sending, person_id: str, deed: Deed, role: Annotated[Role | None, Form()] = None) -> Response:
    """Change what somebody may do, or how they come in."""
    password = ""
    with visit.writing() as tx:
        person = people.by_id(tx, person_id)
        if deed == "password":
            password = _new_password(tx, person)
        elif deed == "role":
            people.set_role(tx, person.name, role or person.role)
        else:
            _do(tx, person, deed)
        detail = {"role": role or person.role} if deed == "role" else {}
        audit.append(tx, visit.person.name, _VERBS[deed], person.name, **detail)
    if password:
        return _page(visit, person.name, password)
    return RedirectResponse("/people", 303)


_VERBS = {
    "role": "person.role",
    "off": "person.off",
    "on": "person.on",
    "password": "person.password",
    "factor": "person.totp.reset",
    "sessions": "person.sessions.ended",
}


def _new_password(tx: sa.Connection, person: Person) -> str:
    password = secrets.token_urlsafe(12)
    people.set_password(tx, person.name, password)
    return password


def _do(tx: sa.Connection, person: Person, deed: Deed) -> None:
    if deed in ("off", "on"):
        people.switch(tx, person.name, on=deed == "on")
        return
    if deed == "factor":
        factors.remove(tx, person.id)
    people.end_sessions(tx, person.id)
