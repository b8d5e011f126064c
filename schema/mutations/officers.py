"""What does the holding OPD do with a complaint? Each mutation hands its input to one step of the domain."""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import closing, follow_up, handling
from domain.words import ActionKind, Visibility
from schema.declaring import optional
from schema.mutations.given import CODE, FILES, STEP_ERRORS, VERSION, given, step
from schema.mutations.payloads import ActionPayload, ComplaintPayload
from schema.refusals import Info, carry_out


@strawberry.input(description="The holding OPD says that it is not theirs (bukan kewenangan).")
class ComplaintReturnInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(description="Why: 1 to 2,000 characters.")
    suggested_opd_code: str | None = optional("Whose it may be, by code.")


@strawberry.input(description="The holding OPD tells what it does.")
class ActionAddInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    body: str = strawberry.field(description="What was done: 1 to 10,000 characters.")
    kind: ActionKind | None = optional("NOTE or PROGRESS; PROGRESS if absent.")
    visibility: Visibility | None = optional("Who may read it; PUBLIC if absent.")
    attachment_ids: list[strawberry.ID] | None = optional(FILES)
    idempotency_key: str | None = optional("Random and new for each action: a repeat with it adds none.")


@strawberry.input(description="The holding OPD answers the reporter.")
class ComplaintAnswerInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    body: str = strawberry.field(description="The answer, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = optional(FILES)


@strawberry.input(description="The holding OPD or Diskominfo finishes the complaint.")
class ComplaintCompleteInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    body: str = strawberry.field(description="What was done, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = optional(FILES)


@strawberry.type
class OfficerMutations:
    @strawberry.mutation(
        description="The holding OPD gives a complaint back (DISPATCHED, IN_PROGRESS to VERIFIED). Errors:"
        f" {STEP_ERRORS}."
    )
    async def complaint_return(self, info: Info, input: ComplaintReturnInput) -> ComplaintPayload:
        return await step(info, handling.return_to_office, input)

    @strawberry.mutation(
        description="The holding OPD adds an action; the first one starts the work (DISPATCHED to"
        f" IN_PROGRESS), unless it is an INTERNAL note. Errors: {STEP_ERRORS}, IDEMPOTENCY_MISMATCH."
    )
    async def action_add(self, info: Info, input: ActionAddInput) -> ActionPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await follow_up.add_action(session, info.context.actor, **given(input))
            return {"action_id": done.id, "complaint_id": done.complaint_id}

        return await carry_out(info, ActionPayload, work)

    @strawberry.mutation(
        description="The holding OPD answers the reporter (DISPATCHED, IN_PROGRESS to ANSWERED). Errors:"
        f" {STEP_ERRORS}."
    )
    async def complaint_answer(self, info: Info, input: ComplaintAnswerInput) -> ComplaintPayload:
        return await step(info, follow_up.answer, input)

    @strawberry.mutation(
        description="The holding OPD or Diskominfo finishes a complaint (IN_PROGRESS, ANSWERED to COMPLETED)."
        f" Errors: {STEP_ERRORS}."
    )
    async def complaint_complete(self, info: Info, input: ComplaintCompleteInput) -> ComplaintPayload:
        return await step(info, closing.complete, input)
