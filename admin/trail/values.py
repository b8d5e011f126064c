"""How do the values of the audit trail read: words, dates and names in place of codes and keys?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from admin import wording
from domain.model.audit import AuditEntry
from domain.model.complaint import Complaint
from domain.model.master import Area, Category, Opd
from domain.model.people import Account, ApiClient
from domain.model.tables import metadata
from domain.words import label

_NAMED: dict[str, Any] = {
    "opd": Opd.name,
    "area": Area.name,
    "category": Category.name,
    "account": Account.name,
    "api_client": ApiClient.name,
    "complaint": Complaint.tracking_code,
}
"""What people call the rows that others point to."""

Names = Mapping[tuple[str, str], str]


def _column(table: str, name: str) -> "sa.Column[Any] | None":
    known = metadata.tables.get(table)
    return None if known is None else known.columns.get(name)


def _target(table: str, name: str) -> str | None:
    """The table that a column points to."""
    column = _column(table, name)
    keys = column.foreign_keys if column is not None else ()
    return next((key.column.table.name for key in keys), None)


def _points_to(entry: AuditEntry) -> Iterable[tuple[str | None, Any]]:
    """The rows that an entry speaks of."""
    yield entry.table_name, entry.row_key
    yield "complaint", entry.subject
    for side in (entry.before, entry.after):
        for name, value in (side or {}).items():
            yield _target(entry.table_name, name), value


async def names_in(session: AsyncSession, entries: Iterable[AuditEntry]) -> Names:
    """The present names of the rows that entries speak of; of one that is gone there is none."""
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        for table, key in _points_to(entry):
            if table in _NAMED and isinstance(key, str) and (read := _uuid(key)) is not None:
                wanted.setdefault(table, set()).add(read)
    found: dict[tuple[str, str], str] = {}
    for table, keys in wanted.items():
        key = metadata.tables[table].c.id
        rows = await session.execute(
            sa.select(key.label("key"), _NAMED[table].label("name")).where(key.in_(keys))
        )
        found |= {(table, str(row.key)): row.name for row in rows}
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def shown(table: str, name: str, value: Any, names: Names) -> str:
    """A recorded value in words."""
    if value is None:
        return "(kosong)"
    if isinstance(value, bool):
        return wording.yes_no(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "(kosong)"
    target = _target(table, name)
    if target is not None:
        return names.get((target, str(value)), str(value))
    column = _column(table, name)
    return _in_words(column.type, value) if column is not None else str(value)


def _in_words(kind: sa.types.TypeEngine[Any], value: Any) -> str:
    """A word of a vocabulary, a moment or a day; a form that it no longer has is left as it is."""
    try:
        if isinstance(kind, sa.Enum) and kind.enum_class is not None:
            return label(kind.enum_class(value))  # type: ignore[arg-type]
        if isinstance(kind, sa.DateTime):
            return wording.moment(datetime.fromisoformat(value))
        if isinstance(kind, sa.Date):
            return wording.day(date.fromisoformat(value))
    except (KeyError, TypeError, ValueError):
        pass
    return str(value)
