"""The jobs that remind of deadlines, tell what waits, and forget what was told long ago."""

from datetime import datetime

from api.worker.tools import Tools
from domain import throttle
from domain.reminding import digests, notices, reminders
from domain.reminding.hours import working_hours


async def send_reminders(tools: Tools, now: datetime) -> int:
    """Each OPD's, and Diskominfo's, in transactions of their own: what a worker had told stays told."""
    async with tools.write() as session:
        hours = await working_hours(session, now)
        if hours is None:
            return 0
        pending = await reminders.pending(session, hours)
    told = 0
    for audience, deadlines in pending.items():
        for start in range(0, len(deadlines), reminders.MOST):
            async with tools.write() as session:
                some = deadlines[start : start + reminders.MOST]
                told += await reminders.remind(session, audience, some, hours)
    return told


async def send_digests(tools: Tools, now: datetime) -> int:
    """Each in a transaction of its own."""
    async with tools.write() as session:
        hours = await working_hours(session, now)
        if hours is None:
            return 0
        missing = await digests.without_daily(session, hours)
    made, has_head = 0, tools.settings.head_email is not None
    for opd_id in missing:
        async with tools.write() as session:
            made += await digests.make_daily(session, opd_id, hours)
    async with tools.write() as session:
        made += await digests.make_weekly(session, hours, head_has_address=has_head)
    return made


async def forget_old(tools: Tools, now: datetime) -> int:
    """Notices after their time, and attempts to sign in that lock nobody any more."""
    async with tools.write() as session:
        await throttle.forget_old(session)
        return await notices.forget_old(session, now)
