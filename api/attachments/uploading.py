"""How does the content of an attachment come in? As the body of a PUT, read no further than announced."""

import asyncio
import hashlib
import tempfile
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from api.attachments.answers import Refused
from api.attachments.desk import Attachments
from domain.actor import PUBLIC
from domain.attachments.receiving import expected, receive

PATIENCE_SECONDS = 300
"""How long a body may take: 10 MB over a slow telephone."""


async def upload(desk: Attachments, request: Request) -> Response:
    """204 once the content is safe, and for each repeat of it."""
    folder = desk.links.checked_upload(request.path_params["folder"], request.query_params, datetime.now(UTC))
    write = partial(request.app.state.services.write, PUBLIC)  # whoever has the address: nobody signs in
    known = await expected(write, folder)
    # What is stored may have another size than what was sent.
    most = known.size if known.digest is None else desk.rules.bytes_each
    _require_plain(request, most)
    with desk.uploading(), tempfile.TemporaryFile() as body:
        digest, size = await _received(request, body, most)
        if known.digest is None and size < known.size:
            values = {"received": size, "size": known.size}
            raise Refused(HTTPStatus.BAD_REQUEST, "INCOMPLETE", "upload_incomplete", None, **values)
        body.seek(0)
        await receive(write, desk.store, desk.workshop, folder, sent=body, digest=digest)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})


def _require_plain(request: Request, most: int) -> None:
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "ENCODED", "upload_encoded")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:18]) > most:
        raise _too_large(most)


def _too_large(most: int) -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE", "upload_too_large", size=most)


async def _received(request: Request, body: BinaryIO, most: int) -> tuple[bytes, int]:
    """The digest and the size of what came, which is in the file."""
    digest, size = hashlib.sha256(), 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                digest.update(chunk)
                body.write(chunk)
    except TimeoutError as error:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "TOO_SLOW", "upload_too_slow") from error
    return digest.digest(), size
