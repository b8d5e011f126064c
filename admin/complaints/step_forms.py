"""Which forms does a complaint's page have? One for each step that staff make, over the domain's function."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.complaints.step_questions import (
    Asked,
    ask_to_act,
    ask_to_dispatch,
    ask_to_return,
    ask_to_undo,
    ask_to_verify,
    asks,
    body_field,
    read_to_act,
    read_to_verify,
    reason_field,
    texts,
)
from admin.desk import Desk
from admin.forms import Field, Typed
from domain import authority, closing, follow_up, handling, merging, reporter, unmerging
from domain.actor import Actor
from domain.model.complaint import Action, Complaint
from domain.words import ComplaintStatus, Transition


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
    takes_files: bool = False
    final: bool = False
    """Nobody can take it back."""

    def called(self, status: ComplaintStatus) -> str:
        return self.verbs.get(status, self.verb)


async def _reopen(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, *, reason: str
) -> Complaint:
    authority.require(actor, "complaint:reopen")
    return await reporter.reopen(session, actor, tracking_code, version=version, reason=reason)


S, T = ComplaintStatus, Transition
UNMERGE = "unmerge"
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
            ask_to_verify,
            read_to_verify,
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
            ask_to_dispatch,
            texts("opd_code", "instruction"),
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
            ask_to_act,
            read_to_act,
            follow_up.add_action,
            takes_files=True,
        ),
        StepForm(
            "answer",
            T.ANSWER,
            "Tanggapi",
            "Tanggapi laporan ini, atau catat perkembangannya.",
            "Pelapor mendapat tanggapan, dan waktu untuk membalasnya.",
            "Tanggapan sudah dikirim.",
            asks(body_field(_TOLD, "Tanggapan")),
            texts("body"),
            follow_up.answer,
            takes_files=True,
        ),
        StepForm(
            "return",
            T.RETURN,
            "Kembalikan: bukan kewenangan",
            "",
            "Laporan kembali ke Diskominfo untuk didisposisikan ke OPD lain.",
            "Laporan sudah dikembalikan ke Diskominfo.",
            ask_to_return,
            texts("reason", "suggested_opd_code"),
            handling.return_to_office,
        ),
        StepForm(
            "hold",
            T.HOLD,
            "Tunda, minta keterangan pelapor",
            "",
            "Waktu penyelesaian berhenti sampai pelapor membalas.",
            "Laporan ditunda; pelapor diminta melengkapinya.",
            asks(reason_field(_TOLD, "Yang ditanyakan kepada pelapor")),
            texts("reason"),
            handling.hold,
        ),
        StepForm(
            "complete",
            T.COMPLETE,
            "Selesaikan",
            "",
            "Semua tenggat berhenti. Pelapor masih dapat membuka kembali laporannya untuk sementara waktu.",
            "Laporan sudah selesai.",
            asks(body_field(_TOLD, "Apa yang sudah dikerjakan")),
            texts("body"),
            closing.complete,
            takes_files=True,
        ),
        StepForm(
            "reopen",
            T.REOPEN,
            "Buka kembali",
            "",
            "Laporan kembali dikerjakan OPD yang menanganinya.",
            "Laporan dibuka kembali.",
            asks(reason_field(_TOLD)),
            texts("reason"),
            _reopen,
        ),
        StepForm(
            "merge",
            T.MERGE,
            "Gabungkan dengan laporan lain",
            "",
            "Laporan ini ditutup. Pendukungnya, dan balasan pelapornya, diteruskan ke laporan yang satu itu.",
            "Laporan sudah digabungkan.",
            asks(
                Field(
                    "into_tracking_code",
                    "Kode laporan tujuan",
                    hint="Laporan yang masih terbuka tentang hal yang sama, misalnya CLG-7K3Q-9TFD-2.",
                    required=True,
                    most=40,
                )
            ),
            texts("into_tracking_code"),
            merging.merge,
        ),
        StepForm(
            UNMERGE,
            None,
            "Batalkan penggabungan",
            "",
            "Laporan ini ditangani lagi tersendiri. Pendukung dan balasan yang datang lewat kodenya kembali"
            " ke laporan ini.",
            "Penggabungan sudah dibatalkan.",
            ask_to_undo,
            texts(),
            unmerging.undo,
        ),
        StepForm(
            "transfer",
            T.TRANSFER,
            "Alihkan ke instansi lain",
            "",
            "Laporan ditutup di sini: instansi di luar Pemerintah Kota yang berwenang.",
            "Laporan sudah dialihkan.",
            asks(
                Field(
                    "institution",
                    "Instansi",
                    hint="Misalnya PLN UP3 Cilegon.",
                    required=True,
                    most=closing.INSTITUTION_MAX,
                ),
                reason_field(_TOLD),
            ),
            texts("institution", "reason"),
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
            asks(reason_field("Dibaca pelapor.")),
            texts("reason"),
            closing.archive,
            final=True,
        ),
    )
}
"""By what they are called in addresses, in the order in which they are offered."""

USUALLY_NEXT = {S.SUBMITTED: "verify", S.VERIFIED: "dispatch", S.DISPATCHED: "act", S.IN_PROGRESS: "answer"}
"""What a complaint of a status usually needs next, if whoever looks may do it."""
