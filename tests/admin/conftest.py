"""What do the panel's tests share? The panel alone, on a database of each test's own."""

from collections.abc import AsyncIterator

import pytest

from tests.admin.desk import PanelDesk, panel_desk


@pytest.fixture
async def panel(database_url: str) -> AsyncIterator[PanelDesk]:
    async with panel_desk(database_url) as desk:
        yield desk
