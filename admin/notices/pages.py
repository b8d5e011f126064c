"""The pages of what the panel tells somebody: the list, what is marked as read in it, and a digest."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqladmin.authentication import login_required
from sqlalchemy.orm import joinedload
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin.frame import Panel
from admin.notices import listing
from admin.posting import read_genuine_form
from admin.visitor import visitor_of
from domain.model.notice import Digest, Notice
from domain.reminding import notices
from domain.words import DigestKind, Waiting


@login_required
async def index(panel: Panel, request: Request) -> Response:
    """What the visitor has been told."""
    page = _number(request.query_params.get("page", "1"), 400)
    async with panel.desk(request) as desk:
        shown = await listing.load(desk, visitor_of(request).account.id, page)
    return await panel.page(request, "panel/notices.html", {"shown": shown})


@login_required
async def read(panel: Panel, request: Request) -> Response:
    """Marks one notice as read, or all that were shown."""
    visitor = visitor_of(request)
    posted = await read_genuine_form(request, visitor)
    one, until = posted.get("notice"), posted.get("until")
    async with panel.writing_desk(request) as desk:
        if one is not None:
            await notices.read(desk.session, visitor.account.id, _number(one, 400), datetime.now(UTC))
        elif until is not None:
            await notices.read_until(desk.session, visitor.account.id, _number(until, 400), datetime.now(UTC))
    return panel.go(request, "/notices")


@login_required
async def open_notice(panel: Panel, request: Request) -> Response:
    """Marks a notice as read, and goes on to what it is about."""
    visitor = visitor_of(request)
    await read_genuine_form(request, visitor)
    key = _number(request.path_params["key"], 404)
    async with panel.writing_desk(request) as desk:
        path = await listing.where_to(desk.session, visitor.account.id, key)
        if path is None:
            raise HTTPException(404)
        await notices.read(desk.session, visitor.account.id, key, datetime.now(UTC))
    return panel.go(request, path)


@login_required
async def digest(panel: Panel, request: Request) -> Response:
    """A digest that the visitor was told of, as it was made."""
    try:
        key = UUID(request.path_params["key"])
    except ValueError as error:
        raise HTTPException(404) from error
    told = Notice.account_id == visitor_of(request).account.id
    async with panel.desk(request) as desk:
        found = await desk.session.scalar(
            sa.select(Digest)
            .join(Notice, Notice.digest_id == Digest.id)
            .where(Digest.id == key, told)
            .options(joinedload(Digest.opd))
        )
    if found is None:
        raise HTTPException(404)
    template = "panel/week.html" if found.kind is DigestKind.WEEKLY else "panel/digest.html"
    context = {"digest": found, "content": found.content, "Waiting": Waiting}
    return await panel.page(request, template, context)


def _number(said: str, otherwise: int) -> int:
    """A number in an address or a form."""
    if not (said.isascii() and said.removeprefix("-").isdigit() and len(said) < 19):
        raise HTTPException(otherwise)
    return int(said)
