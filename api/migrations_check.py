"""Whether the migrations make exactly the tables that the models describe: two catalogues, compared."""

import asyncio
import difflib
import sys
import tempfile
from pathlib import Path

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from api.database import connect
from api.embedded import EmbeddedPostgres
from api.migrate import migrate
from domain.model.tables import metadata

_CATALOGUE = """
SELECT format('column %s.%s %s%s default %s identity %s', c.relname, a.attname,
              format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(pg_get_expr(d.adbin, d.adrelid), '-'), a.attidentity)
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
UNION ALL
SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
  FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
   AND conrelid::regclass::text <> 'alembic_version'
UNION ALL
SELECT format('index %s', indexdef) FROM pg_indexes
 WHERE schemaname = 'public' AND tablename <> 'alembic_version'
ORDER BY 1
"""


async def _catalogue(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(_CATALOGUE)]
    finally:
        await connection.close()


async def _described(url: str) -> list[str]:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(url))
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE EXTENSION pg_trgm"))
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    return await _catalogue(url)


async def _migrated(url: str) -> list[str]:
    await migrate(url)
    return await _catalogue(url)


async def differences(server: EmbeddedPostgres) -> list[str]:
    """What the migrations and the models do not agree on, as a diff."""
    connection = await asyncpg.connect(server.dsn())
    for name in ("described", "migrated"):
        await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    described = await _described(server.dsn("described"))
    migrated = await _migrated(server.dsn("migrated"))
    return list(difflib.unified_diff(migrated, described, "the migrations", "the models", lineterm="", n=0))


def main() -> int:
    """Prints the differences; the exit code tells whether there are any."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres.start(Path(folder) / "data", durable=False) as server,
    ):
        found = asyncio.run(differences(server))
    if found:
        sys.stderr.write("\n".join([*found, "Write a migration for it.", ""]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
