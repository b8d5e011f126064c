"""Is every column of the watched tables in the audit trail as it was decided, also one that comes later?"""

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest

Connection: TypeAlias = "asyncpg.Connection[Any]"
ADD = "INSERT INTO holiday (id, date, name, kind) VALUES (gen_random_uuid(), $1::text::date, 'Uji', 'LOCAL')"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


async def told(connection: Connection, *statements: str) -> list[tuple[Any, ...]]:
    """What the trail says of statements: operation, what was shown before and after, and what is hidden."""
    last = await connection.fetchval("SELECT max(id) FROM audit_entry")
    for statement in statements:
        await connection.execute(statement)
    columns = "operation, before::text, after::text, hidden"
    rows = await connection.fetch(f"SELECT {columns} FROM audit_entry WHERE id > $1 ORDER BY id", last)
    return [tuple(row) for row in rows]


async def test_what_is_decided_names_columns_that_are_there(connection: Connection) -> None:
    unknown = """SELECT watched, name
                   FROM audit_watched(), unnest(shown || ignored || ARRAY[key, subject]) AS name
                  WHERE name NOT IN (SELECT attname FROM pg_attribute WHERE attrelid = watched)"""
    assert await connection.fetch(unknown) == []
    watched = {row[0] for row in await connection.fetch("SELECT watched::text FROM audit_watched()")}
    assert {"complaint", "reporter", "action", "deadline", "account", "api_client", "holiday"} <= watched
    secret = "shown && ARRAY['totp_secret', 'password_hash', 'key_hash', 'secret', 'name', 'email', 'phone']"
    named = await connection.fetch(f"SELECT watched::text FROM audit_watched() WHERE {secret}")
    assert {row[0] for row in named} == {"opd", "area", "category", "holiday"}, "names that are no person's"


async def test_what_is_recorded_of_a_row(connection: Connection) -> None:
    for day in ("2027-09-01", "2027-09-02"):
        await connection.execute(ADD, day)
    new = "WHERE name = 'Uji'"
    assert await told(connection, f"UPDATE holiday SET name = name {new}") == []
    kinds = await told(connection, f"UPDATE holiday SET kind = 'NATIONAL' {new}")
    assert kinds == [("UPDATE", '{"kind": "LOCAL"}', '{"kind": "NATIONAL"}', None)] * 2
    row = '{"date": "2027-09-01", "kind": "NATIONAL", "name": "Uji"}'
    # A row whose key was changed is one that has gone and one that has come.
    assert await told(connection, "UPDATE holiday SET id = gen_random_uuid() WHERE date = '2027-09-01'") == [
        ("DELETE", row, None, None),
        ("INSERT", None, row, None),
    ]
    assert await told(connection, "DELETE FROM holiday WHERE date = '2027-09-01'") == [
        ("DELETE", row, None, None)
    ]
    account = """INSERT INTO account (id, email, name, role, password_hash)
                 VALUES (gen_random_uuid(), 'a@b.id', 'A', 'ADMIN', 'x')"""
    ((_, _, after, _),) = await told(connection, account)
    assert after == '{"role": "ADMIN", "active": true, "password_standing": "OWN"}'
    assert await told(
        connection,
        "UPDATE account SET totp_secret = '', totp_confirmed_at = '2027-01-01Z', password_standing = 'GIVEN'",
        "UPDATE account SET totp_last_step = 5, last_signed_in_at = now()",
        "UPDATE account SET totp_secret = 'y', email = 'c@b.id'",
    ) == [
        (
            "UPDATE",
            '{"password_standing": "OWN", "totp_confirmed_at": null}',
            '{"password_standing": "GIVEN", "totp_confirmed_at": "2027-01-01T00:00:00+00:00"}',
            ["totp_secret"],
        ),
        ("UPDATE", None, None, ["email", "totp_secret"]),
    ]


async def test_a_column_that_comes_later_is_recorded_as_changed(
    connection: Connection,
) -> None:
    await connection.execute("ALTER TABLE opd ADD COLUMN motto text; SELECT audit_watch_again()")
    change = "UPDATE opd SET motto = 'Melayani', website = 'https://dlh.id' WHERE code = 'DLH'"
    assert await told(connection, change) == [
        ("UPDATE", '{"website": null}', '{"website": "https://dlh.id"}', ["motto"])
    ]
    await connection.execute("ALTER TABLE opd DROP COLUMN motto; SELECT audit_watch_again()")
    assert len(await told(connection, "UPDATE opd SET website = NULL WHERE code = 'DLH'")) == 1
