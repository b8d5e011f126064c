"""Finding complaints by words and by place, in SQL: stems, misspellings, relevance, distance in metres."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.expression import ColumnElement, FromClause

EARTH_RADIUS_METERS = 6_371_008.8
METERS_PER_DEGREE = 111_195.0


def word_query(words: ColumnElement[Any], *, every: bool) -> ColumnElement[Any]:
    """The query that every word, or any of them, must answer: each by its stem or a likely spelling of it.

    It is worked out once for a statement, however often the statement needs it.
    """
    flag = sa.literal_column("true" if every else "false", sa.Boolean())
    asked = sa.select(sa.func.search_query(words, flag, type_=TSQUERY()).label("words"))
    once = asked.cte().prefix_with("MATERIALIZED")
    return sa.select(once.c.words).correlate_except(once).scalar_subquery()


def matches(c: FromClause, query: ColumnElement[Any]) -> ColumnElement[bool]:
    """The complaint has what the query asks for."""
    return c.c.search.op("@@", return_type=sa.Boolean())(query)


def lies_about(c: FromClause, since: ColumnElement[Any], until: ColumnElement[Any]) -> ColumnElement[bool]:
    """The complaint was submitted between two moments, or not long before or after.

    The index of words sees it. It holds for all complaints of one stretch of time, and for no others.
    """
    window = sa.select(sa.func.search_window(since, until)).scalar_subquery()
    return sa.func.search_periods(c.c.submitted_at).op("&&", return_type=sa.Boolean())(window)


def relevance(c: FromClause, query: ColumnElement[Any]) -> ColumnElement[float]:
    """How well a complaint answers a query: the title weighs more than the body."""
    return sa.cast(sa.func.ts_rank(c.c.search, query), sa.Double())


def distance_meters(
    c: FromClause, latitude: ColumnElement[Any], longitude: ColumnElement[Any]
) -> ColumnElement[float]:
    """The great-circle distance of a complaint from a place (haversine); null where it has no position."""
    north, east = sa.func.radians(c.c.latitude), sa.func.radians(c.c.longitude)
    here_north, here_east = sa.func.radians(latitude), sa.func.radians(longitude)
    haversine = sa.func.power(sa.func.sin((north - here_north) / 2), 2) + sa.func.cos(north) * sa.func.cos(
        here_north
    ) * sa.func.power(sa.func.sin((east - here_east) / 2), 2)
    # LEAST passes over nulls: without a position it would give the distance to the other end of the world.
    angle = sa.func.asin(sa.func.sqrt(sa.func.least(haversine, sa.literal_column("1.0", sa.Double()))))
    distance: ColumnElement[Any] = sa.literal_column(str(2 * EARTH_RADIUS_METERS), sa.Double()) * angle
    return sa.case((c.c.latitude.is_not(None), distance))


def within_circle(
    c: FromClause,
    latitude: ColumnElement[Any],
    longitude: ColumnElement[Any],
    radius_meters: ColumnElement[Any],
) -> ColumnElement[bool]:
    """The complaint lies no farther from a place; a box that an index finds, then the distance itself."""
    degrees = radius_meters / sa.literal_column(str(METERS_PER_DEGREE), sa.Double())
    # Meridians converge: towards the poles a metre is more degrees of longitude.
    wide = degrees / sa.func.greatest(
        sa.func.cos(sa.func.radians(latitude)), sa.literal_column("0.01", sa.Double())
    )
    return sa.and_(
        c.c.latitude.between(latitude - degrees, latitude + degrees),
        c.c.longitude.between(longitude - wide, longitude + wide),
        distance_meters(c, latitude, longitude) <= radius_meters,
    )
