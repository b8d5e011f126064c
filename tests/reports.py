"""What do LAPOR's files look like in a test, and what did an import make of one?"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import xlsxwriter  # type: ignore[import-untyped]

from api.database import Database
from domain.importing.columns import Column
from domain.importing.run import ImportReport, import_file
from domain.model.complaint import Complaint
from domain.model.master import Area, Category, Opd
from domain.model.tables import metadata
from domain.secrecy import Vault

VAULT = Vault(("kunci-untuk-pengujian-impor-0123456789",))
NOW = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)
HEADER = [column.value for column in Column]

SUBMITTED = {
    "Tracking ID": "7100300",
    "Tanggal Laporan": "02/01/2024 19:00",
    "Sumber": "SMS 1708",
    "Klasifikasi": "Pengaduan",
    "Kategori": "Jalan rusak",
    "Judul": "Jalan berlubang di Ramanuju",
    "Isi Laporan": "Lubang besar di depan pasar, sudah dua bulan.",
    "Nama Pelapor": "Lestari Hidayat",
    "Anonim": "Tidak",
    "Rahasia": "Tidak",
    "Kecamatan": "Purwakarta",
    "Kelurahan": "Ramanuju",
    "Lintang": "-5.986917",
    "Bujur": "106.007715",
    "Status": "Menunggu",
}
VERIFIED = SUBMITTED | {"Tanggal Verifikasi": "03/01/2024 10:00", "Status": "Terverifikasi"}
DISPATCHED = VERIFIED | {
    "Instansi Terdisposisi": "Dinas Pekerjaan Umum dan Penataan Ruang",
    "Tanggal Disposisi": "04/01/2024 08:00",
    "Status": "Terdisposisi",
}
IN_PROGRESS = DISPATCHED | {
    "Tanggal Tindak Lanjut": "08/01/2024 09:30",
    "Tindak Lanjut": "Tim sudah turun ke lapangan.",
    "Status": "Dalam Proses",
}
COMPLETED = IN_PROGRESS | {
    "Tanggal Selesai": "15/01/2024 16:00",
    "Tanggapan Akhir": "Jalan sudah ditambal.",
    "Status": "Selesai",
    "Rating": "4",
}


def csv_text(rows: Sequence[dict[str, str]], delimiter: str = ",", header: Sequence[str] = HEADER) -> str:
    """The rows as a CSV file with this header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def csv_file(folder: Path, *rows: dict[str, str], name: str = "laporan.csv") -> Path:
    path = folder / name
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def xlsx_file(folder: Path, header: Sequence[str], *rows: Sequence[Any]) -> Path:
    """A workbook whose moments are dates of Excel, and whose numbers are numbers."""
    path = folder / "laporan.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        style = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for line, cells in enumerate([header, *rows]):
            for place, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell, style)
                else:
                    sheet.write(line, place, cell)
    return path


def rejects_of(path: Path) -> list[dict[str, str]]:
    """The rows that were not imported."""
    with path.with_name(path.name + ".ditolak.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def imported(database: Database, path: Path, *, vault: Vault = VAULT, **options: Any) -> ImportReport:
    return await import_file(database.write, vault, path, now=NOW, **options)


def counts(report: ImportReport) -> dict[str, int]:
    """The numbers of an import that are not zero."""
    names = ("added", "updated", "unchanged", "skipped", "rejected")
    return {name: number for name in names if (number := getattr(report, name))}


async def rows_of(database: Database, table: str, *columns: str, order: str = "id") -> list[tuple[Any, ...]]:
    """What a table holds."""
    wanted = metadata.tables[table]
    async with database.write() as session:
        found = await session.execute(
            sa.select(*(wanted.c[column] for column in columns)).order_by(wanted.c[order])
        )
        return [tuple(row) for row in found]


async def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All that imports write, to see whether any of it has changed."""
    names = ("complaint", "reporter", "disposition", "action", "deadline", "complaint_event")
    tables = [metadata.tables[name] for name in names]
    async with database.write() as session:
        return {
            table.name: sorted((tuple(row) for row in await session.execute(sa.select(table))), key=str)
            for table in tables
        }


async def understood(database: Database) -> list[tuple[Any, ...]]:
    """What came of the rows: ID, title, status, latitude, area, category and OPD."""
    query = (
        sa.select(
            Complaint.external_tracking_id,
            Complaint.title,
            Complaint.status,
            Complaint.latitude,
            Area.name,
            Category.code,
            Opd.code,
        )
        .outerjoin(Area, Area.id == Complaint.area_id)
        .outerjoin(Category, Category.id == Complaint.category_id)
        .outerjoin(Opd, Opd.id == Complaint.opd_id)
        .order_by(Complaint.external_tracking_id)
    )
    async with database.write() as session:
        return [tuple(row) for row in await session.execute(query)]
