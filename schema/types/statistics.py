"""Statistics: aggregates over the complaints of a period, each of them traceable to rows."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain import policy
from domain.model import master
from domain.words import Channel, ComplaintStatus
from schema.declaring import described
from schema.plan.fields import by, column, one
from schema.plan.scope import Scope
from schema.statistics.cells import Measure
from schema.statistics.figures import grouped, of_values
from schema.types.master import Category
from schema.types.opd import Opd

NUMBER: Any = sa.Double()
_ZERO: ColumnElement[Any] = sa.literal_column("0", sa.Integer())


def _sum(s: Scope, name: str, where: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    made: Any = sa.func.sum(s.row.c[name])
    if where is not None:
        made = made.filter(where)
    return sa.func.coalesce(made, _ZERO)


def _count(*statuses: ComplaintStatus) -> Measure:
    """How many there are, or how many of them have one of these statuses."""

    def counted(s: Scope) -> ColumnElement[Any]:
        return _sum(s, "n", policy.one_of(s.row.c.status, statuses) if statuses else None)

    return Measure(frozenset({"n"}), counted)


def _rate(part: Measure, whole: Measure) -> Measure:
    return Measure(
        part.reads | whole.reads, lambda s: sa.cast(part(s), NUMBER) / sa.func.nullif(whole(s), _ZERO)
    )


def _summed(measure: str, number: str) -> Measure:
    return Measure(frozenset({measure}), lambda s: _sum(s, number))


def _median(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return sa.func.percentile_cont(0.5).within_group(value)


total = _count()
not_followed_up = _count(ComplaintStatus.DISPATCHED)
in_progress = _count(ComplaintStatus.IN_PROGRESS, ComplaintStatus.ANSWERED)
completed = _count(ComplaintStatus.COMPLETED)
followed_up = _count(ComplaintStatus.IN_PROGRESS, ComplaintStatus.ANSWERED, ComplaintStatus.COMPLETED)
went_to_an_opd = _count(
    ComplaintStatus.DISPATCHED,
    ComplaintStatus.IN_PROGRESS,
    ComplaintStatus.ANSWERED,
    ComplaintStatus.COMPLETED,
)
share_followed_up = _rate(followed_up, went_to_an_opd)
share_completed = _rate(completed, went_to_an_opd)
overdue = _summed("overdue", "overdue")
mean_first_response = _rate(_summed("response", "response_days"), _summed("response", "responded"))
on_time_rate = _rate(_summed("on_time", "met"), _summed("on_time", "known"))
mean_rating = _rate(_summed("rating", "rating_sum"), _summed("rating", "rated"))

ON_TIME = "Of the finished ones with a deadline for it, the share that met it, 0 to 1; null for none."
FIRST_RESPONSE = (
    "From first disposition to first answer or action (laju tindak lanjut), in working days; null for none."
)


@described
class StatusCount:
    """How many complaints have a status."""

    status: ComplaintStatus = column("The status.")
    count: int = column("How many have it.", total)


@described
class ChannelCount:
    """How many complaints came by a channel."""

    channel: Channel = column("The channel.")
    count: int = column("How many came by it.", total)


@described
class OpdStatistics:
    """The complaints that one OPD has or finished."""

    opd: Opd = one("The OPD.", by("opd_id"))
    total: int = column("All of them.", total)
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

    category: Category = one("The category.", by("category_id"))
    total: int = column("All of them.", total)
    completed: int = column("Finished.", completed)


@described
class MonthStatistics:
    """The complaints that were submitted in one month."""

    month: dt.date = column("The month's first day.")
    total: int = column("All of them.", total)
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

    They count what the viewer may list, and for the staff confidential reports that are otherwise public.
    For everybody else those count by whole calendar years of the whole city: in `total`, `byStatus`, the
    other counts by status and their rates, where nothing is filtered. The present year is whole if the period
    goes to today. No other breakdown, filtered figure or measure has them, so a breakdown's sum may be less
    than `total`.
    """

    as_of: dt.datetime = column("The moment that the figures are of.", lambda _s: sa.func.now())
    total: int = column("All of them.", total)
    by_status: list[StatusCount] = grouped(
        "By status; statuses that none has are absent.",
        "status",
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
        share_followed_up,
    )
    completion_rate: float | None = column(
        "completed among those that went to an OPD (notFollowedUp + followedUp), 0 to 1; null for none.",
        share_completed,
    )
    overdue: int = column("With a deadline of the city's that has passed unmet.", overdue)
    median_first_response_days: float | None = of_values(FIRST_RESPONSE, "response", _median)
    mean_first_response_days: float | None = column(FIRST_RESPONSE, mean_first_response)
    median_resolution_days: float | None = of_values(
        "From verification to completion, in working days; null for none.", "resolution", _median
    )
    on_time_rate: float | None = column(ON_TIME, on_time_rate)
    mean_rating: float | None = column("Mean of the reporters' ratings, 1 to 5; null for none.", mean_rating)
    by_opd: list[OpdStatistics] = grouped(
        "By the OPD that has or finished it; those with no OPD are absent.",
        "opd_id",
        order=_opd_code,
    )
    by_category: list[CategoryStatistics] = grouped(
        "By category; those without one are absent.", "category_id", order=_category_code
    )
    by_channel: list[ChannelCount] = grouped(
        "By channel; channels that none came by are absent.",
        "channel",
        order=lambda g: [g.c.channel],
    )
    by_month: list[MonthStatistics] = grouped(
        "By the month of submission, earliest first; months without any are absent.",
        "month",
        order=lambda g: [g.c.month],
    )
