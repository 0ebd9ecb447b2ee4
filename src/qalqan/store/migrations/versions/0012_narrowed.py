"""Indexes that hold all that a list is narrowed by: of findings, matches and cases.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from qalqan.errors import StoreError

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")


def upgrade() -> None:
    _place_matches()
    _widen("ix_assessments_band", "assessments", "current band score id item_id category leads source_id seq")
    _widen("ix_assessments_item_id", "assessments", "item_id current score category band")
    op.drop_index("ix_cases_state", "cases")
    op.drop_index("ix_cases_queue", "cases")
    listed = "state priority id queue language category platform source_id claimed_by severity"
    op.create_index("ix_cases_listed", "cases", listed.split())
    op.create_index("ix_cases_queue", "cases", ["queue"])
    op.create_index("ix_cases_claimed_by", "cases", ["claimed_by"])
    op.create_index("ix_cases_aged", "cases", ["state", "aged", "opened_at"])
    op.create_index("ix_bank_entries_files", "bank_entries", ["bank_id", "media_sha256", "status"])
    op.create_index("ix_decisions_listed", "decisions", ["standing", "id", "outcome", "at"])
    if op.get_bind().dialect.name == "sqlite":
        _index_beginnings()


def _place_matches() -> None:
    """Give matches their items' places and their entries' banks."""
    op.add_column("matches", sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("matches", sa.Column("source_id", ID, nullable=True))
    op.add_column("matches", sa.Column("bank_id", ID, nullable=True))
    op.execute(
        "UPDATE matches SET seq = (SELECT i.seq FROM items i WHERE i.id = matches.item_id), "
        "source_id = (SELECT i.source_id FROM items i WHERE i.id = matches.item_id), "
        "bank_id = (SELECT e.bank_id FROM bank_entries e WHERE e.id = matches.entry_id)"
    )
    _widen("ix_matches_kind", "matches", "kind stands id seq")
    op.create_index("ix_matches_bank", "matches", ["bank_id", "stands", "id", "seq", "kind"])
    op.create_index("ix_matches_source", "matches", ["source_id", "stands", "id"])


def _index_beginnings() -> None:
    """Build the index of words anew with their first two, four and six letters: `ma*` walked all words that begin so.

    A beginning of one, three or five letters is put together of those with one more. The words are taken from the
    index itself, where they stand as they were cut.
    """
    op.execute("CREATE VIRTUAL TABLE temp.indexed USING fts5vocab(main, items_search, instance)")
    options = "content='', detail='none', tokenize='ascii', prefix='2 4 6'"
    op.execute(f"CREATE VIRTUAL TABLE items_search_anew USING fts5(words, {options})")
    op.execute(
        "INSERT INTO items_search_anew (rowid, words) "
        "SELECT doc, group_concat(term, ' ') FROM temp.indexed GROUP BY doc"
    )
    op.execute("DROP TABLE temp.indexed")
    op.execute("DROP TABLE items_search")
    op.execute("ALTER TABLE items_search_anew RENAME TO items_search")


def _widen(name: str, table: str, columns: str) -> None:
    op.drop_index(name, table)
    op.create_index(name, table, columns.split())


def downgrade() -> None:
    raise StoreError("What the newer tables hold has no place in the older ones.", hint="To go back, restore a backup.")
