"""How the database is brought to the schema that this version needs, by one process at a time."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.database import connect

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 0x6164_7561_6E
"""The advisory lock's number: the letters of "aduan"."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, all of them in code."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The newest revision that this version brings."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def _upgrade(connection: Connection) -> tuple[str | None, str | None]:
    before = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if before == head():
        return before, before
    connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        # A migration that waits for a busy table gives up rather than queue everyone behind it.
        connection.execute(sa.text("SET lock_timeout = '5s'"))
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.commit()
        command.upgrade(alembic_config(connection), "head")
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()
    return before, head()


async def migrate(url: str) -> tuple[str | None, str | None]:
    """Applies what is missing; returns the revisions before and after."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(url), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def migrate_now(url: str) -> tuple[str | None, str | None]:
    """`migrate` for callers that run no event loop."""
    return asyncio.run(migrate(url))
