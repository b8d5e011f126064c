"""The two scalars of time: a moment with its offset, and a day in Cilegon."""

import re
from datetime import UTC, date, datetime
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
"""Of what ISO 8601 has beside, such as weeks, Python reads some and others read none."""


def _moment(value: Any) -> datetime:
    moment = None
    try:
        if _DAY.match(value):
            moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    if moment is None or moment.tzinfo is None:
        raise GraphQLError("DateTime: RFC 3339 with offset, such as 2023-01-31T09:30:00+07:00.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise GraphQLError("DateTime: out of range.") from error


def _day(value: Any) -> date:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise GraphQLError("Date: YYYY-MM-DD, such as 2023-01-31.")


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment: RFC 3339 with offset; always UTC on output.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=lambda moment: moment.astimezone(UTC).isoformat(),
        parse_value=_moment,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day in Asia/Jakarta: YYYY-MM-DD.",
        serialize=lambda day: day.isoformat(),
        parse_value=_day,
    ),
}
