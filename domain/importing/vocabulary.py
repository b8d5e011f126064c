"""Which words may a file use for a report's channel, classification and status?"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from domain.importing.values import bare
from domain.words import LABELS, Channel, Classification, ComplaintStatus

Word = TypeVar("Word", bound=StrEnum)


def _names(words: Iterable[Word], others: Mapping[Word, tuple[str, ...]]) -> dict[str, Word]:
    """Each word under its own name, the one that officers read, and what else it goes by."""
    return {
        bare(name): word
        for word in words
        for name in (word.value, LABELS[type(word)][word], *others.get(word, ()))
    }


CHANNELS = _names(
    Channel,
    {
        Channel.LAPOR_WEB: (
            "Website",
            "Web",
            "Situs web",
            "Situs",
            "lapor.go.id",
            "Website LAPOR!",
            "LAPOR!",
        ),
        Channel.LAPOR_APP: (
            "Aplikasi",
            "Aplikasi SP4N-LAPOR!",
            "Aplikasi mobile",
            "Mobile",
            "Mobile apps",
            "Android",
            "iOS",
        ),
        Channel.SMS_1708: ("SMS", "1708"),
        Channel.CITY_APP: ("Aplikasi Cilegon", "Aduan Cilegon", "Aplikasi Aduan Cilegon"),
        Channel.WHATSAPP: ("WA",),
        Channel.PHONE: ("Telp", "Telpon", "Call center", "Hotline"),
        Channel.WALK_IN: ("Tatap muka", "Langsung", "Walk in", "Loket"),
        Channel.LETTER: ("Surat tertulis",),
        Channel.SOCIAL_MEDIA: ("Medsos", "Facebook", "Instagram", "Twitter", "X", "TikTok"),
    },
)
CLASSIFICATIONS = _names(
    Classification,
    {
        Classification.COMPLAINT: ("Aduan", "Keluhan"),
        Classification.ASPIRATION: ("Saran",),
        Classification.INFORMATION_REQUEST: ("Permohonan informasi", "Informasi"),
    },
)
STATUSES = _names(
    (
        ComplaintStatus.SUBMITTED,
        ComplaintStatus.VERIFIED,
        ComplaintStatus.DISPATCHED,
        ComplaintStatus.IN_PROGRESS,
        ComplaintStatus.ANSWERED,
        ComplaintStatus.COMPLETED,
        ComplaintStatus.ARCHIVED,
    ),
    {
        ComplaintStatus.SUBMITTED: (
            "Menunggu",
            "Belum terverifikasi",
            "Belum diverifikasi",
            "Belum verifikasi",
        ),
        ComplaintStatus.VERIFIED: ("Terverifikasi", "Belum terdisposisi", "Belum didisposisi"),
        ComplaintStatus.DISPATCHED: ("Terdisposisi", "Belum ditindaklanjuti"),
        ComplaintStatus.IN_PROGRESS: ("Proses", "Diproses", "Sedang diproses"),
        ComplaintStatus.ANSWERED: ("Sudah ditanggapi", "Ditanggapi"),
        ComplaintStatus.COMPLETED: ("Tuntas", "Ditutup"),
        ComplaintStatus.ARCHIVED: ("Arsip",),
    },
)
"""What LAPOR exports; a report held, transferred or merged is so in one system only."""

STATUS_NAMES: dict[ComplaintStatus, str] = {
    ComplaintStatus.SUBMITTED: "Menunggu",
    ComplaintStatus.VERIFIED: "Terverifikasi",
    ComplaintStatus.DISPATCHED: "Terdisposisi",
    ComplaintStatus.IN_PROGRESS: "Dalam Proses",
    ComplaintStatus.ANSWERED: "Sudah Ditanggapi",
    ComplaintStatus.COMPLETED: "Selesai",
    ComplaintStatus.ARCHIVED: "Diarsipkan",
}
"""The short names that messages use, as LAPOR has them."""

CHANNEL_CHOICES = ", ".join(LABELS[Channel].values())
CLASSIFICATION_CHOICES = ", ".join(LABELS[Classification].values())
STATUS_CHOICES = ", ".join(STATUS_NAMES.values())
