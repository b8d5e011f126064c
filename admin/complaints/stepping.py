"""How is a step made from a complaint's page? By the domain's function, once for each form that was drawn."""

from collections.abc import Mapping

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin.complaints import changes, offers
from admin.complaints.offers import KEY_FIELD, VERSION_FIELD, Changed
from admin.complaints.step_forms import STEP_FORMS, StepForm
from admin.desk import Desk
from admin.forms import EarlierSession, Problem, Typed, problem_of
from admin.frame import Panel
from admin.posting import is_genuine, read_form
from admin.visitor import visitor_of
from domain import idempotency, text
from domain.errors import Conflict, Forbidden, IdempotencyMismatch, Refusal, TransitionNotAllowed
from domain.model.complaint import Complaint
from domain.words import ComplaintStatus, label


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """Makes the step that was posted; or shows the complaint again, with what was typed and what is wrong."""
    request.path_params["identity"] = "complaint"
    view = panel.view(request, Action.DETAILS)
    step, code = STEP_FORMS.get(request.path_params["step"]), request.path_params["key"]
    if step is None:
        raise HTTPException(404)
    posted = await read_form(request)
    try:
        if not is_genuine(visitor_of(request), posted):
            raise EarlierSession
        async with panel.writing_desk(request) as desk:
            await _make(desk, step, code, posted)
    except Problem as found:
        problem = found
    else:
        return panel.go(request, f"/complaint/details/{code}#{step.name}-sudah")
    async with panel.desk(request) as desk:
        context = await view.details(desk, code)
        complaint = context["row"]
        if isinstance(problem, Changed):
            problem.changes = await changes.since(desk.session, desk.actor, complaint, problem.version)
        context["offers"] = await offers.redrawn(desk, complaint, step, posted, problem)
    return await panel.page(request, view.details_page, {"view": view, **context}, problem.status_code)


async def _make(desk: Desk, step: StepForm, code: str, posted: Mapping[str, str]) -> None:
    """Makes a step, unless this very form was sent before. Raises Problem."""
    version = _version(posted)
    try:
        key, first = await idempotency.claim(
            desk.session,
            f"{desk.actor.id}:panel",
            text.required(KEY_FIELD, posted.get(KEY_FIELD), idempotency.KEY_MAX),
            idempotency.fingerprint(
                {
                    "step": step.name,
                    "complaint": code,
                    **{name: said for name, said in posted.items() if name != KEY_FIELD},
                }
            ),
        )
        if not first:
            return
        answers = step.read(Typed({name: said.replace("\r\n", "\n") for name, said in posted.items()}))
        made = await step.take(desk.session, desk.actor, code, version, **answers)
        key.complaint_id = made.id if isinstance(made, Complaint) else made.complaint_id
    except (Conflict, IdempotencyMismatch) as refusal:
        # A form that was sent, changed and sent again was drawn for what is no longer so.
        raise Changed(version) from refusal
    except Refusal as refusal:
        raise _problem_of(refusal) from refusal


def _version(posted: Mapping[str, str]) -> int:
    given = posted.get(VERSION_FIELD, "")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise HTTPException(400)
    return int(given)


class NotNow(Problem):
    """The workflow has no such step from the present status."""

    status_code = 409


class NotYours(Problem):
    """It is for others to do."""

    status_code = 403


def _problem_of(refusal: Refusal) -> Problem:
    """What the domain refused, in the words of the panel, which knows no codes of statuses."""
    if isinstance(refusal, Forbidden):
        return NotYours(refusal.message())
    if isinstance(refusal, TransitionNotAllowed) and refusal.key == "transition_not_allowed":
        status = label(ComplaintStatus(str(refusal.values["status"])))
        return NotNow(f"Tidak dapat dilakukan: status laporan sekarang “{status}”.")
    return problem_of(refusal)
