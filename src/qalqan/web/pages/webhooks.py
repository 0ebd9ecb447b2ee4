"""Who is told of decisions: webhooks, and what was sent to them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import UsageError
from qalqan.flow import webhooks as flow
from qalqan.model.webhooks import EVENTS
from qalqan.store import webhooks
from qalqan.web.lists import PAGE, PageNumber, Paging
from qalqan.web.visits import Sending, Visit, Visiting, plain_text

router = APIRouter(include_in_schema=False)


@router.get("/webhooks")
def show(visit: Visiting, page: PageNumber = 1) -> Response:
    """List webhooks, and what was sent to them, newest first."""
    return _page(visit, page)


def _page(visit: Visit, page: int = 1, secret: str = "", problem: str = "") -> Response:
    with visit.reading() as tx:
        paging = Paging(webhooks.count_deliveries(tx), page)
        sent = webhooks.newest_deliveries(tx, PAGE, paging.offset)
        addresses = {one: webhooks.get(tx, one).url for one in {each.webhook_id for each in sent}}
        standing = webhooks.every(tx)
    return visit.page(
        "webhooks.html", webhooks=standing, deliveries=sent, addresses=addresses, events=EVENTS, paging=paging,
        secret=secret, problem=problem,
    )  # fmt: skip


@router.post("/webhooks")
def add(visit: Sending, url: Annotated[str, Form()] = "", events: Annotated[tuple[str, ...], Form()] = ()) -> Response:
    """Add a webhook; its secret is shown this once."""
    try:
        secret, _webhook = flow.add(visit.services, visit.person.name, plain_text(url, flow.LONGEST_URL) or "", events)
    except UsageError as wrong:
        return _page(visit, problem=f"{wrong.message} {wrong.hint}".strip())
    return _page(visit, secret=secret)


@router.post("/webhooks/{webhook_id}/test")
def test(visit: Sending, webhook_id: UUID) -> Response:
    """Send a test delivery."""
    flow.send_test(visit.services, visit.person.name, str(webhook_id))
    return _back()


@router.post("/webhooks/{webhook_id}/end")
def end(visit: Sending, webhook_id: UUID) -> Response:
    """Tell it of nothing more."""
    flow.end(visit.services, visit.person.name, str(webhook_id))
    return _back()


@router.post("/deliveries/{delivery_id}/resend")
def resend(visit: Sending, delivery_id: UUID) -> Response:
    """Send a delivery that has ended once more."""
    flow.resend(visit.services, visit.person.name, str(delivery_id))
    return _back()


def _back() -> Response:
    return RedirectResponse("/webhooks", 303)
