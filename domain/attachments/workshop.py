"""Where are pictures cleaned, so that the service goes on answering, and never too many of them at once?"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from domain.attachments.content import clean
from domain.attachments.pictures import Clean
from domain.attachments.rules import ContentType

THREADS = 2


class Workshop:
    """A few threads of its own, and the room for those who wait for the store with what was made for them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="attachments")
        self.room = asyncio.Semaphore(2 * THREADS)
        """Held while a content is in memory."""

    async def clean(self, sent: BinaryIO, declared: ContentType) -> Clean:
        """`domain.attachments.content.clean`, in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, clean, sent, declared)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
