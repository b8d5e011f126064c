"""The command `aduan` on the database of a test's service, with the service's keys and attachments."""

import asyncio

from typer.testing import CliRunner

from api.cli.main import app
from api.settings import settings
from tests.service import VAULT, Service


async def told(service: Service, database_url: str, *arguments: str, **variables: str) -> str:
    """What a command says that ends well."""
    status, said = await ran(service, database_url, *arguments, **variables)
    assert status == 0, said
    return said


async def ran(service: Service, database_url: str, *arguments: str, **variables: str) -> tuple[int, str]:
    """How a command ends, and what it says. It runs in a thread of this process, which spares its start."""
    given = {
        "DATABASE_URL": database_url,
        "ADUAN_SECRET_KEYS": VAULT.keys[0],
        "ADUAN_DATA_DIR": str(service.attachments.parent),
    } | variables
    settings.cache_clear()
    try:
        done = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=given)
    finally:
        settings.cache_clear()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
