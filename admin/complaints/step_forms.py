"""Which forms does a complaint's page have? One for each step that staff make, over the domain's function."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.complaints import step_choices
from admin.desk import Desk
from admin.forms import Control, Field, Typed, Values, words
from domain import authority, closing, follow_up, handling, merging, reporter
from domain.actor import Actor
from domain.model.complaint import BODY_MAX, Action, Complaint
from domain.steps import REASON_MAX
from domain.words import ActionKind, Classification, ComplaintStatus, Transition, Visibility

Asked = tuple[Sequence[Field], Values]
"""A form's questions, and what stands in them at first."""


def _texts(*names: str) -> Callable[[Typed], dict[str, Any]]:
    """Answers as they were typed: the domain reads them, and names what is wrong by the same names."""

    def read(typed: Typed) -> dict[str, Any]:
        return {name: typed.raw(name) for name in names}

    return read


@dataclass(frozen=True, slots=True)
class StepForm:
    """One form: which step of the workflow it makes, what it asks, and what is then done."""

    name: str
    makes: Transition | None
    """None where it is no step of the workflow."""
    verb: str
    ask: str
    """What is asked of whoever must do it next."""
    about: str
    """What follows from it."""
    done: str
    ask_for: Callable[[Desk, Complaint], Awaitable[Asked]]
    read: Callable[[Typed], dict[str, Any]]
    take: Callable[..., Awaitable[Complaint | Action]]
    verbs: Mapping[ComplaintStatus, str] = field(default_factory=dict)
    """What it is called from some statuses instead."""
    final: bool = False
    """Nobody can take it back."""

    def called(self, status: ComplaintStatus) -> str:
        return self.verbs.get(status, self.verb)


def _asks(*fields: Field) -> Callable[[Desk, Complaint], Awaitable[Asked]]:
    """The same questions of every complaint, with nothing in them."""

    async def ask_for(_desk: Desk, _complaint: Complaint) -> Asked:
        return fields, {}

    return ask_for


def _reason(hint: str, label: str = "Alasan") -> Field:
    return Field("reason", label, Control.AREA, hint, required=True, most=REASON_MAX)


def _body(hint: str, label: str) -> Field:
    return Field("body", label, Control.AREA, hint, required=True, most=BODY_MAX)


async def _ask_to_verify(desk: Desk, complaint: Complaint) -> Asked:
    categories, category = await step_choices.categories(desk.session, complaint)
    fields = (
        Field("classification", "Klasifikasi", Control.CHOICE, choices=words(Classification)),
        Field("category_code", "Kategori", Control.CHOICE, choices=categories),
        Field(
            "supervised",
            "Berkadar pengawasan",
            Control.CHECK,
            "Menyangkut penyimpangan oleh aparat. Tenggat penyelesaiannya lain.",
        ),
    )
    return fields, {
        "classification": complaint.classification.value,
        "category_code": category,
        "supervised": "ya" if complaint.supervised else "",
    }


def _read_to_verify(typed: Typed) -> dict[str, Any]:
    return {
        "classification": typed.optional_word("classification", Classification),
        "category_code": typed.raw("category_code") or None,
        "supervised": typed.flag("supervised"),
    }


async def _ask_to_dispatch(desk: Desk, complaint: Complaint) -> Asked:
    choices, chosen, why = await step_choices.receiving_opds(desk.session, complaint)
    fields = (
        Field("opd_code", "OPD", Control.CHOICE, why, required=True, choices=choices),
        Field(
            "instruction",
            "Arahan",
            Control.AREA,
            "Tidak wajib. Hanya dibaca Diskominfo dan OPD itu.",
            most=REASON_MAX,
        ),
    )
    return fields, {"opd_code": chosen}


async def _ask_to_return(desk: Desk, complaint: Complaint) -> Asked:
    fields = (
        _reason("Hanya dibaca Diskominfo dan OPD."),
        Field(
            "suggested_opd_code",
            "OPD yang disarankan",
            Control.CHOICE,
            "Tidak wajib. OPD yang menurut Anda berwenang.",
            choices=await step_choices.other_opds(desk.session, complaint),
        ),
    )
    return fields, {}


async def _ask_to_act(_desk: Desk, _complaint: Complaint) -> Asked:
    readers = Field(
        "visibility",
        "Dibaca oleh",
        Control.CHOICE,
        "Catatan internal belum terhitung sebagai tindak lanjut: pelapor belum mendengarnya.",
        choices=[
            (Visibility.PUBLIC.value, "Pelapor dan publik"),
            (Visibility.INTERNAL.value, "Hanya Diskominfo dan OPD (internal)"),
        ],
    )
    return (
        _body("Tulis tanpa nama atau nomor telepon warga.", "Apa yang dikerjakan"),
        readers,
    ), {"visibility": Visibility.PUBLIC.value}


def _read_to_act(typed: Typed) -> dict[str, Any]:
    visibility = typed.word("visibility", Visibility)
    kind = ActionKind.PROGRESS if visibility is Visibility.PUBLIC else ActionKind.NOTE
    return {"body": typed.raw("body"), "visibility": visibility, "kind": kind}


async def _reopen(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, *, reason: str
) -> Complaint:
    authority.require(actor, "complaint:reopen")
    return await reporter.reopen(session, actor, tracking_code, version=version, reason=reason)


