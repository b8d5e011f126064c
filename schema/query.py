"""The read side: every field is planned, none has a resolver."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry

from domain.calendar import today_sql
from domain.event_age import FLOOR
from domain.sequence import HORIZON
from domain.tracking import read_code
from schema.declaring import described
from schema.identifiers import by_identifier
from schema.permissions import needing
from schema.plan.fields import inline, one, rows
from schema.plan.paging import connection
from schema.plan.refusal import invalid
from schema.plan.scope import Scope
from schema.statistics.counted import statistics_of_all
from schema.types.complaint import Complaint, ComplaintConnection
from schema.types.complaint_filter import COMPLAINT_ARGUMENTS, COMPLAINT_FILTERS, complaint_order
from schema.types.event import EVENT_FILTERS, ComplaintEventConnection, EventFilter, event_order
from schema.types.master import Area, Category, Holiday, SlaRule
from schema.types.node import Node
from schema.types.opd import OPD_FILTERS, Opd, OpdConnection, OpdFilter, opd_order
from schema.types.similar import SimilarComplaint, similar_complaints
from schema.types.statistics import Statistics
from schema.types.viewer import Viewer


def _everything(_s: Scope, _row: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.true()


def _rules_on(s: Scope, r: sa.FromClause) -> sa.ColumnElement[bool]:
    day: Any = today_sql() if s.values.get("on") is None else s.bind("on", type_=sa.Date())
    return sa.and_(r.c.valid_from <= day, sa.or_(r.c.valid_until.is_(None), r.c.valid_until >= day))


def _offered(_s: Scope, e: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(e.c.xid < HORIZON, sa.tuple_(e.c.xid, e.c.id) > FLOOR)


def _within_year(s: Scope, h: sa.FromClause) -> sa.ColumnElement[bool]:
    def first(year: int, offset: int) -> dt.date:
        if not 1 <= year < 9999:
            raise invalid("year", f"1..9998, not {year}.")
        return dt.date(year + offset, 1, 1)

    start = s.bind("year", type_=sa.Date(), convert=lambda year: first(year, 0))
    end = s.bind("year", type_=sa.Date(), convert=lambda year: first(year, 1))
    return sa.and_(h.c.date >= start, h.c.date < end)


@described
@needing("complaint:read", but={"viewer": None, "events": "event:follow"})
class Query:
    """What can be read; everybody sees only what they may. An API key needs the scope `read`.

    Errors stand above `data`, each with `extensions.code`: INVALID_INPUT, whose `extensions.argument` names
    what is out of bounds or not known; BAD_CURSOR for a cursor of another list, filter or order;
    LIMIT_EXCEEDED for a document that asks for too much; QUERY_TIMEOUT; THROTTLED for an API key that asks
    too often; FORBIDDEN for one without the scope.
    """

    node: Node | None = by_identifier(
        "The object with an identifier; null where the viewer may not see it.",
        "id",
        arguments={"id": (strawberry.ID, "Its identifier.")},
    )
    nodes: list[Node | None] = by_identifier(
        "The objects with these identifiers, in their order; null for each that the viewer may not see.",
        "ids",
        arguments={"ids": (list[strawberry.ID], "Their identifiers: at most 100.")},
    )
    viewer: Viewer | None = inline("Who asks.")
    complaint: Complaint | None = one(
        "A complaint by its code. Public ones need the code alone; with its access token the reporter sees"
        " all of their own.",
        lambda s, c: c.c.tracking_code == s.bind("trackingCode", type_=sa.Text(), convert=read_code),
        arguments={
            "trackingCode": (str, "As shown, or as somebody typed it."),
            "accessToken": (str | None, "The reporter's token."),
        },
    )
    complaints: ComplaintConnection = connection(
        "The complaints that the viewer sees.",
        _everything,
        order=complaint_order,
        filters=COMPLAINT_FILTERS,
        arguments=COMPLAINT_ARGUMENTS,
    )
    similar_complaints: list[SimilarComplaint] = similar_complaints(
        "Likely duplicates for a text and, where given, a place: what an app shows before it submits."
    )
    opd: Opd | None = one(
        "An OPD by its code.",
        lambda s, o: o.c.code == s.bind("code", type_=sa.Text(), convert=lambda code: code.strip().upper()),
        arguments={"code": (str, "Its code, such as DPUPR.")},
    )
    opds: OpdConnection = connection(
        "The OPDs, by code.",
        _everything,
        order=opd_order,
        filters=OPD_FILTERS,
        arguments={"filter": (OpdFilter | None, "Which of them.")},
    )
    categories: list[Category] = rows("All categories, by code.", _everything, order=lambda c: (c.c.code,))
    areas: list[Area] = rows(
        "All kecamatan and kelurahan, by official code.", _everything, order=lambda a: (a.c.code,)
    )
    sla_rules: list[SlaRule] = rows(
        "The rules of deadlines that are in force on a day.",
        _rules_on,
        order=lambda r: (r.c.clock, r.c.classification, r.c.supervised, r.c.valid_from, r.c.id),
        arguments={"on": (dt.date | None, "The day; today if absent.")},
    )
    holidays: list[Holiday] = rows(
        "The holidays of a year, by date.",
        _within_year,
        order=lambda h: (h.c.date,),
        arguments={"year": (int, "The year.")},
    )
    statistics: Statistics = statistics_of_all(
        "Counts and measures of the complaints submitted in a period, as of now."
    )
    events: ComplaintEventConnection = connection(
        "The same sequence that subscriptions deliver, to be polled: read on from the last `endCursor`. An"
        " empty page has no cursor: ask again with the same one. Errors: BAD_CURSOR, CURSOR_EXPIRED with"
        " `extensions.resumeFrom`, FORBIDDEN for an API key without the scope `events`.",
        _offered,
        order=event_order,
        filters=EVENT_FILTERS,
        arguments={"filter": (EventFilter | None, "Which of them.")},
        backward=False,
    )
