"""What do reporters and others of the public do? Each mutation hands its input to one step of the domain."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import reporter, submission, support
from domain.actor import Actor
from domain.model.complaint import Complaint
from domain.secrecy import token_hash
from domain.words import Channel, Classification, Privacy
from schema.declaring import optional
from schema.mutations.given import CODE, FILES, TOKEN, given, step
from schema.mutations.payloads import ComplaintPayload, ComplaintSubmitPayload
from schema.refusals import Info, carry_out

_SCOPE = "FORBIDDEN for an API key without the scope `submit`"


@strawberry.input(description="A report, as a citizen's app sends it.")
class ComplaintSubmitInput:
    idempotency_key: str = strawberry.field(
        description="Random and new for each report, 1 to 200 characters (a UUID is good): repeating the same"
        " submission with it gives the same complaint, not a second one."
    )
    title: str = strawberry.field(description="What it is about, in a line: 1 to 200 characters.")
    body: str = strawberry.field(description="The report: 1 to 10,000 characters.")
    classification: Classification = strawberry.field(description="What kind of report it is.")
    channel: Channel | None = optional(
        "How it came in; CITY_APP if absent. LAPOR_WEB, LAPOR_APP, SMS_1708: for staff and API keys."
    )
    category_code: str | None = optional("What it is about, by category code.")
    opd_code: str | None = optional("The OPD that the reporter thinks it is for.")
    privacy: Privacy | None = optional("How far the reporter wants to be known; PUBLIC if absent.")
    latitude: float | None = optional("Degrees, WGS 84; with longitude.")
    longitude: float | None = optional("Degrees, WGS 84; with latitude.")
    address: str | None = optional("Where it is, in words: at most 500 characters.")
    area_code: str | None = optional("Kelurahan or kecamatan, by official code.")
    reporter_name: str | None = optional("Encrypted at rest; never public.")
    reporter_email: str | None = optional("Encrypted at rest; never public.")
    reporter_phone: str | None = optional("Encrypted at rest; never public.")
    attachment_ids: list[strawberry.ID] | None = optional(FILES)
    external_tracking_id: str | None = optional(
        "Its number in SP4N-LAPOR or another system; for staff and API keys."
    )


@strawberry.input(description="What the reporter answers back.")
class ComplaintReplyInput:
    tracking_code: str = strawberry.field(description=CODE)
    access_token: str = strawberry.field(description=TOKEN)
    body: str = strawberry.field(description="The reply, public as the report is: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = optional(FILES)
    idempotency_key: str | None = optional("Random and new for each reply: a repeat with it adds none.")


@strawberry.input(description="How well the reporter finds that it was handled.")
class ComplaintRateInput:
    tracking_code: str = strawberry.field(description=CODE)
    access_token: str = strawberry.field(description=TOKEN)
    rating: int = strawberry.field(description="1 (bad) to 5 (good).")
    comment: str | None = optional("Why, for Diskominfo; never public: at most 2,000 characters.")


@strawberry.input(description="The reporter, or Diskominfo, wants it to be taken up again.")
class ComplaintReopenInput:
    tracking_code: str = strawberry.field(description=CODE)
    access_token: str = strawberry.field(
        description=f"{TOKEN} Diskominfo, signed in, needs none: an empty text."
    )
    reason: str = strawberry.field(description="Why, public as the report is: 1 to 2,000 characters.")


@strawberry.input(description="Somebody supports a complaint.")
class ComplaintSupportInput:
    tracking_code: str = strawberry.field(description=CODE)
    supporter_key: str = strawberry.field(
        description="What the app knows this person or device by, 1 to 200 characters: random, lasting, and"
        " nothing that says who it is (a UUID is good). Stored hashed; each counts once."
    )


@strawberry.type
class ReporterMutations:
    @strawberry.mutation(
        description="Registers a report. Errors: INVALID_INPUT, IDEMPOTENCY_MISMATCH, OPD_INACTIVE,"
        f" UNAUTHENTICATED for what only staff and API keys may tell, {_SCOPE}."
    )
    async def complaint_submit(self, info: Info, input: ComplaintSubmitInput) -> ComplaintSubmitPayload:
        actor, vault = info.context.actor, info.context.services.vault

        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await submission.submit(session, actor, vault, submission.Submission(**given(input)))
            return {
                "complaint_id": done.complaint.id,
                "access_token": done.access_token,
                "viewed_by": _as_reporter(actor, done.access_token),
            }

        return await carry_out(info, ComplaintSubmitPayload, work)

    @strawberry.mutation(
        description="The reporter replies: ON_HOLD goes back to where it was, ANSWERED to IN_PROGRESS,"
        " another open status stays. A reply to a merged report reaches the one that it became part of, and"
        " the payload has that one. Errors: NOT_FOUND also for a wrong token, TRANSITION_NOT_ALLOWED once it"
        f" is closed, INVALID_INPUT, IDEMPOTENCY_MISMATCH, {_SCOPE}."
    )
    async def complaint_reply(self, info: Info, input: ComplaintReplyInput) -> ComplaintPayload:
        return await _own_step(info, reporter.reply, input)

    @strawberry.mutation(
        description="The reporter rates, once, how the completed report was handled. Errors: NOT_FOUND also"
        f" for a wrong token, TRANSITION_NOT_ALLOWED until it is COMPLETED, ALREADY_RATED, INVALID_INPUT,"
        f" {_SCOPE}."
    )
    async def complaint_rate(self, info: Info, input: ComplaintRateInput) -> ComplaintPayload:
        return await _own_step(info, reporter.rate, input)

    @strawberry.mutation(
        description="The reporter or Diskominfo has it taken up again (ANSWERED, COMPLETED to IN_PROGRESS),"
        " after its completion within the working days that a reporter has to reply. Errors: NOT_FOUND also"
        f" for a wrong token, TRANSITION_NOT_ALLOWED, INVALID_INPUT, {_SCOPE}."
    )
    async def complaint_reopen(self, info: Info, input: ComplaintReopenInput) -> ComplaintPayload:
        return await _own_step(info, reporter.reopen, input)

    @strawberry.mutation(
        description="Counts one more supporter of an open complaint that the public sees. Support of a merged"
        " complaint counts for the one that it became part of, and the payload has that one. Errors:"
        f" NOT_FOUND, ALREADY_SUPPORTED, TRANSITION_NOT_ALLOWED once it is closed, INVALID_INPUT, {_SCOPE}."
    )
    async def complaint_support(self, info: Info, input: ComplaintSupportInput) -> ComplaintPayload:
        return await step(info, support.support, input)


def _as_reporter(actor: Actor, access_token: str) -> Actor:
    return actor.with_access_token(token_hash(access_token))


async def _own_step(
    info: Info,
    step_: Callable[..., Awaitable[Complaint]],
    input_: ComplaintReplyInput | ComplaintRateInput | ComplaintReopenInput,
) -> ComplaintPayload:
    """A step of whoever shows the access token, answered with what the reporter sees."""
    actor = info.context.actor

    async def work(session: AsyncSession) -> dict[str, Any]:
        done = await step_(session, actor, **given(input_))
        return {"complaint_id": done.id, "viewed_by": _as_reporter(actor, input_.access_token)}

    return await carry_out(info, ComplaintPayload, work)
