"""What platforms call the items that they handed in leads to these items, those handed in before an upgrade too."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from qalqan.model.ids import Id, new_id
from qalqan.store import Store, open_store, schema, uploads
from qalqan.store.tables import items, sources
from support import made
from support.made import NOON


def test_a_name_leads_to_every_version_of_an_item(store: Store) -> None:
    """The latest first; another platform's same name leads elsewhere."""
    first, second, other = (one.id for one in made.stored(store, "Tea at four.", "Tea at five.", "Bread."))
    with store.writing() as tx:
        for platform, item_id in (("lake.example", first), ("lake.example", second), ("reed.example", other)):
            for _twice in range(2):
                uploads.call(tx, platform, "post/17", item_id)
    with store.reading() as tx:
        assert uploads.called(tx, "lake.example", "post/17") == [second, first]
        assert uploads.called(tx, "reed.example", "post/17") == [other]
        assert uploads.called(tx, "lake.example", "post/18") == []


def test_an_upgrade_notes_what_was_handed_in_before(empty_url: str, tmp_path: Path) -> None:
    """Of items that came over the API, and of no others; a slash in a name is part of it."""
    engine = sa.create_engine(empty_url)
    config = schema._config()  # noqa: SLF001 - to stop at an older revision
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        source = {"id": new_id(), "key": "0" * 64, "location": "", "label": "", "handed_by": "", "handed_at": NOON}
        connection.execute(sources.insert(), source)
        api, scanned = (_item(connection, source["id"], reader) for reader in ("api/1", "telegram/1"))
    engine.dispose()
    store = open_store(empty_url, tmp_path / "blobs", create=True)
    with store.reading() as tx:
        assert uploads.called(tx, "lake.example", "post/17") == [api]
        assert scanned
    store.close()


def _item(connection: sa.Connection, source_id: object, reader: str) -> Id:
    row = {
        "id": new_id(), "key": reader.ljust(64), "source_id": source_id, "kind": "post", "reader": reader,
        "origin": "lake.example/post/17", "platform": "lake.example", "links": [], "extra": {}, "collected_at": NOON,
    }  # fmt: skip
    connection.execute(items.insert(), row)
    return str(row["id"])
