"""Events of complaints, as subscriptions deliver them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import strawberry

from domain import policy
from domain.model import complaint as model
from domain.model import event as event_model
from domain.restored import present_position
from domain.tracking import read_code
from domain.words import ComplaintEventType, ComplaintStatus
from schema.cursor import cursor_sql
from schema.declaring import optional
from schema.finding.filters import in_area, in_category, with_opd, words
from schema.following.places import sequence_key
from schema.plan.fields import by, column, inline, one, planned
from schema.plan.paging import Connection as Listed
from schema.plan.paging import Order, Page, each
from schema.plan.scope import Filter, Scope
from schema.types.complaint import Complaint
from schema.types.node import Edge, Node, PageInfo
from schema.types.opd import Opd


def _secret(s: Scope) -> Callable[[Any], bytes]:
    """What every cursor of the sequence is signed with."""
    key = sequence_key(s.draft.cursor_secret)
    return lambda _values: key


def _cursor(s: Scope) -> sa.ColumnElement[str]:
    secret = s.bind(type_=sa.LargeBinary(), convert=_secret(s))
    payload = sa.func.concat(
        sa.cast(s.row.c.xid, sa.Text()), sa.literal_column("'|'"), sa.cast(s.row.c.id, sa.Text())
    )
    return cursor_sql(secret, payload)


def _complaint_column(name: str) -> Any:
    def found(s: Scope) -> sa.ColumnElement[Any]:
        c = model.Complaint.__table__.alias()
        return (
            sa.select(c.c[name]).where(c.c.id == s.row.c.complaint_id).correlate_except(c).scalar_subquery()
        )

    return found


@planned(event_model.ComplaintEvent.__table__, policy.sees_event)
class ComplaintEvent(Node):
    """One change of a complaint, in the order in which changes were committed."""

    cursor: str = column(
        "Opaque position in the sequence: pass it as `after` to resume without loss.", _cursor
    )
    type: ComplaintEventType = column("What happened.")
    occurred_at: dt.datetime = column("When it happened.")
    from_status: ComplaintStatus | None = column("The status before.")
    to_status: ComplaintStatus | None = column("The status after.")
    tracking_code: str = column("The complaint's code.", _complaint_column("tracking_code"))
    opd: Opd | None = one("The OPD that had it when it happened.", by("opd_id"))
    complaint: Complaint | None = one(
        "The complaint as it is now; null where the receiver may not see it.",
        by("complaint_id"),
    )


@strawberry.type(description="A page of events.")
class ComplaintEventConnection:
    edges: list[Edge[ComplaintEvent]] = each("The page's events with their cursors.")
    nodes: list[ComplaintEvent] = each("The page's events.")
    page_info: PageInfo = inline("Where the page lies.")


@strawberry.input(
    description="Which events; what is absent or null does not narrow. A code that is not"
    " known is refused: INVALID_INPUT."
)
class EventFilter:
    type: list[ComplaintEventType] | None = optional("Any of these changes.")
    opd: list[str] | None = optional("Of complaints that any of these OPDs had then, by code.")
    category: list[str] | None = optional(
        "Of complaints in any of these categories or their parts, by code.",
    )
    area: list[str] | None = optional("Of complaints in any of these areas, by code.")
    tracking_code: str | None = optional("Of this complaint.")


class _EventPage(Page):
    """A page of a part of the sequence: it takes the cursors of every other part, and of another cluster."""

    def bound(self, name: str) -> tuple[sa.ColumnElement[Any], ...]:
        return present_position(*super().bound(name))

    def secret(self) -> Callable[[Any], bytes]:
        return _secret(self.scope)


class _InSequence(Order):
    def page(self, s: Scope, plan: Listed) -> Page:
        return _EventPage(s, plan, self)


def event_order(_scope: Scope) -> Order:
    """As they were committed."""
    return _InSequence(lambda e: e.c.xid)


def _of_complaint(inner: Filter) -> Filter:
    def within(s: Scope, e: sa.FromClause, value: Any) -> sa.ColumnElement[bool]:
        c = model.Complaint.__table__.alias()
        return sa.exists().where(c.c.id == e.c.complaint_id, inner(s, c, value)).correlate_except(c)

    return within


EVENT_FILTERS: dict[str, Filter] = {
    "type": words("type"),
    "opd": with_opd,
    "category": _of_complaint(in_category),
    "area": _of_complaint(in_area),
    "trackingCode": _of_complaint(
        lambda s, c, _v: (
            c.c.tracking_code == s.bind("filter", "trackingCode", type_=sa.Text(), convert=read_code)
        )
    ),
}
