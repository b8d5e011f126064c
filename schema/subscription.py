"""Following: events after a cursor, or from now on, for as long as the client listens."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLError, GraphQLObjectType

from domain import authority, policy
from domain.actor import Actor
from domain.bearers import actor_of_token
from domain.errors import Refusal
from domain.merging_sql import follows
from domain.messages import MESSAGES
from domain.model import complaint as model
from domain.tracking import read_code
from schema.context import Context
from schema.plan.cursor import bad_cursor, list_key, opened
from schema.plan.fields import described, feed
from schema.plan.run import Rendered, with_shown_token
from schema.plan.scope import ResolveInfo, Scope
from schema.types.event import EVENT_FILTERS, EVENT_LIST, ComplaintEvent, EventFilter


def _of_complaint(s: Scope, e: sa.FromClause) -> sa.ColumnElement[bool]:
    return follows(e, s.bind("trackingCode", type_=sa.Text(), convert=read_code))


_AFTER = (str | None, "The `cursor` of the last event that was seen; from now on if absent.")

_PRESENT = "SELECT present_event_xid($1::text::xid8, $2)::text, present_event_id($1::text::xid8, $2)"


@described
class Subscription:
    """What can be followed. Delivered at least once, in commit order, never skipped."""

    complaint_events: ComplaintEvent = feed(
        "Every event that the subscriber may see, in commit order; `after` resumes. Errors: BAD_CURSOR,"
        " FORBIDDEN for an API key without the scope `events`.",
        lambda _s, _e: sa.true(),
        filters=EVENT_FILTERS,
        arguments={"filter": (EventFilter | None, "Which of them."), "after": _AFTER},
    )
    complaint_status_changed: ComplaintEvent = feed(
        "One complaint's events: for the reporter's own screen. Of one that is merged, those of the one that"
        " it became part of follow. Errors: NOT_FOUND, BAD_CURSOR.",
        _of_complaint,
        arguments={
            "trackingCode": (str, "The complaint's code."),
            "accessToken": (str | None, "The reporter's token."),
            "after": _AFTER,
        },
    )


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the sequence of events: everything after it is still to come."""

    xid: str
    number: int


def position_of(secret: bytes, cursor: str) -> Position:
    """The place that an event's cursor names; anything else raises BAD_CURSOR."""
    xid, _, number = opened(list_key(secret, *EVENT_LIST), cursor).partition("|")
    if not (xid.isdigit() and number.isdigit()):
        raise bad_cursor()
    return Position(xid, int(number))


async def _resumed(context: Context, cursor: str) -> Position:
    """The place of a cursor as this cluster counts, whichever cluster the cursor is from."""
    named = position_of(context.services.planner.cursor_secret, cursor)
    (row,) = await context.services.reads.fetch(_PRESENT, named.xid, named.number)
    return Position(*row)


async def _now(context: Context) -> Position:
    """The present end of the sequence: what is committed from now on lies after it."""
    return Position(
        await context.services.reads.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"),
        0,
    )


def _refused(context: Context, refusal: Refusal) -> GraphQLError:
    return GraphQLError(refusal.message(context.locale), extensions={"code": refusal.code.value})


async def _require_complaint(context: Context, actor: Actor, code: str) -> None:
    """A complaint that is not there, or not for this viewer, is said to be so rather than waited for."""
    found = None
    if (clean := read_code(code)) is not None:
        async with context.services.write() as session:
            found = await session.scalar(
                sa.select(model.Complaint.id).where(
                    model.Complaint.tracking_code == clean,
                    policy.sees_complaint(actor, model.Complaint.__table__),
                ),
                policy.viewer_values(actor),
            )
    if found is None:
        message = MESSAGES["complaint_not_found"][context.locale]
        raise GraphQLError(message, extensions={"code": "NOT_FOUND"})


async def _require_token_still(context: Context) -> None:
    """Nothing more is told to whom the token has been taken from since."""
    if context.token is None:
        return
    async with context.services.write() as session:
        actor = await actor_of_token(session, context.token)
    if actor is None:
        message = MESSAGES["bad_token"][context.locale]
        raise GraphQLError(message, extensions={"code": "UNAUTHENTICATED"})


async def _follow(_root: Any, info: ResolveInfo, **arguments: Any) -> AsyncGenerator[Rendered, None]:
    """One subscription: what there is after the position, then, at each wake, what has come since.

    Old and new events are read by the same statement, so there is no seam between replay and live.
    """
    context: Context = info.context
    services = context.services
    actor = with_shown_token(info, context.actor)
    try:
        authority.require(context.actor, "event:follow")
    except Refusal as refusal:
        raise _refused(context, refusal) from refusal
    if "trackingCode" in arguments:
        await _require_complaint(context, actor, arguments["trackingCode"])
    after = arguments.get("after")
    position = await (_resumed(context, after) if after is not None else _now(context))
    while True:
        generation = services.wakes.generation
        batch = await services.planner.feed(services.reads, info, actor, position, services.revealed)
        if batch:
            await _require_token_still(context)
        for xid, number, rendered in batch:
            position = Position(xid, number)
            yield rendered
        if not batch:
            await services.wakes.changed(generation)


def install_feeds(type_: GraphQLObjectType) -> None:
    """Gives the fields of the subscription type their one source of events."""
    for definition in type_.fields.values():
        definition.subscribe = _follow
        definition.resolve = lambda event, _info, **_arguments: event
