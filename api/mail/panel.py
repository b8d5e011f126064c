"""Where do the letters to staff lead? To the panel, as people reach it."""

from urllib.parse import quote, urlencode
from uuid import UUID

from api.mail.content import Desk


def of_complaint(desk: Desk, code: str) -> str:
    return f"{_panel(desk)}/complaint/details/{quote(code)}"


def of_list(desk: Desk, **filters: str) -> str:
    return f"{_panel(desk)}/complaint/list?{urlencode(filters)}"


def of_webhook(desk: Desk, key: UUID) -> str:
    return f"{_panel(desk)}/webhook/details/{key}"


def of_notices(desk: Desk) -> str:
    return f"{_panel(desk)}/notices"


def _panel(desk: Desk) -> str:
    return f"{desk.mail.public_url}/admin"
