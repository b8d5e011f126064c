"""Which steps is somebody offered on a complaint's page, and which of them does it need next?"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from admin.complaints.changes import Change
from admin.complaints.step_forms import STEP_FORMS, UNMERGE, USUALLY_NEXT, StepForm
from admin.desk import Desk
from admin.editing import Form, typed_values
from admin.forms import Problem
from domain import follow_up, steps, unmerging
from domain.model.complaint import Complaint
from domain.words import Transition

VERSION_FIELD = "version"
KEY_FIELD = "key"


class Changed(Problem):
    """Somebody else has changed the complaint since the form was drawn."""

    status_code = 409

    def __init__(self, version: int, changes: Sequence[Change] = ()) -> None:
        super().__init__("")
        self.version = version
        """The version that the form was drawn for."""
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Offer:
    """A form as it is drawn: for one version of the complaint, and to be sent once."""

    step: StepForm
    form: Form
    verb: str
    version: int
    key: str
    kept: Sequence[tuple[UUID, str]] = ()
    """Attachments that were uploaded with it before, by their names."""

    @property
    def problem(self) -> Problem | None:
        return self.form.problem

    @property
    def changed(self) -> Changed | None:
        return self.problem if isinstance(self.problem, Changed) else None


@dataclass(frozen=True, slots=True)
class Offers:
    """The forms of a page."""

    next: Offer | None
    """What the complaint needs next, where that is this visitor's to do."""
    others: Sequence[Offer]
    withdrawn: Offer | None = None
    """What was sent, and is not offered any more: kept for the sake of what was typed."""


async def _are_offered(desk: Desk, complaint: Complaint) -> list[StepForm]:
    allowed = set(await steps.allowed_now(desk.session, desk.actor, complaint))
    if follow_up.may_add_action(desk.actor, complaint):
        # The first action starts the work; more may follow.
        allowed.add(Transition.START)
    offered = [step for step in STEP_FORMS.values() if step.makes in allowed]
    if await unmerging.undoable_until(desk.session, desk.actor, complaint) is not None:
        offered.append(STEP_FORMS[UNMERGE])
    return offered


async def _drawn(desk: Desk, complaint: Complaint, step: StepForm) -> Offer:
    fields, values = await step.ask_for(desk, complaint)
    return Offer(
        step,
        Form(fields, values, ""),
        step.called(complaint.status),
        complaint.version,
        secrets.token_urlsafe(16),
    )


async def offers(desk: Desk, complaint: Complaint) -> Offers:
    """The forms of the steps that the visitor may make now."""
    drawn = [await _drawn(desk, complaint, step) for step in await _are_offered(desk, complaint)]
    usual = USUALLY_NEXT.get(complaint.status)
    return Offers(
        next((offer for offer in drawn if offer.step.name == usual), None),
        [offer for offer in drawn if offer.step.name != usual],
    )


async def redrawn(
    desk: Desk,
    complaint: Complaint,
    step: StepForm,
    posted: Mapping[str, str],
    problem: Problem,
    *,
    kept: Sequence[tuple[UUID, str]] = (),
) -> Offers:
    """The forms again, after one of them was refused: it holds what was typed, and says what is wrong."""
    found = await offers(desk, complaint)
    again = await _drawn(desk, complaint, step)
    typed = typed_values(again.form.fields, posted)
    again = replace(again, form=again.form._replace(values=typed, problem=problem), kept=kept)
    if found.next is not None and found.next.step is step:
        return replace(found, next=again)
    if any(offer.step is step for offer in found.others):
        return replace(found, others=[again if offer.step is step else offer for offer in found.others])
    return replace(found, withdrawn=again)
