"""What does an operation cost? The objects that may be read for it, with lists multiplied by their sizes.

A connection multiplies what is below it by its `first` or `last`, or 20; a list that is asked for by its
identifiers by their number, any other list by 10. A variable counts with the value it has in the request.
Statistics count as 500, those of one OPD as 100, a search for words or for likely duplicates as 100, the
number of rows of a list as 50, a mutation as 10, any other object as 1, a scalar as nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from schema.measure import ABOUT_THE_SCHEMA
from schema.plan.fields import Derived
from schema.plan.paging import PAGE_DEFAULT, Connection
from schema.plan.scope import plan_of
from schema.statistics.figures import Aggregate
from schema.terms import Cost, Terms, Variables, plus, product, searched, size_of

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

Sizes = tuple[int | Variables, ...]
"""That of the connection around a place, if there is one."""
Part = tuple[Any, FieldNode, Sizes]
"""A field with the type that it is asked of."""
Set = tuple[Any, SelectionSetNode, Sizes]


class TooMuchToCompare(Exception):
    """Validation would compare more pairs of fields than anybody may ask for."""


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
        terms = self._selection([(type_, selection_set, ())])
        constant = terms.pop((), 0)
        return Cost(constant, tuple(terms.items()))

    def _selection(self, sets: Iterable[Set]) -> Terms:
        """The cost of what is selected in one place."""
        found: dict[str, list[Part]] = {}
        spread: list[tuple[str, Sizes]] = []
        for part in sets:
            self._collect(part, found, spread)
        names = {name for name, _ in spread}
        self._compare(_pairs(len(names)) * FRAGMENTS + _pairs(len(spread)) - _pairs(len(names)))
        total: Terms = {}
        for parts in found.values():
            if len(parts) > 1:
                has_selection = any(node.selection_set is not None for _, node, _ in parts)
                arguments = max(_values(node.arguments or ()) for _, node, _ in parts)
                self._compare(_pairs(len(parts)) * ((WITH_SELECTION if has_selection else 1) + arguments))
            for factors, times in self._field(parts).items():
                total[factors] = total.get(factors, 0) + times
        return total

    def _compare(self, more: int) -> None:
        self.comparisons += more
        if self.comparisons > self._stop_at:
            raise TooMuchToCompare

    def _collect(self, of: Set, found: dict[str, list[Part]], spread: list[tuple[str, Sizes]]) -> None:
        """The fields of one set by their keys, and the fragments; one that others spread is opened once."""
        type_, selection_set, sizes = of
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append((type_, node, sizes))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else type_
                self._collect((inner, node.selection_set, sizes), found, spread)
            elif (fragment := self._fragments.get(node.name.value)) is not None:  # type: ignore[attr-defined]
                name = fragment.name.value
                is_new = (name, sizes) not in spread
                spread.append((name, sizes))
                if is_new:
                    inner = self._schema.get_type(fragment.type_condition.name.value)
                    self._collect((inner, fragment.selection_set, sizes), found, spread)

    def _field(self, parts: list[Part]) -> Terms:
        """The cost of what is answered under one key: of an object of several types, its dearest."""
        definitions = [self._definition(type_, node.name.value) for type_, node, _ in parts]
        below = [
            (get_named_type(found.type) if found else None, node.selection_set, _sizes_below(found, node))
            for found, (_, node, _) in zip(definitions, parts, strict=True)
            if node.selection_set is not None
        ]
        inside = self._selection(below) if below else {}
        total: Terms = {}
        counted: set[tuple[int, str, Sizes]] = set()
        for definition, part in zip(definitions, parts, strict=True):
            kind = (id(definition), part[1].name.value, part[2])
            if kind not in counted:
                counted.add(kind)
                terms = self._with_itself(part, definition, dict(inside))
                total |= {key: max(times, total.get(key, 0)) for key, times in terms.items()}
        return total

    def _with_itself(self, part: Part, definition: GraphQLField | None, inside: Terms) -> Terms:
        _, node, sizes = part
        name = node.name.value
        if definition is None or node.selection_set is None:
            return plus(inside, COUNTED_LIST if sizes and name == "totalCount" else 0)
        if isinstance(plan_of(definition), Connection):
            return searched(plus(inside, 1), node)
        if sizes:
            return product(plus(inside, 1), sizes[0]) if name in ("nodes", "edges") else inside
        return self._object(part, definition, inside)

    def _object(self, part: Part, definition: GraphQLField, inside: Terms) -> Terms:
        type_, node, _ = part
        name, plan = node.name.value, plan_of(definition)
        if name in ABOUT_THE_SCHEMA:
            self.introspection += inside.get((), 0)
            return {}
        if is_list_type(get_nullable_type(definition.type)):
            usual = OF_THE_SCHEMA.get(name, 2) if type_.name.startswith("__") else LIST
            rows = product(plus(inside, 1), size_of(node, usual))
            return plus(rows, DERIVED if isinstance(plan, Derived) else 0)
        if isinstance(plan, Aggregate):
            return plus(inside, AGGREGATE if type_ is self._schema.query_type else AGGREGATE_OF_ONE)
        if type_ is self._schema.mutation_type:
            return plus(inside, MUTATION)
        # The row of an edge was counted where the edge was.
        is_edge = isinstance(type_, GraphQLObjectType) and type_.name.endswith("Edge")
        return inside if is_edge else plus(inside, 1)

    def _definition(self, type_: Any, name: str) -> GraphQLField | None:
        return self._schema.get_field(type_, name) if is_composite_type(type_) else None


def _sizes_below(definition: GraphQLField | None, node: FieldNode) -> Sizes:
    is_list = definition is not None and isinstance(plan_of(definition), Connection)
    return (size_of(node, PAGE_DEFAULT),) if is_list else ()


def _values(holders: Sequence[ArgumentNode | ValueNode | ObjectFieldNode]) -> int:
    """How many values arguments hold: each is compared with that of the same field elsewhere."""
    number, left = 0, list(holders)
    while left:
        holder = left.pop()
        match holder:
            case ArgumentNode(value=value) | ObjectFieldNode(value=value):
                left.append(value)
            case ListValueNode(values=values):
                left += values
            case ObjectValueNode(fields=fields):
                left += fields
        number += 1
    return number


def _pairs(number: int) -> int:
    return number * (number - 1) // 2
