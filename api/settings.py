"""What the operator may set: environment variables, each with a working default."""

from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.attachments.rules import Rules
from domain.sessions import Lengths
from schema.limits import Limits

LEAST_EVENTS_DAYS = 7


class Mode(StrEnum):
    """How much the service shows: GraphiQL and introspection belong to development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Read from the environment; the field's alias is the variable's name."""

    model_config = SettingsConfigDict(populate_by_name=True, env_ignore_empty=True)

    mode: Mode = Field(default=Mode.DEVELOPMENT, validation_alias="ADUAN_MODE")
    host: str = Field(default="127.0.0.1", validation_alias="ADUAN_HOST")
    port: int = Field(default=8000, validation_alias="ADUAN_PORT", ge=0, le=65535)
    data_dir: Path = Field(default=Path(".aduan"), validation_alias="ADUAN_DATA_DIR")
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    secret_keys: str | None = Field(default=None, validation_alias="ADUAN_SECRET_KEYS")
    admin_email: str | None = Field(default=None, validation_alias="ADUAN_ADMIN_EMAIL")
    admin_password: str | None = Field(default=None, validation_alias="ADUAN_ADMIN_PASSWORD")
    pool_size: int = Field(default=10, validation_alias="ADUAN_POOL_SIZE", ge=2, le=200)
    allowed_origins: tuple[str, ...] = Field(default=(), validation_alias="ADUAN_ALLOWED_ORIGINS")
    """Web origins whose pages may call the API, over HTTP and WebSocket; JSON list."""
    trusted_proxies: str = Field(default="127.0.0.1,::1", validation_alias="ADUAN_TRUSTED_PROXIES")
    """Addresses and networks of the proxies whose X-Forwarded-For says where a request comes from."""
    session_idle_minutes: int = Field(default=60, validation_alias="ADUAN_SESSION_IDLE_MINUTES", ge=1)
    session_hours: int = Field(default=12, validation_alias="ADUAN_SESSION_HOURS", ge=1, le=720)
    admin_needs_totp: bool = Field(default=False, validation_alias="ADUAN_ADMIN_NEEDS_TOTP")
    """Administrators must have a second factor."""
    read_seconds: int = Field(default=5, validation_alias="ADUAN_READ_SECONDS", ge=1, le=60)
    """How long one statement that reads may take."""
    limit_body_bytes: int = Field(default=131_072, validation_alias="ADUAN_LIMIT_BODY_BYTES", ge=1_024)
    limit_text_bytes: int = Field(default=16_384, validation_alias="ADUAN_LIMIT_TEXT_BYTES", ge=1_024)
    limit_tokens: int = Field(default=1_000, validation_alias="ADUAN_LIMIT_TOKENS", ge=50, le=2_000)
    limit_depth: int = Field(default=10, validation_alias="ADUAN_LIMIT_DEPTH", ge=1, le=50)
    limit_nesting: int = Field(default=100, validation_alias="ADUAN_LIMIT_NESTING", ge=20, le=100)
    limit_aliases: int = Field(default=15, validation_alias="ADUAN_LIMIT_ALIASES", ge=1)
    limit_root_fields: int = Field(default=10, validation_alias="ADUAN_LIMIT_ROOT_FIELDS", ge=1)
    limit_fields: int = Field(default=500, validation_alias="ADUAN_LIMIT_FIELDS", ge=1, le=2_000)
    limit_directives: int = Field(default=20, validation_alias="ADUAN_LIMIT_DIRECTIVES", ge=0)
    limit_comparisons: int = Field(default=4_000, validation_alias="ADUAN_LIMIT_COMPARISONS", ge=0, le=20_000)
    limit_variable_values: int = Field(default=1_000, validation_alias="ADUAN_LIMIT_VARIABLE_VALUES", ge=1)
    limit_cost: int = Field(default=10_000, validation_alias="ADUAN_LIMIT_COST", ge=1)
    limit_known_factor: int = Field(default=4, validation_alias="ADUAN_LIMIT_KNOWN_FACTOR", ge=1, le=20)
    streams: int = Field(default=10_000, validation_alias="ADUAN_STREAMS", ge=1)
    """Open subscriptions of one process, in all; below, of one address, and of one key or account."""
    streams_per_address: int = Field(default=1_000, validation_alias="ADUAN_STREAMS_PER_ADDRESS", ge=1)
    streams_per_caller: int = Field(default=1_000, validation_alias="ADUAN_STREAMS_PER_CALLER", ge=1)
    socket_operations: int = Field(default=20, validation_alias="ADUAN_SOCKET_OPERATIONS", ge=1, le=1_000)
    """Operations that run at once on one WebSocket."""
    public_url: str | None = Field(default=None, validation_alias="ADUAN_PUBLIC_URL")
    """Where people reach the service, with what a proxy puts before its paths."""
    attachments_url: str | None = Field(default=None, validation_alias="ADUAN_ATTACHMENTS_URL")
    attachment_bytes: int = Field(
        default=10 * 1024**2, validation_alias="ADUAN_ATTACHMENT_BYTES", ge=1_024, le=100 * 1024**2
    )
    attachments_per_message: int = Field(
        default=5, validation_alias="ADUAN_ATTACHMENTS_PER_MESSAGE", ge=0, le=50
    )
    attachments_unused_bytes: int = Field(
        default=5 * 1024**3, validation_alias="ADUAN_ATTACHMENTS_UNUSED_BYTES", ge=0
    )
    attachments_hourly_bytes: int = Field(
        default=200 * 1024**2, validation_alias="ADUAN_ATTACHMENTS_HOURLY_BYTES", ge=1_024
    )
    retention_months: int = Field(default=24, validation_alias="ADUAN_RETENTION_MONTHS", ge=0, le=1_200)
    """How long after its end a complaint keeps who reported it; 0 for always."""
    events_days: int = Field(default=400, validation_alias="ADUAN_EVENTS_DAYS", ge=0, le=36_500)
    """For how many days followers can go on from an event, 7 at least; 0 for always."""
    smtp_url: SecretStr | None = Field(default=None, validation_alias="ADUAN_SMTP_URL")
    """The server that takes e-mail, as `api.mail.server` reads it; without one none is sent."""
    mail_from: str | None = Field(default=None, validation_alias="ADUAN_MAIL_FROM")
    mail_reply_to: str | None = Field(default=None, validation_alias="ADUAN_MAIL_REPLY_TO")
    head_email: str | None = Field(default=None, validation_alias="ADUAN_HEAD_EMAIL")
    """Where the head of the office reads the weekly digest."""
    tracking_url: str | None = Field(default=None, validation_alias="ADUAN_TRACKING_URL")
    """The page of a front-end that shows a report; `{code}` stands for its tracking code."""
    webhook_seconds: int = Field(default=15, validation_alias="ADUAN_WEBHOOK_SECONDS", ge=1, le=60)
    """How long a webhook may take to answer."""
    stop_with_parent: bool = Field(default=False, validation_alias="ADUAN_STOP_WITH_PARENT")

    @field_validator("events_days")
    @classmethod
    def _long_enough(cls, days: int) -> int:
        """Letters and webhooks are tried for days, and must find what they tell of."""
        if 0 < days < LEAST_EVENTS_DAYS:
            message = f"must be 0 (for always) or at least {LEAST_EVENTS_DAYS}"
            raise ValueError(message)
        return days

    def attachment_rules(self) -> Rules:
        """Which attachments are taken."""
        return Rules(self.attachment_bytes, self.attachments_per_message, self.attachments_unused_bytes)

    def session_lengths(self) -> Lengths:
        """How long a session of staff may last."""
        return Lengths(timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_hours))

    def limits(self) -> Limits:
        """What a caller whom nobody knows may ask of the API."""
        return Limits(
            text_bytes=self.limit_text_bytes,
            tokens=self.limit_tokens,
            depth=self.limit_depth,
            nesting=self.limit_nesting,
            aliases=self.limit_aliases,
            root_fields=self.limit_root_fields,
            fields=self.limit_fields,
            directives=self.limit_directives,
            comparisons=self.limit_comparisons,
            variable_values=self.limit_variable_values,
            cost=self.limit_cost,
        )


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
