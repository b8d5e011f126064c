"""What are statements made of? JSON objects and lists, words and numbers, subqueries that give one value."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlalchemy.sql.expression import ColumnElement, FromClause

PAIRS_AT_MOST = 50
"""PostgreSQL takes at most 100 arguments to a function."""


def json_object(pairs: Sequence[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    """A JSON object; one of many keys is made in parts whose texts are joined."""
    parts: list[ColumnElement[Any]] = [
        sa.func.json_build_object(
            *(side for key, value in pairs[i : i + PAIRS_AT_MOST] for side in (word(key), value)),
            type_=JSON(),
        )
        for i in range(0, max(len(pairs), 1), PAIRS_AT_MOST)
    ]
    if len(parts) == 1:
        return parts[0]
    texts = [sa.cast(part, sa.Text()) for part in parts]
    inside = [sa.func.substring(text, 2, sa.func.length(text) - 2) for text in texts]
    return sa.cast(sa.func.concat(word("{"), sa.func.concat_ws(word(","), *inside), word("}")), JSON())


def json_list(
    value: ColumnElement[Any],
    order: Sequence[ColumnElement[Any]] = (),
    where: ColumnElement[bool] | None = None,
) -> ColumnElement[Any]:
    """A JSON array of an aggregate's values, empty where there is none."""
    made: Any = sa.func.json_agg(aggregate_order_by(value, *order) if order else value)
    if where is not None:
        made = made.filter(where)
    return sa.func.coalesce(made, sa.literal_column("'[]'::json", JSON()), type_=JSON())


def word(text: str) -> ColumnElement[str]:
    """A name of the schema or a sign of JSON, written into the statement."""
    return sa.literal_column(f"'{text}'", sa.Text())


def number(value: int) -> ColumnElement[int]:
    """A number of ours, written into the statement."""
    return sa.literal_column(str(value), sa.Integer())


def scalar(
    value: ColumnElement[Any],
    row: FromClause,
    *where: ColumnElement[bool],
    grouped_by: Sequence[Any] = (),
) -> ColumnElement[Any]:
    """A subquery of one value over one row source; all else it names lies outside it."""
    select = sa.select(value).select_from(row).where(*where).group_by(*grouped_by)
    return select.correlate_except(row).scalar_subquery()
