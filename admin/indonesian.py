"""SQLAdmin's own sentences in Indonesian, for whatever of it an officer may still meet."""

from collections.abc import Mapping

from babel.support import NullTranslations
from sqladmin import i18n

LOCALE = "id"

SENTENCES: Mapping[str, str] = {
    "List": "Daftar",
    "Details": "Rincian",
    "Create": "Tambah",
    "Edit": "Ubah",
    "Delete": "Hapus",
    "Export": "Ekspor",
    "Import": "Impor",
    "Access": "Akses",
    "Page": "Halaman",
    "Permissions": "Izin",
    "You are not allowed to grant: %(permissions)s": "Anda tidak boleh memberi izin: %(permissions)s",
    "New %(name)s": "Tambah %(name)s",
    "Cancel": "Batal",
    "Save": "Simpan",
    "Save and continue editing": "Simpan dan lanjut mengubah",
    "Save and add another": "Simpan dan tambah lagi",
    "Column": "Kolom",
    "Value": "Nilai",
    "Go Back": "Kembali",
    "Edit %(name)s": "Ubah %(name)s",
    "Save as new": "Simpan sebagai data baru",
    "Logout": "Keluar",
    "Language": "Bahasa",
    "Import CSV": "Impor CSV",
    "You are not authorized to view these records.": "Anda tidak berwenang melihat data ini.",
    "Actions": "Tindakan",
    "Delete selected items": "Hapus yang dipilih",
    "Search": "Cari",
    "Select all": "Pilih semua",
    "Select item": "Pilih",
    "View": "Lihat",
    "Showing %(start)s to %(end)s of %(count)s items": "Baris %(start)s sampai %(end)s dari %(count)s",
    "prev": "sebelumnya",
    "next": "berikutnya",
    "Show": "Tampilkan",
    "%(size)s / Page": "%(size)s per halaman",
    "Filters": "Saringan",
    "Login to %(title)s": "Masuk ke %(title)s",
    "Username": "Surel",
    "Enter username": "Tulis surel",
    "Password": "Kata sandi",
    "Login": "Masuk",
    "Close": "Tutup",
    "Done": "Selesai",
    "Clear filter": "Hapus saringan",
    "Apply Filter": "Terapkan saringan",
    "Please confirm": "Mohon dipastikan",
    "Yes": "Ya",
    "Choose CSV file": "Pilih berkas CSV",
    "No file selected": "Belum ada berkas",
    "Skip invalid rows and continue import": "Lewati baris yang salah dan lanjutkan",
    "Import progress": "Kemajuan impor",
    "%(processed)s/%(total)s rows processed": "%(processed)s/%(total)s baris diolah",
    "%(imported)s imported, %(skipped)s skipped, %(processed)s/%(total)s rows processed": (
        "%(imported)s diimpor, %(skipped)s dilewati, %(processed)s/%(total)s baris diolah"
    ),
    "%(imported)s imported, %(skipped)s skipped, %(processed)s/%(total)s rows processed"
    " - saving valid rows... (%(seconds)ss)": (
        "%(imported)s diimpor, %(skipped)s dilewati, %(processed)s/%(total)s baris diolah"
        " - menyimpan baris yang benar... (%(seconds)s dtk)"
    ),
    "Import result": "Hasil impor",
    "Missed rows": "Baris yang terlewat",
    "Download CSV": "Unduh CSV",
    "Download TXT": "Unduh TXT",
    "Refresh list": "Muat ulang daftar",
}


class Indonesian(NullTranslations):
    """The sentences above as a catalogue."""

    def gettext(self, message: str) -> str:
        return SENTENCES.get(message, message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:  # noqa: ARG002
        """Indonesian has no plural forms."""
        return SENTENCES.get(plural, plural)


def speak_indonesian() -> i18n.I18nConfig:
    """Makes Indonesian the only language of SQLAdmin, whatever a browser asks for."""
    i18n.translations[LOCALE] = Indonesian()
    i18n.SUPPORTED_LOCALES[:] = [LOCALE]
    return i18n.I18nConfig(default_locale=LOCALE, language_cookie_name=None, language_header_name=None)
