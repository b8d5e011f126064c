"""What does a job work with?"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
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
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the worker is told to stop: whoever does one thing after another begins no more."""


Work = Callable[[Tools, datetime], Awaitable[int]]
"""What a job does at a moment; it gives how many things it did, for the log."""
