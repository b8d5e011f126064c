"""What does an operation cost? The objects that may be read for it, with lists multiplied by their sizes.

A connection multiplies what is below it by its `first` or `last`, or 20; a list that is asked for by its
identifiers by their number, any other list by 10. A variable counts with the value it has in the request.
Statistics count as 500, those of one OPD as 100, a search for likely duplicates as 100, the number of rows of
a list as 50, a mutation as 10, any other object as 1, a scalar as nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from schema.measure import ABOUT_THE_SCHEMA
from schema.plan.fields import Derived
from schema.plan.paging import PAGE_DEFAULT, PAGE_MOST, Connection
from schema.plan.scope import plan_of
from schema.statistics.figures import Aggregate

LIST = 10
AGGREGATE = 500
AGGREGATE_OF_ONE = 100
DERIVED = 100
COUNTED_LIST = 50
MUTATION = 10
OF_THE_SCHEMA = {"types": 12, "fields": 4, "args": 1, "interfaces": 1, "possibleTypes": 1}
"""What is asked of the schema is summed apart, in tens of objects: they are in memory, and Python answers."""
WITH_SELECTION = 8
FRAGMENTS = 4

Variables = tuple[str, ...]
Terms = dict[tuple[Variables, ...], int]
"""A sum of products: how often each product of the sizes that variables give is counted."""
Part = tuple[Any, FieldNode]


class TooMuchToCompare(Exception):
    """Validation would compare more pairs of fields than anybody may ask for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one operation, as far as it can be told without its variables."""

    constant: int
    terms: tuple[tuple[tuple[Variables, ...], int], ...]

    def of(self, variables: Mapping[str, Any]) -> int:
        """The cost with the values of the variables."""
        total = self.constant
        for sizes, times in self.terms:
            product = times
            for names in sizes:
                product *= _size_given(names, variables)
            total += product
        return total


def _size_given(names: Variables, variables: Mapping[str, Any]) -> int:
    for name in names:
        if (value := variables.get(name)) is not None:
            return len(value) if isinstance(value, list) else min(max(int(value), 0), PAGE_MOST)
    return PAGE_DEFAULT


class Survey:
    """Walks the operations of a document as they will be run: what repeats is merged, fragments written out.

    The number of its steps is bounded by the fields that were counted before.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, stop_at: int) -> None:
        self._schema = schema
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._stop_at = stop_at
        self.comparisons = 0
        """What validation will have to compare, as the limits count it."""
        self.introspection = 0

    def operation(self, operation: OperationDefinitionNode) -> Cost:
        """The cost of an operation."""
        return self._cost(self._schema.get_root_type(operation.operation), operation.selection_set)

    def unused(self, fragment: FragmentDefinitionNode) -> None:
        """Takes account of a fragment that no operation reaches."""
        self._cost(self._schema.get_type(fragment.type_condition.name.value), fragment.selection_set)

    def _cost(self, type_: Any, selection_set: SelectionSetNode) -> Cost:
        terms = self._selection([(type_, selection_set)], ())
        constant = terms.pop((), 0)
        return Cost(constant, tuple(terms.items()))

    def _selection(
        self, sets: Iterable[tuple[Any, SelectionSetNode]], sizes: Iterable[int | Variables]
    ) -> Terms:
        """The cost of what is selected in one place; `sizes` are those of the connection around it."""
        found: dict[str, list[Part]] = {}
        spread: set[str] = set()
        for type_, selection_set in sets:
            self._collect(type_, selection_set, found, spread)
        self._compare(len(spread), FRAGMENTS)
        total: Terms = {}
        for parts in found.values():
            has_selection = any(node.selection_set is not None for _, node in parts)
            self._compare(len(parts), WITH_SELECTION if has_selection else 1)
            for sizes_of, times in self._field(parts, sizes).items():
                total[sizes_of] = total.get(sizes_of, 0) + times
        return total

    def _compare(self, alike: int, weight: int) -> None:
        self.comparisons += alike * (alike - 1) // 2 * weight
        if self.comparisons > self._stop_at:
            raise TooMuchToCompare

    def _collect(
        self, type_: Any, selection_set: SelectionSetNode, found: dict[str, list[Part]], spread: set[str]
    ) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append((type_, node))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else type_
                self._collect(inner, node.selection_set, found, spread)
            else:
                name = node.name.value  # type: ignore[attr-defined]
                if name not in spread and name in self._fragments:
                    spread.add(name)
                    fragment = self._fragments[name]
                    inner = self._schema.get_type(fragment.type_condition.name.value)
                    self._collect(inner, fragment.selection_set, found, spread)

    def _field(self, parts: list[Part], sizes: Iterable[int | Variables]) -> Terms:
        name = parts[0][1].name.value
        definitions = [self._definition(type_, node.name.value) for type_, node in parts]
        definition = definitions[0]
        below = [
            (get_named_type(found.type) if found else None, part.selection_set)
            for found, (_, part) in zip(definitions, parts, strict=True)
            if part.selection_set is not None
        ]
        if definition is None or not below:
            inside = self._selection(below, ()) if below else {}
            return _plus(inside, COUNTED_LIST if sizes and name == "totalCount" else 0)
        if isinstance(plan_of(definition), Connection):
            return _plus(self._selection(below, {_size(part, PAGE_DEFAULT) for _, part in parts}), 1)
        inside = self._selection(below, ())
        if sizes:
            return _product(_plus(inside, 1), sizes) if name in ("nodes", "edges") else inside
        return self._object(parts, definition, inside)

    def _object(self, parts: list[Part], definition: GraphQLField, inside: Terms) -> Terms:
        type_, node = parts[0]
        name, plan = node.name.value, plan_of(definition)
        if name in ABOUT_THE_SCHEMA:
            self.introspection += inside.get((), 0)
            return {}
        if is_list_type(get_nullable_type(definition.type)):
            usual = OF_THE_SCHEMA.get(name, 2) if type_.name.startswith("__") else LIST
            rows = _product(_plus(inside, 1), {_size(part, usual) for _, part in parts})
            return _plus(rows, DERIVED if isinstance(plan, Derived) else 0)
        if isinstance(plan, Aggregate):
            return _plus(inside, AGGREGATE if type_ is self._schema.query_type else AGGREGATE_OF_ONE)
        if type_ is self._schema.mutation_type:
            return _plus(inside, MUTATION)
        # The row of an edge was counted where the edge was.
        is_edge = isinstance(type_, GraphQLObjectType) and type_.name.endswith("Edge")
        return inside if is_edge else _plus(inside, 1)

    def _definition(self, type_: Any, name: str) -> GraphQLField | None:
        return self._schema.get_field(type_, name) if is_composite_type(type_) else None


def _size(node: FieldNode, usual: int) -> int | Variables:
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


def _plus(terms: Terms, number: int) -> Terms:
    terms[()] = terms.get((), 0) + number
    return terms


def _product(terms: Terms, sizes: Iterable[int | Variables]) -> Terms:
    """What is counted for each row; several sizes, which only objects of different types have, are added."""
    total: Terms = {}
    for size in sizes:
        for names, times in terms.items():
            key, factor = (names, size) if isinstance(size, int) else ((*names, size), 1)
            total[key] = total.get(key, 0) + times * factor
    return total
