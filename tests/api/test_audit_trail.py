"""Is every change in the audit trail with who, when and what, and would tampering with the trail be found?"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from api.app_role import grant
from api.cli.trail_findings import trail_findings
from api.database import Database
from domain.auditing import checking, sealing
from domain.auditing.sealing import Head
from domain.auditing.who import command
from domain.model.master import Holiday, Opd
from domain.secrecy import Vault
from domain.words import StaffRole
from tests.service import VAULT, Service, running_service

PERSON = {
    "title": "Lampu Gg. Melati 17 padam",
    "body": "Saya Ratna Wulandari, depan rumah saya gelap.",
    "address": "Gg. Melati 17",
    "reporterName": "Ratna Wulandari",
    "reporterEmail": "ratna.w@contoh.id",
    "reporterPhone": "+62 813-9876-5432",
}
FORGERY = """
CREATE TEMP TABLE complaint (id int);
CREATE TRIGGER t AFTER INSERT ON complaint FOR EACH ROW
    EXECUTE FUNCTION audit_of_complaint('id', '{}', '{}', 'id')
"""


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=3)
    yield opened
    await opened.close()


async def sealed(database: Database, vault: Vault = VAULT) -> int:
    """Seals everything: a transaction of another test, in the same cluster, may hold it back for a moment."""
    number = 0
    while True:
        number += await sealing.seal_all(database.write, vault)
        async with database.write() as session:
            if (await checking.waiting(session))[0] == 0:
                return number
        await asyncio.sleep(0.02)


async def checked(database: Database, kept: Head | None = None, vault: Vault = VAULT) -> checking.Verdict:
    async with database.write() as session:
        return await checking.check(session, vault, kept)


async def test_every_change_says_who_when_and_what(service: Service, database: Database) -> None:
    async with service.database.write() as session:
        start = await session.scalar(sa.text("SELECT max(id) FROM audit_entry"))
    made = await service.dispatched(**PERSON)
    holder = await service.officer("DPUPR")
    code = made["trackingCode"]
    await service.do(
        "actionAdd", holder, "errors { code }", trackingCode=code, version=3, body="Rahasia kerja."
    )
    await service.do("complaintSupport", None, "errors { code }", trackingCode=code, supporterKey="warga-1")
    async with database.write(command("uji")) as session:
        session.add(Holiday(date=date(2050, 3, 1), name="Hari uji", kind="LOCAL"))
    async with database.write() as session:
        await session.execute(
            sa.update(Opd).where(Opd.code == "DLH").values(phone="0254111222", name="DLH Kota")
        )

    async with database.write() as session:
        rows = (
            await session.execute(
                sa.text("SELECT * FROM audit_entry WHERE id > :start ORDER BY id"), {"start": start}
            )
        ).all()
        office = await session.scalar(sa.text("SELECT id::text FROM account WHERE role = 'OFFICE'"))
        officer = await session.scalar(sa.text("SELECT id::text FROM account WHERE role = 'OFFICER'"))
        user = await session.scalar(sa.text("SELECT session_user"))
    told = [(row.actor, row.operation, row.table_name) for row in rows]
    work = [entry for entry in told if entry[2] in ("complaint", "reporter", "action", "disposition")]
    assert set(work) == {
        ("REPORTER", "INSERT", "complaint"),
        ("REPORTER", "INSERT", "reporter"),
        (f"OFFICE:{office}", "UPDATE", "complaint"),
        (f"OFFICE:{office}", "INSERT", "disposition"),
        (f"OFFICER:{officer}", "INSERT", "action"),
        (f"OFFICER:{officer}", "UPDATE", "complaint"),
    }
    assert told[-2][0].startswith("COMMAND:uji")
    assert told[-2][1:] == ("INSERT", "holiday")
    by_hand = rows[-1]
    assert (by_hand.actor, by_hand.database_user) == (f"DATABASE:{user}", user)
    assert by_hand.before == {"name": "Dinas Lingkungan Hidup"}
    assert (by_hand.after, by_hand.hidden) == ({"name": "DLH Kota"}, ["phone"])
    verified = next(row for row in rows if (row.after or {}).get("status") == "VERIFIED")
    assert (verified.before["status"], verified.after["status"]) == ("SUBMITTED", "VERIFIED")
    assert verified.after["version"] == 2
    assert {row.subject for row in rows if row.table_name in ("complaint", "deadline", "action")} == {
        made["id"].removeprefix("Complaint:")
    }
    written = " ".join(str(tuple(row)) for row in rows)
    for word in (
        "Melati",
        "Ratna",
        "ratna",
        "Wulandari",
        "contoh.id",
        "81398765432",
        "9876-5432",
        "Rahasia",
        "0254111222",
        "@",
    ):
        assert word not in written, word
    assert "argon2" not in written
    assert made["accessToken"] not in written


async def test_tampering_is_found_where_it_was_done(
    database: Database, connection: "asyncpg.Connection[Any]"
) -> None:
    await connection.execute("UPDATE opd SET name = name || '.' WHERE code = 'DLH'")
    await sealed(database)
    last = await connection.fetchval("SELECT max(position) FROM audit_seal")
    head = (await checked(database)).head
    assert head is not None
    assert head.position == last
    assert (await checked(database, head)).fault is None
    for statement in ("UPDATE audit_entry SET actor = 'X'", "DELETE FROM audit_seal", "TRUNCATE audit_head"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only added to"):
            await connection.execute(statement)

    # What only somebody can do who owns the database: each is undone again.
    await connection.execute("SET session_replication_role = replica")
    entry = await connection.fetchval("SELECT entry_id FROM audit_seal WHERE position = 7")
    changes = {
        f"UPDATE audit_entry SET actor = 'ADMIN:x' WHERE id = {entry}": f"entry {entry}, of ",
        f"DELETE FROM audit_entry WHERE id = {entry}": f"entry {entry} (position 7) was deleted",
        "DELETE FROM audit_seal WHERE position = 7": "the seal at position 7 was deleted",
        f"DELETE FROM audit_seal WHERE position > {last - 3}": f"cut off after position {last - 3}",
        "DELETE FROM audit_head": "no head of the chain is signed",
        "INSERT INTO audit_entry (xid, actor, table_name, operation)"
        " SELECT xid, 'X', 'opd', 'DELETE' FROM audit_entry WHERE id = 1": "inserted between sealed entries",
        f"UPDATE audit_seal SET hash = sha256('') WHERE position = {last}": f"(position {last}) was altered",
    }
    for statement, found in changes.items():
        await _keep(connection)
        await connection.execute(statement)
        fault = (await checked(database)).fault
        assert fault is not None, statement
        assert found in fault, statement
        await _restore(connection)
    assert (await checked(database)).fault is None

    # All of it cut off alike, or written anew: the head that was kept elsewhere tells.
    await _keep(connection)
    await connection.execute("DELETE FROM audit_entry WHERE id > 20")
    await connection.execute("TRUNCATE audit_seal, audit_head")
    await sealed(database)
    assert (await checked(database)).fault is None
    fault = (await checked(database, head)).fault
    assert fault is not None
    assert "cut off after position 20" in fault
    await _restore(connection)

    await connection.execute("UPDATE audit_entry SET actor = 'X' WHERE id = 5")
    await connection.execute("TRUNCATE audit_seal, audit_head")
    stranger = Vault(("kunci-orang-lain-0123456789",))
    await sealed(database, stranger)
    fault = (await checked(database)).fault
    assert fault is not None
    assert "no head of the chain is signed" in fault
    fault = (await checked(database, head, stranger)).fault
    assert fault is not None
    assert "written anew" in fault


async def _keep(connection: "asyncpg.Connection[Any]") -> None:
    for table in ("audit_entry", "audit_seal", "audit_head"):
        await connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")


async def _restore(connection: "asyncpg.Connection[Any]") -> None:
    for table in ("audit_entry", "audit_seal", "audit_head"):
        await connection.execute(f"TRUNCATE {table}")
        await connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")
        await connection.execute(f"DROP TABLE kept_{table}")


async def test_what_commits_late_is_sealed_in_its_order(
    database: Database, connection: "asyncpg.Connection[Any]"
) -> None:
    await sealed(database)
    rename = "UPDATE opd SET name = name || ' ' WHERE code = $1"
    slow = connection.transaction()
    await slow.start()
    await connection.execute(rename, "DLH")
    async with database.write() as session:
        await session.execute(sa.text("UPDATE opd SET name = name || '.' WHERE code = 'DPUPR'"))
    assert await sealing.seal_all(database.write, VAULT) == 0
    verdict = await checked(database)
    assert (verdict.fault, verdict.waiting) == (None, 1)
    await slow.commit()
    assert await sealed(database) == 2
    assert (await checked(database)).fault is None
    # Several who seal at once make one chain.
    await connection.execute("UPDATE opd SET name = rtrim(name, '. ')")
    assert sum(await asyncio.gather(*(sealed(database) for _ in range(3)))) == 2
    assert (await checked(database)).fault is None


async def test_a_database_from_a_dump_goes_on_with_its_chain(
    database: Database, connection: "asyncpg.Connection[Any]"
) -> None:
    await sealed(database)
    # What a dump brings into a new cluster: numbers of transactions that lie far ahead there.
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("UPDATE audit_entry SET xid = (xid::text::bigint + 1000000000)::text::xid8")
    await connection.execute("SET session_replication_role = origin")
    for _ in range(2):
        await connection.execute("UPDATE opd SET name = name || '.' WHERE code IN ('DLH', 'DPUPR')")
        assert (await checked(database)).fault is None
        assert await sealed(database) == 2
        verdict = await checked(database)
        assert (verdict.fault, verdict.waiting) == (None, 0)


async def test_the_account_that_serves_can_only_add(database_url: str, database: Database) -> None:
    name = f"aduan_test_app_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(database_url)
    await owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'uji'")
    url = make_url(database_url).set(username=name, password="uji").render_as_string(hide_password=False)
    try:
        await grant(database_url, name)
        async with running_service(url) as serving:
            made = await serving.dispatched()
            await serving.staff(StaffRole.ADMIN)
        app = await asyncpg.connect(url)
        try:
            code = await app.fetchval(
                "SELECT after ->> 'tracking_code' FROM audit_entry ORDER BY id DESC LIMIT 1"
            )
            written = await app.fetch("SELECT DISTINCT after ->> 'tracking_code' AS c FROM audit_entry")
            assert made["trackingCode"].replace("-", "") in {
                str(row["c"]).replace("-", "") for row in written
            }, code
            for statement in (
                "UPDATE audit_entry SET actor = 'X'",
                "DELETE FROM audit_entry",
                "TRUNCATE audit_entry",
                "INSERT INTO audit_entry (actor, table_name, operation) VALUES ('X', 'opd', 'DELETE')",
                "UPDATE audit_seal SET hash = ''",
                "DELETE FROM audit_head",
                "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
                "DROP TRIGGER audit_updated ON complaint",
                "SET session_replication_role = replica",
                FORGERY,
                "UPDATE alembic_version SET version_num = '1'",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await app.execute(statement)
            findings = await trail_findings(app)
        finally:
            await app.close()
        restricted = Database(url, size=2)
        assert await sealed(restricted) > 0
        await restricted.close()
        assert (await checked(database)).fault is None
        assert "neither change nor delete" in findings[0].matter
        assert "only triggers refuse" in (await trail_findings(owner))[0].matter
    finally:
        await owner.execute(f"DROP OWNED BY {name}")
        await owner.execute(f"DROP ROLE {name}")
        await owner.close()
