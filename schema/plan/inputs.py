"""Where do a statement's values come from at each run? Collected while it is built; none is in its text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, Node, VariableNode, get_argument_values

from domain.actor import Actor
from domain.policy import viewer_values

Convert = Callable[[Any], Any]
MARKER: sa.BindParameter[str] = sa.bindparam("marker", type_=sa.Text())
"""Unguessable and new for each run: what stands in the answer behind it is ours, and still to be finished."""


class FieldArguments(NamedTuple):
    """One field of the document with its arguments: coerced once if they are all literal."""

    definition: GraphQLField
    node: FieldNode
    constant: dict[str, Any] | None


class Binding(NamedTuple):
    """The argument at a path of names, of the field of a number; `convert` checks and changes it."""

    number: int
    path: tuple[str, ...]
    convert: Convert | None


@dataclass(frozen=True)
class Inputs:
    """The fields whose arguments are read; and the parameters, by what each is taken from."""

    fields: list[FieldArguments] = field(default_factory=list)
    bindings: dict[str, Binding] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Those that are attributes of the object that a mutation or event answered with."""
    viewers: dict[str, Callable[[Actor], Any]] = field(default_factory=dict)

    def arguments(
        self, definition: GraphQLField, node: FieldNode, variables: Any
    ) -> tuple[int, dict[str, Any]]:
        """The coerced arguments of a field of the document, and the number they are known by."""
        values = get_argument_values(definition, node, variables)
        literal = not any(map(_mentions_variable, node.arguments or ()))
        self.fields.append(FieldArguments(definition, node, values if literal else None))
        return len(self.fields) - 1, values

    def of(self, actor: Actor, variables: Any, source: Any, marker: str) -> dict[str, Any]:
        """The values of one run; one that is not as it must be is refused here."""
        values = [
            get_argument_values(definition, node, variables) if constant is None else constant
            for definition, node, constant in self.fields
        ]
        found = viewer_values(actor) | {MARKER.key: marker}
        for name, (number, path, convert) in self.bindings.items():
            value: Any = values[number]
            for part in path:
                value = None if value is None else value.get(part)
            found[name] = convert(value) if convert else value
        for name, attribute in self.sources.items():
            found[name] = getattr(source, attribute)
        for name, read in self.viewers.items():
            found[name] = read(actor)
        return found


def _mentions_variable(node: Node) -> bool:
    if isinstance(node, VariableNode):
        return True
    values = (getattr(node, key, None) for key in node.keys)
    parts = (part for value in values for part in (value if isinstance(value, list | tuple) else (value,)))
    return any(isinstance(part, Node) and _mentions_variable(part) for part in parts)
