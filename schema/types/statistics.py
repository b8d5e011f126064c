"""Statistics: aggregates over the complaints of a period, each of them traceable to rows."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain import policy
from domain.calendar import ordinal_sql
from domain.model import complaint as model
from domain.model import master
from domain.words import Channel, Clock, ComplaintStatus
from schema.plan.fields import column, described, grouped, one
from schema.plan.scope import Scope
from schema.types.complaint_filter import is_overdue
from schema.types.master import Category
from schema.types.opd import Opd

NUMBER: Any = sa.Double()


def _has(row: FromClause, *statuses: ComplaintStatus) -> ColumnElement[bool]:
    return policy.one_of(row.c.status, statuses)


def _count(where: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    return sa.func.count() if where is None else sa.func.count().filter(where)


def not_followed_up(s: Scope) -> ColumnElement[Any]:
    return _count(_has(s.row, ComplaintStatus.DISPATCHED))


def in_progress(s: Scope) -> ColumnElement[Any]:
    return _count(_has(s.row, ComplaintStatus.IN_PROGRESS, ComplaintStatus.ANSWERED))


def completed(s: Scope) -> ColumnElement[Any]:
    return _count(_has(s.row, ComplaintStatus.COMPLETED))


def followed_up(s: Scope) -> ColumnElement[Any]:
    return in_progress(s) + completed(s)


def overdue(s: Scope) -> ColumnElement[Any]:
    return _count(is_overdue(s.row))


def _rate(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[Any]:
    rate: ColumnElement[Any] = sa.cast(part, NUMBER) / sa.func.nullif(whole, 0)
    return rate


def _response_days(row: FromClause) -> ColumnElement[Any]:
    return ordinal_sql(row.c.first_responded_at) - ordinal_sql(row.c.dispatched_at)


def _resolution_days(row: FromClause) -> ColumnElement[Any]:
    return ordinal_sql(row.c.completed_at) - ordinal_sql(row.c.verified_at)


def _median(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return sa.func.percentile_cont(0.5).within_group(value)


def mean_first_response(s: Scope) -> ColumnElement[Any]:
    return sa.cast(sa.func.avg(_response_days(s.row)), NUMBER)


def on_time_rate(s: Scope) -> ColumnElement[Any]:
    """Of the finished complaints with a deadline for it, the share that met it."""
    d = model.Deadline.__table__.alias()
    met = (
        sa.select(sa.cast(sa.func.bool_and(d.c.ended_at <= d.c.due_at), sa.Integer()))
        .where(d.c.complaint_id == s.row.c.id, d.c.clock == policy.constant(Clock.RESOLUTION))
        .correlate_except(d)
        .scalar_subquery()
    )
    made: Any = sa.func.avg(met)
    return sa.cast(made.filter(_has(s.row, ComplaintStatus.COMPLETED)), NUMBER)


def mean_rating(s: Scope) -> ColumnElement[Any]:
    return sa.cast(sa.func.avg(s.row.c.rating), NUMBER)


ON_TIME = "Of the finished ones with a deadline for it, the share that met it, 0 to 1; null for none."
FIRST_RESPONSE = (
    "From first disposition to first answer or action (laju tindak lanjut), in working days; null for none."
)


@described
class StatusCount:
    """How many complaints have a status."""

    status: ComplaintStatus = column("The status.")
    count: int = column("How many have it.", lambda _s: _count())


@described
class ChannelCount:
    """How many complaints came by a channel."""

    channel: Channel = column("The channel.")
    count: int = column("How many came by it.", lambda _s: _count())


@described
class OpdStatistics:
    """The complaints that one OPD has or finished."""

    opd: Opd = one("The OPD.", lambda s, o: o.c.id == s.row.c.opd_id)
    total: int = column("All of them.", lambda _s: _count())
    not_followed_up: int = column("Dispatched and not yet acted upon.", not_followed_up)
    in_progress: int = column("Being worked on, or answered.", in_progress)
    completed: int = column("Finished.", completed)
    overdue: int = column("With a deadline that has passed unmet.", overdue)
    mean_first_response_days: float | None = column(FIRST_RESPONSE, mean_first_response)
    on_time_rate: float | None = column(ON_TIME, on_time_rate)
    mean_rating: float | None = column("Mean of the reporters' ratings, 1 to 5; null for none.", mean_rating)


@described
class CategoryStatistics:
    """The complaints of one category."""

    category: Category = one("The category.", lambda s, c: c.c.id == s.row.c.category_id)
    total: int = column("All of them.", lambda _s: _count())
    completed: int = column("Finished.", completed)


def month(g: FromClause) -> ColumnElement[Any]:
    """The month in which a complaint was submitted, as its first day."""
    local = sa.func.timezone(sa.literal_column("'Asia/Jakarta'"), g.c.submitted_at)
    return sa.cast(sa.func.date_trunc(sa.literal_column("'month'"), local), sa.Date())


@described
class MonthStatistics:
    """The complaints that were submitted in one month."""

    month: dt.date = column("The month's first day.", lambda s: month(s.row))
    total: int = column("All of them.", lambda _s: _count())
    completed: int = column("Finished.", completed)


def _opd_code(g: FromClause) -> list[ColumnElement[Any]]:
    o = master.Opd.__table__.alias()
    return [sa.select(o.c.code).where(o.c.id == g.c.opd_id).correlate_except(o).scalar_subquery()]


def _category_code(g: FromClause) -> list[ColumnElement[Any]]:
    k = master.Category.__table__.alias()
    return [sa.select(k.c.code).where(k.c.id == g.c.category_id).correlate_except(k).scalar_subquery()]


@described
class Statistics:
    """Counts and measures of the complaints that were submitted in a period.

    They count what the viewer may list; confidential reports that are otherwise public count, too.
    """

    as_of: dt.datetime = column("The moment that the figures are of.", lambda _s: sa.func.now())
    total: int = column("All of them.", lambda _s: _count())
    by_status: list[StatusCount] = grouped(
        "By status; statuses that none has are absent.",
        lambda g: g.c.status,
        order=lambda g: [g.c.status],
    )
    not_followed_up: int = column(
        "Dispatched to an OPD and not yet acted upon (terdisposisi, belum ditindaklanjuti).", not_followed_up
    )
    in_progress: int = column(
        "With an OPD that is working on it (dalam proses), or has answered and waits for the reporter.",
        in_progress,
    )
    completed: int = column("Finished (selesai).", completed)
    followed_up: int = column("In progress or finished (ditindaklanjuti).", followed_up)
    follow_up_rate: float | None = column(
        "followedUp among those that went to an OPD (notFollowedUp + followedUp), 0 to 1; null for none.",
        lambda s: _rate(followed_up(s), not_followed_up(s) + followed_up(s)),
    )
    completion_rate: float | None = column(
        "completed among those that went to an OPD (notFollowedUp + followedUp), 0 to 1; null for none.",
        lambda s: _rate(completed(s), not_followed_up(s) + followed_up(s)),
    )
    overdue: int = column("With a deadline of the city's that has passed unmet.", overdue)
    median_first_response_days: float | None = column(
        FIRST_RESPONSE, lambda s: _median(_response_days(s.row))
    )
    mean_first_response_days: float | None = column(FIRST_RESPONSE, mean_first_response)
    median_resolution_days: float | None = column(
        "From verification to completion, in working days; null for none.",
        lambda s: _median(_resolution_days(s.row)),
    )
    on_time_rate: float | None = column(ON_TIME, on_time_rate)
    mean_rating: float | None = column("Mean of the reporters' ratings, 1 to 5; null for none.", mean_rating)
    by_opd: list[OpdStatistics] = grouped(
        "By the OPD that has or finished it; those with no OPD are absent.",
        lambda g: g.c.opd_id,
        order=_opd_code,
    )
    by_category: list[CategoryStatistics] = grouped(
        "By category; those without one are absent.", lambda g: g.c.category_id, order=_category_code
    )
    by_channel: list[ChannelCount] = grouped(
        "By channel; channels that none came by are absent.",
        lambda g: g.c.channel,
        order=lambda g: [g.c.channel],
    )
    by_month: list[MonthStatistics] = grouped(
        "By the month of submission, earliest first; months without any are absent.",
        month,
        order=lambda g: [month(g)],
    )
