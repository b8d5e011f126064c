"""Where do two answers differ first? Said so that somebody can ask again."""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from tests.reference.executor import Answer
from tests.reference.pages import PLACE, Cursors
from tests.reference.statistics_fields import NOW

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Difference:
    """Where, and what the reference and the service say there."""

    path: Path
    expected: Any
    answered: Any

    def __str__(self) -> str:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return (
            f"first difference at {where.lstrip('.') or 'the whole answer'}\n"
            f"  reference: {_short(self.expected)}\n"
            f"  service:   {_short(self.answered)}"
        )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else f"{text[:300]} ..."


def compare(expected: Answer, answered: Answer, cursors: Cursors) -> Difference | None:
    """The first difference of two answers: errors, data, whose names were read, and the statements."""
    if expected.errors or answered.errors:
        # What refuses a field that may not be null leaves the whole operation without data: which of several
        # is found first is chance, and the others are said or not.
        if expected.data is None is answered.data and answered.errors and answered.errors <= expected.errors:
            return None
        if expected.errors != answered.errors:
            return Difference(("errors",), sorted(expected.errors), sorted(answered.errors))
    cursors.fresh.clear()
    found = _differs(expected.data, answered.data, cursors, ())
    if found is not None:
        cursors.forget_fresh()
    if found is None and expected.readings != answered.readings:
        found = Difference(("readings",), sorted(expected.readings), sorted(answered.readings))
    if found is None and not expected.errors and expected.statements != answered.statements:
        found = Difference(("statements",), expected.statements, answered.statements)
    return found


def _differs(expected: Any, answered: Any, cursors: Cursors, path: Path) -> Difference | None:
    if isinstance(expected, dict) and isinstance(answered, dict):
        if list(expected) != list(answered):
            return Difference(path, list(expected), list(answered))
        pairs: Any = [(key, expected[key], answered[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(answered, list):
        if len(expected) != len(answered):
            return Difference(path, expected, answered)
        pairs = [(index, *pair) for index, pair in enumerate(zip(expected, answered, strict=True))]
    else:
        same = _same(expected, answered, cursors)
        return None if same else Difference(path, expected, answered)
    for key, one, other in pairs:
        if (found := _differs(one, other, cursors, (*path, key))) is not None:
            return found
    return None


def _same(expected: Any, answered: Any, cursors: Cursors) -> bool:
    if isinstance(expected, str) and expected.startswith(PLACE):
        return cursors.agree(answered, expected)
    if expected == NOW:
        return isinstance(answered, str) and datetime.fromisoformat(answered).tzinfo is not None
    if isinstance(expected, float) and type(answered) in (int, float):
        # JSON has one kind of number; the last digit of a mean may differ.
        return math.isclose(expected, answered, rel_tol=1e-14)
    return type(expected) is type(answered) and bool(expected == answered)


# ------------------------------------------------------------------ the smallest operation that shows it


class _Alone(Visitor):
    """Leaves of each selection only what answers under the key that the path has there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.keys = [part for part in path if isinstance(part, str)]
        self.depth = 0

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        key = node.alias.value if node.alias else node.name.value
        if self.depth < len(self.keys) and key != self.keys[self.depth]:
            return self.REMOVE
        self.depth += 1
        return None

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        self.depth -= 1
        empty = node.selection_set is not None and not node.selection_set.selections
        return self.REMOVE if empty else None

    def leave_inline_fragment(self, node: Any, *_: Any) -> Any:
        return None if node.selection_set.selections else self.REMOVE


def alone(text: str, path: Path) -> str:
    """The operation with nothing in it but the way to a path; fragments by name are left as they are."""
    document = parse(text)
    definitions: list[Any] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            definitions.append(visit(definition, _Alone(path)))
        else:
            definitions.append(definition)
    return print_ast(_used(DocumentNode(definitions=tuple(definitions))))


def _used(document: DocumentNode) -> DocumentNode:
    """Without the variables and fragments that nothing uses any more."""
    operation: Any = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    spread, variables = _names(operation.selection_set)
    waiting = set(spread)
    while waiting:
        more, mentioned = _names(fragments[waiting.pop()].selection_set)
        waiting |= more - spread
        spread |= more
        variables |= mentioned
    kept = tuple(d for d in operation.variable_definitions or () if d.variable.name.value in variables)
    changed = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=kept,
        directives=operation.directives,
        selection_set=operation.selection_set,
    )
    return DocumentNode(definitions=(changed, *(f for name, f in fragments.items() if name in spread)))


def _names(selections: SelectionSetNode) -> tuple[set[str], set[str]]:
    """The fragments and variables that a selection names."""
    spread: set[str] = set()
    variables: set[str] = set()

    class Names(Visitor):
        def enter_fragment_spread(self, node: Any, *_: Any) -> None:
            spread.add(node.name.value)

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            variables.add(node.name.value)

    visit(selections, Names())
    return spread, variables