S, T = ComplaintStatus, Transition
_TOLD = "Pelapor dan publik membacanya."
STEP_FORMS: dict[str, StepForm] = {
    form.name: form
    for form in (
        StepForm(
            "verify",
            T.VERIFY,
            "Verifikasi",
            "Periksa laporan ini, perbaiki penggolongannya bila perlu, lalu verifikasi.",
            "Laporan terbuka bagi publik, kecuali yang rahasia, dan waktu penyelesaiannya mulai dihitung.",
            "Laporan sudah diverifikasi.",
            _ask_to_verify,
            _read_to_verify,
            handling.verify,
            {S.ON_HOLD: "Verifikasi tanpa menunggu pelapor"},
        ),
        StepForm(
            "dispatch",
            T.DISPATCH,
            "Disposisikan",
            "Tentukan OPD yang menangani laporan ini.",
            "Laporan berada di OPD itu, dan OPD diminta menindaklanjutinya.",
            "Laporan sudah didisposisikan.",
            _ask_to_dispatch,
            _texts("opd_code", "instruction"),
            handling.dispatch,
            verbs={S.DISPATCHED: "Pindahkan ke OPD lain", S.IN_PROGRESS: "Pindahkan ke OPD lain"},
        ),
        StepForm(
            "act",
            T.START,
            "Catat tindak lanjut",
            "Tindaklanjuti laporan ini, dan catat apa yang dikerjakan.",
            "Yang pertama memulai penanganan laporan.",
            "Tindak lanjut sudah dicatat.",
            _ask_to_act,
            _read_to_act,
            follow_up.add_action,
        ),
        StepForm(
            "answer",
            T.ANSWER,
            "Tanggapi",
            "Tanggapi laporan ini, atau catat perkembangannya.",
            "Pelapor mendapat tanggapan, dan waktu untuk membalasnya.",
            "Tanggapan sudah dikirim.",
            _asks(_body(_TOLD, "Tanggapan")),
            _texts("body"),
            follow_up.answer,
        ),
        StepForm(
            "return",
            T.RETURN,
            "Kembalikan: bukan kewenangan",
            "",
            "Laporan kembali ke Diskominfo untuk didisposisikan ke OPD lain.",
            "Laporan sudah dikembalikan ke Diskominfo.",
            _ask_to_return,
            _texts("reason", "suggested_opd_code"),
            handling.return_to_office,
        ),
        StepForm(
            "hold",
            T.HOLD,
            "Tunda, minta keterangan pelapor",
            "",
            "Waktu penyelesaian berhenti sampai pelapor membalas.",
            "Laporan ditunda; pelapor diminta melengkapinya.",
            _asks(_reason(_TOLD, "Yang ditanyakan kepada pelapor")),
            _texts("reason"),
            handling.hold,
        ),
        StepForm(
            "complete",
            T.COMPLETE,
            "Selesaikan",
            "",
            "Semua tenggat berhenti. Pelapor masih dapat membuka kembali laporannya untuk sementara waktu.",
            "Laporan sudah selesai.",
            _asks(_body(_TOLD, "Apa yang sudah dikerjakan")),
            _texts("body"),
            closing.complete,
        ),
        StepForm(
            "reopen",
            T.REOPEN,
            "Buka kembali",
            "",
            "Laporan kembali dikerjakan OPD yang menanganinya.",
            "Laporan dibuka kembali.",
            _asks(_reason(_TOLD)),
            _texts("reason"),
            _reopen,
        ),
        StepForm(
            "merge",
            T.MERGE,
            "Gabungkan dengan laporan lain",
            "",
            "Laporan ini ditutup. Pendukungnya, dan balasan pelapornya, diteruskan ke laporan yang satu itu.",
            "Laporan sudah digabungkan.",
            _asks(
                Field(
                    "into_tracking_code",
                    "Kode laporan tujuan",
                    hint="Laporan yang masih terbuka tentang hal yang sama, misalnya CLG-7K3Q-9TFD-2.",
                    required=True,
                    most=40,
                )
            ),
            _texts("into_tracking_code"),
            merging.merge,
        ),
        StepForm(
            "transfer",
            T.TRANSFER,
            "Alihkan ke instansi lain",
            "",
            "Laporan ditutup di sini: instansi di luar Pemerintah Kota yang berwenang.",
            "Laporan sudah dialihkan.",
            _asks(
                Field(
                    "institution",
                    "Instansi",
                    hint="Misalnya PLN UP3 Cilegon.",
                    required=True,
                    most=closing.INSTITUTION_MAX,
                ),
                _reason(_TOLD),
            ),
            _texts("institution", "reason"),
            closing.transfer,
            final=True,
        ),
        StepForm(
            "archive",
            T.ARCHIVE,
            "Arsipkan",
            "",
            "Laporan ditutup tanpa tindak lanjut, dan tidak terbuka bagi publik.",
            "Laporan sudah diarsipkan.",
            _asks(_reason("Dibaca pelapor.")),
            _texts("reason"),
            closing.archive,
            final=True,
        ),
    )
}
"""By what they are called in addresses, in the order in which they are offered."""

USUALLY_NEXT = {S.SUBMITTED: "verify", S.VERIFIED: "dispatch", S.DISPATCHED: "act", S.IN_PROGRESS: "answer"}
"""What a complaint of a status usually needs next, if whoever looks may do it."""
