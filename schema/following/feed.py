"""The statement of a subscription: the events after a position, each rendered with its own."""

import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from domain.sequence import HORIZON, xid_sql
from schema.following.places import Position
from schema.plan.fields import Link, declares
from schema.plan.inputs import MARKER
from schema.plan.refusal import first_problem, refuse
from schema.plan.run import Plan, Reads
from schema.plan.scope import Draft, Filter, Planned, ResolveInfo, plan_of, source_of
from schema.sealed import Revealed, operation_name

BATCH = 100


@dataclass(frozen=True)
class Feed(Planned):
    """A subscription to the visible events that a link names; `feed_statement` is its statement."""

    on: Link
    filters: Mapping[str, Filter] = field(default_factory=dict, kw_only=True)


feed = declares(Feed)


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as it is sent: the object of GraphQL's answer, in the bytes that all its followers get."""

    position: Position
    body: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read of the sequence: the events in it that the viewer may hear of, and where it ends."""

    events: Sequence[ToldEvent]
    end: Position
    is_last: bool
    """Whether nothing lay beyond it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What the statement takes of a position, in the types of its parameters."""

    xid: str
    number: int


_START = _Place("0", 0)


def feed_statement(draft: Draft) -> "sa.Select[Any]":
    """Events beyond the position and below the horizon, in the order of the sequence.

    Each row begins with the horizon, and without an event there is one of the horizon alone: all before it
    has been looked through.
    """
    s = draft.root()
    plan = plan_of(s.definition)
    assert isinstance(plan, Feed)
    event = s.fresh()
    position = sa.tuple_(xid_sql(s.source("xid", sa.Text())), s.source("number", sa.BigInteger()))
    told = (
        sa.select(event.c.xid, event.c.id, s.object(event).label("body"))
        .where(
            sa.tuple_(event.c.xid, event.c.id) > position,
            event.c.xid < HORIZON,
            plan.on(s, event),
            source_of(s.target).listed(s.viewer, event),
            *s.narrowed(plan.filters, event),
        )
        .order_by(event.c.xid, event.c.id)
        .limit(sa.literal_column(str(BATCH), sa.Integer()))
        .subquery("told")
    )
    horizon = sa.select(sa.cast(HORIZON, sa.Text()).label("xid")).subquery("horizon")
    return (
        sa.select(horizon.c.xid, sa.cast(told.c.xid, sa.Text()), told.c.id, told.c.body)
        .select_from(horizon.outerjoin(told, sa.true()))
        .order_by(told.c.xid, told.c.id)
    )


def problem_statement(draft: Draft) -> "sa.Select[Any]":
    """What is wrong with a subscription's arguments."""
    feed_statement(draft)
    return sa.select(first_problem(draft))


async def require_sound(reads: Reads, plan: Plan, info: ResolveInfo, actor: Actor) -> None:
    """Refuses a subscription that nothing could ever be told of; the plan is that of what is wrong."""
    values = plan.arguments(actor, info.variable_values, _START, "")
    refuse(await reads.fetchval(plan.sql, *values))


class FeedReading:
    """One subscription's statement with its values, all but the position.

    Two whose `key` is equal are told the same; an identity that is readable in the answer is told to one
    account alone, so that who read it can be noted.
    """

    def __init__(self, reads: Reads, plan: Plan, info: ResolveInfo, actor: Actor, revealed: Revealed) -> None:
        """Raises what is wrong with the subscription's arguments."""
        answer_key = info.path.key
        self._reads, self._sql, self._actor, self._revealed = reads, plan.sql, actor, revealed
        self._operation = operation_name(info.operation)
        self._before = f'{{"data":{{"{answer_key}":'.encode()
        self._values = plan.arguments(actor, info.variable_values, _START, "")
        self._places = [
            (index, attribute)
            for index, name in enumerate(plan.order)
            if (attribute := plan.inputs.sources.get(name)) is not None
        ]
        self._markers = [index for index, name in enumerate(plan.order) if name == MARKER.key]
        fixed = _hashable(self._values)
        self.key: Hashable = (plan.sql, answer_key, fixed, actor.id if self._markers else None)

    async def after(self, position: Position) -> Stretch:
        """What comes after a position, up to `BATCH` events that the viewer may hear of."""
        values = list(self._values)
        place = _Place(str(position.xid), position.number)
        for index, attribute in self._places:
            values[index] = getattr(place, attribute)
        marker = secrets.token_hex(8)
        for index in self._markers:
            values[index] = marker
        told = []
        rows = await self._reads.fetch(self._sql, *values)
        for _, xid, number, text in rows:
            if number is None:
                break
            shown = text
            if self._markers:
                shown = await self._revealed.reveal(text, marker, self._actor, self._operation)
            body = b"".join((self._before, shown.encode(), b"}}"))
            told.append(ToldEvent(Position(int(xid), number), body))
        if len(told) == BATCH:
            return Stretch(told, told[-1].position, is_last=False)
        # What was left out is passed as well: else it would be looked through again with each new event.
        return Stretch(told, Position(int(rows[0][0]), 0), is_last=True)


def _hashable(value: Any) -> Hashable:
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value
