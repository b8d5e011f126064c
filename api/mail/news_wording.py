"""How does each change of a report read to its reporter, in an e-mail?"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.words import ComplaintEventType

E = ComplaintEventType


@dataclass(frozen=True, slots=True)
class Told:
    """How one kind of change reads: in the subject, as a headline, and what it means for the reporter."""

    subject: str
    headline: str
    means: str
    asks: str | None = None
    """What they may do now."""


NEWS: Mapping[ComplaintEventType, Told] = {
    E.VERIFIED: Told(
        "terverifikasi",
        "Laporan Anda sudah diverifikasi",
        "Diskominfo akan meneruskannya ke organisasi perangkat daerah (OPD) yang menanganinya.",
    ),
    E.HELD: Told(
        "kami menunggu keterangan Anda",
        "Kami memerlukan keterangan dari Anda",
        "Laporan Anda ditunda sampai Anda membalas. Yang kami perlukan:",
        "Balaslah di aplikasi tempat Anda melapor; setelah itu penanganan dilanjutkan.",
    ),
    E.DISPATCHED: Told(
        "diteruskan ke OPD",
        "Laporan Anda sudah diteruskan",
        "Organisasi perangkat daerah (OPD) di atas akan menindaklanjutinya.",
    ),
    E.RETURNED: Told(
        "dikembalikan ke Diskominfo",
        "Laporan Anda dikembalikan ke Diskominfo",
        "Menurut OPD yang menerimanya, hal ini bukan kewenangannya. Diskominfo akan meneruskannya ke OPD yang"
        " berwenang.",
    ),
    E.STARTED: Told(
        "mulai ditindaklanjuti",
        "Laporan Anda mulai ditindaklanjuti",
        "OPD yang menanganinya sudah mulai bekerja:",
    ),
    E.ACTION_ADDED: Told(
        "ada perkembangan",
        "Ada perkembangan pada laporan Anda",
        "Kabar dari OPD yang menanganinya:",
    ),
    E.ANSWERED: Told(
        "sudah ditanggapi",
        "Laporan Anda sudah ditanggapi",
        "Tanggapan dari OPD yang menanganinya:",
        "Masih ada yang kurang? Balaslah di aplikasi tempat Anda melapor{until}. Tanpa balasan, laporan"
        " dinyatakan selesai.",
    ),
    E.REPLIED: Told(
        "balasan diterima", "Balasan pelapor sudah kami terima", "Petugas akan membaca balasan itu."
    ),
    E.COMPLETED: Told(
        "selesai",
        "Laporan Anda sudah selesai ditangani",
        "Terima kasih sudah melapor. Keterangan penyelesaiannya:",
        "Nilailah penanganannya di aplikasi tempat Anda melapor. Bila masalahnya belum tuntas, di sana Anda"
        " dapat meminta laporan ini dibuka kembali.",
    ),
    E.REOPENED: Told(
        "dibuka kembali", "Laporan Anda dibuka kembali", "Laporan ini ditangani lagi sampai selesai."
    ),
    E.TRANSFERRED: Told(
        "dialihkan ke instansi lain",
        "Laporan Anda dialihkan ke instansi lain",
        "Hal ini bukan kewenangan Pemerintah Kota Cilegon:",
    ),
    E.ARCHIVED: Told(
        "diarsipkan",
        "Laporan Anda diarsipkan",
        "Laporan ini tidak ditindaklanjuti. Alasannya:",
        "Bila menurut Anda ini keliru, sampaikan laporan baru dengan keterangan yang lebih lengkap.",
    ),
    E.MERGED: Told(
        "digabung dengan laporan lain",
        "Laporan Anda digabung dengan laporan lain",
        "Ada laporan lain tentang hal yang sama, dan keduanya ditangani bersama. Kabar tentang laporan itu"
        " tetap kami kirimkan kepada Anda.",
    ),
}
"""The changes that a reporter hears of by e-mail. To submit and to rate are their own acts."""

DISCREET = Told(
    "ada kabar",
    "Ada kabar tentang laporan Anda",
    "Demi kerahasiaan, isinya tidak kami tulis dalam surel.",
    "Bacalah di aplikasi tempat Anda melapor. Bila ada yang kami tanyakan, di sana pula Anda dapat"
    " membalasnya.",
)
