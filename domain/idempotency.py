"""How a repeated write finds the answer of the first: one effect for a key, however often it is sent."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import IdempotencyMismatch
from domain.model.event import IdempotencyKey
from domain.secrecy import Vault, token_hash

KEY_MAX = 200
_PURPOSE = "idempotency"


def fingerprint(values: Mapping[str, Any]) -> bytes:
    """What tells one input from another."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).digest()


def keyed_fingerprints(vault: Vault, values: Mapping[str, Any]) -> list[bytes]:
    """`fingerprint` of values that name a person, by each of the service's keys, newest first.

    By a plain one, whoever reads the table could try telephone numbers until one fits.
    """
    plain = fingerprint(values)
    return [hmac.digest(key, plain, "sha256") for key in vault.derivations(_PURPOSE)]


async def claim(
    session: AsyncSession, scope: str, key: str, digest: bytes, *earlier: bytes
) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this transaction is the first to use it.

    A second request with the same key waits here until the first has committed or failed. The same key
    with another input is an IdempotencyMismatch; `earlier` are fingerprints of this input that count, too.
    """
    identity = (scope, token_hash(key))
    taken = await session.execute(
        insert(IdempotencyKey)
        .values(scope=scope, key_hash=identity[1], fingerprint=digest)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key_hash)
    )
    first = taken.first() is not None
    row = await session.get_one(IdempotencyKey, identity)
    if row.fingerprint not in (digest, *earlier):
        raise IdempotencyMismatch("idempotency_mismatch", field="idempotencyKey")
    return row, first
