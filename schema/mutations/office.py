"""What does Diskominfo do with a complaint? Each mutation hands its input to one step of the domain."""

import strawberry

from domain import closing, handling, merging
from domain.words import Classification
from schema.declaring import optional
from schema.mutations.given import CODE, STEP_ERRORS, VERSION, step
from schema.mutations.payloads import ComplaintPayload
from schema.refusals import Info


@strawberry.input(description="Diskominfo finds the report to be one.")
class ComplaintVerifyInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    classification: Classification | None = optional("Corrects the kind of report.")
    category_code: str | None = optional("Corrects what it is about, by category code.")
    supervised: bool | None = optional("Whether it needs supervision (berkadar pengawasan).")


@strawberry.input(description="Diskominfo or the holding OPD asks the reporter for something.")
class ComplaintHoldInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(
        description="What is asked of the reporter, public as the complaint is: 1 to 2,000 characters."
    )


@strawberry.input(description="Diskominfo gives the complaint to an OPD, or moves it.")
class ComplaintDispatchInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    opd_code: str = strawberry.field(description="The OPD that must act, by code.")
    instruction: str | None = optional("What is asked of the OPD: at most 2,000 characters.")


@strawberry.input(description="Diskominfo passes the complaint to an institution that is not the city's.")
class ComplaintTransferInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    institution: str = strawberry.field(description="To whom it goes, public: 1 to 200 characters.")
    reason: str = strawberry.field(description="Why, public: 1 to 2,000 characters.")


@strawberry.input(description="Diskominfo puts the complaint away without action.")
class ComplaintArchiveInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(description="Why, for the reporter to read: 1 to 2,000 characters.")


@strawberry.input(description="Diskominfo makes the complaint part of another one.")
class ComplaintMergeInput:
    tracking_code: str = strawberry.field(description=CODE)
    version: int = strawberry.field(description=VERSION)
    into_tracking_code: str = strawberry.field(
        description="The open complaint that it becomes part of, by tracking code."
    )


@strawberry.type
class OfficeMutations:
    @strawberry.mutation(
        description="Diskominfo verifies a report (SUBMITTED, ON_HOLD to VERIFIED). From ON_HOLD it comes"
        f" back to Diskominfo, whoever had it. Errors: {STEP_ERRORS}."
    )
    async def complaint_verify(self, info: Info, input: ComplaintVerifyInput) -> ComplaintPayload:
        return await step(info, handling.verify, input)

    @strawberry.mutation(
        description="Diskominfo or the holding OPD waits for the reporter (SUBMITTED, VERIFIED, DISPATCHED,"
        " IN_PROGRESS to ON_HOLD); the time to resolve it stands still until the reporter's reply returns it"
        f" to where it was. Errors: {STEP_ERRORS}."
    )
    async def complaint_hold(self, info: Info, input: ComplaintHoldInput) -> ComplaintPayload:
        return await step(info, handling.hold, input)

    @strawberry.mutation(
        description="Diskominfo dispatches a complaint to an OPD, or moves it (VERIFIED, DISPATCHED,"
        f" IN_PROGRESS to DISPATCHED). Errors: {STEP_ERRORS}, OPD_INACTIVE."
    )
    async def complaint_dispatch(self, info: Info, input: ComplaintDispatchInput) -> ComplaintPayload:
        return await step(info, handling.dispatch, input)

    @strawberry.mutation(
        description="Diskominfo passes a complaint to another institution (SUBMITTED, VERIFIED to"
        f" TRANSFERRED). Errors: {STEP_ERRORS}."
    )
    async def complaint_transfer(self, info: Info, input: ComplaintTransferInput) -> ComplaintPayload:
        return await step(info, closing.transfer, input)

    @strawberry.mutation(
        description="Diskominfo puts a complaint away (SUBMITTED, ON_HOLD, VERIFIED to ARCHIVED): the public"
        f" no longer sees it, its reporter reads why. Errors: {STEP_ERRORS}."
    )
    async def complaint_archive(self, info: Info, input: ComplaintArchiveInput) -> ComplaintPayload:
        return await step(info, closing.archive, input)

    @strawberry.mutation(
        description="Diskominfo makes a complaint part of another open one (any open status to MERGED). Its"
        " code goes on to work: it answers with `mergedInto`, its supporters count for the other, and a reply"
        " or support sent to it reaches the other. Until the working day ends Diskominfo can undo it in the"
        " panel: an event REOPENED from MERGED. One that is not confidential cannot become part of one"
        f" that is. Errors: {STEP_ERRORS}; NOT_FOUND and INVALID_INPUT also for the other one."
    )
    async def complaint_merge(self, info: Info, input: ComplaintMergeInput) -> ComplaintPayload:
        return await step(info, merging.merge, input)
