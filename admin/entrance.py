"""The panel's door: signing in, and signing out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqladmin.authentication import login_required
from starlette.requests import Request
from starlette.responses import Response

from admin.frame import Panel
from admin.posting import read_form, read_genuine_form
from admin.signing import next_page
from admin.visitor import visitor_of
from domain import signing_in
from domain.errors import Refusal, SecondFactorRequired, Throttled
from domain.words import Locale, SessionKind


async def login(panel: Panel, request: Request) -> Response:
    """The form of e-mail address and password."""
    wanted = next_page(request.scope["root_path"], request.query_params.get("next", ""))
    if request.method != "POST":
        if await panel.entrance.visitor(request) is not None:
            return panel.go(request, "/")
        return await panel.page(request, "panel/login.html", {"next": wanted})
    posted = await read_form(request)
    wanted = next_page(request.scope["root_path"], posted.get("next", ""))
    asked: dict[str, Any] = {"next": wanted, "email": posted.get("email", ""), "ticket": posted.get("ticket")}
    try:
        done = await _signed_in(panel, request, posted)
    except SecondFactorRequired as more:
        return await panel.page(request, "panel/code.html", asked | {"ticket": more.ticket})
    except Refusal as refusal:
        return await _asked_again(panel, request, asked, refusal)
    response = panel.go(request, wanted.removeprefix(request.scope["root_path"]))
    panel.entrance.keep(request, response, done.token)
    return response


async def _signed_in(panel: Panel, request: Request, posted: Mapping[str, str]) -> signing_in.SignedIn:
    """Who signed in, by the form of the password or of the code. Raises refusals."""
    door, address = panel.door, request.client.host if request.client else None
    if ticket := posted.get("ticket"):
        code = posted.get("code", "")
        return await signing_in.with_ticket(door, SessionKind.PANEL, ticket, address=address, code=code)
    email, password = posted.get("email", ""), posted.get("password", "")
    return await signing_in.with_password(door, SessionKind.PANEL, email, password, address=address)


async def _asked_again(
    panel: Panel, request: Request, asked: Mapping[str, Any], refusal: Refusal
) -> Response:
    """The form again: of the code, unless the password itself is wanted anew."""
    goes_on = asked["ticket"] and refusal.field == "code"
    template = "panel/code.html" if goes_on else "panel/login.html"
    status_code = 429 if isinstance(refusal, Throttled) else 401
    context = {**asked, "error": refusal.message(Locale.ID)}
    response = await panel.page(request, template, context, status_code)
    if isinstance(refusal, Throttled):
        seconds = (refusal.until - datetime.now(UTC)).total_seconds()
        response.headers["retry-after"] = str(max(1, round(seconds)))
    return response


@login_required
async def logout(panel: Panel, request: Request) -> Response:
    """Ends the session, here and on the server."""
    await read_genuine_form(request, visitor_of(request))
    response = panel.go(request, "/login#keluar")
    await panel.entrance.sign_out(request, response)
    return response
