"""How do programs of third parties have themselves told of events, instead of asking?"""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain.webhooks import endpoints, spreading
from domain.words import ComplaintEventType
from schema.declaring import optional
from schema.identifiers import uuid_of
from schema.mutations.given import given
from schema.mutations.payloads import WebhookPayload
from schema.refusals import Info, carry_out
from schema.subscription import resumed

_ID = "Its identifier."


@strawberry.input(description="A new webhook.")
class WebhookCreateInput:
    url: str = strawberry.field(
        description="Where events are sent: https://, a host that is open to the internet, port 443 or above"
        " 1023."
    )
    types: list[ComplaintEventType] | None = optional("Which changes; all if absent or empty.")
    opd: list[str] | None = optional(
        "Only of complaints that any of these OPDs had when it happened, by code; of all if absent or empty."
    )


@strawberry.input(description="Which webhook is deleted.")
class WebhookDeleteInput:
    id: strawberry.ID = strawberry.field(description=_ID)


@strawberry.input(description="What a webhook is told again.")
class WebhookReplayInput:
    id: strawberry.ID = strawberry.field(description=_ID)
    after: str = strawberry.field(
        description="The cursor of an event, of a webhook's message, a subscription or `events`: everything"
        " after it is sent again, under the same `webhook-id` where it was sent before."
    )


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(
        description="Has an API client told of events from now on. Errors: UNAUTHENTICATED, FORBIDDEN without"
        " the scope `webhooks`, INVALID_INPUT for an address that is not allowed, an unknown OPD or more than"
        " 20 webhooks."
    )
    async def webhook_create(self, info: Info, input: WebhookCreateInput) -> WebhookPayload:
        context = info.context

        async def work(session: AsyncSession) -> dict[str, Any]:
            webhook, secret = await endpoints.create(
                session,
                context.actor,
                context.services.vault,
                loopback=context.services.webhooks_to_loopback,
                **given(input),
            )
            return {"webhook_id": webhook.id, "secret": secret}

        return await carry_out(info, WebhookPayload, work)

    @strawberry.mutation(
        description="Deletes a webhook; what is on its way to it is not sent any more. Errors: NOT_FOUND,"
        " UNAUTHENTICATED, FORBIDDEN."
    )
    async def webhook_delete(self, info: Info, input: WebhookDeleteInput) -> WebhookPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            await session.delete(await endpoints.own(session, info.context.actor, uuid_of(input.id)))
            return {}

        return await carry_out(info, WebhookPayload, work)

    @strawberry.mutation(
        description="Sends a webhook everything after a cursor again. Errors: NOT_FOUND, UNAUTHENTICATED,"
        " FORBIDDEN; BAD_CURSOR, and CURSOR_EXPIRED with `extensions.resumeFrom`, above `data`."
    )
    async def webhook_replay(self, info: Info, input: WebhookReplayInput) -> WebhookPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            webhook = await endpoints.own(session, info.context.actor, uuid_of(input.id))
            place = await resumed(info.context, input.after)
            await spreading.replay(session, webhook, str(place.xid), place.number)
            return {"webhook_id": webhook.id}

        return await carry_out(info, WebhookPayload, work)
