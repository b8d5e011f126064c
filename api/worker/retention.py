"""The jobs that erase what is kept no longer: reporters of complaints closed long ago, keys and sessions."""

from datetime import datetime

from api.worker.tools import Tools
from domain.privacy import retention


async def erase_by_retention(tools: Tools, _now: datetime) -> int:
    months, write = tools.settings.retention_months, tools.write
    if months == 0:
        return 0
    return await retention.erase_due(write, months) + await retention.forget_supporters(write, months)


async def forget_used(tools: Tools, _now: datetime) -> int:
    return await retention.forget_used(tools.write)
