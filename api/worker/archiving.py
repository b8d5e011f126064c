"""The job that takes old events out of the followers' way."""

from datetime import datetime, timedelta

from api.worker.tools import Tools
from domain import event_age


async def archive_events(tools: Tools, now: datetime) -> int:
    """Moves what the floor of the day before left behind, then raises the floor; how many it moved."""
    archived = 0
    while not tools.stopping.is_set():
        async with tools.write() as session:
            done = await event_age.archive(session)
        archived += done
        if done == 0:
            break
    days = tools.settings.events_days
    async with tools.write() as session:
        await event_age.mark(session, now)
        if days:
            await event_age.raise_floor(session, now - timedelta(days=days))
    return archived
