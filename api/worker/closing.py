"""The job that completes what nobody replied to."""

from datetime import datetime

from api.worker.tools import Tools
from domain import unanswered
from domain.actor import CLOCK

BATCH = 200


async def complete_unanswered(tools: Tools, now: datetime) -> int:
    """Each in a transaction of its own: one that is being worked on is left for the next run."""
    completed = 0
    while True:
        async with tools.write() as session:
            found = await unanswered.lapsed(session, now, BATCH)
        done = 0
        for complaint_id in found:
            async with tools.write() as session:
                done += await unanswered.complete_lapsed(session, CLOCK, complaint_id, now)
        completed += done
        if done == 0:
            return completed
