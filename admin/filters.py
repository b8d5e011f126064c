"""How a list is narrowed: each filter is a choice among named values, kept in the page's address."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request

from domain.words import label

Choice = tuple[str, str]
NOTHING = "-"
"""The choice of what points to nothing: no code begins so."""
RunQuery = Callable[[sa.Select[Any]], Awaitable[Sequence[Any]]]


class Filter:
    """One select box above a list, in the form that SQLAdmin asks of a filter."""

    has_operator = False
    template = ""

    def __init__(
        self,
        parameter_name: str,
        title: str,
        where: Callable[[str], sa.ColumnElement[bool]],
        *,
        choices: Sequence[Choice] = (),
        query: sa.Select[*tuple[Any, ...]] | None = None,
    ) -> None:
        self.parameter_name = parameter_name
        self.title = title
        self.where = where
        self.choices = list(choices)
        self.query = query

    async def lookups(self, request: Request, model: Any, run_query: RunQuery) -> list[Choice]:  # noqa: ARG002
        """The values that may be chosen: the fixed ones, then those of the query."""
        found = [] if self.query is None else await run_query(self.query)
        return self.choices + [(str(value), str(name)) for value, name in found]

    async def get_filtered_query(self, query: sa.Select[Any], value: Any, model: Any) -> sa.Select[Any]:  # noqa: ARG002
        return query.where(self.where(str(value).replace("\x00", "")))


def by_word(column: Any, title: str, words: type[StrEnum], *, name: str | None = None) -> Filter:
    """Rows with one word of a closed vocabulary; a word that is none of them finds nothing."""
    known = {word.value: word for word in words}

    def where(value: str) -> sa.ColumnElement[bool]:
        return column == known[value] if value in known else sa.false()

    choices = [(key, label(word)) for key, word in known.items()]
    return Filter(name or column.key, title, where, choices=choices)


def by_flag(name: str, title: str, where: sa.ColumnElement[bool], yes: str, no: str) -> Filter:
    """Rows of which something holds, or does not."""
    answers = {"ya": where, "tidak": sa.not_(where)}
    return Filter(
        name, title, lambda value: answers.get(value, sa.false()), choices=[("ya", yes), ("tidak", no)]
    )


def by_code(
    column: Any, name: str, title: str, target: Any, shown: Any, *, none: str | None = None
) -> Filter:
    """Rows that point to the master data with a code, or, by the choice `none`, to nothing."""

    def where(value: str) -> sa.ColumnElement[bool]:
        target_key = sa.select(target.id).where(target.code == value).scalar_subquery()
        found: sa.ColumnElement[bool] = (
            column.is_(None) if none is not None and value == NOTHING else column == target_key
        )
        return found

    query = sa.select(target.code, shown).order_by(sa.func.lower(shown))
    choices = [(NOTHING, none)] if none is not None else []
    return Filter(name, title, where, choices=choices, query=query)
