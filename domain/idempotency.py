"""How a repeated write finds the answer of the first: one effect for a key, however often it is sent."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import IdempotencyMismatch
from domain.model.event import IdempotencyKey
from domain.secrecy import token_hash

KEY_MAX = 200


def fingerprint(values: Mapping[str, Any]) -> bytes:
    """What tells one input from another."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).digest()


async def claim(session: AsyncSession, scope: str, key: str, digest: bytes) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this transaction is the first to use it.

    A second request with the same key waits here until the first has committed or failed. The same key
    with another input is an IdempotencyMismatch.
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
    if row.fingerprint != digest:
        raise IdempotencyMismatch("idempotency_mismatch", field="idempotencyKey")
    return row, first
