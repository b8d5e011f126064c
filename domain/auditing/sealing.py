"""How are the trail's entries chained, so that none is changed, taken away or put between without a trace?

Each seal hashes its entry and the seal before it. That happens after the entries' transactions, below the
snapshot's horizon, as followers read the events: a chain within the writers' transactions would let only one
of them write at a time, and one by the entries' numbers alone would pass over what a slow transaction commits
late. The chain's head is signed with a key that is not in the database: whoever could rewrite it all could
not sign it.
"""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.audit import AuditHead
from domain.secrecy import Vault

BATCH = 5_000
LOCK = 0x6164_7533
"""The advisory lock's number: only one process seals at a time."""
START = bytes(32)
"""What stands before the first entry."""
PURPOSE = "audit-head"

CONTENT = (
    "jsonb_build_array(e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), e.actor,"
    " e.database_user, e.table_name, e.operation, e.row_key, e.subject, e.before, e.after, e.hidden)::text"
)
"""All that an entry says, in one spelling. Its transaction's number is not part of it: a dump keeps that, but
it means something only in the cluster that gave it."""

_LAST = sa.text("SELECT position, hash FROM audit_seal ORDER BY position DESC LIMIT 1")
# Of a database that was restored from a dump the last sealed entry seems to lie in the future. What that dump
# brought is then complete, and what has been written since is found by having no seal.
_NEXT = sa.text(
    f"""
SELECT e.id, {CONTENT} AS content
  FROM audit_entry AS e
 WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())
   AND (e.xid, e.id) > (SELECT l.xid, l.id FROM audit_seal AS s JOIN audit_entry AS l ON l.id = s.entry_id
                         ORDER BY s.position DESC LIMIT 1)
   AND NOT EXISTS (SELECT FROM audit_seal WHERE entry_id = e.id)
 ORDER BY e.xid, e.id LIMIT {BATCH}
"""
)
_UNSEALED = sa.text(
    f"""
SELECT e.id, {CONTENT} AS content
  FROM audit_entry AS e
 WHERE (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
   AND NOT EXISTS (SELECT FROM audit_seal WHERE entry_id = e.id)
 ORDER BY e.xid < pg_snapshot_xmax(pg_current_snapshot()), e.xid, e.id LIMIT {BATCH}
"""
)
ANEW = sa.text(
    """
SELECT NOT EXISTS (SELECT FROM audit_seal)
    OR (SELECT l.xid >= pg_snapshot_xmax(pg_current_snapshot())
          FROM audit_seal AS s JOIN audit_entry AS l ON l.id = s.entry_id ORDER BY s.position DESC LIMIT 1)
"""
)
"""Whether the order of transactions says nothing of what is sealed: nothing is, or a dump was restored."""
_INSERT = sa.text(
    "INSERT INTO audit_seal (position, entry_id, hash) SELECT * FROM unnest(:positions, :entries, :hashes)"
).bindparams(
    sa.bindparam("positions", type_=ARRAY(sa.BigInteger())),
    sa.bindparam("entries", type_=ARRAY(sa.BigInteger())),
    sa.bindparam("hashes", type_=ARRAY(sa.LargeBinary())),
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends."""

    position: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """A head as it was printed. Raises ValueError."""
        position, _, digest = text.strip().partition(":")
        head = cls(int(position), bytes.fromhex(digest))
        if len(head.hash) != len(START) or head.position < 1:
            raise ValueError(text)
        return head

    def signatures(self, vault: Vault) -> list[bytes]:
        """Its signature by each of the service's keys, newest first."""
        message = str(self).encode()
        return [hmac.digest(key, message, "sha256") for key in vault.derivations(PURPOSE)]


def link(before: bytes, content: str) -> bytes:
    """The hash of an entry at its place in the chain."""
    return hashlib.sha256(before + content.encode()).digest()


async def last(session: AsyncSession) -> Head:
    """Where the chain ends now."""
    row = (await session.execute(_LAST)).first()
    return Head(row.position, row.hash) if row else Head(0, START)


async def seal(session: AsyncSession, vault: Vault) -> int:
    """Seals the next entries, up to BATCH of them; returns how many. Of two processes one waits."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    end = await last(session)
    position, digest = end.position, end.hash
    anew = await session.scalar(ANEW)
    positions, entries, hashes = [], [], []
    for row in await session.execute(_UNSEALED if anew else _NEXT):
        position, digest = position + 1, link(digest, row.content)
        positions.append(position)
        entries.append(row.id)
        hashes.append(digest)
    if positions:
        values = {"positions": positions, "entries": entries, "hashes": hashes}
        await session.execute(_INSERT, values)
        await sign(session, vault, Head(position, digest))
    return len(positions)


async def seal_all(write: Callable[[], AbstractAsyncContextManager[AsyncSession]], vault: Vault) -> int:
    """Seals what there is to seal, batch by batch; returns how many entries."""
    sealed = 0
    while True:
        async with write() as session:
            batch = await seal(session, vault)
        sealed += batch
        if batch < BATCH:
            return sealed


async def sign(session: AsyncSession, vault: Vault, head: Head) -> None:
    """Keeps a head with its signature by the newest key."""
    signature = head.signatures(vault)[0]
    await session.execute(
        sa.insert(AuditHead).values(position=head.position, hash=head.hash, signature=signature)
    )
