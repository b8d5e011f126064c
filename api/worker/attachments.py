"""The job that removes what nobody attached, and the contents of what is gone."""

from datetime import datetime

from api.attachments.desk import store_of
from api.worker.tools import Tools
from domain.attachments.collecting import collect


async def collect_attachments(tools: Tools, _now: datetime) -> int:
    done = await collect(tools.write, store_of(tools.settings))
    return done.unused + done.removed
