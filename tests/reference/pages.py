"""Which rows are on a page, and what is told about it? Lists sorted and cut in Python."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import GraphQLError

T = TypeVar("T")

PLACE = "\0place "
"""Begins what the reference says instead of a cursor: the list and the row whose place it is."""


def refused(code: str) -> GraphQLError:
    return GraphQLError(code, extensions={"code": code})


def list_name(field_name: str, arguments: dict[str, Any]) -> str:
    """What makes a list the same list: the field, the filter and the order."""
    asked = [arguments.get("filter"), arguments.get("orderBy")]
    return f"{field_name} {json.dumps(asked, default=str)}"


def place(name: str, key: Any) -> str:
    """The place of a row in a list."""
    return f"{PLACE}{name} {key}"


@dataclass
class Cursors:
    """The service's cursors that were met so far, each with the place that it stands for."""

    places: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)
    """Those of the answer that is being compared: if it differs elsewhere, it taught nothing."""

    def agree(self, cursor: Any, expected: str) -> bool:
        """Whether a cursor is the one of a place: one place, one cursor, for as long as the rows stay."""
        if not isinstance(cursor, str):
            return False
        if cursor not in self.places and expected not in self.cursors:
            self.places[cursor], self.cursors[expected], self.fresh[cursor] = expected, cursor, expected
        return self.places.get(cursor) == expected and self.cursors.get(expected) == cursor

    def forget_fresh(self) -> None:
        for cursor, expected in self.fresh.items():
            del self.places[cursor], self.cursors[expected]

    def row(self, name: str, cursor: str) -> str:
        """The key of the row that a cursor of a list stands for; anything else is BAD_CURSOR."""
        named, _, key = self.places.get(cursor, "").rpartition(" ")
        if named != f"{PLACE}{name}":
            raise refused("BAD_CURSOR")
        return key


@dataclass(frozen=True)
class Page:
    """The rows of a page, and what surrounds it."""

    rows: Sequence[Any]
    total: int
    has_next: bool
    has_previous: bool


def cut(
    rows: Iterable[T],
    key: Callable[[T], Any],
    arguments: dict[str, Any],
    bound: Callable[[str], T],
    *,
    descending: bool = False,
) -> Page:
    """A page of rows in the order of a key; `bound` gives the row that a cursor stands for."""
    first, last = arguments.get("first"), arguments.get("last")
    size = first if first is not None else last if last is not None else 20
    if (first is not None and last is not None) or not 1 <= size <= 100:
        raise refused("INVALID_INPUT")
    listed = sorted(rows, key=key, reverse=descending)

    def precedes(one: T, other: T) -> bool:
        return bool(key(one) > key(other)) if descending else bool(key(one) < key(other))

    window = listed
    if (after := arguments.get("after")) is not None:
        start = bound(after)
        window = [row for row in window if precedes(start, row)]
    if (before := arguments.get("before")) is not None:
        end = bound(before)
        window = [row for row in window if precedes(row, end)]
    if last is not None:
        return Page(
            rows=window[-size:],
            total=len(listed),
            has_next=before is not None and any(not precedes(row, end) for row in listed),
            has_previous=len(window) > size,
        )
    return Page(
        rows=window[:size],
        total=len(listed),
        has_next=len(window) > size,
        has_previous=after is not None and any(not precedes(start, row) for row in listed),
    )
