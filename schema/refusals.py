"""How a refusal of the domain becomes an entry of `errors`, and how every mutation is carried out."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict, InvalidInput, Refusal, Throttled, TransitionNotAllowed
from domain.words import ErrorCode, Locale, Transition
from schema.context import Context

P = TypeVar("P")
Info = strawberry.Info[Context, None]


@strawberry.interface(description="Why a mutation did nothing: a rule that forbids it.")
class UserError:
    code: ErrorCode = strawberry.field(description="Stable word for programs.")
    message: str = strawberry.field(
        description="Sentence for people: Indonesian, or English by Accept-Language."
    )
    field: list[str] = strawberry.field(
        description="Path of the input field that it concerns, such as [input, title]; empty for none."
    )


@strawberry.type(description="A value is malformed, out of bounds, or names nothing.")
class InvalidInputError(UserError):
    pass


@strawberry.type(description="The workflow has no such step from the present status.")
class TransitionNotAllowedError(UserError):
    allowed: list[Transition] = strawberry.field(description="What the viewer may do with it instead.")


@strawberry.type(description="Somebody else changed it in the meantime: reload and try again.")
class ConflictError(UserError):
    current_version: int = strawberry.field(description="The present version.")


@strawberry.type(description="Too many attempts.")
class ThrottledError(UserError):
    retry_at: dt.datetime = strawberry.field(description="From when on it may be tried again.")


@strawberry.type(description="Any other refusal; `code` says which.")
class RefusedError(UserError):
    pass


def user_error(refusal: Refusal, locale: Locale) -> UserError:
    """The entry of `errors` for a refusal."""
    common: dict[str, Any] = {
        "code": refusal.code,
        "message": refusal.message(locale),
        "field": ["input", refusal.field] if refusal.field else [],
    }
    if isinstance(refusal, TransitionNotAllowed):
        return TransitionNotAllowedError(**common, allowed=refusal.allowed)
    if isinstance(refusal, Conflict):
        return ConflictError(**common, current_version=refusal.current_version)
    if isinstance(refusal, Throttled):
        return ThrottledError(**common, retry_at=refusal.until)
    return InvalidInputError(**common) if isinstance(refusal, InvalidInput) else RefusedError(**common)


async def carry_out(
    info: Info,
    payload: Callable[..., P],
    work: Callable[[AsyncSession], Awaitable[dict[str, Any]]],
) -> P:
    """Does a mutation's work in one transaction and answers with its payload, or with why it was refused."""
    services = info.context.services

    async def in_one_transaction() -> dict[str, Any]:
        async with services.write(info.context.actor) as session:
            values = await work(session)
        services.committed()
        return values

    return await answer_with(info, payload, in_one_transaction)


async def answer_with(
    info: Info, payload: Callable[..., P], work: Callable[[], Awaitable[dict[str, Any]]]
) -> P:
    """The payload of a mutation that sees to its transactions itself."""
    try:
        values = await work()
    except Refusal as refusal:
        return payload(errors=[user_error(refusal, info.context.locale)])
    return payload(**values, errors=[])
