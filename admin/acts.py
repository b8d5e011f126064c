"""What is done with a row besides changing it? Each act is asked about first, then done."""

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin import editing, forms
from admin.desk import Desk
from admin.editing import Form, typed_values
from admin.forms import Problem, Typed
from admin.frame import Panel
from admin.posting import read_genuine_form
from admin.visitor import visitor_of
from domain.errors import Refusal


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """Asks whether it shall be done, and does it; a secret that comes of it is shown once."""
    view = panel.editable(request, Action.EDIT)
    act, key = view.acts.get(request.path_params["act"]), request.path_params["key"]
    if act is None:
        raise HTTPException(404)
    form = Form(act.fields, {}, "")
    if request.method == "POST":
        posted = await read_genuine_form(request, visitor_of(request))
        try:
            async with panel.writing_desk(request) as desk:
                row = await editing.row(view, desk, key, lock=True)
                secret = await _carry_out(act, desk, row, Typed(typed_values(act.fields, posted)))
        except Problem as problem:
            form = editing.redrawn(form, posted, problem)
        else:
            if secret is None:
                return panel.go(request, f"/{view.identity}/details/{key}#{act.done}")
            context = {"view": view, "act": act, "row": row, "secret": secret, "key": key}
            return await panel.page(request, "panel/shown_once.html", context)
    async with panel.desk(request) as desk:
        row = await editing.row(view, desk, key)
    context = {"act": act, "view": view, "row": row, "key": key, "form": form}
    return await panel.page(
        request, "panel/act.html", context, form.problem.status_code if form.problem else 200
    )


async def _carry_out(act: editing.Act, desk: Desk, row: object, typed: Typed) -> str | None:
    try:
        return await act.carry_out(desk, row, typed)
    except Refusal as refusal:
        raise forms.problem_of(refusal) from refusal
