"""How do members of staff sign in and out?"""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import accounts, sessions, signing_in
from domain.errors import Unauthenticated
from domain.words import SessionKind
from schema.declaring import optional
from schema.mutations.given import given
from schema.mutations.payloads import SessionPayload, SessionRevokePayload
from schema.refusals import Info, answer_with, carry_out


@strawberry.input(description="Who signs in.")
class SessionCreateInput:
    email: str = strawberry.field(description="The account's e-mail address.")
    password: str = strawberry.field(description="Its password.")
    code: str | None = optional(
        "A code of the authenticator app, or a recovery code, where the account has a second factor."
    )


@strawberry.type
class SessionMutations:
    @strawberry.mutation(
        description="Signs a member of staff in. Errors: UNAUTHENTICATED for a wrong address, password or"
        " code;"
        " THROTTLED after too many; SECOND_FACTOR_REQUIRED where a code is needed too; and"
        " PASSWORD_CHANGE_REQUIRED where somebody else set the password: it is changed in the panel."
    )
    async def session_create(self, info: Info, input: SessionCreateInput) -> SessionPayload:
        context = info.context

        async def work() -> dict[str, Any]:
            done = await signing_in.with_password(
                context.services.door, SessionKind.API, address=context.address, **given(input)
            )
            return {
                "token": done.token,
                "expires_at": done.expires_at,
                "viewed_by": accounts.actor_of(done.account),
            }

        return await answer_with(info, SessionPayload, work)

    @strawberry.mutation(
        description="Ends the session of the request's own token. Errors: UNAUTHENTICATED without one."
    )
    async def session_revoke(self, info: Info) -> SessionRevokePayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            if info.context.token is None or not info.context.actor.is_staff:
                raise Unauthenticated("unauthenticated")
            await sessions.end(session, info.context.token)
            return {}

        return await carry_out(info, SessionRevokePayload, work)
