"""The panel's door: signing in, and signing out."""

from sqladmin.authentication import login_required
from starlette.requests import Request
from starlette.responses import Response

from admin.frame import Panel
from admin.posting import read_form, read_genuine_form
from admin.signing import next_page
from admin.visitor import visitor_of
from domain.errors import Refusal, Throttled
from domain.words import Locale


async def login(panel: Panel, request: Request) -> Response:
    """The form of e-mail address and password."""
    wanted = next_page(request.scope["root_path"], request.query_params.get("next", ""))
    if request.method != "POST":
        if await panel.entrance.visitor(request) is not None:
            return panel.go(request, "/")
        return await panel.page(request, "panel/login.html", {"next": wanted})
    posted = await read_form(request)
    email = posted.get("email", "")
    wanted = next_page(request.scope["root_path"], posted.get("next", ""))
    try:
        token = await panel.entrance.sign_in(email, posted.get("password", ""))
    except Refusal as refusal:
        context = {"next": wanted, "email": email, "error": refusal.message(Locale.ID)}
        status_code = 429 if isinstance(refusal, Throttled) else 401
        return await panel.page(request, "panel/login.html", context, status_code)
    response = panel.go(request, wanted.removeprefix(request.scope["root_path"]))
    panel.entrance.keep(request, response, token)
    return response


@login_required
async def logout(panel: Panel, request: Request) -> Response:
    """Ends the session, here and on the server."""
    await read_genuine_form(request, visitor_of(request))
    response = panel.go(request, "/login#keluar")
    await panel.entrance.sign_out(request, response)
    return response
