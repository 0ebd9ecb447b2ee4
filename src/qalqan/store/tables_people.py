"""Second factors, tokens for programs, logins through a provider, and tries at a login."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.store.columns import UtcTime, id_type, json_type, metadata, ref, text, time

api_tokens = sa.Table(
    "api_tokens", metadata,
    sa.Column("id", id_type(), primary_key=True), ref("people"), text("name"),
    sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", json_type(), nullable=False), time("created_at"), time("expires_at"),
    time("used_at", nullable=True), time("revoked_at", nullable=True),
)  # fmt: skip

second_factors = sa.Table(
    # One a person. `last_step` is the newest 30 seconds whose code was taken: none is taken twice.
    "second_factors", metadata,
    sa.Column("person_id", id_type(), sa.ForeignKey("people.id"), primary_key=True), text("secret"),
    time("created_at"), time("confirmed_at", nullable=True), sa.Column("last_step", sa.BigInteger(), nullable=False),
)  # fmt: skip

recovery_codes = sa.Table(
    "recovery_codes", metadata,
    sa.Column("person_id", id_type(), sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("code_sha256", sa.String(64), primary_key=True), time("used_at", nullable=True),
)  # fmt: skip

identities = sa.Table(
    # Who somebody is at a provider of logins: its name and theirs there, which never changes hands.
    "identities", metadata,
    sa.Column("issuer", sa.Text(), primary_key=True), sa.Column("subject", sa.Text(), primary_key=True), ref("people"),
)  # fmt: skip

logins_begun = sa.Table(
    # Logins that a provider has yet to answer. Each is taken once.
    "logins_begun", metadata,
    sa.Column("state_sha256", sa.String(64), primary_key=True),
    sa.Column("browser_sha256", sa.String(64), nullable=False),
    text("nonce"), text("verifier"), text("back"), sa.Column("expires_at", UtcTime(), nullable=False, index=True),
)  # fmt: skip

tries = sa.Table(
    # Counters of tries at a login. `free_at` is when all of a key's tries will have been forgotten.
    "tries", metadata,
    sa.Column("key", sa.String(64), primary_key=True), sa.Column("free_at", sa.Float(), nullable=False, index=True),
)  # fmt: skip
