"""All settings, each read from one `QALQAN_…` variable. Read in `app.py` alone and passed along."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qalqan.errors import BadValue
from qalqan.model.limits import MIB, Limits
from qalqan.model.roles import Role

_BOUNDS = Limits()


class Settings(BaseSettings):
    """What an operator can set. `docs/settings.md` is held to this class by a test."""

    model_config = SettingsConfigDict(env_prefix="QALQAN_", frozen=True, extra="ignore")

    home: Path = Field(
        default=Path(platformdirs.user_data_dir("qalqan")),
        description="The folder that holds the database, the blobs and the jobs.",
    )
    database_url: str = Field(
        default="",
        description="Where records live: empty for SQLite in the home folder, or `postgresql://user@host/name`.",
    )
    host: str = Field(default="127.0.0.1", description="The address that `qalqan serve` listens on.")
    port: int = Field(default=8400, ge=1, le=65535, description="The port that `qalqan serve` listens on.")
    workers: int = Field(
        default=max(1, min(os.cpu_count() or 1, 8)),
        ge=1,
        le=64,
        description="Batches that one process walks at once, and decoding child processes that it keeps.",
    )
    batch_size: int = Field(default=500, ge=1, le=5_000, description="Items that walk the way together.")
    policy: Path | None = Field(
        default=None, description="A policy file to use instead of the built-in one (`qalqan policy check FILE`)."
    )
    speech_model: Path | None = Field(
        default=None, description="The folder of a faster-whisper model that writes down speech; without it none is."
    )
    opinion_url: str = Field(
        default="",
        description="An OpenAI-compatible endpoint for second opinions (`https://…/v1`); empty: none is asked.",
    )
    opinion_model: str = Field(default="", description="The model that is asked there for a second opinion.")
    opinion_key: SecretStr = Field(default=SecretStr(""), description="The key for that endpoint; never shown.")
    language: str = Field(default="en", description="The console's language where a browser asks for none we have.")
    session_hours: int = Field(default=12, ge=1, le=720, description="Hours until a login ends.")
    idle_minutes: int = Field(
        default=60, ge=1, le=1440, description="Minutes after which a login that nobody uses ends."
    )
    require_totp: str = Field(
        default="",
        description="Roles that must have a second factor, `lead,admin`, or `all`; empty: each as they like.",
    )
    public_url: str = Field(
        default="", description="The address at which people reach the console; by default the one it listens on."
    )
    oidc_issuer: str = Field(
        default="", description="The provider of logins (OpenID Connect), as it calls itself; empty: none."
    )
    oidc_client_id: str = Field(default="", description="What the provider calls this console.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="This console's secret at the provider; never shown."
    )
    oidc_name: str = Field(default="", description="What the provider is called at the login; by default its host.")
    oidc_allow: str = Field(
        default="",
        description="Who may come in through it: verified addresses, `@domain`s, or `*` for all whom it knows.",
    )
    oidc_role_claim: str = Field(default="", description="The provider's claim that says roles, such as `groups`.")
    oidc_roles: str = Field(
        default="",
        description="What its values stand for, `desk=reviewer,heads=lead`: these may come in. Others are viewers.",
    )
    claim_minutes: int = Field(
        default=20, ge=1, le=480, description="Minutes for which a case that somebody has taken is theirs alone."
    )
    secure_cookies: bool = Field(
        default=False, description="Set to true behind HTTPS: the login cookie is then never sent in the clear."
    )
    webhook_networks: str = Field(
        default="", description="Inner networks that webhooks may lead to, such as `10.20.0.0/16,127.0.0.1/32`."
    )
    check_bytes: int = Field(
        default=32 * MIB, ge=1, description="The largest file that may be checked or handed in over the API (bytes)."
    )
    check_waiting: int = Field(
        default=64, ge=0, le=10_000, description="Files that may wait to be checked; more are asked to come again."
    )
    appeal_days: int = Field(default=14, ge=1, le=365, description="Days within which an appeal is answered.")
    blind_share: float = Field(
        default=0.05, ge=0, le=1, description="The share of decided cases that somebody else decides again, unknowing."
    )
    log_json: bool = Field(default=False, description="Log one JSON object a line instead of text for people.")
    file_bytes: int = Field(
        default=_BOUNDS.file_bytes, ge=1, description="A larger file is hashed but neither kept nor decoded (bytes)."
    )
    archive_bytes: int = Field(
        default=_BOUNDS.archive_bytes, ge=1, description="What one archive may unpack to, in all (bytes)."
    )
    picture_pixels: int = Field(
        default=_BOUNDS.picture_pixels, ge=1, description="A picture of more pixels is not decoded."
    )
    decode_seconds: float = Field(
        default=_BOUNDS.decode_seconds, gt=0, description="Seconds that one decoding call may take."
    )
    decode_memory: int = Field(
        default=_BOUNDS.decode_memory, ge=256 << 20, description="Address space of one decoding child process (bytes)."
    )
    video_seconds: float = Field(
        default=_BOUNDS.video_seconds, gt=0, description="How much of a recording is read (seconds)."
    )

    @field_validator("require_totp")
    @classmethod
    def _roles(cls, value: str) -> str:
        """Refuse what is no role."""
        wrong = sorted(set(_listed(value)) - {"all", *Role})
        if wrong:
            raise ValueError(f"{', '.join(wrong)} is no role; roles are {', '.join(Role)}, or all of them: all")
        return value

    @cached_property
    def totp_roles(self) -> frozenset[Role]:
        """Who must have a second factor."""
        named = set(_listed(self.require_totp))
        return frozenset(Role) if "all" in named else frozenset(map(Role, named))

    @field_validator("oidc_roles")
    @classmethod
    def _mapping(cls, value: str) -> str:
        """Refuse what stands for no role."""
        for pair in _listed(value):
            if pair.rpartition("=")[2].strip() not in set(Role) or not pair.rpartition("=")[0].strip():
                raise ValueError(f"{pair!r} is no value=role; roles are {', '.join(Role)}")
        return value

    @field_validator("oidc_issuer", "public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        """Refuse what is no address of the web."""
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("it begins with https://")
        return value

    @cached_property
    def oidc_role_map(self) -> dict[str, Role]:
        """Which role each value of the provider's claim stands for."""
        pairs = (pair.rpartition("=") for pair in _listed(self.oidc_roles))
        return {value.strip(): Role(role.strip()) for value, _equals, role in pairs}

    @cached_property
    def oidc_allowed(self) -> frozenset[str]:
        """Whom the provider may send, in small letters."""
        return frozenset(word.lower() for word in _listed(self.oidc_allow))

    @cached_property
    def provider_name(self) -> str:
        """What the provider of logins is called; empty where there is none."""
        return self.oidc_name or urlsplit(self.oidc_issuer).netloc if self.oidc_issuer else ""

    @cached_property
    def address(self) -> str:
        """The address at which people reach the console, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @cached_property
    def key_file(self) -> Path:
        """The file with the key that seals secrets in the store."""
        return self.home / "secret.key"

    @cached_property
    def limits(self) -> Limits:
        """The bounds on hostile input that follow from these settings."""
        return Limits(
            file_bytes=self.file_bytes,
            archive_bytes=self.archive_bytes,
            picture_pixels=self.picture_pixels,
            decode_seconds=self.decode_seconds,
            decode_memory=self.decode_memory,
            video_seconds=self.video_seconds,
        )

    @cached_property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        if not self.database_url:
            return f"sqlite:///{self.home.absolute() / 'qalqan.db'}"
        return _with_driver(self.database_url)

    @cached_property
    def jobs_url(self) -> str:
        """The URL of the durable jobs' own tables: a second file beside SQLite, a schema within PostgreSQL."""
        if not self.database_url:
            return f"sqlite:///{self.home.absolute() / 'jobs.db'}"
        return _with_driver(self.database_url)


def read_settings() -> Settings:
    """Return the settings of the environment. Raises BadValue, naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        variable = f"QALQAN_{first['loc'][0]}".upper()
        raise BadValue(
            f"{variable} is wrong: {first['msg']}.", hint="Set it anew, or unset it: each has a default."
        ) from None


def _listed(value: str) -> list[str]:
    """Return the words of a list with commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


def _with_driver(url: str) -> str:
    """Say which driver speaks to PostgreSQL, as people rarely write it."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


def described(settings: Settings) -> list[dict[str, str]]:
    """Return each setting's variable, value, default and meaning; a password in a URL is left out."""
    return [
        {
            "variable": f"QALQAN_{name.upper()}",
            "value": _shown(getattr(settings, name)),
            "default": _shown(field.default),
            "meaning": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:…@", "" if value is None else str(value))
