"""How is the content of an attachment read: by an address of ours, in whole or part, never as a page?"""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.attachments.answers import Refused
from api.attachments.desk import Attachments
from domain.attachments.links import Audience, Part
from domain.attachments.reading import Content, content_of, content_query
from domain.attachments.rules import ContentType

log = structlog.get_logger()

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
_QUERIES = {audience: str(content_query(audience).compile(dialect=_DIALECT)) for audience in Audience}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_ALWAYS = {
    "Accept-Ranges": "bytes",
    # Whatever it is, it runs nothing and is no part of anything.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_KEPT = {Audience.PUBLIC: "public, max-age=300", Audience.FEW: "private, no-store"}
"""What is public may be hidden any moment: a copy of it does not live long."""


async def read(desk: Attachments, request: Request) -> Response:
    """The file or its thumbnail."""
    path, now = request.path_params, datetime.now(UTC)
    key, part, audience = desk.links.checked_read(path["key"], path["part"], request.query_params, now)
    found = await _content(request, key, part, audience)
    headers = _ALWAYS | {
        "Cache-Control": _KEPT[audience],
        "Content-Disposition": _disposition(found),
        "ETag": found.tag,
    }
    if _names(request.headers.get("if-none-match", ""), found.tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    status, (start, end) = HTTPStatus.OK, (0, found.size)
    if (asked := _asked_range(request, found)) is not None:
        status, (start, end) = HTTPStatus.PARTIAL_CONTENT, asked
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=found.content_type)
    try:
        chunks = await desk.store.read(found.name, start, end)
    except FileNotFoundError as error:
        log.error("attachments.content_missing", attachment=str(key))  # noqa: TRY400 - the name is in the trace
        raise _missing() from error
    return StreamingResponse(chunks, status, headers, media_type=found.content_type)


async def _content(request: Request, key: UUID, part: Part, audience: Audience) -> Content:
    rows = await request.app.state.services.reads.fetch(_QUERIES[audience], key)
    found = content_of(rows[0], part) if rows else None
    if found is None:
        raise _missing()
    return found


def _missing() -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", "attachment_not_found")


def _disposition(found: Content) -> str:
    """Pictures may be shown; a document is saved, and opened by what the reader trusts with it."""
    way = "attachment" if found.content_type == ContentType.PDF else "inline"
    return f"{way}; filename*=UTF-8''{quote(found.file_name, safe='')}"


def _names(header: str, tag: str) -> bool:
    """Whether a list of tags has this one."""
    known = [each.strip().removeprefix("W/") for each in header.split(",")]
    return tag in known or known == ["*"]


def _asked_range(request: Request, found: Content) -> tuple[int, int] | None:
    """From where up to where; None for the whole, as for several ranges at once. Raises Refused."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    condition = request.headers.get("if-range")
    if asked is None or asked[0] == "bytes=-" or (condition is not None and condition != found.tag):
        return None
    if not asked[1]:
        start, end = max(found.size - int(asked[2]), 0), found.size
    else:
        start = int(asked[1])
        end = min(int(asked[2]) + 1, found.size) if asked[2] else found.size
        if asked[2] and int(asked[2]) < start:
            return None  # malformed, and so as if it were not there
    if start >= end:
        headers = {"Content-Range": f"bytes */{found.size}"}
        outside = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        raise Refused(outside, "RANGE_NOT_SATISFIABLE", "range_not_satisfiable", headers)
    return start, end
