"""What two people add at once: the database lets one through, and the other is told it is taken."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Refusal

UNIQUE_VIOLATION = "23505"


async def add_unique(session: AsyncSession, row: Any, taken: Refusal) -> None:
    """Writes a new row; where its unique key has just been taken by somebody else, `taken` is raised."""
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise taken from error
        raise
