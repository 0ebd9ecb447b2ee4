"""What tests have other processes do, so that it happens at once."""

from __future__ import annotations

from pathlib import Path

from qalqan.model.ids import Id
from qalqan.store import intake, open_store, schema
from support.made import new_item


def upgrade_store(url: str, blobs: str) -> str | None:
    """Make or upgrade a store and return the revision it is at."""
    store = open_store(url, Path(blobs), create=True)
    try:
        return schema.current(store.engine)
    finally:
        store.close()


def hand_in(url: str, blobs: str, texts: list[str]) -> list[Id]:
    """Hand in one item for each text, in batches of five, and return the ids of those that were new."""
    store = open_store(url, Path(blobs))
    added: list[Id] = []
    try:
        for start in range(0, len(texts), 5):
            with store.writing() as tx:
                source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
                batch = texts[start : start + 5]
                added += intake.add_items(tx, [new_item(source.id, f"#{text}", text) for text in batch])
    finally:
        store.close()
    return added
