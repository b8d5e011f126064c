"""One run of the jobs that remind, at a moment of its own, in a process that can be killed: URL, moment."""

import asyncio
import sys
from datetime import datetime
from functools import partial

from api.database import Database
from api.settings import Settings
from api.worker.reminding import send_digests, send_reminders
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.secrecy import Vault

KEYS = ("kunci-untuk-pengujian-0123456789",)


async def one_run(url: str, now: datetime) -> int:
    """How many things it told."""
    database = Database(url, size=1)
    tools = Tools(partial(database.write, CLOCK), Vault(KEYS), Settings())
    try:
        return await send_reminders(tools, now) + await send_digests(tools, now)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(one_run(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
