"""Is everything encrypted anew with a new key while the service runs, also after the command was killed?"""

import asyncio
import signal
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.types import LargeBinary

from domain import second_factor
from domain.auditing import checking
from domain.model.people import Account
from domain.model.tables import metadata
from domain.privacy import rekeying
from domain.privacy.sealed import SEALED
from domain.secrecy import Vault
from tests.commands import ran, told
from tests.service import VAULT, Service
from tests.worker.processes import command, until

NEW = Vault(("kunci-baru-untuk-pengujian-0123456789",))
BOTH = f"{NEW.keys[0]}, {VAULT.keys[0]}"
DIGESTS = {
    *("account.password_hash", "api_client.key_hash", "attachment.digest", "audit_head.hash"),
    *("audit_head.signature", "audit_seal.hash", "complaint.access_token_hash"),
    *("complaint.import_fingerprint", "idempotency_key.fingerprint", "idempotency_key.key_hash"),
    *("recovery_code.code_hash", "sign_in_attempt.account_key", "sign_in_attempt.address_key"),
    *("staff_session.token_hash", "supporter.key_hash"),
}
MANY = """
WITH c AS (
    INSERT INTO complaint (id, tracking_code, channel, classification, title, body, privacy, status,
                           submitted_at, updated_at)
    SELECT gen_random_uuid(), 'UJI-' || n, 'LETTER', 'COMPLAINT', 'Jalan', 'Lubang', 'PUBLIC', 'SUBMITTED',
           now(), now() FROM generate_series(1, $1) AS n RETURNING id)
INSERT INTO reporter (complaint_id, name, phone) SELECT id, $2, $3 FROM c
"""
# The last batch waits at the gate that the test holds shut.
GATE = """
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed WHERE complaint_id = (SELECT complaint_id FROM reporter
                                                          ORDER BY complaint_id DESC LIMIT 1)) THEN
        PERFORM pg_advisory_xact_lock(77);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER gate AFTER UPDATE ON reporter REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION wait_at_gate()
"""
WAITING = (
    "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 77"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


def test_every_encrypted_column_is_known() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {f"{each.table.name}.{name}" for each in SEALED for name in each.columns}
    assert binary - DIGESTS == sealed


async def standing(service: Service, vault: Vault) -> tuple[int, int, int]:
    async with service.database.write() as session:
        counted = await rekeying.count(session, vault)
    return counted.newest, counted.earlier, counted.unreadable


async def test_a_new_key_takes_over_after_a_kill(service: Service, database_url: str) -> None:
    number = 2 * rekeying.BATCH + 10
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database_url)
    await connection.execute(MANY, number, VAULT.seal("Ratna Wulandari"), VAULT.seal("+6281398765432"))
    office = await service.office()
    async with service.database.write() as session:
        account = (await session.scalars(sa.select(Account))).one()
        second_factor.begin(VAULT, account)
        secret = second_factor.secret_of(VAULT, account)
    both = Vault.parse(BOTH)
    assert await standing(service, both) == (0, 2 * number + 1, 0)

    await connection.execute(GATE)
    await connection.execute("SELECT pg_advisory_lock(77)")
    process = command(database_url, "privacy", "rekey", ADUAN_SECRET_KEYS=BOTH)
    await until(connection, WAITING)
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.communicate)
    await connection.execute("SELECT pg_advisory_unlock(77)")
    await until(connection, f"NOT {WAITING}")
    await connection.execute("DROP TRIGGER gate ON reporter")
    await connection.close()
    done = 4 * rekeying.BATCH
    assert await standing(service, both) == (done, 2 * number + 1 - done, 0)
    note = f"{2 * number + 1 - done} encrypted values are still by an earlier key"
    assert note in (await ran(service, database_url, "doctor", ADUAN_SECRET_KEYS=BOTH))[1]

    # Meanwhile the service, which does not know the new key yet, goes on.
    made = await service.submitted(reporterName="Siti Aminah")
    said = await told(service, database_url, "privacy", "rekey", ADUAN_SECRET_KEYS=BOTH)
    assert f"Encrypted anew: {2 * number + 2 - done} values." in said
    assert "The earlier keys can be taken out" in said
    assert await standing(service, NEW) == (2 * number + 2, 0, 0)
    look = "query ($c: String!) { complaint(trackingCode: $c) { reporter { name } } }"
    answer = await service.ask(look, office, c=made["trackingCode"])
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL"]  # it has the old key
    async with service.database.write() as session:
        account = (await session.scalars(sa.select(Account))).one()
        assert second_factor.secret_of(NEW, account) == secret
        assert (await checking.check(session, NEW)).fault is None
    assert (
        "the newest has encrypted all"
        in (await ran(service, database_url, "doctor", ADUAN_SECRET_KEYS=BOTH))[1]
    )
    # Taken out too early, in the other direction: the doctor and the command both say so.
    status, said = await ran(service, database_url, "privacy", "rekey")
    assert (status, "None of the keys opens" in said) == (1, True)
    assert "they do not open" in (await ran(service, database_url, "doctor"))[1]
