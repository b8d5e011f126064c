"""How does the reference answer an operation? graphql-core resolves the same schema, field by field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    is_introspection_type,
    is_non_null_type,
    is_object_type,
)

from api.graphql_errors import root_cause
from domain.errors import Refusal
from tests.reference.complaint_fields import COMPLAINT, PARTS
from tests.reference.objects import PAGE_INFO, Resolver, Scene, Seen
from tests.reference.query_fields import EVENTS, MASTER, QUERY, SIMILAR, VIEWER
from tests.reference.statistics_fields import STATISTICS

RESOLVERS: dict[str, Resolver] = (
    QUERY | SIMILAR | VIEWER | EVENTS | MASTER | COMPLAINT | PARTS | STATISTICS | PAGE_INFO
)
REQUIRED = "required"


@dataclass(frozen=True)
class Answer:
    """What an operation is answered with; an error as where it stands and its code."""

    data: Any
    errors: frozenset[tuple[str, str]]
    readings: frozenset[UUID]
    """The complaints whose anonymous reporter staff read of."""
    statements: int
    """How many it took; of the reference, how many it may take: one for each root field."""


def read_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """The object types that a query or a subscription may come to."""
    seen: set[str] = set()
    waiting: list[Any] = [schema.query_type, schema.subscription_type]
    while waiting:
        type_ = waiting.pop()
        if type_.name in seen or is_introspection_type(type_):
            continue
        seen.add(type_.name)
        waiting += schema.get_possible_types(type_) if not is_object_type(type_) else []
        waiting += (named for f in type_.fields.values() if hasattr(named := named_type(f), "fields"))
        if is_object_type(type_):
            yield type_


def named_type(field: GraphQLField) -> Any:
    found: Any = field.type
    while hasattr(found, "of_type"):
        found = found.of_type
    return found


def _moment_out(value: datetime | str) -> str:
    """RFC 3339 in UTC, without the zeros that end a fraction, as PostgreSQL writes it."""
    if isinstance(value, str):
        return value
    whole, point, fraction = value.astimezone(UTC).replace(tzinfo=None).isoformat().partition(".")
    return f"{whole}{point}{fraction.rstrip('0')}+00:00"


@cache
def reference_schema(sdl: str) -> GraphQLSchema:
    """The schema with a plain resolver for each field that may be read."""
    schema = build_schema(sdl)
    moment: Any = schema.get_type("DateTime")
    moment.coerce_output_value = moment.serialize = _moment_out
    moment.coerce_input_value = moment.parse_value = datetime.fromisoformat
    day: Any = schema.get_type("Date")
    day.coerce_output_value = day.serialize = date.isoformat
    day.coerce_input_value = day.parse_value = date.fromisoformat
    node: Any = schema.get_type("Node")
    node.resolve_type = lambda seen, _info, _type: seen.kind
    _let_each_root_field_fail_alone(schema)
    for type_ in read_types(schema):
        for name, definition in type_.fields.items():
            if (made := RESOLVERS.get(f"{type_.name}.{name}")) is not None:
                definition.resolve = _resolver(made)
    return schema


def _let_each_root_field_fail_alone(schema: GraphQLSchema) -> None:
    """So that all refusals are told: of fields that may not be null, the first would end the operation."""
    assert schema.query_type is not None
    for definition in schema.query_type.fields.values():
        if is_non_null_type(definition.type):
            definition.type = definition.type.of_type
            definition.extensions = {**definition.extensions, REQUIRED: True}


def _resolver(made: Resolver) -> Any:
    def resolve(seen: Seen, info: Any, **arguments: Any) -> Any:
        if seen.kind == "Query":
            seen.scene.roots.append(info.field_name)
            if REQUIRED in info.parent_type.fields[info.field_name].extensions:
                seen.scene.required.add(info.path.key)
        return made(seen, arguments)

    return resolve


def refer(
    sdl: str, document: DocumentNode, variables: dict[str, Any], scene: Scene, event: Any = None
) -> Answer:
    """The reference's answer to a valid operation; to a subscription, what it tells of an event."""
    root = Seen("Query" if event is None else "Subscription", event, scene)
    result = execute_sync(reference_schema(sdl), document, root, variable_values=variables)
    data = result.data
    if data is not None and any(data[key] is None for key in scene.required):
        data = None
    return Answer(data, codes(result.errors or ()), frozenset(scene.readings), len(scene.roots))


def codes(errors: Iterable[GraphQLError]) -> frozenset[tuple[str, str]]:
    """Where errors stand, with their codes; of a fault, what went wrong."""
    found = set()
    for error in errors:
        cause = root_cause(error)
        code = cause.code if isinstance(cause, Refusal) else (error.extensions or {}).get("code")
        where = ".".join(map(str, error.path or ()))
        found.add((where, str(code or f"{type(cause).__name__}: {cause or error.message}")))
    return frozenset(found)
