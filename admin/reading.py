"""The pages that are only read: the dashboard, the lists, and the page of one row."""

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin import dashboard
from admin.complaints import identity
from admin.frame import Panel
from admin.posting import read_genuine_form
from admin.visitor import visitor_of
from domain import text


@login_required
async def index(panel: Panel, request: Request) -> Response:
    """What waits for whom."""
    async with panel.desk(request) as desk:
        board = await dashboard.load(desk, visitor_of(request))
    return await panel.page(request, "panel/dashboard.html", {"board": board})


@login_required
async def rows(panel: Panel, request: Request) -> Response:
    """A list, searched, narrowed, sorted and cut into pages."""
    view = panel.view(request, Action.LIST)
    found = await view.list(request)
    async with panel.desk(request) as desk:
        await view.prepare(desk, found.rows)
    columns = view.columns()
    cells = [
        (view.key_of(row), [(await view.get_list_value(row, each.name, request))[1] for each in columns])
        for row in found.rows
    ]
    boxes = await view.chosen(request)
    context = {
        "view": view,
        "found": found,
        "pages": found.max_page(found.count, found.page_size),
        "columns": columns,
        "rows": cells,
        "filters": boxes,
        "chosen": [box for box in boxes if box["value"]],
        "search": request.query_params.get("search", "").strip(),
    }
    return await panel.page(request, "panel/list.html", context)


@login_required
async def row(panel: Panel, request: Request) -> Response:
    """The page of one row."""
    view = panel.view(request, Action.DETAILS)
    async with panel.desk(request) as desk:
        context = await view.details(desk, request.path_params["key"])
    return await panel.page(request, view.details_page, {"view": view, **context})


@login_required
async def reporter(panel: Panel, request: Request) -> Response:
    """A complaint's page with the identity of its anonymous reporter, which is noted down first."""
    request.path_params["identity"] = "complaint"
    view = panel.view(request, Action.DETAILS)
    posted = await read_genuine_form(request, visitor_of(request))
    reason = posted.get("reason", "").strip()
    async with panel.writing_desk(request) as desk:
        context = await view.details(desk, request.path_params["key"])
        if not context["page"].has_reporter:
            raise HTTPException(404)
        if context["page"].asks_before_naming:
            if not identity.REASON_LEAST <= len(reason) <= identity.REASON_MOST:
                context["reason_problem"] = identity.REASON_PROBLEM
                return await panel.page(request, view.details_page, {"view": view, **context}, 422)
            await identity.note_reading(
                desk, context["page"], text.required("reason", reason, identity.REASON_MOST)
            )
            context = await view.details(desk, request.path_params["key"])
        context["identity"] = await identity.identity(desk, context["page"])
    return await panel.page(request, view.details_page, {"view": view, **context})
