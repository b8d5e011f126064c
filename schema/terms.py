"""How is a cost written whose factors come with the request? As a sum of products, worked out at each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from schema.plan.paging import PAGE_DEFAULT, PAGE_MOST
from schema.plan.scope import is_blank

SEARCHED = 100

Variables = tuple[str, ...]


class Words(NamedTuple):
    """Whether words are searched for: 1 where the value at this path of a variable has any, else 0."""

    path: Variables


Factor = Variables | Words
Terms = dict[tuple[Factor, ...], int]
"""A sum of products: how often each product of what variables give is counted."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one operation, as far as it can be told without its variables."""

    constant: int
    terms: tuple[tuple[tuple[Factor, ...], int], ...]

    def of(self, variables: Mapping[str, Any]) -> int:
        """The cost with the values of the variables."""
        total = self.constant
        for factors, times in self.terms:
            product = times
            for factor in factors:
                if isinstance(factor, Words):
                    product *= _words_given(factor, variables)
                else:
                    product *= _size_given(factor, variables)
            total += product
        return total


def _size_given(names: Variables, variables: Mapping[str, Any]) -> int:
    for name in names:
        if (value := variables.get(name)) is not None:
            return len(value) if isinstance(value, list) else min(max(int(value), 0), PAGE_MOST)
    return PAGE_DEFAULT


def _words_given(words: Words, variables: Mapping[str, Any]) -> int:
    value: Any = variables
    for name in words.path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return int(isinstance(value, str) and not is_blank(value))


def size_of(node: FieldNode, usual: int) -> int | Variables:
    """How many rows a list may have."""
    variables = []
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last", "ids"):
            match argument.value:
                case IntValueNode(value=text):
                    return min(max(int(text), 0), PAGE_MOST) if len(text) < 6 else PAGE_MOST
                case ListValueNode(values=values):
                    return len(values)
                case VariableNode(name=name):
                    variables.append(name.value)
    return tuple(variables) or usual


def plus(terms: Terms, number: int) -> Terms:
    terms[()] = terms.get((), 0) + number
    return terms


def product(terms: Terms, size: int | Variables) -> Terms:
    """What is counted for each row."""
    if isinstance(size, int):
        return {factors: times * size for factors, times in terms.items()}
    return {(*factors, size): times for factors, times in terms.items()}


def searched(terms: Terms, node: FieldNode) -> Terms:
    """With the search for words that a list's filter may ask for."""
    for argument in node.arguments or ():
        if argument.name.value == "filter":
            match argument.value:
                case VariableNode(name=name):
                    terms[(Words((name.value, "search")),)] = SEARCHED
                case ObjectValueNode(fields=fields):
                    _searched_by(terms, {field.name.value: field.value for field in fields}.get("search"))
    return terms


def _searched_by(terms: Terms, value: ValueNode | None) -> None:
    match value:
        case VariableNode(name=name):
            terms[(Words((name.value,)),)] = SEARCHED
        case StringValueNode(value=text) if not is_blank(text):
            plus(terms, SEARCHED)
