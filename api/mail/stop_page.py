"""How does a reporter stop the letters about a report: by a button, or by the one of their mail program?

Opening the address changes nothing: programs that look for dangerous links open it, too. What is posted there
stops the letters; mail programs post by themselves when their own button is pressed (RFC 8058).
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from uuid import UUID

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from api.mail.message import TEMPLATES
from domain.actor import PUBLIC
from domain.mail.stopping import ROOT, complaint_of, go_on, stop
from domain.network import network_of
from domain.outage import RETRY_SECONDS, is_away

PER_MINUTE = 60
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def routes() -> list[Route]:
    """The page with its button, and the way back."""
    limiter, limit = FixedWindowRateLimiter(MemoryStorage()), RateLimitItemPerMinute(PER_MINUTE)

    def admitted(request: Request) -> bool:
        address = request.client.host if request.client else None
        return limiter.hit(limit, network_of(address) or "unknown")

    def of(work: Callable[[Request, UUID], Awaitable[str]]) -> Callable[[Request], Awaitable[HTMLResponse]]:
        return partial(_answer, work=work, admitted=admitted)

    return [
        Route(f"{ROOT}/{{token}}", of(_ask), methods=["GET"]),
        Route(f"{ROOT}/{{token}}", of(_stop), methods=["POST"]),
        Route(f"{ROOT}/{{token}}/lanjut", of(_go_on), methods=["POST"]),
    ]


async def _answer(
    request: Request, work: Callable[[Request, UUID], Awaitable[str]], admitted: Callable[[Request], bool]
) -> HTMLResponse:
    """What the work says of the report that the address names; of one that is not ours, always the same."""
    if not admitted(request):
        return _page("busy", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "60"})
    complaint_id = complaint_of(request.app.state.services.vault, request.path_params["token"])
    if complaint_id is None:
        return _page("unknown", HTTPStatus.NOT_FOUND)
    try:
        state = await work(request, complaint_id)
    except Exception as error:
        if not is_away(error):
            raise
        return _page("away", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)})
    return _page(state, HTTPStatus.OK, token=request.path_params["token"])


def _page(
    state: str, status: HTTPStatus, headers: dict[str, str] | None = None, **values: str
) -> HTMLResponse:
    text = TEMPLATES.get_template("stop.html").render(state=state, **values)
    return HTMLResponse(text, status, headers=_HEADERS | (headers or {}))


async def _ask(_request: Request, _complaint_id: UUID) -> str:
    return "ask"


async def _stop(request: Request, complaint_id: UUID) -> str:
    # The body is not read: whoever posts here means it, and there is nothing to say.
    async with request.app.state.services.write(PUBLIC) as session:
        await stop(session, complaint_id, datetime.now(UTC))
    return "stopped"


async def _go_on(request: Request, complaint_id: UUID) -> str:
    async with request.app.state.services.write(PUBLIC) as session:
        await go_on(session, complaint_id)
    return "going_on"
