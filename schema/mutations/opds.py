"""How are OPDs added, changed and ended? Each mutation hands its input to one function of the domain."""

import datetime as dt
from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain import opds, succession
from domain.words import OpdKind
from schema.declaring import optional
from schema.mutations.given import given
from schema.mutations.payloads import OpdPayload
from schema.refusals import Info, carry_out


@strawberry.input(description="A new OPD.")
class OpdCreateInput:
    code: str = strawberry.field(description="Short stable code: capitals, digits, hyphens.")
    name: str = strawberry.field(description="Official name: 1 to 200 characters.")
    short_name: str | None = optional("What people call it: at most 40 characters.")
    kind: OpdKind = strawberry.field(description="What kind of agency it is.")
    parent_code: str | None = optional("The OPD it belongs to, by code.")
    address: str | None = optional("Postal address.")
    phone: str | None = optional("Telephone.")
    email: str | None = optional("E-mail address of the office.")
    website: str | None = optional("Web address, with https://.")
    active_from: dt.date | None = optional("First day on which it takes complaints; at once if absent.")


@strawberry.input(description="Changes of an OPD: what is absent stays, what is null is emptied.")
class OpdUpdateInput:
    code: str = strawberry.field(description="The OPD, by code.")
    name: str | None = optional("Official name: 1 to 200 characters.")
    short_name: str | None = optional("What people call it: at most 40 characters.")
    kind: OpdKind | None = optional("What kind of agency it is.")
    parent_code: str | None = optional("The OPD it belongs to, by code.")
    address: str | None = optional("Postal address.")
    phone: str | None = optional("Telephone.")
    email: str | None = optional("E-mail address of the office.")
    website: str | None = optional("Web address, with https://.")


@strawberry.input(description="The end of an OPD.")
class OpdDeactivateInput:
    code: str = strawberry.field(description="The OPD, by code.")
    active_until: dt.date = strawberry.field(description="Last day on which it takes complaints.")
    successor_code: str | None = optional("Who takes over its work, by code: another OPD that is active.")
    move_open_complaints: bool | None = optional(
        "Whether its open complaints go to the successor at once, each with a disposition and an event of its"
        " own: one that it had begun is dispatched anew, one that waits for its reporter goes on waiting."
    )


@strawberry.type
class OpdMutations:
    @strawberry.mutation(
        description="Diskominfo adds an OPD. Errors: UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT."
    )
    async def opd_create(self, info: Info, input: OpdCreateInput) -> OpdPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            values = given(input)
            code, details = values.pop("code"), opds.OpdDetails(**values)
            return {"opd_id": (await opds.create(session, info.context.actor, code, details)).id}

        return await carry_out(info, OpdPayload, work)

    @strawberry.mutation(
        description="Diskominfo changes an OPD. Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT."
    )
    async def opd_update(self, info: Info, input: OpdUpdateInput) -> OpdPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            changes = given(input)
            code = changes.pop("code")
            return {"opd_id": (await opds.update(session, info.context.actor, code, changes)).id}

        return await carry_out(info, OpdPayload, work)

    @strawberry.mutation(
        description="Diskominfo ends an OPD: after its last day it takes no more complaints. Its past stays"
        " as it was. Errors: NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT, OPD_INACTIVE for a"
        " successor, OPD_HAS_OPEN_COMPLAINTS where it has some that are not moved."
    )
    async def opd_deactivate(self, info: Info, input: OpdDeactivateInput) -> OpdPayload:
        async def work(session: AsyncSession) -> dict[str, Any]:
            return {"opd_id": (await succession.deactivate(session, info.context.actor, **given(input))).id}

        return await carry_out(info, OpdPayload, work)
