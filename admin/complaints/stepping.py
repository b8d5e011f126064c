"""How is a step made from a complaint's page? By the domain's function, once for each form that was drawn."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin.complaints import changes, offers
from admin.complaints.offers import KEY_FIELD, VERSION_FIELD, Changed
from admin.complaints.step_forms import STEP_FORMS, StepForm
from admin.complaints.uploads import FILES_FIELD, KEPT_FIELD, Chosen, ids_of, kept, take_in
from admin.desk import Desk
from admin.forms import EarlierSession, Problem, Typed, problem_of
from admin.frame import Panel
from admin.posting import is_genuine, read_form_with_files
from admin.visitor import visitor_of
from domain import idempotency, text
from domain.attachments.rules import rules_of
from domain.errors import Conflict, Forbidden, IdempotencyMismatch, Refusal, TransitionNotAllowed
from domain.model.complaint import Complaint
from domain.words import ComplaintStatus, label

MOST_FILES = 20
"""More than one message may have: how many it may, its answer says."""
MOST_OF_TEXTS = 1024 * 1024


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """Makes the step that was posted; or shows the complaint again, with what was typed and what is wrong."""
    request.path_params["identity"] = "complaint"
    view = panel.view(request, Action.DETAILS)
    step, code = STEP_FORMS.get(request.path_params["step"]), request.path_params["key"]
    if step is None:
        raise HTTPException(404)
    async with panel.desk(request) as desk:
        rules = rules_of(desk.session)
    most_bytes = MOST_OF_TEXTS + (rules.per_message * rules.bytes_each if step.takes_files else 0)
    posted, files, form = await read_form_with_files(
        request, MOST_FILES if step.takes_files else 0, most_bytes
    )
    chosen = Chosen(files, ids_of(value for value in form.getlist(KEPT_FIELD) if isinstance(value, str)))
    try:
        if not is_genuine(visitor_of(request), posted):
            raise EarlierSession
        await take_in(panel, request, chosen)
        async with panel.writing_desk(request) as desk:
            await _make(desk, step, code, posted, chosen.ids)
    except Problem as found:
        problem = found
    else:
        return panel.go(request, f"/complaint/details/{code}#{step.name}-sudah")
    finally:
        await form.close()
    async with panel.desk(request) as desk:
        context = await view.details(desk, code)
        complaint = context["row"]
        if isinstance(problem, Changed):
            problem.changes = await changes.since(desk.session, desk.actor, complaint, problem.version)
        context["offers"] = await offers.redrawn(
            desk, complaint, step, posted, problem, kept=await kept(desk, chosen.ids)
        )
    return await panel.page(request, view.details_page, {"view": view, **context}, problem.status_code)


async def _make(
    desk: Desk, step: StepForm, code: str, posted: Mapping[str, str], attachments: Sequence[UUID]
) -> None:
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
        if attachments:
            answers["attachment_ids"] = attachments
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
    if refusal.field == "attachmentIds":
        return Problem(refusal.message(), FILES_FIELD)
    return problem_of(refusal)
