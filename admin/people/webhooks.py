"""Which webhooks are told of changes, how that goes, and what an administrator does about one."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup
from starlette.requests import Request

from admin import wording
from admin.desk import Desk
from admin.editing import Act, EditableView, Removal
from admin.filters import Filter
from admin.forms import YES, Control, Field, Problem, Typed, Values
from domain.calendar import JAKARTA
from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.model.people import ApiClient
from domain.model.webhook import Webhook, WebhookDelivery
from domain.webhooks import endpoints, spreading
from domain.words import ComplaintEventType, WebhookStop, label

LOG_LENGTH = 50


async def _pause(_: Desk, row: Webhook, __: Typed) -> None:
    endpoints.stop(row, WebhookStop.PAUSED)


async def _resume(_: Desk, row: Webhook, __: Typed) -> None:
    endpoints.resume(row)


async def _rotate(desk: Desk, row: Webhook, _: Typed) -> str:
    return endpoints.rotate(row, desk.vault, datetime.now(UTC))


async def _replay(desk: Desk, row: Webhook, typed: Typed) -> None:
    since = typed.day("since")
    place = await spreading.place_before(desk.session, datetime.combine(since, time(), JAKARTA))
    if place is None:
        raise Problem("Tidak ada perubahan sejak tanggal itu.", "since")
    await spreading.replay(desk.session, row, *place)


ACTS = {
    "pause": Act(
        "Jeda",
        "Selama dijeda tidak ada yang dikirim, dan tidak ada yang hilang: setelah dilanjutkan, semua"
        " perubahan sejak saat itu dikirim.",
        _pause,
        "webhook-diubah",
    ),
    "resume": Act(
        "Lanjutkan",
        "Pastikan dahulu bahwa penerimanya siap. Semua perubahan sejak webhook ini berhenti akan dikirim.",
        _resume,
        "webhook-diubah",
    ),
    "rotate": Act(
        "Ganti rahasia",
        "Rahasia baru ditampilkan satu kali. Selama 24 jam setiap pesan ditandatangani dengan keduanya, agar"
        " penerima sempat menggantinya.",
        _rotate,
        secret="Rahasia webhook",  # noqa: S106 - what it is called
        secret_note="Serahkan kepada pengelola penerima lewat jalan yang aman.",  # noqa: S106
    ),
    "replay": Act(
        "Kirim ulang",
        "Semua perubahan sejak tanggal ini dikirim lagi, juga yang sudah sampai. Penerima mengenalinya dari"
        " webhook-id yang sama.",
        _replay,
        "webhook-diubah",
        (Field("since", "Sejak tanggal", Control.DATE, required=True),),
    ),
}


def _state(row: Webhook, *_: object) -> Markup:
    if row.active:
        return Markup('<span class="state state-on">Berjalan</span>')
    assert row.stopped_because is not None
    return Markup('<span class="state state-off">{}</span>').format(label(row.stopped_because))


def _host(row: Webhook, *_: object) -> str:
    return row.url.partition("://")[2].partition("/")[0]


def _pending(row: Webhook, _: object, request: Request) -> int:
    return _counts(row, request)[0]


def _failed(row: Webhook, _: object, request: Request) -> int:
    return _counts(row, request)[1]


def _counts(row: Webhook, request: Request) -> tuple[int, int]:
    found: dict[UUID, tuple[int, int]] = request.state.webhook_counts
    return found.get(row.id, (0, 0))


def _client(row: Webhook, _: object, request: Request) -> str:
    name: str = request.state.client_names[row.client_id]
    return name


def _types(row: Webhook, *_: object) -> str:
    return ", ".join(label(ComplaintEventType(type_)) for type_ in row.types) or "Semua perubahan"


class WebhookView(EditableView, model=Webhook):
    """The webhooks that API clients have made; their addresses are the clients' own matter."""

    name = "Webhook"
    name_plural = "Webhook"
    noun = "webhook"
    icon = "fa-solid fa-satellite-dish"
    menu_group = "Pengelolaan"
    about = "Alamat pihak lain yang diberi tahu setiap perubahan laporan. Dibuat oleh klien API sendiri."
    search_label = "Cari alamat"
    read_permission = "client:edit"
    write_permission = "client:edit"
    details_page = "panel/webhook.html"
    can_create = False
    removal = Removal(
        "Hapus",
        "Pihak itu tidak diberi tahu lagi, dan yang masih menunggu dikirim tidak dikirim.",
        "dihapus",
    )
    acts = ACTS

    column_list = ("url", "client_id", "active", "pending", "failed", "last_delivered_at")
    column_details_list = (
        "client_id",
        "url",
        "active",
        "types",
        "opd_codes",
        "pending",
        "failed",
        "last_delivered_at",
        "created_at",
    )
    column_labels: ClassVar[dict[Any, str]] = {
        "client_id": "Klien API",
        "url": "Alamat",
        "active": "Keadaan",
        "types": "Perubahan",
        "opd_codes": "OPD",
        "pending": "Menunggu dikirim",
        "failed": "Gagal",
        "last_delivered_at": "Terakhir sampai",
        "created_at": "Dibuat",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "url": _host,
        "client_id": _client,
        "active": _state,
        "pending": _pending,
        "failed": _failed,
        "last_delivered_at": lambda row, *_: wording.two_lines(row.last_delivered_at),
    }
    column_formatters_detail: ClassVar[dict[Any, Any]] = {
        "client_id": _client,
        "active": _state,
        "types": _types,
        "opd_codes": lambda row, *_: ", ".join(row.opd_codes) or "Semua OPD",
        "pending": _pending,
        "failed": _failed,
    }
    column_searchable_list = ("url",)
    column_sortable_list = ("last_delivered_at",)
    column_default_sort = "url"
    column_filters: ClassVar[Sequence[Any]] = (
        Filter(
            "stopped",
            "Keadaan",
            lambda _: Webhook.stopped_because != WebhookStop.PAUSED,
            choices=[("ya", "Berhenti sendiri")],
        ),
        Filter(
            "failed",
            "Gagal",
            lambda _: sa.exists().where(
                WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.failed_at.is_not(None)
            ),
            choices=[("ya", "Ada yang gagal")],
        ),
    )

    async def prepare(self, desk: Desk, rows: Sequence[Webhook]) -> None:
        delivery = WebhookDelivery
        found = await desk.session.execute(
            sa.select(
                delivery.webhook_id,
                sa.func.count().filter(delivery.next_attempt_at.is_not(None)),
                sa.func.count().filter(delivery.failed_at.is_not(None)),
            )
            .where(
                delivery.webhook_id.in_([row.id for row in rows]),
                sa.or_(delivery.next_attempt_at.is_not(None), delivery.failed_at.is_not(None)),
            )
            .group_by(delivery.webhook_id)
        )
        desk.request.state.webhook_counts = {key: (pending, failed) for key, pending, failed in found}
        names = await desk.session.execute(
            sa.select(ApiClient.id, ApiClient.name).where(ApiClient.id.in_([row.client_id for row in rows]))
        )
        desk.request.state.client_names = dict(names.all())

    async def around(self, desk: Desk, row: Webhook) -> dict[str, Any]:
        offered = ["pause" if row.active else "resume", "replay", "rotate"]
        log = await desk.session.execute(
            sa.select(
                WebhookDelivery, ComplaintEvent.type, ComplaintEvent.occurred_at, Complaint.tracking_code
            )
            .join(ComplaintEvent, ComplaintEvent.id == WebhookDelivery.event_id)
            .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
            .where(WebhookDelivery.webhook_id == row.id)
            .order_by(WebhookDelivery.event_id.desc())
            .limit(LOG_LENGTH)
        )
        return {
            "acts": [(ACTS[name].verb, f"/webhook/acts/{name}/{row.id}") for name in offered],
            "note": _NOTES.get(row.stopped_because) if row.stopped_because else None,
            "log": [Line(*entry) for entry in log],
            "log_length": LOG_LENGTH,
        }

    async def fields(self, desk: Desk, row: Webhook | None) -> Sequence[Field]:  # noqa: ARG002
        return (
            Field("opd_codes", "OPD", hint="Kode OPD, dipisah dengan koma. Kosong: semua OPD.", most=2_000),
            *(Field(f"type_{word.value}", label(word), Control.CHECK) for word in ComplaintEventType),
        )

    async def values(self, desk: Desk, row: Webhook) -> Values:  # noqa: ARG002
        return {"opd_codes": ", ".join(row.opd_codes)} | {
            f"type_{word.value}": YES if word.value in row.types else "" for word in ComplaintEventType
        }

    async def change(self, desk: Desk, row: Webhook, typed: Typed) -> None:
        codes = [code for code in (typed.optional("opd_codes", 2_000) or "").split(",") if code.strip()]
        row.opd_codes = await endpoints.known_opds(desk.session, "opd_codes", codes)
        row.types = endpoints.known_types(
            [word for word in ComplaintEventType if typed.flag(f"type_{word.value}")]
        )

    def title_of(self, row: Webhook) -> str:
        return _host(row)


