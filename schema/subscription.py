"""Following: events after a cursor, or from now on, for as long as the client listens."""

from typing import Any

import asyncpg
import sqlalchemy as sa
from graphql import GraphQLError, GraphQLObjectType

from domain import policy
from domain.actor import Actor
from domain.merging_sql import follows
from domain.messages import MESSAGES
from domain.model import complaint as model
from domain.tracking import read_code
from schema.context import Context, as_reporter
from schema.declaring import described
from schema.following.feed import FeedReading, feed, feed_statement, problem_statement, require_sound
from schema.following.followers import Follower
from schema.following.places import Position, position_of, refuse_expired
from schema.permissions import needing, require_for
from schema.plan.scope import ResolveInfo, Scope
from schema.types.event import EVENT_FILTERS, ComplaintEvent, EventFilter


def _of_complaint(s: Scope, e: sa.FromClause) -> sa.ColumnElement[bool]:
    return follows(e, s.bind("trackingCode", type_=sa.Text(), convert=read_code))


_AFTER = (str | None, "The `cursor` of the last event that was seen; from now on if absent.")

_PRESENT = "SELECT offered_event_xid($1::text::xid8, $2)::text, present_event_id($1::text::xid8, $2)"


@described
@needing("event:follow")
class Subscription:
    """What can be followed. Delivered at least once, in commit order, never skipped."""

    complaint_events: ComplaintEvent = feed(
        "Every event that the subscriber may see, in commit order; `after` resumes. Errors: BAD_CURSOR,"
        " CURSOR_EXPIRED with `extensions.resumeFrom`, FORBIDDEN for an API key without the scope `events`.",
        lambda _s, _e: sa.true(),
        filters=EVENT_FILTERS,
        arguments={"filter": (EventFilter | None, "Which of them."), "after": _AFTER},
    )
    complaint_status_changed: ComplaintEvent = feed(
        "One complaint's events: for the reporter's own screen. Of one that is merged, those of the one that"
        " it became part of follow. Errors: NOT_FOUND, BAD_CURSOR, CURSOR_EXPIRED.",
        _of_complaint,
        arguments={
            "trackingCode": (str, "The complaint's code."),
            "accessToken": (str | None, "The reporter's token."),
            "after": _AFTER,
        },
    )


async def resumed(context: Context, cursor: str) -> Position:
    """The place of a cursor as this cluster counts, whichever cluster the cursor is from.

    Raises BAD_CURSOR, and CURSOR_EXPIRED where what comes after it is not offered any more.
    """
    secret = context.services.planner.cursor_secret
    named = position_of(secret, cursor)
    try:
        ((xid, number),) = await context.services.reads.fetch(_PRESENT, str(named.xid), named.number)
    except asyncpg.PostgresError as error:
        refuse_expired(error, secret)
        raise
    return Position(int(xid), int(number))


async def _now(context: Context) -> Position:
    """The present end of the sequence: what is committed from now on lies after it."""
    horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
    return Position(int(await context.services.reads.fetchval(horizon)), 0)


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


async def _follow(_root: Any, info: ResolveInfo, **arguments: Any) -> Follower:
    """One subscription, from its cursor or from now on."""
    context: Context = info.context
    services = context.services
    actor = as_reporter(info, context.actor)
    require_for(info, actor)
    plan = await services.planner.plan(info, actor, feed_statement)
    reading = FeedReading(services.reads, plan, info, actor, services.revealed)
    if arguments.get("filter"):
        named = await services.planner.plan(info, actor, problem_statement)
        await require_sound(services.reads, named, info, actor)
    if "trackingCode" in arguments:
        await _require_complaint(context, actor, arguments["trackingCode"])
    after = context.resume_after or arguments.get("after")
    position = await (resumed(context, after) if after is not None else _now(context))
    return services.followers.follow(reading, position, from_now=after is None)


def install_feeds(type_: GraphQLObjectType) -> None:
    """Gives the fields of the subscription type their one source of events."""
    for definition in type_.fields.values():
        definition.subscribe = _follow
