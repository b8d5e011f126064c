"""What every part of the public schema keeps to."""

import re

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from schema.plan.scope import plan_of
from schema.schema import build_schema

SCHEMA = build_schema()._schema
TYPES: list[GraphQLNamedType] = [t for name, t in SCHEMA.type_map.items() if not name.startswith("__")]
SHORT_LISTS = {
    "Query.categories",
    "Query.areas",
    "Query.slaRules",
    "Query.holidays",
    "Complaint.deadlines",
    "Complaint.attachments",
    "Complaint.allowedTransitions",
    "Action.attachments",
    "Viewer.permissions",
    "Statistics.byStatus",
    "Statistics.byOpd",
    "Statistics.byCategory",
    "Statistics.byChannel",
    "Statistics.byMonth",
    "Query.nodes",
    "Query.similarComplaints",
    "TransitionNotAllowedError.allowed",
    "Webhook.types",
}


def test_everything_is_described() -> None:
    missing = [t.name for t in TYPES if not t.description and t.name not in ("String", "Int", "ID")]
    for type_ in TYPES:
        if isinstance(type_, GraphQLEnumType):
            missing += [f"{type_.name}.{n}" for n, v in type_.values.items() if not v.description]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in type_.fields.items():
                missing += [] if field.description else [f"{type_.name}.{name}"]
                for argument, definition in getattr(field, "args", {}).items():
                    described = definition.description or argument == "input"
                    missing += [] if described else [f"{type_.name}.{name}({argument})"]
    assert missing == []


def test_every_mutation_has_one_input_and_its_payload() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        assert field.description, name
        assert is_non_null_type(field.type), name
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert payload.name.endswith("Payload"), name
        assert "errors" in payload.fields, name
        if name != "sessionRevoke":
            assert list(field.args) == ["input"], name
            expected = f"{name[0].upper()}{name[1:]}Input!"
            assert str(field.args["input"].type) == expected, name


def test_every_list_is_paged_or_known_to_be_short() -> None:
    found = set()
    for type_ in TYPES:
        if not isinstance(type_, GraphQLObjectType) or re.search("(Connection|Payload)$", type_.name):
            continue
        for name, field in type_.fields.items():
            inner = field.type.of_type if is_non_null_type(field.type) else field.type
            if is_list_type(inner) and not (name == "field" and type_.name.endswith("Error")):
                found.add(f"{type_.name}.{name}")
    assert found == SHORT_LISTS


def test_every_field_that_is_read_is_planned() -> None:
    python_made = re.compile("(Payload|Connection|Edge|PageInfo|Error)$")
    for type_ in TYPES:
        if isinstance(type_, GraphQLObjectType) and not python_made.search(type_.name):
            if type_ is SCHEMA.mutation_type:
                continue
            unplanned = [name for name, field in type_.fields.items() if plan_of(field) is None]
            assert unplanned == [], type_.name
