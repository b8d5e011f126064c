"""What the operator may set: environment variables, each with a working default."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    """Web origins whose pages may call the API; JSON list."""
    stop_with_parent: bool = Field(default=False, validation_alias="ADUAN_STOP_WITH_PARENT")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
