"""Is a database set up for this version of the service: its schema, master data and an account?"""

import asyncpg
import sqlalchemy as sa

from api.cli.on_database import database_at
from api.database import connect
from api.migrate import head
from domain.model.people import Account

HAS_ACCOUNTS = sa.select(sa.exists(sa.select(Account.id)))


async def is_set_up(url: str) -> bool:
    """Whether the service can begin to answer."""
    if not await has_schema_and_data(url):
        return False
    async with database_at(url) as database, database.write() as session:
        return bool(await session.scalar(HAS_ACCOUNTS))


async def has_schema_and_data(url: str) -> bool:
    """Whether the database has this version's schema and some master data."""
    connection = await connect(url)
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision == head() and bool(await connection.fetchval("SELECT EXISTS (SELECT FROM opd)"))
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
