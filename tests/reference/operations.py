"""Which operations are asked? Made up from the schema, each from its number alone."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
)

from tests.reference.values import Given, Values
from tests.reference.variables import Variables, values_of

DEEPEST = 7
FIELDS_MOST = 70
ROWS_MOST = 60
"""About so many rows of one level an operation may ask for: pages within pages are small."""
DIRECTIVES_MOST = 16
SIZES = {"Query.categories": 27, "Query.areas": 51, "Query.holidays": 20, "Query.slaRules": 8}
GUARDED = {
    "reporter",
    "actions",
    "dispositions",
    "deadlines",
    "mergedInto",
    "suggestedOpd",
    "instruction",
} | {*("reason", "authorName", "allowedTransitions", "state", "workingDaysLeft", "active", "overdue")}
"""Fields that are asked for more often: what they show depends on who looks, or on when."""
FRAGMENTS = ("Complaint", "Opd", "Action", "Disposition", "Node", "ComplaintConnection", "Deadline")
ROOTS = {
    "complaints": 8,
    "complaint": 8,
    "node": 6,
    "nodes": 2,
    "statistics": 4,
    "opd": 3,
    "opds": 6,
    "viewer": 3,
    "events": 6,
    "similarComplaints": 1,
}


@dataclass(frozen=True)
class Run:
    """One answer that is asked for: by whom, and with which values of the variables."""

    viewer: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Operation:
    number: int
    text: str
    runs: tuple[Run, ...]


@dataclass
class Level:
    """The keys that a selection has so far: one means the same each time that it is asked."""

    alias_all: bool = False
    taken: dict[str, tuple[str, str, "Level"]] = field(default_factory=dict)


class Writer:
    """Writes one operation."""

    def __init__(self, schema: GraphQLSchema, values: Values) -> None:
        self.schema, self.values, self.dice = schema, values, values.dice
        self.left = self.dice.randint(8, FIELDS_MOST)
        self.variables = Variables(self.dice)
        self.aliases = self.directives = 0
        self.fragments: list[tuple[str, str, str]] = []

    def maybe(self, chance: float) -> bool:
        return self.dice.random() < chance

    def operation(self) -> tuple[str, list[dict[str, Any]]]:
        """The text, and the values of its variables for two runs."""
        for _ in range(self.dice.choice([0, 0, 1, 2])):
            self._fragment()
        query, level = self.schema.query_type, Level()
        assert query is not None
        names, weights = zip(*((name, ROOTS.get(name, 1)) for name in query.fields), strict=True)
        parts = [
            self._field(query, name, level, DEEPEST, 1)
            for name in self.dice.choices(names, weights, k=self.dice.choice([1, 1, 1, 2, 3]))
        ]
        parts = [
            f"{self._directed('... on Query')} {{ {part} }}" if self.maybe(0.1) else part for part in parts
        ]
        body = " ".join(parts + (["__typename"] if self.maybe(0.1) else []))
        written = " ".join([f"{{ {body} }}", *self._used_fragments(body)])
        return self._whole("query", written)

    def following(self, name: str, given: dict[str, Given]) -> tuple[str, list[dict[str, Any]]]:
        """A subscription with these arguments, and the values of its variables for two runs."""
        asked = ", ".join(f"{key}: {self.variables.written(value)}" for key, value in given.items())
        body = self._selection(self.schema.get_type("ComplaintEvent"), Level(), 5, 8)
        return self._whole("subscription", f"{{ {name}({asked}) {body} }}")

    def _whole(self, kind: str, written: str) -> tuple[str, list[dict[str, Any]]]:
        """The operation with its variables declared."""
        used = self.variables.used_in(written)
        declared = ", ".join(f"${name}: {variable.declared}" for name, variable in used.items())
        plain = ["", "query", "query Q"] if kind == "query" else [kind]
        head = f"{kind} Q({declared})" if declared else self.dice.choice(plain)
        return f"{head} {written}".strip(), [values_of(used, run) for run in range(2)]

    # -------------------------------------------------------------- selections

    def _fragment(self) -> None:
        type_: Any = self.schema.get_type(self.dice.choice(FRAGMENTS))
        name = f"F{len(self.fragments)}"
        body = self._selection(type_, Level(alias_all=True), 3, 6)
        self.fragments.append((name, type_.name, body))

    def _used_fragments(self, body: str) -> list[str]:
        used: list[str] = []
        for name, type_name, text in reversed(self.fragments):
            if f"...{name} " in " ".join([body, *used]):
                used.append(f"fragment {name} on {type_name} {text}")
        return used

    def _selection(self, type_: Any, level: Level, depth: int, rows: int) -> str:
        """What is asked of one type, in braces."""
        names = list(type_.fields)
        leaves = [n for n in names if is_leaf_type(get_named_type(type_.fields[n].type))]
        objects = [n for n in names if n not in leaves and depth > 1 and self.left > 0]
        self.dice.shuffle(leaves)
        self.dice.shuffle(objects)
        for names_of_a_kind in (leaves, objects):
            names_of_a_kind.sort(key=lambda name: name in GUARDED and self.maybe(0.6), reverse=True)
        few = 4 if type_.name.endswith(("Connection", "Edge")) else self.dice.choice([0, 1, 1, 2, 3])
        chosen = leaves[: self.dice.randint(0, 5)] + objects[:few] or names[:1]
        self.dice.shuffle(chosen)
        parts = [self._field(type_, n, level, depth, rows) for n in chosen]
        if self.maybe(0.15):
            parts.append(self._directed("__typename" if self.maybe(0.7) else f"{self._alias()}: __typename"))
        if self.maybe(0.02):  # more keys than PostgreSQL takes arguments to a function
            plain = ["__typename", *(leaf for leaf in leaves if not type_.fields[leaf].args)]
            parts += [f"{self._alias()}: {self.dice.choice(plain)}" for _ in range(60)]
        parts += self._spreads(type_, level, depth, rows)
        written = " ".join(part for part in parts if part)
        return f"{{ {written or '__typename'} }}"

    def _spreads(self, type_: Any, level: Level, depth: int, rows: int) -> list[str]:
        """Fragments of the type, of its interface, or of what an interface may be."""
        parts = []
        if is_interface_type(type_):
            possible = list(self.schema.get_possible_types(type_))
            for concrete in self.dice.sample(possible, self.dice.randint(1, 4)):
                below = self._selection(concrete, Level(alias_all=True), depth - 1, rows)
                parts.append(self._directed(f"... on {concrete.name}", below))
        elif self.maybe(0.15) and depth > 1 and self.left > 0:
            condition = self.dice.choice(["", f" on {type_.name}"])
            parts.append(self._directed(f"...{condition}", self._selection(type_, level, depth - 1, rows)))
        elif self.maybe(0.1) and type_.interfaces and not level.alias_all:
            parts.append(f"... on Node {self._selection(type_.interfaces[0], Level(), 2, rows)}")
        fitting = {type_.name, *(interface.name for interface in type_.interfaces)}
        for name, type_name, _ in self.fragments:
            if type_name in fitting and self.maybe(0.5):
                parts.append(self._directed(f"...{name}") + " ")
        return parts

    def _field(self, type_: Any, name: str, level: Level, depth: int, rows: int) -> str:
        """A field with its alias, arguments, directives and selection; nothing where it would be too much."""
        owner: str = type_.name
        definition: GraphQLField = type_.fields[name]
        target: Any = get_named_type(definition.type)
        most = max(1, min(20 if depth == DEEPEST else 4, ROWS_MOST // rows))
        size = SIZES.get(f"{owner}.{name}", 3 if is_list_type(get_nullable_type(definition.type)) else 1)
        if owner.endswith("Connection"):
            size = 1  # its rows were counted with the page
        if rows * size > ROWS_MOST and not is_leaf_type(target):
            return ""
        self.left -= 1
        given = self.values.arguments(owner, name, definition, most) if definition.args else {}
        asked = ", ".join(f"{key}: {self.variables.written(value)}" for key, value in given.items())
        call = f"{name}({asked})" if asked else name
        key, below = self._key(name, call, level, bool(definition.args))
        if is_leaf_type(target) and self.maybe(0.03):
            key = self._borrowed(type_, key, call, level)
        shown = call if key == name else f"{key}: {call}"
        if is_leaf_type(target):
            return self._directed(shown)
        inside = most if "after" in definition.args else size
        return self._directed(shown, self._selection(target, below, depth - 1, rows * inside))

    def _key(self, name: str, call: str, level: Level, has_arguments: bool) -> tuple[str, Level]:
        """The key of a field; its own name only where that always means the same."""
        known = level.taken.get(name)
        if known is not None and known[1] == call and not self.maybe(0.2):
            return name, known[2]
        below = Level(alias_all=level.alias_all and not has_arguments)
        if known is not None or (level.alias_all and has_arguments) or self.maybe(0.2):
            return self._alias(), Level()
        level.taken[name] = (name, call, below)
        return name, below

    def _alias(self) -> str:
        self.aliases += 1
        return f"a{self.aliases}"

    def _borrowed(self, type_: Any, key: str, call: str, level: Level) -> str:
        """Another field's name for a key, where nothing has it."""
        other: str = self.dice.choice(list(type_.fields))
        is_leaf = is_leaf_type(get_named_type(type_.fields[other].type))
        if other in level.taken or level.alias_all or not is_leaf:
            return key
        level.taken[other] = (key, call, Level())
        return other

    def _directed(self, shown: str, below: str = "") -> str:
        """With @skip or @include now and then."""
        directives = ""
        for name in ("include", "skip"):
            if self.maybe(0.06) and self.directives < DIRECTIVES_MOST:
                self.directives += 1
                directives += f" @{name}(if: {self.variables.flag()})"
        return f"{shown}{directives} {below}".rstrip() if below or directives else shown


def write_operation(
    schema: GraphQLSchema,
    values: Values,
    viewers: dict[str, str],
    number: int,
    takes: Callable[[str, Run], bool],
) -> Operation:
    """The operation of a number: its text and its runs, by viewers of whom each has a kind.

    One that the service does not take, or would not for what it asks for, is written again.
    """
    for attempt in range(50):
        dice = random.Random(f"{number}.{attempt}")
        writer = Writer(schema, replace(values, dice=dice, has_mistake=False))
        text, variables = writer.operation()
        officers = [name for name in sorted(viewers) if viewers[name] == "OFFICER"]
        # Officers twice: of whom it depends on the row what they see.
        first = dice.choice(sorted(viewers) + officers)
        # The second run is often by somebody of the same kind, for whom the same plan serves.
        alike = [name for name, kind in viewers.items() if kind == viewers[first]]
        second = dice.choice(alike if dice.random() < 0.5 else sorted(viewers))
        runs = (Run(first, variables[0]), Run(second, variables[1]))
        if all(takes(text, run) for run in runs):
            return Operation(number, text, runs)
    raise AssertionError(number)
