"""Global identifiers: which type, and which row of it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.sql.expression import ColumnElement, FromClause


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


UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NUMBER_FORM = "[0-9]{1,18}"


def key_sql(type_name: str, identifier: ColumnElement[str], key_type: Any) -> ColumnElement[Any]:
    """The row's key in an identifier, null where it is not one of this type: its form is checked first."""
    form = NUMBER_FORM if isinstance(key_type, sa.Integer) else UUID_FORM
    prefix = f"{type_name}:"
    pattern = sa.literal_column(f"'^{prefix}{form}$'", sa.Text())
    key = sa.func.substring(identifier, len(prefix) + 1)
    return sa.case((identifier.op("~")(pattern), sa.cast(key, key_type)))
