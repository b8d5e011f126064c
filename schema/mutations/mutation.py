"""The write side: each mutation hands its input to one function of the domain."""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import accounts, handling, opds, submission
from domain.errors import Unauthenticated
from schema.mutations import inputs
from schema.mutations.payloads import (
    ActionPayload,
    ComplaintPayload,
    ComplaintSubmitPayload,
    OpdPayload,
    SessionPayload,
    SessionRevokePayload,
)
from schema.refusals import Info, carry_out


@strawberry.type(description="What can be changed. A rule that forbids it is an entry of `errors`.")
class Mutation:
    @strawberry.mutation(
        description="Registers a report. Errors: INVALID_INPUT, IDEMPOTENCY_MISMATCH, OPD_INACTIVE,"
        " FORBIDDEN for an API key without the scope `submit`."
    )
    async def complaint_submit(
        self, info: Info, input: inputs.ComplaintSubmitInput
    ) -> ComplaintSubmitPayload:
        actor, vault = info.context.actor, info.context.services.vault

        async def work(session: AsyncSession) -> dict[str, Any]:
            given = submission.Submission(**inputs.given(input))
            done = await submission.submit(session, actor, vault, given)
            token_hash = done.complaint.access_token_hash
            assert token_hash is not None
            return {
                "complaint_id": done.complaint.id,
                "access_token": done.access_token,
                "viewed_by": actor.with_access_token(token_hash),
            }

        return await carry_out(info, ComplaintSubmitPayload, work)

    @strawberry.mutation(
        description="Diskominfo verifies a report (SUBMITTED, ON_HOLD to VERIFIED). Errors: NOT_FOUND,"
        " UNAUTHENTICATED, FORBIDDEN, CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT."
    )
    async def complaint_verify(self, info: Info, input: inputs.ComplaintVerifyInput) -> ComplaintPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.verify(session, info.context.actor, **inputs.given(input))
            return {"complaint_id": done.id}

        return await carry_out(info, ComplaintPayload, work)

    @strawberry.mutation(
        description="Diskominfo dispatches a complaint to an OPD, or moves it (VERIFIED, DISPATCHED,"
        " IN_PROGRESS to DISPATCHED). Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT,"
        " TRANSITION_NOT_ALLOWED, INVALID_INPUT, OPD_INACTIVE."
    )
    async def complaint_dispatch(self, info: Info, input: inputs.ComplaintDispatchInput) -> ComplaintPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.dispatch(session, info.context.actor, **inputs.given(input))
            return {"complaint_id": done.id}

        return await carry_out(info, ComplaintPayload, work)

    @strawberry.mutation(
        description="The holding OPD gives a complaint back (DISPATCHED, IN_PROGRESS to VERIFIED). Errors:"
        " NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT."
    )
    async def complaint_return(self, info: Info, input: inputs.ComplaintReturnInput) -> ComplaintPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.return_to_office(session, info.context.actor, **inputs.given(input))
            return {"complaint_id": done.id}

        return await carry_out(info, ComplaintPayload, work)

    @strawberry.mutation(
        description="The holding OPD adds an action; the first one starts the work (DISPATCHED to"
        " IN_PROGRESS), unless it is an INTERNAL note. Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN,"
        " CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT, IDEMPOTENCY_MISMATCH."
    )
    async def action_add(self, info: Info, input: inputs.ActionAddInput) -> ActionPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.add_action(session, info.context.actor, **inputs.given(input))
            return {"action_id": done.id, "complaint_id": done.complaint_id}

        return await carry_out(info, ActionPayload, work)

    @strawberry.mutation(
        description="The holding OPD answers the reporter (DISPATCHED, IN_PROGRESS to ANSWERED). Errors:"
        " NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT."
    )
    async def complaint_answer(self, info: Info, input: inputs.ComplaintAnswerInput) -> ComplaintPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.answer(session, info.context.actor, **inputs.given(input))
            return {"complaint_id": done.id}

        return await carry_out(info, ComplaintPayload, work)

    @strawberry.mutation(
        description="The holding OPD or Diskominfo finishes a complaint (IN_PROGRESS, ANSWERED to COMPLETED)."
        " Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT."
    )
    async def complaint_complete(self, info: Info, input: inputs.ComplaintCompleteInput) -> ComplaintPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await handling.complete(session, info.context.actor, **inputs.given(input))
            return {"complaint_id": done.id}

        return await carry_out(info, ComplaintPayload, work)

    @strawberry.mutation(
        description="Diskominfo adds an OPD. Errors: UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT."
    )
    async def opd_create(self, info: Info, input: inputs.OpdCreateInput) -> OpdPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            values = inputs.given(input)
            code, details = values.pop("code"), opds.OpdDetails(**values)
            return {"opd_id": (await opds.create(session, info.context.actor, code, details)).id}

        return await carry_out(info, OpdPayload, work)

    @strawberry.mutation(
        description="Diskominfo changes an OPD. Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT."
    )
    async def opd_update(self, info: Info, input: inputs.OpdUpdateInput) -> OpdPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            changes = inputs.given(input)
            code = changes.pop("code")
            return {"opd_id": (await opds.update(session, info.context.actor, code, changes)).id}

        return await carry_out(info, OpdPayload, work)

    @strawberry.mutation(
        description="Signs a member of staff in. Errors: UNAUTHENTICATED for a wrong address or password."
    )
    async def session_create(self, info: Info, input: inputs.SessionCreateInput) -> SessionPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            done = await accounts.sign_in(session, input.email, input.password)
            return {
                "token": done.token,
                "expires_at": done.expires_at,
                "viewed_by": accounts.actor_of(done.account),
            }

        return await carry_out(info, SessionPayload, work)

    @strawberry.mutation(
        description="Ends the session of the request's own token. Errors: UNAUTHENTICATED without one."
    )
    async def session_revoke(self, info: Info) -> SessionRevokePayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            if info.context.token is None or not info.context.actor.is_staff:
                raise Unauthenticated("unauthenticated")
            await accounts.sign_out(session, info.context.token)
            return {}

        return await carry_out(info, SessionRevokePayload, work)
