"""What does the service hold of the reporter of one complaint, for that reporter to read and take along?

Its words are Indonesian: it is for a citizen. What officers note among themselves is not in it, as in the
rest of the service. Reading it is an act that is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.attachments.links import Part
from domain.attachments.store import object_name
from domain.calendar import JAKARTA
from domain.model.attachment import Attachment
from domain.model.complaint import Action, Complaint, IdentityReading, Reporter
from domain.model.mail import OutgoingLetter
from domain.model.master import Area, Category, Opd
from domain.model.people import Account
from domain.model.privacy import PrivacyAct
from domain.privacy.erasing import locked
from domain.privacy.redacting import written_by_reporter
from domain.secrecy import Vault
from domain.words import ActionKind, PrivacyActKind, Visibility

_NOTE = (
    "Semua data pribadi pelapor yang disimpan Aduan Cilegon untuk laporan ini, menurut Pasal 7 dan Pasal 13"
    " UU 27/2022. Catatan internal petugas tidak termasuk."
)
_ACTS = {
    PrivacyActKind.EXPORTED: "diekspor",
    PrivacyActKind.ERASED: "identitas dihapus",
    PrivacyActKind.REDACTED: "teks dan lampiran dihapus",
}


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of the reporter: its name in the dossier, and of its object in the store."""

    name: str
    stored_as: str
    size: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """The dossier as JSON has it, and the files that belong to it."""

    tracking_code: str
    content: dict[str, Any]
    files: Sequence[File]


async def export(session: AsyncSession, vault: Vault, tracking_code: str) -> Dossier:
    """All that is held, with the note that it was handed out.

    Raises NotFound, and InvalidToken where the keys do not open the identity.
    """
    complaint = await locked(session, tracking_code)
    session.add(PrivacyAct(complaint_id=complaint.id, kind=PrivacyActKind.EXPORTED))
    await session.flush()
    attachments, files = await _files(session, complaint.id)
    content = {
        "keterangan": _NOTE,
        "dibuat": _moment(datetime.now(UTC)),
        "pelapor": await _reporter(session, vault, complaint.id),
        "laporan": await _complaint(session, complaint),
        "tanggapan": await _replies(session, complaint.id),
        "lampiran": attachments,
        "surat": await _letters(session, complaint.id),
        "pembukaan_identitas": await _readings(session, complaint.id),
        "perlakuan_data": await _acts(session, complaint.id),
    }
    return Dossier(complaint.tracking_code, content, files)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S} WIB"


async def _reporter(session: AsyncSession, vault: Vault, complaint_id: UUID) -> dict[str, str | None] | None:
    reporter = await session.get(Reporter, complaint_id)
    if reporter is None:
        return None
    fields = {"nama": reporter.name, "surel": reporter.email, "telepon": reporter.phone}
    return {name: None if value is None else vault.unseal(value) for name, value in fields.items()}


async def _complaint(session: AsyncSession, complaint: Complaint) -> dict[str, Any]:
    return {
        "kode": complaint.tracking_code,
        "nomor_lapor": complaint.external_tracking_id,
        "judul": complaint.title,
        "isi": complaint.body,
        "klasifikasi": complaint.classification,
        "kategori": await session.scalar(
            sa.select(Category.name).where(Category.id == complaint.category_id)
        ),
        "kanal": complaint.channel,
        "kerahasiaan": complaint.privacy,
        "status": complaint.status,
        "opd": await session.scalar(sa.select(Opd.name).where(Opd.id == complaint.opd_id)),
        "alamat": complaint.address,
        "wilayah": await session.scalar(sa.select(Area.name).where(Area.id == complaint.area_id)),
        "lintang": complaint.latitude,
        "bujur": complaint.longitude,
        "masuk": _moment(complaint.submitted_at),
        "diverifikasi": _moment(complaint.verified_at),
        "selesai": _moment(complaint.completed_at),
        "penilaian": complaint.rating,
        "komentar_penilaian": complaint.rating_comment,
    }


async def _replies(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    """The reporter's own, wherever they went, and what the city said to the reporter."""
    answers = sa.and_(
        Action.complaint_id == complaint_id,
        Action.visibility == Visibility.PUBLIC,
        Action.kind != ActionKind.REPORTER_REPLY,
    )
    rows = await session.execute(
        sa.select(Action, Opd.name)
        .outerjoin(Opd, Opd.id == Action.opd_id)
        .where(sa.or_(answers, written_by_reporter(complaint_id)))
        .order_by(Action.created_at, Action.id)
    )
    return [
        {
            "saat": _moment(action.created_at),
            "dari": "pelapor"
            if action.kind is ActionKind.REPORTER_REPLY
            else opd or "Pemerintah Kota Cilegon",
            "jenis": action.kind,
            "isi": action.body,
        }
        for action, opd in rows
    ]


async def _files(session: AsyncSession, complaint_id: UUID) -> tuple[list[dict[str, Any]], list[File]]:
    replies = sa.select(Action.id).where(written_by_reporter(complaint_id))
    rows = await session.scalars(
        sa.select(Attachment)
        .where(sa.or_(Attachment.complaint_id == complaint_id, Attachment.action_id.in_(replies)))
        .order_by(Attachment.created_at, Attachment.id)
    )
    listed, files = [], []
    for number, row in enumerate(rows, 1):
        assert row.digest is not None
        name = f"lampiran/{number:02d}-{_harmless(row.file_name)}"
        files.append(File(name, object_name(row.folder, row.digest, Part.FILE), row.size))
        listed.append(
            {
                "berkas": name,
                "nama": row.file_name,
                "jenis": row.content_type,
                "ukuran": row.size,
                "diunggah": _moment(row.created_at),
            }
        )
    return listed, files


def _harmless(name: str) -> str:
    """A name that stays in its folder, whatever the reporter's program called the file."""
    kept = "".join(each if each.isalnum() or each in "._- " else "_" for each in name)
    return kept.lstrip(".")[-100:] or "berkas"


async def _readings(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        sa.select(IdentityReading.read_at, Account.name, IdentityReading.reason)
        .join(Account, Account.id == IdentityReading.account_id)
        .where(IdentityReading.complaint_id == complaint_id)
        .order_by(IdentityReading.read_at, IdentityReading.id)
    )
    return [{"saat": _moment(row.read_at), "oleh": row.name, "alasan": row.reason} for row in rows]


async def _letters(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    """The letters to the reporter; what each said was made when it was sent, and is not kept."""
    rows = await session.scalars(
        sa.select(OutgoingLetter)
        .where(OutgoingLetter.complaint_id == complaint_id)
        .order_by(OutgoingLetter.created_at, OutgoingLetter.id)
    )
    return [
        {"dibuat": _moment(letter.created_at), "berakhir": _moment(letter.ended_at), "hasil": letter.outcome}
        for letter in rows
    ]


async def _acts(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    rows = await session.scalars(
        sa.select(PrivacyAct)
        .where(PrivacyAct.complaint_id == complaint_id)
        .order_by(PrivacyAct.at, PrivacyAct.id)
    )
    return [{"saat": _moment(act.at), "perlakuan": _ACTS[act.kind]} for act in rows]
