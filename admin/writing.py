"""The pages that change something: each a form that is shown, then posted with its session's token."""

from collections.abc import Mapping

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin import editing
from admin.desk import Desk
from admin.editing import EditableView, Unconfirmed
from admin.forms import EarlierSession, Problem
from admin.frame import Panel
from admin.posting import is_genuine, read_form, read_genuine_form
from admin.visitor import visitor_of


@login_required
async def create(panel: Panel, request: Request) -> Response:
    """The form of a new row."""
    view = panel.editable(request, Action.CREATE)
    if not view.can_create:
        raise HTTPException(403)
    return await _form(panel, request, view, None)


@login_required
async def edit(panel: Panel, request: Request) -> Response:
    """The form of a row that is there."""
    view = panel.editable(request, Action.EDIT)
    if not view.can_edit:
        raise HTTPException(403)
    return await _form(panel, request, view, request.path_params["key"])


async def _form(panel: Panel, request: Request, view: EditableView, key: str | None) -> Response:
    posted: Mapping[str, str] = {}
    problem = None
    if request.method == "POST":
        posted = await read_form(request)
        try:
            return await _save(panel, request, view, key, posted)
        except Problem as found:
            problem = found
    async with panel.desk(request) as desk:
        form = await editing.open_form(view, desk, key)
        title = await _title(view, desk, key)
    if problem is not None:
        form = editing.redrawn(form, posted, problem)
    context = {"view": view, "form": form, "key": key, "title": title}
    return await panel.page(
        request, "panel/form.html", context, problem.status_code if problem is not None else 200
    )


async def _save(
    panel: Panel, request: Request, view: EditableView, key: str | None, posted: Mapping[str, str]
) -> Response:
    """Saves a posted form, and where to go then. Raises Problem."""
    if not is_genuine(visitor_of(request), posted):
        raise EarlierSession
    async with panel.writing_desk(request) as desk:
        row = await editing.save(view, desk, key, posted)
    if "again" in posted:
        return panel.go(request, f"/{view.identity}/create#tersimpan")
    return panel.go(request, f"/{view.identity}/details/{view.key_of(row)}#tersimpan")


async def _title(view: EditableView, desk: Desk, key: str | None) -> str:
    if key is None:
        return f"Tambah {view.noun}"
    return f"Ubah {view.title_of(await editing.row(view, desk, key))}"


@login_required
async def remove(panel: Panel, request: Request) -> Response:
    """Asks whether a row shall go, and takes it away once that was answered."""
    view = panel.editable(request, Action.DELETE)
    key = request.path_params["key"]
    if view.removal is None:
        raise HTTPException(403)
    reason, status_code, unconfirmed = None, 200, None
    if request.method == "POST":
        posted = await read_genuine_form(request, visitor_of(request))
        try:
            async with panel.writing_desk(request) as desk:
                await editing.remove(view, desk, key, posted)
        except Unconfirmed as problem:
            unconfirmed = problem
        except Problem as problem:
            reason, status_code = problem.message, 409
        else:
            return panel.go(request, f"/{view.identity}/list#{view.removal.done}")
    async with panel.desk(request) as desk:
        row = await editing.row(view, desk, key)
        context = {
            "view": view,
            "row": row,
            "key": key,
            "reason": reason or await view.kept_because(desk, row),
            "unconfirmed": unconfirmed,
        }
    return await panel.page(request, "panel/remove.html", context, status_code)
