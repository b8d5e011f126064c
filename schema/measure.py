"""How much does a document ask for? Counted in one pass that reads each fragment once, whoever spreads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from schema.limits import Excess, Limits

ABOUT_THE_SCHEMA = ("__schema", "__type")


class Counted(NamedTuple):
    """What a selection holds, with its fragments written out."""

    fields: int = 0
    depth: int = 0
    introspection_fields: int = 0
    introspection_depth: int = 0


NOTHING = Counted()


@dataclass(frozen=True, slots=True)
class Measure:
    """A document in figures: sums over its operations, and the largest of them where a sum says nothing."""

    depth: int
    fields: int
    introspection_depth: int
    introspection_fields: int
    aliases: int
    root_fields: int
    directives: int
    cycles: int
    unused: tuple[FragmentDefinitionNode, ...]
    """Fragments that no operation reaches: invalid, but validation would read them all the same."""
    root_names: frozenset[str]

    def excesses(self, limits: Limits) -> Iterator[Excess]:
        """What is too much for a caller."""
        for name, actual, most in (
            ("fragmentCycles", self.cycles, 0),
            ("depth", self.depth, limits.depth),
            ("aliases", self.aliases, limits.aliases),
            ("rootFields", self.root_fields, limits.root_fields),
            ("fields", self.fields, limits.fields),
            ("directives", self.directives, limits.directives),
            ("introspectionDepth", self.introspection_depth, limits.introspection_depth),
            ("introspectionFields", self.introspection_fields, limits.introspection_fields),
        ):
            if actual > most:
                yield Excess(name, most, actual)


def measure(document: DocumentNode, root_names: frozenset[str]) -> Measure:
    """The figures of a document; `root_names` are the fields that the schema's root types have."""
    return _Pass(document, root_names).measured()


class _Pass:
    def __init__(self, document: DocumentNode, root_names: frozenset[str]) -> None:
        self._operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        self._defined = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
        self._fragments = {fragment.name.value: fragment for fragment in self._defined}
        self._root_names = root_names
        self._counted: dict[str, Counted] = {}
        self._roots: dict[str, dict[str, int]] = {}
        self._open: set[str] = set()
        self._directives = 0
        self._cycles = 0

    def measured(self) -> Measure:
        for operation in self._operations:
            self._directives += len(operation.directives or ())
            for variable in operation.variable_definitions or ():
                self._directives += len(variable.directives or ())
        operations = [self._count(operation.selection_set) for operation in self._operations]
        # Of two fragments with one name the first is never reached: it counts as one that nobody spreads.
        unused = tuple(
            fragment
            for fragment in self._defined
            if fragment.name.value not in self._counted
            or self._fragments[fragment.name.value] is not fragment
        )
        found = [*operations, *(self._count_fragment(fragment) for fragment in unused)]
        roots = [self._root(operation.selection_set) for operation in self._operations]
        return Measure(
            depth=max((each.depth for each in found), default=0),
            fields=sum(each.fields for each in found),
            introspection_depth=max((each.introspection_depth for each in found), default=0),
            introspection_fields=sum(each.introspection_fields for each in found),
            aliases=max((max(root.values(), default=0) for root in roots), default=0),
            root_fields=max((len(root.keys() - set(ABOUT_THE_SCHEMA)) for root in roots), default=0),
            directives=self._directives,
            cycles=self._cycles,
            unused=unused,
            root_names=frozenset().union(*roots),
        )

    def _count(self, selection_set: SelectionSetNode) -> Counted:
        fields = depth = introspection_fields = introspection_depth = 0
        for node in selection_set.selections:
            self._directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                below = self._count(node.selection_set) if node.selection_set is not None else NOTHING
                fields += 1
                if node.name.value in ABOUT_THE_SCHEMA:
                    below = Counted(0, 0, *below[:2])
                below = below._replace(depth=below.depth + 1)
            elif isinstance(node, InlineFragmentNode):
                below = self._count(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                below = self._spread(node.name.value)
            fields += below.fields
            depth = max(depth, below.depth)
            introspection_fields += below.introspection_fields
            introspection_depth = max(introspection_depth, below.introspection_depth)
        return Counted(fields, depth, introspection_fields, introspection_depth)

    def _spread(self, name: str) -> Counted:
        if name in self._open:
            self._cycles += 1
            return NOTHING
        if name not in self._counted:
            if name not in self._fragments:
                return NOTHING
            self._open.add(name)
            self._counted[name] = self._count_fragment(self._fragments[name])
            self._open.discard(name)
        return self._counted[name]

    def _count_fragment(self, fragment: FragmentDefinitionNode) -> Counted:
        self._directives += len(fragment.directives or ())
        return self._count(fragment.selection_set)

    def _root(self, selection_set: SelectionSetNode) -> dict[str, int]:
        """How often each root field occurs; a fragment's part of it is worked out once."""
        found: dict[str, int] = {}
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                part = {node.name.value: 1} if node.name.value in self._root_names else {}
            elif isinstance(node, InlineFragmentNode):
                part = self._root(node.selection_set)
            else:
                part = self._root_of_fragment(node.name.value)  # type: ignore[attr-defined]
            for name, times in part.items():
                found[name] = found.get(name, 0) + times
        return found

    def _root_of_fragment(self, name: str) -> dict[str, int]:
        if name not in self._roots:
            self._roots[name] = {}  # what a cycle finds on its way round
            if name in self._fragments:
                self._roots[name] = self._root(self._fragments[name].selection_set)
        return self._roots[name]
