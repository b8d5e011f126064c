"""How do members of staff sign in and out?"""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import accounts
from domain.errors import Unauthenticated
from schema.mutations.payloads import SessionPayload, SessionRevokePayload
from schema.refusals import Info, carry_out


@strawberry.input(description="Who signs in.")
class SessionCreateInput:
    email: str = strawberry.field(description="The account's e-mail address.")
    password: str = strawberry.field(description="Its password.")


@strawberry.type
class SessionMutations:
    @strawberry.mutation(
        description="Signs a member of staff in. Errors: UNAUTHENTICATED for a wrong address or password."
    )
    async def session_create(self, info: Info, input: SessionCreateInput) -> SessionPayload:
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
