"""How does what a mutation was given reach the domain, and what is said of inputs that many have?"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Complaint
from schema.identifiers import uuid_of
from schema.mutations.payloads import ComplaintPayload
from schema.refusals import Info, carry_out

CODE = "The complaint's tracking code, as shown or as somebody typed it."
VERSION = "The version that the caller saw; a stale one gets a ConflictError."
FILES = (
    "Uploaded attachments to add, by the identifiers that `attachmentUploadCreate` gave: 5 at most, unless"
    " the operator has set another number."
)
TOKEN = "The access token that the report's submission answered with."  # noqa: S105 - a description
STEP_ERRORS = "NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, TRANSITION_NOT_ALLOWED, INVALID_INPUT"


def given(input_: object) -> dict[str, Any]:
    """What an input says, by the names of the domain's functions; what is absent is absent."""
    values = {name: value for name, value in vars(input_).items() if value is not strawberry.UNSET}
    if "attachment_ids" in values:
        values["attachment_ids"] = _keys(values["attachment_ids"])
    return values


def _keys(ids: Sequence[str] | None) -> tuple[UUID | None, ...]:
    return tuple(uuid_of(identifier) for identifier in ids or ())


async def step(info: Info, step_: Callable[..., Awaitable[Complaint]], input_: object) -> ComplaintPayload:
    """A step of the domain that takes what the input says, and changes a complaint."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        return {"complaint_id": (await step_(session, info.context.actor, **given(input_))).id}

    return await carry_out(info, ComplaintPayload, work)
