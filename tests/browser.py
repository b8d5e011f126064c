"""A real browser for a test: Debian's Chromium, where there is one."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """The browser, closed at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def becomes(shown: Page | Locator, expression: str, argument: Any = None) -> None:
    """Waits until it is so; the pages' policy forbids what Playwright has for that."""
    async with asyncio.timeout(30):
        while not await shown.evaluate(expression, argument):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
