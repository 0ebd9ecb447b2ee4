"""Filters of the queue that people keep under a name, and rules that put new cases into a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, LimitReached, NotFound
from qalqan.model.cases import Route, View
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store.records import insert_new, records_of, row_of
from qalqan.store.tables_cases import case_routes, case_views

MOST = 50
LONGEST = 80


def of_person(tx: sa.Connection, person_id: Id) -> list[View]:
    """Return somebody's own views, by name."""
    query = sa.select(case_views).where(case_views.c.person_id == person_id).order_by(case_views.c.name)
    return records_of(View, tx.execute(query))


def add(tx: sa.Connection, person_id: Id, name: str, wanted: Mapping[str, str]) -> View:
    """Keep a filter under a name. Raises BadValue, AlreadyThere, LimitReached."""
    view = View(new_id(), person_id, _named(name), {part: value for part, value in wanted.items() if value}, now())
    if len(of_person(tx, person_id)) >= MOST:
        raise LimitReached(f"There are {MOST} views already.", hint="Delete one that you need no longer.")
    if not insert_new(tx, case_views, [row_of(view)], "person_id", "name"):
        raise AlreadyThere(f"You have a view named {view.name!r}.", hint="Delete it, or choose another name.")
    return view


def delete(tx: sa.Connection, person_id: Id, view_id: Id) -> None:
    """Delete one's own view. Raises NotFound."""
    own = case_views.delete().where(case_views.c.id == view_id, case_views.c.person_id == person_id)
    if not tx.execute(own).rowcount:
        raise NotFound("You have no such view.")


def routes(tx: sa.Connection) -> list[Route]:
    """Return the routing rules in the order in which they are asked."""
    return records_of(Route, tx.execute(sa.select(case_routes).order_by(case_routes.c.ordinal, case_routes.c.id)))


def add_route(tx: sa.Connection, route: Route) -> Route:
    """Add a rule behind the others. Raises BadValue for one that fits everything or names no queue, LimitReached."""
    there = routes(tx)
    if len(there) >= MOST:
        raise LimitReached(f"There are {MOST} rules already.", hint="Delete one that is needed no longer.")
    if not (route.language or route.category or route.platform or route.source_id):
        raise BadValue("A rule that asks for nothing would take every case.", hint="Name a language, a category, …")
    last = max((one.ordinal for one in there), default=0)
    kept = replace(route, queue=_named(route.queue), ordinal=last + 1)
    tx.execute(case_routes.insert(), row_of(kept))
    return kept


def delete_route(tx: sa.Connection, route_id: Id) -> None:
    """Delete a rule; cases that it has routed stay where they are. Raises NotFound."""
    if not tx.execute(case_routes.delete().where(case_routes.c.id == route_id)).rowcount:
        raise NotFound("There is no such rule.")


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise BadValue("This name cannot be kept.", hint=f"One line of at most {LONGEST} characters.")
    return name
