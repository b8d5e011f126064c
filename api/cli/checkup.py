"""Is everything in order, and if not, what is to be done: `aduan doctor`?"""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg

from api.attachments.desk import store_of
from api.cli.event_findings import event_findings
from api.cli.failures import explained
from api.cli.finding import Finding, State, fine
from api.cli.mail_findings import letter_findings, mail_findings
from api.cli.privacy_findings import privacy_findings
from api.cli.reminder_findings import reminder_findings
from api.cli.terminal import out, say
from api.cli.trail_findings import trail_findings
from api.cli.webhook_findings import webhook_finding
from api.database import connect
from api.embedded import EmbeddedPostgresError, running_dsn
from api.migrate import head
from api.operator_error import OperatorError
from api.secret_keys import key_file, vault_of
from api.service_database import open_database, require_server
from api.settings import Mode, Settings, settings
from domain.attachments.store import StoreFailure
from domain.calendar import local_day
from domain.secrecy import Vault


def run_checkup() -> bool:
    """`aduan doctor`: whether nothing is wrong."""
    current = settings()
    well = True
    for finding in _findings(current):
        out.print(finding.state.value, end="")
        say(finding.matter)
        if finding.remedy is not None:
            say(f"         -> {finding.remedy}")
        well = well and finding.state is not State.WRONG
    say("Everything is in order." if well else "Something is wrong: see above.")
    return well


def _findings(current: Settings) -> Iterator[Finding]:
    yield fine(f"Mode: {current.mode.value} (ADUAN_MODE).")
    yield _service(current)
    yield _data_folder(current)
    yield _attachments(current)
    try:
        yield from mail_findings(current)
    except OperatorError as error:
        yield _wrong(error, "E-mail")
    vault = None
    kept_in_file = current.database_url is None or current.mode is Mode.DEVELOPMENT
    if current.secret_keys is None and kept_in_file and not key_file(current).exists():
        # Not made here: this command changes nothing.
        yield Finding(State.NOTE, "Secret keys: none yet; the first `aduan serve` makes them.")
    else:
        try:
            vault = vault_of(current)
        except OperatorError as error:
            yield _wrong(error, "Secret keys")
        else:
            yield _keys(current)
    yield from _database(current, vault)


def _wrong(error: BaseException, matter: str) -> Finding:
    """A failure: what it is about, and its one line, which names the remedy."""
    what, _, remedy = (explained(error) or f"{type(error).__name__}").rpartition(": ")
    return Finding(State.WRONG, f"{matter}: {what or remedy}.", remedy if what else None)


def _service(current: Settings) -> Finding:
    address = f"{current.host}:{current.port}"
    try:
        socket.create_connection((current.host, current.port), timeout=1).close()
    except OSError:
        return Finding(State.NOTE, f"Service: nothing answers at {address}; `aduan serve` starts it.")
    return fine(f"Service: something answers at {address}.")


def _data_folder(current: Settings) -> Finding:
    folder = current.data_dir.resolve()
    there = folder if folder.exists() else next(above for above in folder.parents if above.exists())
    if folder.exists() and not folder.is_dir():
        return Finding(
            State.WRONG, f"Data folder: {folder} is a file.", "Set ADUAN_DATA_DIR to another folder."
        )
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = f"Give this user the right to write to {there}, or set ADUAN_DATA_DIR to another folder."
        needed = current.database_url is None
        return Finding(
            State.WRONG if needed else State.NOTE, f"Data folder: {folder} cannot be written.", remedy
        )
    return fine(f"Data folder: {folder} can be written.")


