"""Master data by its code, as inputs name it; an unknown code names its field."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import InvalidInput, OpdInactive
from domain.model.master import Area, Category, Opd
from domain.policy import opd_is_active


async def active_category(
    session: AsyncSession, code: str | None, field: str = "categoryCode"
) -> Category | None:
    """The category that new complaints may have."""
    if code is None:
        return None
    category = await session.scalar(sa.select(Category).where(Category.code == code.upper()))
    if category is None or not category.active:
        raise InvalidInput("unknown_category", field=field, value=code)
    return category


async def area(session: AsyncSession, code: str | None, field: str = "areaCode") -> Area | None:
    if code is None:
        return None
    found = await session.scalar(sa.select(Area).where(Area.code == code))
    if found is None:
        raise InvalidInput("unknown_area", field=field, value=code)
    return found


async def opd(session: AsyncSession, code: str | None, field: str = "opdCode") -> Opd | None:
    if code is None:
        return None
    found = await session.scalar(sa.select(Opd).where(Opd.code == code.strip().upper()))
    if found is None:
        raise InvalidInput("unknown_opd", field=field, value=code)
    return found


async def active_opd(
    session: AsyncSession, code: str | None, field: str = "opdCode", *, keep: bool = False
) -> Opd | None:
    """The OPD that may be given complaints today; an inactive one is OpdInactive. `keep`: see `is_active`."""
    found = await opd(session, code, field)
    if found is not None and not await is_active(session, found, keep=keep):
        raise OpdInactive("opd_inactive", field=field, value=found.code)
    return found


async def is_active(session: AsyncSession, opd: Opd, *, keep: bool = False) -> bool:
    """Whether an OPD takes complaints today; with `keep`, that stays so until the transaction ends.

    Who gives an OPD a complaint must keep it: else it might be deactivated, as one that has none, meanwhile.
    """
    query = sa.select(opd_is_active(Opd.__table__)).where(Opd.id == opd.id)
    return bool(await session.scalar(query.with_for_update(read=True) if keep else query))
