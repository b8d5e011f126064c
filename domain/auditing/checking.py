"""Is the audit trail as it was sealed, and if not, which row is the first that is not?"""

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.auditing.sealing import ANEW, CONTENT, START, Head, link
from domain.model.audit import AuditHead
from domain.secrecy import Vault

AT_ONCE = 5_000
"""Seals of one statement: what is held in memory, however long the chain is."""

_SEALED = sa.text(
    f"""
SELECT s.position, s.entry_id, s.hash, e.table_name, e.row_key, e.at, e.id IS NOT NULL AS is_there,
       {CONTENT} AS content
  FROM audit_seal AS s LEFT JOIN audit_entry AS e ON e.id = s.entry_id
 WHERE s.position > :after ORDER BY s.position LIMIT {AT_ONCE}
"""
)
_BETWEEN = sa.text(
    """
SELECT e.id, e.table_name, e.row_key, e.at
  FROM audit_entry AS e
 WHERE NOT EXISTS (SELECT FROM audit_seal WHERE entry_id = e.id)
   AND (e.xid, e.id) < (SELECT l.xid, l.id FROM audit_seal AS s JOIN audit_entry AS l ON l.id = s.entry_id
                         ORDER BY s.position DESC LIMIT 1)
 ORDER BY e.id LIMIT 1
"""
)
_WAITING = sa.text(
    """
SELECT count(*) AS number, min(at) AS oldest
  FROM audit_entry AS e WHERE NOT EXISTS (SELECT FROM audit_seal WHERE entry_id = e.id)
"""
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: the first fault, or that there is none."""

    fault: str | None
    head: Head | None
    """Where the chain ends; None where nothing is sealed yet."""
    waiting: int = 0
    oldest_waiting: datetime | None = None


async def check(session: AsyncSession, vault: Vault, kept: Head | None = None) -> Verdict:
    """Goes through the chain from its start, which must have the head that was `kept` elsewhere."""
    await session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    reached, signed = Head(0, START), 0
    async for head, is_signed, fault in _walk(session, vault, kept):
        if fault is not None:
            return Verdict(fault, reached if reached.position else None)
        reached, signed = head, head.position if is_signed else signed
    fault = await _end(session, vault, reached, signed, kept) or await _between(session)
    number, oldest = await waiting(session)
    return Verdict(fault, reached if reached.position else None, number, oldest)


async def _walk(
    session: AsyncSession, vault: Vault, kept: Head | None
) -> AsyncIterator[tuple[Head, bool, str | None]]:
    """Each place of the chain as it must be, whether it is a signed head, and what is wrong there."""
    head = Head(0, START)
    while rows := (await session.execute(_SEALED, {"after": head.position})).all():
        signed = await _signed(session, vault, head.position, rows[-1].position)
        for row in rows:
            position = head.position + 1
            if row.position != position:
                yield head, False, f"the seal at position {position} was deleted"
                return
            if not row.is_there:
                yield head, False, f"entry {row.entry_id} (position {position}) was deleted"
                return
            head, fault = Head(position, link(head.hash, row.content)), None
            if head.hash != row.hash:
                fault = f"{_named(row.entry_id, row)} (position {position}) was altered, or its seal was"
            elif signed.get(position, head.hash) != head.hash or (
                kept is not None and kept.position == position and kept.hash != head.hash
            ):
                fault = f"the chain was written anew: at position {position} it had another hash"
            yield head, position in signed, fault


def _named(entry: int, row: "sa.Row[tuple[object, ...]]") -> str:
    return f"entry {entry}, of {row.table_name} {row.row_key or ''} at {row.at:%Y-%m-%d %H:%M:%S}Z"


async def _signed(session: AsyncSession, vault: Vault, after: int, until: int | None) -> dict[int, bytes]:
    """The heads in a part of the chain that are signed with one of the service's keys."""
    rows = await session.scalars(
        sa.select(AuditHead).where(
            AuditHead.position > after, sa.true() if until is None else AuditHead.position <= until
        )
    )
    heads = ((row, Head(row.position, row.hash)) for row in rows)
    return {
        head.position: head.hash
        for row, head in heads
        if any(hmac.compare_digest(row.signature, ours) for ours in head.signatures(vault))
    }


async def _end(
    session: AsyncSession, vault: Vault, reached: Head, signed: int, kept: Head | None
) -> str | None:
    """What the end of the chain says: it must be where it was signed, and no earlier than the head kept."""
    beyond = await _signed(session, vault, reached.position, None)
    furthest = max([*beyond, kept.position if kept is not None else 0])
    if furthest > reached.position:
        return f"the chain was cut off after position {reached.position}: it reached {furthest}"
    if signed == reached.position:
        return None
    if signed == 0:
        return "no head of the chain is signed with the present keys: put the earlier ones behind the newest"
    return f"the seals after position {signed} are not signed: the service did not make them"


async def _between(session: AsyncSession) -> str | None:
    """An entry without a seal that lies before sealed ones: it was not there when they were sealed."""
    if await session.scalar(ANEW):
        return None
    row = (await session.execute(_BETWEEN)).first()
    return None if row is None else f"{_named(row.id, row)} was inserted between sealed entries"


async def waiting(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many entries are not sealed yet, and since when the oldest of them is there."""
    row = (await session.execute(_WAITING)).one()
    return row.number, row.oldest
