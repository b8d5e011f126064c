"""What does a job work with?"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.settings import Settings
from domain.secrecy import Vault


@dataclass(frozen=True, slots=True)
class Tools:
    """The database, the keys and the settings of the worker."""

    write: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    """A session in a transaction, committed when the block ends well."""
    vault: Vault
    settings: Settings


Work = Callable[[Tools, datetime], Awaitable[int]]
"""What a job does at a moment; it gives how many things it did, for the log."""
