"""What does the trail say: the newest changes of a table, of a row, or by somebody?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain.model.audit import AuditEntry
from domain.model.complaint import Complaint
from domain.model.people import Account, ApiClient
from domain.tracking import read_code


async def newest(
    session: AsyncSession,
    *,
    table: str | None = None,
    who: str | None = None,
    row: str | None = None,
    since: datetime | None = None,
    limit: int,
) -> Sequence[AuditEntry]:
    """The newest entries that fit. `who` is an e-mail address, or how the trail names an actor begins."""
    query = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if table is not None:
        query = query.where(AuditEntry.table_name == table)
    if who is not None:
        query = query.where(by(who))
    if row is not None:
        query = query.where(of_row(row))
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    return (await session.scalars(query)).all()


def by(who: str) -> ColumnElement[bool]:
    """Entries of an account, by its e-mail address, or of those whose name in the trail begins so."""
    if "@" in who:
        account = sa.select(sa.cast(Account.id, sa.Text())).where(Account.email == who.strip().lower())
        return sa.func.split_part(AuditEntry.actor, ":", 2).in_(account)
    return sa.func.starts_with(AuditEntry.actor, who.strip())


def of_row(row: str) -> ColumnElement[bool]:
    """Entries of a row by its key; of a complaint, with what hangs on it, also by its tracking code."""
    code = read_code(row)
    if code is None:
        return AuditEntry.subject == row.strip()
    key = sa.select(sa.cast(Complaint.id, sa.Text())).where(Complaint.tracking_code == code)
    return AuditEntry.subject == key.scalar_subquery()


async def names_of(session: AsyncSession, actors: Iterable[str]) -> dict[str, str]:
    """The names of the people and programs among these actors, as they are called now."""
    ids = {actor: _key(actor) for actor in actors}
    keys = {key for key in ids.values() if key is not None}
    found: dict[UUID, str] = {}
    for model in (Account, ApiClient):
        rows = await session.execute(sa.select(model.id, model.name).where(model.id.in_(keys)))
        found |= {row.id: row.name for row in rows}
    return {actor: found[key] for actor, key in ids.items() if key in found}


def _key(actor: str) -> UUID | None:
    try:
        return UUID(actor.partition(":")[2])
    except ValueError:
        return None
