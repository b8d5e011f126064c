"""The job that folds the tally of the statistics: what was added to a cell becomes one row of it."""

from datetime import datetime

import sqlalchemy as sa

from api.worker.tools import Tools


async def fold_tally(tools: Tools, _now: datetime) -> int:
    """Nobody waits for it, and figures are the same before and after; without it they would get slower."""
    async with tools.write() as session:
        folded: int = (await session.execute(sa.select(sa.func.fold_complaint_tally()))).scalar_one()
    return folded
