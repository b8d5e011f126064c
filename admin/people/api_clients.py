"""Which programs of third parties hold an API key, and how an administrator takes one back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from markupsafe import Markup

from admin import wording
from admin.desk import Desk
from admin.editing import EditableView, Removal
from admin.filters import by_flag
from admin.forms import Control, Field, Typed, Values
from domain.model.people import ApiClient
from domain.words import ClientScope

_SCOPES = {
    ClientScope.READ: "membaca",
    ClientScope.SUBMIT: "mengirim laporan",
    ClientScope.EVENTS: "mengikuti perubahan",
    ClientScope.WEBHOOKS: "webhook",
}


def _scopes(client: ApiClient, *_: object) -> str:
    return ", ".join(_SCOPES[ClientScope(scope)] for scope in client.scopes)


def _revoked(client: ApiClient, *_: object) -> Markup:
    if client.revoked_at is None:
        return Markup('<span class="state state-on">Berlaku</span>')
    return Markup('<span class="state state-off">Dicabut</span>')


def _last_used(client: ApiClient, *_: object) -> Markup:
    return wording.two_lines(client.last_used_at)


class ApiClientView(EditableView, model=ApiClient):
    """The API clients: their keys are made on the server's command line, where they can be shown once."""

    name = "Klien API"
    name_plural = "Klien API"
    noun = "klien API"
    icon = "fa-solid fa-plug"
    menu_group = "Pengelolaan"
    about = "Aplikasi pihak lain yang memegang kunci API. Kunci baru dibuat di server, bukan di panel."
    search_label = "Cari nama"
    read_permission = "client:edit"
    write_permission = "client:edit"
    can_create = False
    removal = Removal(
        "Cabut kunci",
        "Aplikasi ini langsung tidak dapat memakai API lagi. Kunci yang dicabut tidak dapat dipulihkan.",
        "dicabut",
    )

    column_list = ("name", "scopes", "revoked_at", "created_at", "last_used_at")
    column_details_list = (
        "name",
        "scopes",
        "requests_per_minute",
        "cost_per_minute",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    column_labels: ClassVar[dict[Any, str]] = {
        "name": "Nama",
        "scopes": "Boleh",
        "requests_per_minute": "Permintaan per menit",
        "cost_per_minute": "Biaya per menit",
        "created_at": "Dibuat",
        "last_used_at": "Terakhir dipakai",
        "revoked_at": "Kunci",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "scopes": _scopes,
        "revoked_at": _revoked,
        "last_used_at": _last_used,
    }
    column_formatters_detail: ClassVar[dict[Any, Any]] = {"scopes": _scopes, "revoked_at": _revoked}
    column_searchable_list = ("name",)
    column_sortable_list = ("name", "created_at", "last_used_at")
    column_default_sort = "name"
    column_filters: ClassVar[Sequence[Any]] = (
        by_flag("valid", "Kunci", ApiClient.revoked_at.is_(None), "Berlaku", "Dicabut"),
    )

    questions = (
        Field("requests_per_minute", "Permintaan per menit", Control.NUMBER, required=True),
        Field(
            "cost_per_minute",
            "Biaya per menit",
            Control.NUMBER,
            "Sebagaimana dihitung extensions.cost di setiap jawaban API.",
            required=True,
        ),
    )

    async def values(self, desk: Desk, row: ApiClient) -> Values:  # noqa: ARG002
        return {
            "requests_per_minute": str(row.requests_per_minute),
            "cost_per_minute": str(row.cost_per_minute),
        }

    async def change(self, desk: Desk, row: ApiClient, typed: Typed) -> None:  # noqa: ARG002
        row.requests_per_minute = typed.number("requests_per_minute", 1, 1_000_000)
        row.cost_per_minute = typed.number("cost_per_minute", 1, 999_999_999)

    def title_of(self, row: ApiClient) -> str:
        return row.name

    async def kept_because(self, desk: Desk, row: ApiClient) -> str | None:  # noqa: ARG002
        return None if row.revoked_at is None else "Kunci ini sudah dicabut."

    async def remove(self, desk: Desk, row: ApiClient) -> None:  # noqa: ARG002
        row.revoked_at = datetime.now(UTC)
