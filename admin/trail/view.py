"""What do auditors and administrators see of the audit trail? All of it, and nothing to change it with."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin import links, wording
from admin.desk import Desk
from admin.filters import Filter
from admin.trail import values
from admin.trail import words as trail_words
from admin.views import View
from domain.auditing import reading
from domain.model.audit import AuditEntry
from domain.model.people import Account

_DAYS = {"1": "24 jam terakhir", "7": "7 hari terakhir", "30": "30 hari terakhir", "365": "Setahun terakhir"}
MOST_NAMED = 4
"""Changed columns that a row of the list names."""


def _since(value: str) -> sa.ColumnElement[bool]:
    if value not in _DAYS:
        return sa.false()
    return AuditEntry.at >= sa.func.now() - sa.func.make_interval(0, 0, 0, int(value))


def _equals(column: Any) -> Any:
    return lambda value: column == value


def _by_account(key: str) -> sa.ColumnElement[bool]:
    return sa.func.split_part(AuditEntry.actor, ":", 2) == key


_ACCOUNTS = sa.select(sa.cast(Account.id, sa.Text()), Account.name).order_by(sa.func.lower(Account.name))


def _at(entry: AuditEntry, *_: object) -> Markup:
    return wording.two_lines(entry.at)


def _actor(entry: AuditEntry, _: str, request: Request) -> str:
    return who(entry, request.state.trail_actors)


def who(entry: AuditEntry, actors: dict[str, str]) -> str:
    """Who did it: by name, where the trail has an account or a client."""
    kind = trail_words.kind_of_actor(entry.actor)
    name = actors.get(entry.actor)
    return f"{name} ({kind})" if name else kind


def _what(entry: AuditEntry, *_: object) -> str:
    return f"{trail_words.operation(entry.operation)}: {trail_words.table(entry.table_name)}"


def _row(entry: AuditEntry, _: str, request: Request) -> Markup | str:
    names = request.state.trail_names
    code = names.get(("complaint", entry.subject or ""))
    if code is not None:
        return links.anchor(links.row(request, "complaint", code), code)
    return names.get((entry.table_name, entry.row_key or "")) or wording.NONE


def _changed(entry: AuditEntry, *_: object) -> str:
    names = changed(entry) if entry.operation == "UPDATE" else []
    told = ", ".join(trail_words.column(name) for name in names[:MOST_NAMED])
    return f"{told} dan {len(names) - MOST_NAMED} lainnya" if len(names) > MOST_NAMED else told


def changed(entry: AuditEntry) -> list[str]:
    """The columns that an entry speaks of."""
    return [*sorted({*(entry.before or {}), *(entry.after or {})}), *(entry.hidden or [])]


class AuditEntryView(View, model=AuditEntry):
    """The trail, newest first."""

    name = "Jejak audit"
    name_plural = "Jejak audit"
    noun = "catatan"
    icon = "fa-solid fa-clock-rotate-left"
    menu_group = "Pengelolaan"
    about = (
        "Siapa mengubah apa dan kapan: lewat panel, API, perintah, impor atau langsung di basis data. Nama, "
        "alamat, isi laporan dan rahasia tidak disalin ke sini, hanya dicatat bahwa berubah."
    )
    search_label = "Cari kode laporan"
    details_page = "panel/trail.html"
    read_permission = "audit:read"

    column_list = ("at", "actor", "operation", "subject", "hidden")
    column_labels: ClassVar[dict[Any, str]] = {
        "at": "Waktu",
        "actor": "Oleh",
        "operation": "Perubahan",
        "subject": "Data",
        "hidden": "Yang berubah",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "at": _at,
        "actor": _actor,
        "operation": _what,
        "subject": _row,
        "hidden": _changed,
    }
    column_searchable_list = ("subject",)
    column_default_sort = ("id", True)
    column_filters: ClassVar[Sequence[Any]] = (
        Filter("table", "Data", _equals(AuditEntry.table_name), choices=list(trail_words.TABLES.items())),
        Filter(
            "operation",
            "Perubahan",
            _equals(AuditEntry.operation),
            choices=list(trail_words.OPERATIONS.items()),
        ),
        Filter("by", "Oleh siapa", reading.by, choices=trail_words.WHO),
        Filter("account", "Akun", _by_account, query=_ACCOUNTS),
        Filter("since", "Waktu", _since, choices=list(_DAYS.items())),
    )

    def find(self, key: str) -> sa.Select[Any]:
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            raise HTTPException(404)
        return sa.select(AuditEntry).where(AuditEntry.id == int(key))

    def title_of(self, row: AuditEntry) -> str:
        return f"Catatan {row.id}"

    def search_query(self, stmt: sa.Select[Any], term: str) -> sa.Select[Any]:
        return stmt.where(reading.of_row(term.replace("\x00", "")))

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:
        state = desk.request.state
        state.trail_names = await values.names_in(desk.session, rows)
        state.trail_actors = await reading.names_of(desk.session, [row.actor for row in rows])

    async def details(self, desk: Desk, key: str) -> dict[str, Any]:
        entry = await desk.session.scalar(self.find(key))
        if entry is None:
            raise HTTPException(404)
        await self.prepare(desk, [entry])
        names, before, after = desk.request.state.trail_names, entry.before or {}, entry.after or {}
        hidden = entry.hidden or []
        return {
            "row": entry,
            "words": trail_words,
            "who": who(entry, desk.request.state.trail_actors),
            "about": _row(entry, "", desk.request),
            "changes": [
                (
                    trail_words.column(name),
                    values.shown(entry.table_name, name, before.get(name), names),
                    values.shown(entry.table_name, name, after.get(name), names),
                )
                for name in changed(entry)
                if name not in hidden
            ],
            "hidden": [trail_words.column(name) for name in hidden],
        }
