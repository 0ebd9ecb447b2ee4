"""The tables, one for each record of `model/`, and how they hang together.

Columns bear the names of the record's fields. Natural keys (`key`, SHA-256 over what makes a thing itself) are
unique: handing the same thing in again finds it there, whichever process does so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from qalqan.errors import NotFound

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC times on every database; a naive one is a mistake and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Store as UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """SQLite forgets the zone; it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_CANONICAL = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class IdText(TypeDecorator[str]):
    """UUIDs as text. What is no UUID names no record, on either database."""

    impl = sa.Uuid(as_uuid=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return PostgreSQL's own type; SQLite has none, and keeps the text as it is."""
        return dialect.type_descriptor(sa.String(36) if dialect.name == "sqlite" else sa.Uuid(as_uuid=False))

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Raise NotFound for what is no UUID."""
        if value is None or _CANONICAL.fullmatch(value):
            return value
        try:
            return str(UUID(value))
        except ValueError:
            raise NotFound(f"There is no record {value!r}: that is no id.") from None


def _id() -> IdText:
    return IdText()


def _json() -> sa.JSON:
    return sa.JSON(none_as_null=True)


def _json_or(default: str, name: str) -> sa.Column[Any]:
    """Return a column of JSON that rows from before it hold `default` in; only PostgreSQL's JSONB can be compared."""
    from sqlalchemy.dialects.postgresql import JSONB

    kind = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    return sa.Column(name, kind, nullable=False, server_default=default)


def _ref(target: str, *, nullable: bool = False, index: bool = True) -> sa.Column[Any]:
    """Return a column named for the table it points at, `item_id` → `items.id`."""
    name = {"banks": "bank", "bank_entries": "entry", "batches": "batch", "people": "person"}.get(target, target[:-1])
    return sa.Column(f"{name}_id", _id(), sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _media_ref(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("media_sha256", sa.String(64), sa.ForeignKey("media.sha256"), nullable=nullable, index=True)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _key() -> sa.Column[Any]:
    return sa.Column("key", sa.String(64), nullable=False, unique=True)


_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only in an INTEGER PRIMARY KEY

sources = sa.Table(
    "sources", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), _text("location"), _text("label"), _text("handed_by"),
    _text("legal_basis", nullable=True), _time("handed_at"),
)  # fmt: skip

scans = sa.Table(
    "scans", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("sources", nullable=True), sa.Column("state", sa.String(20), nullable=False, index=True),
    _text("host"), _text("mapping", nullable=True), _time("started_at"), _time("finished_at", nullable=True),
    _text("failure", nullable=True), _number("read"), _number("added"), _number("round"),
    sa.Column("since", sa.BigInteger(), nullable=True),
)  # fmt: skip

batches = sa.Table(
    "batches", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("scans"), sa.Column("state", sa.String(20), nullable=False, index=True),
    _number("size"), _number("attempts"),
)  # fmt: skip

items = sa.Table(
    "items", metadata,
    sa.Column("seq", _SEQ, primary_key=True, autoincrement=True), sa.Column("id", _id(), nullable=False, unique=True),
    _key(), _ref("sources", index=False), sa.Column("kind", sa.String(20), nullable=False), _text("reader"), _text("origin"),
    _text("platform", nullable=True), _text("channel", nullable=True), _text("channel_ref", nullable=True),
    _text("author", nullable=True), _text("author_ref", nullable=True), _time("posted_at", nullable=True),
    _text("text", nullable=True), sa.Column("links", _json(), nullable=False), _text("reply_to", nullable=True),
    _text("forwarded_from", nullable=True), sa.Column("extra", _json(), nullable=False), _time("collected_at"),
    sa.Index("ix_items_source_id", "source_id", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip

batch_items = sa.Table(
    "batch_items", metadata,
    sa.Column("batch_id", _id(), sa.ForeignKey("batches.id"), primary_key=True),
    sa.Column("item_id", _id(), sa.ForeignKey("items.id"), primary_key=True),
)  # fmt: skip

media = sa.Table(
    "media", metadata,
    sa.Column("sha256", sa.String(64), primary_key=True), sa.Column("kind", sa.String(20), nullable=False), _text("type"),
    sa.Column("size", sa.BigInteger(), nullable=False), sa.Column("kept", sa.Boolean(), nullable=False),
    _number("width", nullable=True), _number("height", nullable=True), sa.Column("duration", sa.Float(), nullable=True),
)  # fmt: skip

attachments = sa.Table(
    "attachments", metadata,
    sa.Column("item_id", _id(), sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
    _text("name"), _media_ref(nullable=True), _text("missing", nullable=True),
)  # fmt: skip

renditions = sa.Table(
    "renditions", metadata,
    sa.Column("media_sha256", sa.String(64), sa.ForeignKey("media.sha256"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True), sa.Column("at", sa.Float(), primary_key=True),
    sa.Column("blob", sa.String(64), nullable=False), _number("width"), _number("height"),
)  # fmt: skip

readings = sa.Table(
    # Which extractor, in which version, has read what: so that nothing is decoded twice, found or not.
    "readings", metadata,
    sa.Column("subject", sa.String(64), primary_key=True), sa.Column("extractor", sa.String(80), primary_key=True),
)  # fmt: skip

signals = sa.Table(
    "signals", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), sa.Column("kind", sa.String(40), nullable=False), _text("value"),
    _text("extractor"), _media_ref(nullable=True), _ref("items", nullable=True),
    sa.Column("span", _json()), sa.Column("box", _json()), sa.Column("interval", _json()), _number("quality", nullable=True),
)  # fmt: skip

banks = sa.Table(
    "banks", metadata,
    sa.Column("id", _id(), primary_key=True), sa.Column("name", sa.Text(), nullable=False, unique=True), _text("category"),
    _text("description"), _text("created_by"), _time("created_at"), _json_or("{}", "rules"),
)  # fmt: skip

bank_entries = sa.Table(
    "bank_entries", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), _ref("banks"), sa.Column("kind", sa.String(40), nullable=False), _text("value"),
    _text("label"), _text("provenance"), sa.Column("status", sa.String(20), nullable=False), _time("valid_until", nullable=True),
    _media_ref(nullable=True), _text("added_by"), _time("added_at"),
    # The version of the banks with which it came or last changed: an index asks for what is newer than itself.
    sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0", index=True),
    sa.Index(None, "kind", "status"),
)  # fmt: skip

calibrations = sa.Table(
    "calibrations", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("banks"), sa.Column("stage", sa.String(40), nullable=False), _text("distractors"),
    _number("asked"), _number("wrong"), sa.Column("nearest", _json(), nullable=False), sa.Column("culprits", _json(), nullable=False),
    _text("by"), _time("at"),
)  # fmt: skip

entry_changes = sa.Table(
    "entry_changes", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("bank_entries"), sa.Column("status", sa.String(20), nullable=False), _text("by"),
    _time("at"), _text("reason"),
)  # fmt: skip

lexicon_entries = sa.Table(
    "lexicon_entries", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), sa.Column("language", sa.String(20), nullable=False),
    sa.Column("sense", sa.String(20), nullable=False), sa.Column("entry", _json(), nullable=False), _text("origin"),
    sa.Column("status", sa.String(20), nullable=False), _text("by"), _time("at"), _text("reason"),
    sa.Index("ix_lexicon_entries_language_sense", "language", "sense"),
)  # fmt: skip

matches = sa.Table(
    "matches", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), _ref("items", index=False),
    sa.Column("signal_id", _id(), sa.ForeignKey("signals.id"), nullable=False), _ref("bank_entries"),
    sa.Column("kind", sa.String(40), nullable=False), _text("matcher"), sa.Column("distance", sa.Float(), nullable=False),
    sa.Column("verified", sa.Boolean(), nullable=False), _time("found_at"), _media_ref(nullable=True), _text("transform", nullable=True),
    sa.Column("box_query", _json()), sa.Column("box_known", _json()), sa.Column("interval_query", _json()),
    sa.Column("interval_known", _json()), sa.Column("span_query", _json()), sa.Column("score", sa.Float(), nullable=True),
    _json_or("[]", "stretches"),
    # False where its bank's rules, or a negative bank, have taken it back since: kept, shown and weighed no more.
    sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Index("ix_matches_item_id", "item_id", "kind", "entry_id"),
)  # fmt: skip

assessments = sa.Table(
    "assessments", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("items", index=False), _text("category"), _number("score"),
    sa.Column("band", sa.String(20), nullable=False), sa.Column("reasons", _json(), nullable=False), _text("policy"),
    _time("assessed_at"), sa.Column("supersedes", _id(), nullable=True),
    # Redundant with `supersedes`, and indexed: lists show only what stands now.
    sa.Column("current", sa.Boolean(), nullable=False),
    sa.Index("uq_assessments_current", "item_id", "category", unique=True, sqlite_where=sa.text("current"), postgresql_where=sa.text("current")),
    # These two hold all that the list of findings sorts and counts by, so that it reads no rows but the shown ones.
    sa.Index("ix_assessments_band", "current", "band", "score", "id", "item_id", "category"),
    sa.Index("ix_assessments_item_id", "item_id", "current", "score", "category"),
)  # fmt: skip

problems = sa.Table(
    "problems", metadata,
    sa.Column("id", _id(), primary_key=True), _key(), _ref("sources"), sa.Column("step", sa.String(20), nullable=False),
    sa.Column("where", sa.Text(), nullable=False), sa.Column("code", sa.String(60), nullable=False), _text("message"), _text("hint"), _time("at"),
)  # fmt: skip

cases = sa.Table(
    "cases", metadata,
    sa.Column("id", _id(), primary_key=True), sa.Column("state", sa.String(20), nullable=False), sa.Column("item_ids", _json(), nullable=False),
    _text("category"), _time("opened_at"),
)  # fmt: skip

decisions = sa.Table(
    "decisions", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("cases"), _text("by"), _time("at"), sa.Column("outcome", sa.String(20), nullable=False),
    _text("ground"), _text("rationale"), sa.Column("supersedes", _id(), sa.ForeignKey("decisions.id"), nullable=True),
)  # fmt: skip

actions = sa.Table(
    "actions", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("decisions"), sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False), _text("drafted_by"), _time("drafted_at"), _text("approved_by", nullable=True),
    _time("due", nullable=True),
)  # fmt: skip

watches = sa.Table(
    "watches", metadata,
    sa.Column("id", _id(), primary_key=True), _ref("actions"), _text("location"), _time("next_look"), _time("last_seen", nullable=True),
    _time("gone_since", nullable=True),
)  # fmt: skip

custody_events = sa.Table(
    "custody_events", metadata,
    sa.Column("id", _id(), primary_key=True), sa.Column("exhibit", sa.String(64), nullable=False, index=True), _text("by"), _time("at"),
    _text("verb"), _text("reason"), _text("tool"), sa.Column("previous", sa.String(64), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", _SEQ, primary_key=True, autoincrement=False), _time("at"), _text("by"), sa.Column("verb", sa.Text(), nullable=False, index=True),
    _text("subject"), sa.Column("detail", _json(), nullable=False), sa.Column("previous", sa.String(64), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)  # fmt: skip

people = sa.Table(
    "people", metadata,
    sa.Column("id", _id(), primary_key=True), sa.Column("name", sa.Text(), nullable=False, unique=True), _text("password_hash"),
    sa.Column("role", sa.String(20), nullable=False), _time("created_at"),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True), _ref("people"), _text("csrf"), _time("created_at"), _time("expires_at"),
)  # fmt: skip

workers = sa.Table(
    # Processes that walk batches. One whose `seen` grows old, or whose process is gone, is dead.
    "workers", metadata,
    sa.Column("id", sa.String(80), primary_key=True), _text("host"), _number("pid"), sa.Column("born", sa.Float(), nullable=False), _time("seen"),
)  # fmt: skip

versions = sa.Table(
    # Counters that say "something of this kind changed": `banks` is raised with every change of an entry.
    "versions", metadata,
    sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.BigInteger(), nullable=False),
)  # fmt: skip
