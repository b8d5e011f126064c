"""Global identifiers: which type, and which row of it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause


def global_id_sql(type_name: str, row: FromClause) -> ColumnElement[str]:
    """The identifier of a row; a client takes it as it is."""
    return sa.literal_column(f"'{type_name}:'", sa.Text()).concat(sa.cast(row.c.id, sa.Text()))


def split_id(value: str) -> tuple[str, str] | None:
    """The type's name and the row's key, None where the text is no identifier of ours."""
    name, separator, key = value.partition(":")
    return (name, key) if separator and name.isidentifier() and key else None


def uuid_of(value: str) -> UUID | None:
    """The row's key where rows of the type have UUIDs."""
    parts = split_id(value)
    try:
        return UUID(parts[1]) if parts else None
    except ValueError:
        return None


def number_of(value: str) -> int | None:
    """The row's key where rows of the type are numbered."""
    parts = split_id(value)
    if parts and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 19:
        return int(parts[1])
    return None
