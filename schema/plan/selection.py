"""Which fields a selection asks of one type: fragments opened, @skip and @include applied, repeats merged."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
    is_abstract_type,
)

Selected = dict[str, list[FieldNode]]


class Selection:
    """Reads the selections of one document for one set of variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Any
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables

    def of(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode]) -> Selected:
        """The fields asked of a type below some fields of the document, by the key they answer under."""
        found: Selected = {}
        visited: set[str] = set()
        for node in nodes:
            if node.selection_set is not None:
                self._collect(type_, node.selection_set, found, visited)
        return found

    def _collect(
        self, type_: GraphQLObjectType, selections: SelectionSetNode, found: Selected, visited: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(condition.name.value, type_):
                    self._collect(type_, node.selection_set, found, visited)
            else:
                name = node.name.value  # type: ignore[attr-defined]
                if name in visited:
                    continue
                visited.add(name)
                fragment = self.fragments[name]
                if self._applies(fragment.type_condition.name.value, type_):
                    self._collect(type_, fragment.selection_set, found, visited)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"] is True:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (include and include["if"] is False)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        named = self.schema.get_type(condition)
        return is_abstract_type(named) and self.schema.is_sub_type(named, type_)
