"""How are many rows deleted without anybody waiting for long?"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.base import Base

Write = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Begins a transaction that is committed when its block ends well."""
AT_ONCE = 2_000
"""Rows of one statement that only deletes."""


async def delete_all(write: Write, model: type[Base], which: sa.ColumnElement[bool]) -> int:
    """Deletes rows a number at a time, each number in a transaction of its own; how many there were."""
    key = sa.inspect(model).primary_key
    deleted = 0
    while True:
        async with write() as session:
            some = sa.select(*key).where(which).limit(AT_ONCE).with_for_update(skip_locked=True)
            rows = [tuple(row) for row in await session.execute(some)]
            if rows:
                await session.execute(
                    sa.delete(model)
                    .where(sa.tuple_(*key).in_(rows))
                    .execution_options(synchronize_session=False)
                )
        deleted += len(rows)
        if len(rows) < AT_ONCE:
            return deleted
