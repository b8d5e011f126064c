"""Is everything compared? Every field that a query may come to, asked for, on rows of every kind."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    type_from_ast,
    visit,
)

from schema.schema import core_schema
from tests.reference import rules
from tests.reference.executor import RESOLVERS, read_types
from tests.reference.operations import Operation
from tests.reference.rules import Eyes
from tests.reference.sides import Sides

TEXTS = 400


def test_the_reference_has_every_field_that_may_be_read() -> None:
    fields = {f"{type_.name}.{name}" for type_ in read_types(core_schema()) for name in type_.fields}
    assert sorted(fields - set(RESOLVERS)) == []
    assert sorted(set(RESOLVERS) - fields) == []


class _Asked(Visitor):
    """Counts the fields, arguments, members of inputs and directives of operations."""

    def __init__(self, info: TypeInfo, found: Counter[str]) -> None:
        super().__init__()
        self.info, self.found = info, found

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.info.get_parent_type()
        self.found[f"{parent.name if parent else ''}.{node.name.value}"] += 1

    def enter_argument(self, node: Any, *_: Any) -> None:
        parent, field = self.info.get_parent_type(), self.info.get_field_def()
        if parent and field and self.info.get_directive() is None:
            name = next(name for name, each in parent.fields.items() if each is field)  # type: ignore[union-attr]
            self.found[f"{parent.name}.{name}({node.name.value})"] += 1

    def enter_object_field(self, node: Any, *_: Any) -> None:
        type_ = get_named_type(self.info.get_parent_input_type())
        self.found[f"{type_.name if type_ else ''}.{node.name.value}"] += 1

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.found[f"@{node.name.value}"] += 1


def _count_members(type_: Any, value: Any, found: Counter[str]) -> None:
    """Counts what a variable has in it, by the type that it is declared with."""
    named: Any = get_named_type(type_)
    for each in value if isinstance(value, list) else [value]:
        for name, member in each.items() if isinstance(each, dict) else ():
            found[f"{named.name}.{name}"] += 1
            _count_members(named.fields[name].type, member, found)


def _count(operation: Operation, schema: GraphQLSchema, info: TypeInfo, found: Counter[str]) -> None:
    document = parse(operation.text)
    visit(document, TypeInfoVisitor(info, _Asked(info, found)))
    asked: Any = document.definitions[0]
    for variable in asked.variable_definitions or ():
        type_ = type_from_ast(schema, variable.type)
        for run in operation.runs:
            _count_members(type_, run.variables.get(variable.variable.name.value), found)


async def test_the_operations_ask_for_everything(sides: Sides) -> None:
    schema, found, viewers = core_schema(), Counter[str](), Counter[str]()
    info = TypeInfo(schema)
    async with sides.opened() as both:
        for number in range(TEXTS):
            operation = both.operation(number)
            _count(operation, schema, info, found)
            viewers.update(run.viewer for run in operation.runs)
    types = [type_ for type_ in read_types(schema) if type_ is not schema.subscription_type]
    wanted = {f"{type_.name}.{name}" for type_ in types for name in type_.fields}
    arguments = {
        f"{type_.name}.{name}({argument})": get_named_type(each.type)
        for type_ in types
        for name, field in type_.fields.items()
        for argument, each in field.args.items()
    }
    inputs = {t for t in arguments.values() if isinstance(t, GraphQLInputObjectType)}
    wanted |= set(arguments) | {f"{type_.name}.{name}" for type_ in inputs for name in type_.fields}
    assert sorted((wanted | {"@skip", "@include"}) - set(found)) == []
    assert set(viewers) == set(sides.viewers)


def test_there_are_rows_of_every_kind(sides: Sides) -> None:
    world = sides.world
    complaints, stays, actions = (world.all(kind) for kind in ("Complaint", "Disposition", "Action"))
    deadlines = [deadline for found in world.deadlines.values() for deadline in found]
    for rows, columns in (
        (complaints, "status privacy channel classification"),
        (actions, "kind visibility"),
        (world.all("ComplaintEvent"), "type audience"),
        (deadlines, "clock"),
    ):
        for name in columns.split():
            seen = Counter(getattr(row, name) for row in rows)
            words: Any = type(next(value for value in seen if value is not None))
            assert set(words) <= set(seen), name
    assert {stay.outcome for stay in stays} == {None, "COMPLETED", "RETURNED", "MOVED", "MERGED"}
    sometimes = "category_id area_id opd_id latitude rating access_token_hash due_at verified_at"
    for name in sometimes.split():
        given = Counter(getattr(c, name) is not None for c in complaints)
        assert min(given[True], given[False]) > 2, name
    assert any(len(world.stays[c.id]) > 1 for c in complaints)
    assert any(len({a.created_at for a in found}) < len(found) for found in world.actions.values())
    assert len({c.submitted_at for c in complaints}) < len(complaints)
    assert any(len([d for d in found if d.clock == "RESOLUTION"]) > 1 for found in world.deadlines.values())
    assert len(set(world.xids.values())) > 1
    now, eyes = datetime.now(UTC), Eyes(sides.viewers["office"], world)
    completed = [c for c in complaints if c.status == "COMPLETED"]
    assert {rules.may_still_reopen(eyes, c, now) for c in completed} == {True, False}