class Line:
    """One line of the log of deliveries."""

    def __init__(
        self, delivery: WebhookDelivery, type_: ComplaintEventType, occurred_at: datetime, code: str
    ) -> None:
        self.delivery, self.occurred_at, self.code = delivery, occurred_at, code
        self.type = label(type_)

    @property
    def tone(self) -> str:
        if self.delivery.delivered_at is not None:
            return "on"
        return "off" if self.delivery.failed_at is not None else "waits"

    @property
    def state(self) -> str:
        """How far it is."""
        delivery = self.delivery
        if delivery.delivered_at is not None:
            return "Sampai"
        if delivery.failed_at is not None:
            return "Menyerah"
        return "Dicoba lagi" if delivery.attempts else "Dicoba"

    @property
    def at(self) -> datetime | None:
        """When that was, or will be."""
        return self.delivery.delivered_at or self.delivery.failed_at or self.delivery.next_attempt_at

    @property
    def answer(self) -> str:
        """What the last attempt came to."""
        if self.delivery.last_status is not None:
            return f"HTTP {self.delivery.last_status}"
        return label(self.delivery.last_fault) if self.delivery.last_fault is not None else "Belum dicoba"


_NOTES = {
    WebhookStop.PAUSED: "Dijeda oleh administrator.",
    WebhookStop.GONE: "Berhenti sendiri: penerima menjawab bahwa alamat ini tidak dipakai lagi (410).",
    WebhookStop.FAILING: "Berhenti sendiri: lima hari tidak satu pun pesan sampai. Hubungi penerimanya.",
}
