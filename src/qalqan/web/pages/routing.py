"""Rules that put new cases into queues, for leads."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.model.cases import Route
from qalqan.model.ids import new_id
from qalqan.model.times import now
from qalqan.store import audit, pages, views
from qalqan.web.pages.found import by_sort
from qalqan.web.pages.queue import SOURCES
from qalqan.web.visits import Sending, Visiting, id_of, plain_text

router = APIRouter(include_in_schema=False)


@router.get("/queue/rules")
def show_rules(visit: Visiting) -> Response:
    """List the rules in the order in which they are asked."""
    with visit.reading() as tx:
        sources = pages.list_sources(tx, SOURCES)
        routes = views.routes(tx)
    labels = {one.id: one.label for one in sources}
    return visit.page(
        "rules.html", routes=routes, sources=sources, labels=labels, categories=by_sort(visit.services.policy)
    )


@router.post("/queue/rules")
def add_rule(
    visit: Sending,
    *,
    queue: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
    platform: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
) -> Response:
    """Add a rule behind the others; it holds for cases that are opened from now on. Raises BadValue."""
    named, spoken, found, there = (plain_text(one, 100) or "" for one in (queue, language, category, platform))
    rule = Route(
        id=new_id(), ordinal=0, queue=named, language=spoken, category=found, platform=there, source_id=id_of(source),
        by=visit.person.name, at=now(),
    )  # fmt: skip
    with visit.writing() as tx:
        made = views.add_route(tx, rule)
        audit.append(tx, visit.person.name, "route.added", made.id, queue=made.queue)
    return RedirectResponse("/queue/rules", 303)


@router.post("/queue/rules/{route_id}/delete")
def delete_rule(visit: Sending, route_id: UUID) -> Response:
    """Delete a rule; cases that it has routed stay where they are. Raises NotFound."""
    with visit.writing() as tx:
        views.delete_route(tx, str(route_id))
        audit.append(tx, visit.person.name, "route.deleted", str(route_id))
    return RedirectResponse("/queue/rules", 303)