def _attachments(current: Settings) -> Finding:
    """Where attachments lie, looked at without writing anything there."""
    try:
        store = store_of(current)
        if store.folder is None:
            store.reach()
            return fine(f"Attachments: {store.shown} answers.")
    except OperatorError as error:
        return _wrong(error, "Attachments")
    except StoreFailure as error:
        remedy = (
            "Correct ADUAN_ATTACHMENTS_URL, or the rights and keys in the environment that it is used with."
        )
        return Finding(State.WRONG, f"Attachments: {store.shown} cannot be used ({error}).", remedy)
    folder = store.folder
    there = folder if folder.exists() else next(above for above in folder.parents if above.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = f"Give this user the right to write to {there}, or set ADUAN_ATTACHMENTS_URL."
        return Finding(State.WRONG, f"Attachments: {folder} cannot be written.", remedy)
    if current.database_url is not None and current.attachments_url is None:
        remedy = (
            "Where the service runs on several machines, set ADUAN_ATTACHMENTS_URL to what all of them reach."
        )
        return Finding(State.NOTE, f"Attachments: in {folder}, on this machine only.", remedy)
    return fine(f"Attachments: in {folder}, which can be written.")


def _keys(current: Settings) -> Finding:
    if current.secret_keys is not None:
        return fine("Secret keys: from ADUAN_SECRET_KEYS.")
    path = key_file(current)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(State.WRONG, f"Secret keys: others can read {path}.", f"chmod 600 {path}")
    return fine(f"Secret keys: from {path}. Keep a copy of it with every backup of the data.")


def _database(current: Settings, vault: Vault | None) -> Iterator[Finding]:
    if current.database_url is None:
        if not (current.data_dir / "postgres").exists():
            yield Finding(
                State.WRONG, "Database: there is none yet.", "Run `aduan serve`, or set DATABASE_URL."
            )
            return
        running = running_dsn(current.data_dir) is not None
        yield fine(
            f"Database: the embedded PostgreSQL, {'running' if running else 'started for this check'}."
        )
    try:
        with open_database(current, lambda _: None) as url:
            yield from asyncio.run(_asked(url, vault))
    except (OperatorError, EmbeddedPostgresError) as error:
        yield _wrong(error, "Database")


async def _asked(url: str, vault: Vault | None) -> list[Finding]:
    version = await require_server(url)
    connection = await connect(url)
    try:
        schema = await _schema(connection)
        found = [fine(f"Database: PostgreSQL {version} answers."), schema]
        if schema.state is State.WRONG:
            return found
        found += [finding async for finding in _contents(connection)]
    finally:
        await connection.close()
    return [*found, *await privacy_findings(url, vault)]


async def _schema(connection: "asyncpg.Connection[Any]") -> Finding:
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        revision = None
    if revision != head():
        return Finding(
            State.WRONG,
            f"Schema: revision {revision or 'none'}, and this version needs {head()}.",
            "Run `aduan migrate`.",
        )
    return fine(f"Schema: up to date (revision {revision}).")


async def _contents(connection: "asyncpg.Connection[Any]") -> AsyncIterator[Finding]:
    yield await _master_data(connection)
    yield await _holidays(connection)
    admins = await connection.fetchval("SELECT count(*) FROM account WHERE role = 'ADMIN' AND active")
    yield (
        fine(f"Accounts: {admins} administrator{'s' * (admins != 1)}.")
        if admins
        else Finding(
            State.WRONG, "Accounts: there is no administrator.", "Run `aduan user create --role ADMIN ...`."
        )
    )
    async for finding in letter_findings(connection):
        yield finding
    for finding in await trail_findings(connection):
        yield finding
    for finding in await event_findings(connection):
        yield finding
    for finding in await reminder_findings(connection, datetime.now(UTC)):
        yield finding
    yield await webhook_finding(connection)


async def _master_data(connection: "asyncpg.Connection[Any]") -> Finding:
    tables = {"opd": "OPDs", "area": "areas", "category": "categories", "sla_rule": "rules for deadlines"}
    counts = {
        shown: await connection.fetchval(f"SELECT count(*) FROM {table}") for table, shown in tables.items()
    }
    told = ", ".join(f"{count} {shown}" for shown, count in counts.items())
    if not all(counts.values()):
        return Finding(State.WRONG, f"Master data: {told}.", "Run `aduan seed`.")
    unconfirmed = await connection.fetchval("SELECT count(*) FROM sla_rule WHERE NOT confirmed")
    if unconfirmed:
        return Finding(
            State.NOTE,
            f"Master data: {told}, of which Diskominfo has not confirmed {unconfirmed} rules.",
            "Check the deadlines against the law, and confirm them in the panel.",
        )
    return fine(f"Master data: {told}.")


async def _holidays(connection: "asyncpg.Connection[Any]") -> Finding:
    this_year = local_day(datetime.now(UTC)).year
    years = {
        row["year"]
        for row in await connection.fetch("SELECT DISTINCT extract(year FROM date)::int AS year FROM holiday")
    }
    missing = [str(year) for year in (this_year, this_year + 1) if year not in years]
    if missing:
        return Finding(
            State.NOTE,
            f"Holidays: none for {' and '.join(missing)}, so deadlines there count them as working days.",
            "Run `aduan seed`, or enter them in the panel.",
        )
    return fine(f"Holidays: entered up to {max(years)}.")
