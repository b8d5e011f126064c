"""Global identifiers: which type, and which row of it; and the fields that answer with what they name."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry
from graphql import GraphQLObjectType
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import ColumnElement, FromClause

from schema.plan.fields import declares
from schema.plan.refusal import invalid
from schema.plan.scope import Planned, ResolveInfo, Scope, arguments_of, source_of
from schema.plan.sql import json_list, scalar

IDENTIFIERS_AT_MOST = 100
UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NUMBER_FORM = "[0-9]{1,18}"
NOTHING: ColumnElement[Any] = sa.literal_column("NULL::json", JSON())


def global_id_sql(type_name: str, row: FromClause) -> ColumnElement[str]:
    """The identifier of a row; a client takes it as it is."""
    return sa.literal_column(f"'{type_name}:'", sa.Text()).concat(sa.cast(row.c.id, sa.Text()))


def global_id(type_name: str, key: UUID) -> strawberry.ID:
    """`global_id_sql` of one key."""
    return strawberry.ID(f"{type_name}:{key}")


def split_id(value: str) -> tuple[str, str] | None:
    """The type's name and the row's key, None where the text is no identifier of ours."""
    name, separator, key = value.partition(":")
    return (name, key) if separator and name.isidentifier() and key else None


def kinds_of(given: str | list[str]) -> tuple[str, ...]:
    """The types that an identifier, or a list of them, names: each once, in the order of their names."""
    identifiers = [given] if isinstance(given, str) else given
    return tuple(sorted({parts[0] for i in identifiers if (parts := split_id(i)) is not None}))


def uuid_of(value: str) -> UUID | None:
    """The row's key where rows of the type have UUIDs."""
    parts = split_id(value)
    try:
        return UUID(parts[1]) if parts else None
    except ValueError:
        return None


def key_sql(type_name: str, identifier: ColumnElement[str], key_type: Any) -> ColumnElement[Any]:
    """The row's key in an identifier, null where it is not one of this type: its form is checked first."""
    form = NUMBER_FORM if isinstance(key_type, sa.Integer) else UUID_FORM
    prefix = f"{type_name}:"
    pattern = sa.literal_column(f"'^{prefix}{form}$'", sa.Text())
    key = sa.func.substring(identifier, len(prefix) + 1)
    return sa.case((identifier.op("~")(pattern), sa.cast(key, key_type)))


@dataclass(frozen=True)
class ByIdentifier(Planned):
    """The row that the identifier in an argument names, or, of a list of them, a row or null for each."""

    argument: str

    def depends_on(self, info: ResolveInfo) -> tuple[str, ...]:
        return kinds_of(arguments_of(info)[self.argument])

    def sql(self, s: Scope) -> ColumnElement[Any]:
        given = s.values[self.argument]
        types = [type_ for kind in kinds_of(given) if (type_ := _node_type(s, kind)) is not None]
        if isinstance(given, str):
            return _first_of(s, types, s.bind(self.argument, type_=sa.Text()))
        listed = s.bind(self.argument, type_=sa.ARRAY(sa.Text()), convert=_not_too_many)
        each = sa.func.unnest(listed).table_valued("id", with_ordinality="place", name="asked")
        asked = each.render_derived()
        return scalar(json_list(_first_of(s, types, asked.c.id), [asked.c.place]), asked)


by_identifier = declares(ByIdentifier)


def _node_type(s: Scope, kind: str) -> GraphQLObjectType | None:
    type_, node = s.draft.info.schema.get_type(kind), s.draft.info.schema.get_type("Node")
    return type_ if isinstance(type_, GraphQLObjectType) and node in type_.interfaces else None


def _first_of(s: Scope, types: list[GraphQLObjectType], identifier: ColumnElement[str]) -> ColumnElement[Any]:
    """The object of the visible row of whichever type an identifier names, or null."""

    def found(type_: GraphQLObjectType) -> ColumnElement[Any]:
        row = s.fresh(type_)
        named = row.c.id == key_sql(type_.name, identifier, row.c.id.type)
        made = s.object(row, type_)
        return scalar(made, row, named, source_of(type_).visible(s.viewer, row))

    return sa.func.coalesce(*map(found, types), NOTHING)


def _not_too_many(identifiers: list[str]) -> list[str]:
    if len(identifiers) > IDENTIFIERS_AT_MOST:
        raise invalid("ids", f"at most {IDENTIFIERS_AT_MOST}, not {len(identifiers)}.")
    return identifiers
