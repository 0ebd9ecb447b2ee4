"""Walks inputs in this process, without jobs, and takes down what the store holds in a form that can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from qalqan.flow import way
from qalqan.flow.handing import HandedIn, hand_in
from qalqan.flow.intake import take_in
from qalqan.flow.known import Voucher, add_paths, add_values, new_bank
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.sources import Scan
from qalqan.store import Store, intake, scans, tables
from support.small import LINK, Small

WHO = "tester"


def fill_bank(services: Services, small: Small) -> None:
    """Put the small input's known things into a bank."""
    bank = new_bank(services, "heron", "terrorist-content", WHO)
    voucher = Voucher(WHO, "a test")
    for added in add_paths(services, bank, [small.known], voucher):
        assert not added.refused
    add_values(services, bank, [("link", LINK, "declaration")], voucher)


def walk_now(services: Services, path: Path, mapping: str | None = None) -> Scan:
    """Hand `path` in and walk it to its end."""
    scan = hand_in(services, path, HandedIn(WHO, mapping=mapping))
    with services.store.reading() as tx:
        source = intake.source(tx, scan.source_id or "")
    assert source is not None
    batches: list[Id] = []
    take_in(services, scan, source, batches.append)
    with services.store.writing() as tx:
        scans.start_walking(tx, scan.id)
    walk_batches(services, scan.id)
    with services.store.reading() as tx:
        ended = scans.get(tx, scan.id)
    assert ended is not None
    return ended


def walk_batches(services: Services, scan_id: Id) -> None:
    """Walk all waiting batches of a scan and end it."""
    walker = way.Way(services)
    with services.store.reading() as tx:
        waiting = scans.waiting_batches(tx, 10_000, scan_id)
    for batch in waiting:
        walker.read(batch.id)
        walker.compare_and_weigh(batch.id)
    with services.store.writing() as tx:
        way.finish(tx, scan_id)


def snapshot(store: Store, place: Path) -> dict[str, list[str]]:
    """Return what the store holds, by table, without ids and times; paths below `place` are cut to what follows.

    Lists, not sets: what is there twice is seen.
    """
    with store.reading() as tx:
        names = {row.id: f"{row.origin}|{row.text}" for row in tx.execute(sa.select(tables.items))}
        entries = {row.id: f"{row.kind}|{row.value}" for row in tx.execute(sa.select(tables.bank_entries))}
        owners = {
            row.id: f"{row.kind}|{row.media_sha256 or names[row.item_id]}|{row.value}|{row.span}"
            for row in tx.execute(sa.select(tables.signals))
        }

        def rows(table: sa.Table, *columns: str, **named: Any) -> list[str]:  # noqa: ANN401 - a lookup a column
            found = []
            for row in tx.execute(sa.select(table)).mappings():
                parts = [str(row[name]) for name in columns]
                parts += [look[row[name]] for name, look in named.items()]
                found.append("|".join(parts).replace(str(place), ""))
            return sorted(found)

        return {
            "items": rows(tables.items, "kind", "reader", "origin", "text", "author", "posted_at", "links", "extra"),
            "attachments": rows(tables.attachments, "ordinal", "name", "media_sha256", "missing", item_id=names),
            "media": rows(tables.media, "sha256", "kind", "type", "size", "kept", "width", "height", "duration"),
            "renditions": rows(tables.renditions, "media_sha256", "kind", "at", "blob"),
            "signals": sorted(one.replace(str(place), "") for one in owners.values()),
            "matches": rows(
                tables.matches, "kind", "distance", "verified", "transform", "interval_query", "interval_known",
                "span_query", item_id=names, signal_id=owners, entry_id=entries,
            ),
            "assessments": rows(tables.assessments, "category", "score", "band", "current", item_id=names),
            "problems": rows(tables.problems, "step", "where", "code", "message", "hint"),
            "scans": rows(tables.scans, "state", "failure"),
            "batched": rows(tables.batch_items, item_id=names),
        }  # fmt: skip
