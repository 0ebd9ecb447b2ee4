"""The tables, one for each record of `model/`, and how they hang together.

Columns bear the names of the record's fields. Natural keys (`key`, SHA-256 over what makes a thing itself) are
unique: handing the same thing in again finds it there, whichever process does so.
"""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import (
    SEQ,
    id_type,
    json_or,
    json_type,
    key,
    media_ref,
    metadata,
    number,
    ref,
    text,
    time,
)

sources = sa.Table(
    "sources", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), text("location"), text("label"), text("handed_by"),
    text("legal_basis", nullable=True), time("handed_at"),
)  # fmt: skip

scans = sa.Table(
    "scans", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("sources", nullable=True), sa.Column("state", sa.String(20), nullable=False, index=True),
    text("host"), text("mapping", nullable=True), time("started_at"), time("finished_at", nullable=True),
    text("failure", nullable=True), number("read"), number("added"), number("round"),
    sa.Column("since", sa.BigInteger(), nullable=True),
)  # fmt: skip

batches = sa.Table(
    "batches", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("scans"), sa.Column("state", sa.String(20), nullable=False, index=True),
    number("size"), number("attempts"),
)  # fmt: skip

items = sa.Table(
    "items", metadata,
    sa.Column("seq", SEQ, primary_key=True, autoincrement=True), sa.Column("id", id_type(), nullable=False, unique=True),
    key(), ref("sources", index=False), sa.Column("kind", sa.String(20), nullable=False), text("reader"), text("origin"),
    text("platform", nullable=True), text("channel", nullable=True), text("channel_ref", nullable=True),
    text("author", nullable=True), text("author_ref", nullable=True), time("posted_at", nullable=True),
    text("text", nullable=True), sa.Column("links", json_type(), nullable=False), text("reply_to", nullable=True),
    text("forwarded_from", nullable=True), sa.Column("extra", json_type(), nullable=False), time("collected_at"),
    sa.Index("ix_items_source_id", "source_id", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip

item_references = sa.Table(
    # What platforms call the items that they handed in: the same name stands for several where it was changed since.
    "item_references", metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True),
)  # fmt: skip

batch_items = sa.Table(
    "batch_items", metadata,
    sa.Column("batch_id", id_type(), sa.ForeignKey("batches.id"), primary_key=True),
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True),
)  # fmt: skip

media = sa.Table(
    "media", metadata,
    sa.Column("sha256", sa.String(64), primary_key=True), sa.Column("kind", sa.String(20), nullable=False), text("type"),
    sa.Column("size", sa.BigInteger(), nullable=False), sa.Column("kept", sa.Boolean(), nullable=False),
    number("width", nullable=True), number("height", nullable=True), sa.Column("duration", sa.Float(), nullable=True),
)  # fmt: skip

attachments = sa.Table(
    "attachments", metadata,
    sa.Column("item_id", id_type(), sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
    text("name"), media_ref(nullable=True), text("missing", nullable=True),
)  # fmt: skip

renditions = sa.Table(
    "renditions", metadata,
    sa.Column("media_sha256", sa.String(64), sa.ForeignKey("media.sha256"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True), sa.Column("at", sa.Float(), primary_key=True),
    sa.Column("blob", sa.String(64), nullable=False), number("width"), number("height"),
)  # fmt: skip

readings = sa.Table(
    # Which extractor, in which version, has read what: so that nothing is decoded twice, found or not.
    "readings", metadata,
    sa.Column("subject", sa.String(64), primary_key=True), sa.Column("extractor", sa.String(80), primary_key=True),
)  # fmt: skip

signals = sa.Table(
    "signals", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), sa.Column("kind", sa.String(40), nullable=False), text("value"),
    text("extractor"), media_ref(nullable=True), ref("items", nullable=True),
    sa.Column("span", json_type()), sa.Column("box", json_type()), sa.Column("interval", json_type()), number("quality", nullable=True),
)  # fmt: skip

banks = sa.Table(
    "banks", metadata,
    sa.Column("id", id_type(), primary_key=True), sa.Column("name", sa.Text(), nullable=False, unique=True), text("category"),
    text("description"), text("created_by"), time("created_at"), json_or("{}", "rules"),
)  # fmt: skip

bank_entries = sa.Table(
    "bank_entries", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), ref("banks"), sa.Column("kind", sa.String(40), nullable=False), text("value"),
    text("label"), text("provenance"), sa.Column("status", sa.String(20), nullable=False), time("valid_until", nullable=True),
    media_ref(nullable=True), text("added_by"), time("added_at"),
    # The version of the banks with which it came or last changed: an index asks for what is newer than itself.
    sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0", index=True),
    sa.Index(None, "kind", "status"),
)  # fmt: skip

calibrations = sa.Table(
    "calibrations", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("banks"), sa.Column("stage", sa.String(40), nullable=False), text("distractors"),
    number("asked"), number("wrong"), sa.Column("nearest", json_type(), nullable=False), sa.Column("culprits", json_type(), nullable=False),
    text("by"), time("at"),
)  # fmt: skip

entry_changes = sa.Table(
    "entry_changes", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("bank_entries"), sa.Column("status", sa.String(20), nullable=False), text("by"),
    time("at"), text("reason"),
)  # fmt: skip

