"""How is an argument refused? At once, or by what the database finds of it before it works out the answer."""

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from graphql import GraphQLError
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import ColumnElement

if TYPE_CHECKING:
    from schema.plan.scope import Draft


def invalid(argument: str, problem: str) -> GraphQLError:
    """An argument that is out of bounds: its name, and what it may be."""
    return GraphQLError(f"{argument}: {problem}", extensions={"code": "INVALID_INPUT", "argument": argument})


def first_problem(draft: "Draft") -> ColumnElement[Any]:
    """What the first of a statement's checks finds, NULL if none finds anything."""
    return sa.func.coalesce(*draft.checks.values(), sa.literal_column("NULL::json", JSON()))


def checked(draft: "Draft", value: ColumnElement[Any]) -> "sa.Select[Any]":
    """The value, and what the checks find; where they find something, the value is not worked out."""
    if not draft.checks:
        return sa.select(value)
    found = sa.select(first_problem(draft).label("problem")).cte(draft.name("t")).prefix_with("MATERIALIZED")
    problem = sa.select(found.c.problem).scalar_subquery()
    return sa.select(sa.case((problem.is_(None), value)), problem)


def refuse(problem: str | None = None) -> None:
    """Raises what a check has found: the argument, and what is wrong with it."""
    if problem is not None:
        raise invalid(*orjson.loads(problem))
