"""What lists of a million items are read from: which items hold what, and indexes with all that a list sorts by."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import metadata, time
from qalqan.store.tables import bank_entries, items, matches, problems

item_traits = sa.Table(
    # Which items hold signals of a kind, in their own texts or in files on them: what follows from `signals` and
    # `attachments`, kept beside them because no index reaches across both. Each kind stands
    # there once an item with an empty `value`, names also with whom they mean.
    "item_traits", metadata,
    sa.Column("kind", sa.String(40), primary_key=True), sa.Column("value", sa.String(200), primary_key=True),
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    time("collected_at"),  # the item's own
    sa.Index("ix_item_traits_named", "kind", "value", "collected_at"),
    sqlite_with_rowid=False,
)  # fmt: skip

# SQLite would else walk whole rows, texts and all, to a page far down the list.
sa.Index("ix_items_seq", items.c.seq)
sa.Index("ix_items_kind", items.c.kind, items.c.seq)
sa.Index("ix_items_source_seq", items.c.source_id, items.c.seq, items.c.kind)
sa.Index("ix_bank_entries_newest", bank_entries.c.bank_id, bank_entries.c.id)
sa.Index("ix_bank_entries_status", bank_entries.c.bank_id, bank_entries.c.status, bank_entries.c.id)
sa.Index("ix_bank_entries_files", bank_entries.c.bank_id, bank_entries.c.media_sha256, bank_entries.c.status)
sa.Index("ix_matches_newest", matches.c.stands, matches.c.id)
sa.Index("ix_problems_newest", problems.c.source_id, problems.c.id)
sa.Index("ix_matches_kind", matches.c.kind, matches.c.stands, matches.c.id, matches.c.seq)
sa.Index("ix_matches_bank", matches.c.bank_id, matches.c.stands, matches.c.id, matches.c.seq, matches.c.kind)
sa.Index("ix_matches_source", matches.c.source_id, matches.c.stands, matches.c.id)
