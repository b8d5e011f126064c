"""Who is told: an OPD's officers, Diskominfo where an OPD has none, and who stands for the head of office."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain.model.people import Account
from domain.words import StaffRole


def has_officer(opd_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The OPD has somebody who can be told."""
    officer = sa.alias(Account.__table__)
    return sa.exists().where(officer.c.opd_id == opd_id, officer.c.active).correlate_except(officer)


async def people_of(session: AsyncSession, opd_id: UUID | None) -> Sequence[UUID]:
    """The accounts of an OPD's officers; of Diskominfo where none is named."""
    if opd_id is not None:
        return await _active(session, Account.opd_id == opd_id)
    # An office that has no accounts of its own yet is its administrators.
    of_office = await _active(session, Account.role == StaffRole.OFFICE)
    return of_office or await administrators(session)


async def administrators(session: AsyncSession) -> Sequence[UUID]:
    """Who reads the figures of the week in the panel, and keeps API clients."""
    return await _active(session, Account.role == StaffRole.ADMIN)


async def _active(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[UUID]:
    found = await session.scalars(sa.select(Account.id).where(Account.active, which).order_by(Account.id))
    return found.all()