lexicon_entries = sa.Table(
    "lexicon_entries", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), sa.Column("language", sa.String(20), nullable=False),
    sa.Column("sense", sa.String(20), nullable=False), sa.Column("entry", json_type(), nullable=False), text("origin"),
    sa.Column("status", sa.String(20), nullable=False), text("by"), time("at"), text("reason"),
    sa.Index("ix_lexicon_entries_language_sense", "language", "sense"),
)  # fmt: skip

matches = sa.Table(
    "matches", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), ref("items", index=False),
    sa.Column("signal_id", id_type(), sa.ForeignKey("signals.id"), nullable=False), ref("bank_entries"),
    sa.Column("kind", sa.String(40), nullable=False), text("matcher"), sa.Column("distance", sa.Float(), nullable=False),
    sa.Column("verified", sa.Boolean(), nullable=False), time("found_at"), media_ref(nullable=True), text("transform", nullable=True),
    sa.Column("box_query", json_type()), sa.Column("box_known", json_type()), sa.Column("interval_query", json_type()),
    sa.Column("interval_known", json_type()), sa.Column("span_query", json_type()), sa.Column("score", sa.Float(), nullable=True),
    json_or("[]", "stretches"),
    # False where its bank's rules, or a negative bank, have taken it back since: kept, shown and weighed no more.
    sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()),
    # The item's and the entry's own: lists are narrowed by them without reading items and entries.
    sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"), sa.Column("source_id", id_type(), nullable=True),
    sa.Column("bank_id", id_type(), nullable=True),
    sa.Index("ix_matches_item_id", "item_id", "kind", "entry_id"),
)  # fmt: skip

assessments = sa.Table(
    "assessments", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("items", index=False), text("category"), number("score"),
    sa.Column("band", sa.String(20), nullable=False), sa.Column("reasons", json_type(), nullable=False), text("policy"),
    time("assessed_at"), sa.Column("supersedes", id_type(), nullable=True),
    # Redundant with `supersedes`, and indexed: lists show only what stands now.
    sa.Column("current", sa.Boolean(), nullable=False),
    # Redundant with what stands beside it for its item, and indexed: over all categories an item's strongest is listed.
    sa.Column("leads", sa.Boolean(), nullable=False, server_default=sa.false()),
    # The item's own: lists are narrowed and searched by them without reading a million items.
    sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"), sa.Column("source_id", id_type(), nullable=True),
    sa.Index("uq_assessments_current", "item_id", "category", unique=True, sqlite_where=sa.text("current"), postgresql_where=sa.text("current")),
    # These hold all that the list of findings sorts and counts by, so that it reads no rows but the shown ones.
    sa.Index("ix_assessments_band", "current", "band", "score", "id", "item_id", "category", "leads", "source_id", "seq"),
    sa.Index("ix_assessments_item_id", "item_id", "current", "score", "category", "band"),
    sa.Index("ix_assessments_leads", "leads", "band", "score", "id", "item_id", "source_id", "seq"),
)  # fmt: skip

problems = sa.Table(
    "problems", metadata,
    sa.Column("id", id_type(), primary_key=True), key(), ref("sources"), sa.Column("step", sa.String(20), nullable=False),
    sa.Column("where", sa.Text(), nullable=False), sa.Column("code", sa.String(60), nullable=False), text("message"), text("hint"), time("at"),
)  # fmt: skip

actions = sa.Table(
    "actions", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("decisions"), sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False), text("drafted_by"), time("drafted_at"), text("approved_by", nullable=True),
    time("due", nullable=True),
)  # fmt: skip

watches = sa.Table(
    "watches", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("actions"), text("location"), time("next_look"), time("last_seen", nullable=True),
    time("gone_since", nullable=True),
)  # fmt: skip

custody_events = sa.Table(
    "custody_events", metadata,
    sa.Column("id", id_type(), primary_key=True), sa.Column("exhibit", sa.String(64), nullable=False, index=True), text("by"), time("at"),
    text("verb"), text("reason"), text("tool"), sa.Column("previous", sa.String(64), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", SEQ, primary_key=True, autoincrement=False), time("at"), text("by"), sa.Column("verb", sa.Text(), nullable=False, index=True),
    text("subject"), sa.Column("detail", json_type(), nullable=False), sa.Column("previous", sa.String(64), nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)  # fmt: skip

people = sa.Table(
    "people", metadata,
    sa.Column("id", id_type(), primary_key=True), sa.Column("name", sa.Text(), nullable=False, unique=True), text("password_hash"),
    sa.Column("role", sa.String(20), nullable=False), time("created_at"), time("off_at", nullable=True),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True), sa.Column("id", id_type(), nullable=False, unique=True),
    ref("people"), text("csrf"), time("created_at"), time("expires_at"), time("seen_at"), text("browser"),
    # False while a password was right and the second factor is still owed.
    sa.Column("passed", sa.Boolean(), nullable=False),
)  # fmt: skip

workers = sa.Table(
    # Processes that walk batches. One whose `seen` grows old, or whose process is gone, is dead.
    "workers", metadata,
    sa.Column("id", sa.String(80), primary_key=True), text("host"), number("pid"), sa.Column("born", sa.Float(), nullable=False), time("seen"),
)  # fmt: skip

versions = sa.Table(
    # Counters that say "something of this kind changed": `banks` is raised with every change of an entry.
    "versions", metadata,
    sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.BigInteger(), nullable=False),
)  # fmt: skip
