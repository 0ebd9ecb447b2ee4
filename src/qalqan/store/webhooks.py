"""Webhooks and their deliveries: written in the transaction that does what they tell of, sent afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from qalqan.errors import NotFound, UsageError
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.model.webhooks import TEST, Delivery, DeliveryState, Webhook
from qalqan.store.records import record_of, records_of, row_of
from qalqan.store.tables_webhooks import deliveries, webhooks

_NOTHING_LEASED = {"lease": None, "lease_until": None}


def add(tx: sa.Connection, webhook: Webhook) -> None:
    """Keep a webhook."""
    tx.execute(webhooks.insert(), row_of(webhook))


def every(tx: sa.Connection) -> list[Webhook]:
    """Return all webhooks that have not ended, oldest first."""
    return records_of(Webhook, tx.execute(sa.select(webhooks).where(webhooks.c.ended_at.is_(None)).order_by("id")))


def get(tx: sa.Connection, webhook_id: Id) -> Webhook:
    """Return a webhook, ended or not. Raises NotFound."""
    row = tx.execute(sa.select(webhooks).where(webhooks.c.id == webhook_id)).first()
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id}.", hint="qalqan webhook list shows them all.")
    return record_of(Webhook, row)


def end(tx: sa.Connection, webhook_id: Id) -> Webhook:
    """Tell a webhook of nothing more, not even of what waits. Raises NotFound, UsageError where it has ended."""
    webhook, at = get(tx, webhook_id), now()
    if webhook.ended_at is not None:
        raise UsageError("This webhook has ended already.")
    tx.execute(webhooks.update().where(webhooks.c.id == webhook_id).values(ended_at=at))
    waits = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == DeliveryState.WAITING.value)
    given_up = {"state": DeliveryState.GIVEN_UP.value, "problem": "The webhook was ended.", "ended_at": at}
    tx.execute(deliveries.update().where(*waits).values(**given_up, **_NOTHING_LEASED))
    return webhook


def queue(tx: sa.Connection, webhook_id: Id, delivery_id: Id, event: str, body: str) -> None:
    """Write down what a webhook is to be told."""
    at = now()
    fresh = Delivery(delivery_id, webhook_id, event, body, DeliveryState.WAITING, 0, at, at)
    tx.execute(deliveries.insert(), row_of(fresh))


def wanting(tx: sa.Connection, event: str) -> list[Webhook]:
    """Return the webhooks that want to be told of an event."""
    return [one for one in every(tx) if event == TEST or not one.events or event in one.events]


def anything_due(tx: sa.Connection) -> bool:
    """Whether something is to be sent now."""
    return tx.execute(sa.select(deliveries.c.id).where(*_due()).limit(1)).first() is not None


def lease(tx: sa.Connection, limit: int, seconds: float) -> list[Delivery]:
    """Take up to `limit` deliveries that are due, for so many seconds: nobody else is given them meanwhile.

    Whoever dies with a lease leaves it to run out; then the delivery is sent again.
    """
    whose = new_id()
    some = sa.select(deliveries.c.id).where(*_due()).order_by(deliveries.c.due, deliveries.c.id).limit(limit)
    if tx.dialect.name == "postgresql":
        some = some.with_for_update(skip_locked=True)
    ids = [row.id for row in tx.execute(some)]
    taken = {"lease": whose, "lease_until": now() + timedelta(seconds=seconds), "tries": deliveries.c.tries + 1}
    tx.execute(deliveries.update().where(deliveries.c.id.in_(ids)).values(**taken))
    return records_of(Delivery, tx.execute(sa.select(deliveries).where(deliveries.c.lease == whose).order_by("id")))


def _due() -> tuple[sa.ColumnElement[bool], ...]:
    free = sa.or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < now())
    return deliveries.c.state == DeliveryState.WAITING.value, deliveries.c.due <= now(), free


def note_delivered(tx: sa.Connection, delivery: Delivery, status: int) -> None:
    """Write down that the other side has it."""
    done = {"state": DeliveryState.DELIVERED.value, "status": status, "problem": None, "ended_at": now()}
    tx.execute(deliveries.update().where(*_held(delivery)).values(**done, **_NOTHING_LEASED))


def note_failed(
    tx: sa.Connection, delivery: Delivery, problem: str, status: int | None, again_at: datetime | None
) -> None:
    """Write down why a try failed, and when the next is due; None gives it up."""
    noted: dict[str, object] = {"status": status, "problem": problem, **_NOTHING_LEASED}
    if again_at is None:
        noted |= {"state": DeliveryState.GIVEN_UP.value, "ended_at": now()}
    else:
        noted["due"] = again_at
    tx.execute(deliveries.update().where(*_held(delivery)).values(**noted))


def _held(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what finds a delivery while its lease is still this one: whoever was too slow changes nothing any more."""
    return deliveries.c.id == delivery.id, deliveries.c.lease == delivery.lease


def resend(tx: sa.Connection, delivery_id: Id) -> Delivery:
    """Let a delivery that has ended be tried anew, as often as a new one.

    Raises NotFound, and UsageError where it still waits, or its webhook has ended.
    """
    delivery = one_delivery(tx, delivery_id)
    if delivery.state is DeliveryState.WAITING:
        raise UsageError("This delivery still waits to be sent.")
    if get(tx, delivery.webhook_id).ended_at is not None:
        raise UsageError("The webhook of this delivery has ended.")
    again = {"state": DeliveryState.WAITING.value, "tries": 0, "due": now(), "problem": None, "ended_at": None}
    tx.execute(deliveries.update().where(deliveries.c.id == delivery_id).values(**again, **_NOTHING_LEASED))
    return one_delivery(tx, delivery_id)


def one_delivery(tx: sa.Connection, delivery_id: Id) -> Delivery:
    """Return a delivery. Raises NotFound."""
    row = tx.execute(sa.select(deliveries).where(deliveries.c.id == delivery_id)).first()
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id}.", hint="The page /webhooks lists them.")
    return record_of(Delivery, row)


def newest_deliveries(tx: sa.Connection, limit: int, offset: int = 0) -> list[Delivery]:
    """Return deliveries, newest first."""
    return records_of(
        Delivery, tx.execute(sa.select(deliveries).order_by(deliveries.c.id.desc()).limit(limit).offset(offset))
    )


def count_deliveries(tx: sa.Connection) -> int:
    """Count deliveries."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one())


def forget_before(tx: sa.Connection, when: datetime) -> int:
    """Remove deliveries that ended before then; return how many."""
    return tx.execute(deliveries.delete().where(deliveries.c.ended_at < when)).rowcount
