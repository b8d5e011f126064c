"""What is a client told whose upload or reading is refused? JSON with a stable code and the remedy.

Who sends a file is often a small script or a browser's `fetch`: the status alone must say what to do.
"""

from http import HTTPStatus
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from uuid_utils.compat import uuid7

from api.auth import locale_of
from api.faults import described
from domain.attachments.links import BadLink, ExpiredLink
from domain.attachments.rules import BrokenContent, ContentRefused, NoReservation, OtherContent, WrongType
from domain.attachments.store import StoreFailure
from domain.messages import MESSAGES
from domain.outage import RETRY_SECONDS, is_away

log = structlog.get_logger()


class Refused(Exception):
    """The request cannot be served as it is; `key` names the message."""

    def __init__(
        self, status: HTTPStatus, code: str, key: str, headers: dict[str, str] | None = None, **values: Any
    ) -> None:
        super().__init__(key)
        self.status, self.code, self.key, self.values = status, code, key, values
        self.headers = headers or {}


_OF_CONTENT: dict[type[ContentRefused], tuple[HTTPStatus, str]] = {
    WrongType: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "TYPE_MISMATCH"),
    BrokenContent: (HTTPStatus.UNPROCESSABLE_ENTITY, "BROKEN_CONTENT"),
    OtherContent: (HTTPStatus.CONFLICT, "OTHER_CONTENT"),
    NoReservation: (HTTPStatus.GONE, "EXPIRED"),
}


def refused(error: Exception, *, expired: str) -> Refused:
    """What an error means to the client; `expired` names the sentence for an address of yesterday."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, ContentRefused):
        return Refused(*_OF_CONTENT[type(error)], error.key, None, **error.values)
    if isinstance(error, BadLink):
        return Refused(HTTPStatus.FORBIDDEN, "BAD_ADDRESS", "link_bad")
    if isinstance(error, ExpiredLink):
        return Refused(HTTPStatus.GONE, "EXPIRED", expired)
    return _fault(error)


def _fault(error: Exception) -> Refused:
    """What a fault of ours, or of what we work with, means to the client."""
    if is_away(error):
        log.warning("attachments.database_away", reason=type(error).__name__)
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "database_away", headers)
    request = uuid7().hex
    if isinstance(error, StoreFailure):
        log.error("attachments.store_failure", request=request, why=str(error))
        return Refused(
            HTTPStatus.SERVICE_UNAVAILABLE, "STORE_UNAVAILABLE", "store_unavailable", {"Retry-After": "10"}
        )
    log.error("attachments.fault", request=request, **described(error))
    headers = {"X-Request-Id": request}
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", "fault", headers, request=request)


def told(request: Request, problem: Refused) -> JSONResponse:
    """The answer, in the language of the request."""
    sentence = MESSAGES[problem.key][locale_of(request.headers)].format(**problem.values)
    headers = {"Cache-Control": "no-store", **problem.headers}
    return JSONResponse({"code": problem.code, "message": sentence}, problem.status, headers)
