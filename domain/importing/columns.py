"""Which columns does a file of reports have, and which of them must it have?"""

from collections.abc import Sequence
from enum import StrEnum

from domain.importing.problems import ImportFileError


class Column(StrEnum):
    """A column that the import reads; any other is left alone."""

    TRACKING_ID = "Tracking ID"
    SUBMITTED_AT = "Tanggal Laporan"
    CHANNEL = "Sumber"
    CLASSIFICATION = "Klasifikasi"
    CATEGORY = "Kategori"
    TITLE = "Judul"
    BODY = "Isi Laporan"
    REPORTER_NAME = "Nama Pelapor"
    ANONYMOUS = "Anonim"
    CONFIDENTIAL = "Rahasia"
    DISTRICT = "Kecamatan"
    VILLAGE = "Kelurahan"
    LATITUDE = "Lintang"
    LONGITUDE = "Bujur"
    OPD = "Instansi Terdisposisi"
    VERIFIED_AT = "Tanggal Verifikasi"
    DISPATCHED_AT = "Tanggal Disposisi"
    FOLLOWED_UP_AT = "Tanggal Tindak Lanjut"
    FOLLOW_UP = "Tindak Lanjut"
    CLOSED_AT = "Tanggal Selesai"
    FINAL_REPLY = "Tanggapan Akhir"
    STATUS = "Status"
    RATING = "Rating"


REQUIRED = (
    Column.TRACKING_ID,
    Column.SUBMITTED_AT,
    Column.CHANNEL,
    Column.CLASSIFICATION,
    Column.TITLE,
    Column.BODY,
    Column.STATUS,
)
"""Without these nothing can be said of any row: a file that lacks one is refused as a whole."""


def plain(name: str) -> str:
    """A name as it is compared: case, surrounding space and the width of gaps do not matter."""
    return " ".join(name.replace("_", " ").split()).casefold()


_BY_NAME = {plain(column): column for column in Column}


def known(header: Sequence[str]) -> int:
    """How many cells of a header are columns of ours."""
    return sum(plain(name) in _BY_NAME for name in header)


def positions(header: Sequence[str]) -> dict[Column, int]:
    """Where each column stands. Raises ImportFileError where one is missing or stands there twice."""
    found: dict[Column, int] = {}
    for index, name in enumerate(header):
        column = _BY_NAME.get(plain(name))
        if column is None:
            continue
        if column in found:
            message = f"Kolom {column} ada dua kali. Hapus salah satunya."
            raise ImportFileError(message)
        found[column] = index
    missing = [column for column in REQUIRED if column not in found]
    if missing:
        there = ", ".join(name.strip() for name in header if name.strip())
        message = (
            f"Kolom wajib tidak ada: {', '.join(missing)}. Tambahkan pada baris judul. "
            f"Kolom yang ditemukan: {there[:300] or 'tidak ada'}."
        )
        raise ImportFileError(message)
    return found
