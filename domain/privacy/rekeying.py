"""How are all encrypted values encrypted anew with the newest key, so that the earlier ones can go?

In batches, each in a transaction of its own, while the service runs. A value tells itself by which key it was
sealed: what is killed and run again passes over what is done.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession

from domain.importing.bulk import update_rows
from domain.privacy.sealed import SEALED, Sealed
from domain.secrecy import Vault

BATCH = 200

Write = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(slots=True)
class Counted:
    """How many values there are by the newest key, by an earlier one, and by none of the service's keys."""

    newest: int = 0
    earlier: int = 0
    unreadable: int = 0


async def count(session: AsyncSession, vault: Vault, *, some: bool = False) -> Counted:
    """How the values stand; it looks at each, or only at `some`."""
    counted = Counted()
    for sealed in SEALED:
        async for rows in _rows(session, sealed):
            for row in rows:
                for value in row[1:]:
                    _count(counted, vault, sealed, value)
            if some:
                break
    return counted


def _count(counted: Counted, vault: Vault, sealed: Sealed, value: bytes | None) -> None:
    if value is None:
        return
    if vault.is_by_newest(value, sealed.purpose):
        counted.newest += 1
        return
    try:
        vault.unseal(value, sealed.purpose)
    except InvalidToken:
        counted.unreadable += 1
    else:
        counted.earlier += 1


async def rekey(write: Write, vault: Vault, told: Callable[[int], None]) -> int:
    """Seals by the newest key what earlier ones have sealed; returns how many values. Tells how far it is.

    What somebody else works on at that moment is left to the next round, and so is what a process that does
    not know the newest key yet has sealed meanwhile.
    """
    changed = 0
    while True:
        before = changed
        for sealed in SEALED:
            reached: Any = None
            while True:
                async with write() as session:
                    rows = await _next(session, sealed, reached, lock=True)
                    changed += await _reseal(session, vault, sealed, rows)
                if not rows:
                    break
                reached = rows[-1][0]
                told(changed)
        if changed == before:
            return changed


async def _rows(session: AsyncSession, sealed: Sealed) -> AsyncIterator[Sequence[Any]]:
    reached: Any = None
    while rows := await _next(session, sealed, reached, lock=False):
        yield rows
        reached = rows[-1][0]


async def _next(session: AsyncSession, sealed: Sealed, reached: Any, *, lock: bool) -> Sequence[Any]:
    """The next rows that have something sealed: key and values."""
    columns = [sealed.table.c[name] for name in sealed.columns]
    query = (
        sa.select(sealed.key, *columns)
        .where(sa.or_(*(column.is_not(None) for column in columns)))
        .order_by(sealed.key)
        .limit(BATCH)
    )
    if reached is not None:
        query = query.where(sealed.key > reached)
    if lock:
        query = query.with_for_update(skip_locked=True)
    return (await session.execute(query)).all()


async def _reseal(session: AsyncSession, vault: Vault, sealed: Sealed, rows: Sequence[Any]) -> int:
    """Writes the rows that have values by an earlier key, in one statement."""
    number, changed = 0, []
    for key, *values in rows:
        fresh = [value and _by_newest(vault, sealed.purpose, value) for value in values]
        differing = sum(new != old for new, old in zip(fresh, values, strict=True))
        if differing:
            changed.append({sealed.key.name: key, **dict(zip(sealed.columns, fresh, strict=True))})
            number += differing
    await update_rows(session, sealed.table, changed, key=sealed.key.name)
    return number


def _by_newest(vault: Vault, purpose: str, value: bytes) -> bytes:
    """The value by the newest key; as it is where that has sealed it, or none of the keys has."""
    if vault.is_by_newest(value, purpose):
        return value
    try:
        return vault.reseal(value, purpose)
    except InvalidToken:
        return value
