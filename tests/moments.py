"""Moments in Cilegon, as tests write them."""

import asyncio
import datetime as dt
import time

from domain.calendar import JAKARTA


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def end_of(day: str) -> dt.datetime:
    return moment(f"{day}T23:59:59")


async def clear_of(window: float, needed: float = 10) -> None:
    """Lets a window of the clock (so many seconds) end that has not the time left that a test needs in it."""
    left = window - time.time() % window
    if left < needed:
        await asyncio.sleep(left + 0.01)
