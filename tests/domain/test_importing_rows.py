"""What is said of a row that cannot be imported, and where does it go?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from domain.importing.catalogue import Catalogue
from domain.importing.problems import Problem, Verdict
from domain.model.master import Category
from domain.words import Channel, Classification, ComplaintStatus
from tests.reports import (
    COMPLETED,
    DISPATCHED,
    IN_PROGRESS,
    SUBMITTED,
    VERIFIED,
    counts,
    csv_file,
    imported,
    rejects_of,
    rows_of,
    understood,
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=3)
    yield opened
    await opened.close()


WRONG: list[tuple[dict[str, str], str, str]] = [
    (SUBMITTED | {"Tracking ID": ""}, "Tracking ID", "Isian wajib diisi."),
    (SUBMITTED | {"Tracking ID": "7,1003E+15"}, "Tracking ID", "dibulatkan"),
    (SUBMITTED | {"Tanggal Laporan": "31/02/2024 10:00"}, "Tanggal Laporan", "bukan tanggal"),
    (SUBMITTED | {"Tanggal Laporan": "01/13/2024 10:00"}, "Tanggal Laporan", "bukan tanggal"),
    (SUBMITTED | {"Tanggal Laporan": "31/12/2009 23:59"}, "Tanggal Laporan", "sebelum 01/01/2010"),
    (SUBMITTED | {"Tanggal Laporan": "03/06/2024 09:01"}, "Tanggal Laporan", "belum terjadi"),
    (SUBMITTED | {"Sumber": "Merpati pos"}, "Sumber", "tidak dikenal"),
    (SUBMITTED | {"Klasifikasi": ""}, "Klasifikasi", "wajib diisi"),
    (SUBMITTED | {"Kategori": "Jalan tol"}, "Kategori", "tidak dikenal"),
    (SUBMITTED | {"Judul": " "}, "Judul", "wajib diisi"),
    (SUBMITTED | {"Judul": "x" * 201}, "Judul", "paling banyak 200"),
    (SUBMITTED | {"Isi Laporan": "x" * 10_001}, "Isi Laporan", "paling banyak 10000"),
    (SUBMITTED | {"Isi Laporan": "a\0b"}, "Isi Laporan", "tidak dapat disimpan"),
    (SUBMITTED | {"Anonim": "mungkin"}, "Anonim", "bukan Ya atau Tidak"),
    (SUBMITTED | {"Kecamatan": "Serang"}, "Kecamatan", "tidak dikenal"),
    (SUBMITTED | {"Lintang": "enam"}, "Lintang", "bukan angka"),
    (SUBMITTED | {"Lintang": "-5986917"}, "Lintang", "di luar -90..90"),
    (SUBMITTED | {"Bujur": ""}, "Bujur", "Kosong."),
    (SUBMITTED | {"Status": "Dibatalkan"}, "Status", "tidak dikenal"),
    (SUBMITTED | {"Rating": "6"}, "Rating", "bukan rating"),
    (SUBMITTED | {"Tanggal Verifikasi": "03/01/2024 10:00"}, "Tanggal Verifikasi", "Terisi, padahal"),
    (VERIFIED | {"Tanggal Verifikasi": "02/01/2024 18:59"}, "Tanggal Verifikasi", "mendahului"),
    (
        VERIFIED | {"Status": "Terdisposisi", "Instansi Terdisposisi": "DLH"},
        "Tanggal Disposisi",
        "Kosong",
    ),
    (DISPATCHED | {"Instansi Terdisposisi": "Dinas Perikanan"}, "Instansi Terdisposisi", "tidak dikenal"),
    (DISPATCHED | {"Instansi Terdisposisi": ""}, "Instansi Terdisposisi", "Kosong, padahal"),
    (DISPATCHED | {"Tindak Lanjut": "Sudah"}, "Tindak Lanjut", "padahal Tanggal Tindak Lanjut kosong"),
    (IN_PROGRESS | {"Status": "Selesai"}, "Tanggal Selesai", "Kosong, padahal Status Selesai"),
    (
        IN_PROGRESS | {"Status": "Terdisposisi", "Tindak Lanjut": ""},
        "Tanggal Tindak Lanjut",
        "Terisi, padahal",
    ),
    (COMPLETED | {"Tanggal Selesai": "07/01/2024 16:00"}, "Tanggal Selesai", "mendahului"),
]


async def test_what_is_wrong_with_a_row(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, *(row for row, _, _ in WRONG))

    report = await imported(database, path, dry_run=True)

    assert counts(report) == {"rejected": len(WRONG)}
    found = [(problem.line, problem.column) for problem in report.problems]
    assert found == [(line, column) for line, (_, column, _) in enumerate(WRONG, 2)]
    for problem, (_, _, wrong) in zip(report.problems, WRONG, strict=True):
        assert wrong in problem.wrong
        assert problem.remedy.endswith(".")


async def test_every_problem_of_a_row_is_named_and_the_others_come_in(
    database: Database, tmp_path: Path
) -> None:
    bad = COMPLETED | {
        "Tracking ID": "7100301",
        "Kategori": "Entah",
        "Instansi Terdisposisi": "Entah",
        "Tanggal Selesai": "07/01/2024 16:00",
    }
    path = csv_file(tmp_path, bad, COMPLETED)

    report = await imported(database, path)

    assert counts(report) == {"added": 1, "rejected": 1}
    assert [(problem.line, problem.column) for problem in report.problems] == [
        (2, "Instansi Terdisposisi"),
        (2, "Kategori"),
        (2, "Tanggal Selesai"),
    ]
    (rejected,) = rejects_of(path)
    assert report.rejects == tmp_path / "laporan.csv.ditolak.csv"
    assert {name: rejected[name] for name in bad} == bad
    assert rejected["Baris"] == "2"
    assert rejected["Alasan"] == " | ".join(problem.reason for problem in report.problems)


async def test_rejected_rows_can_be_corrected_and_imported(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, COMPLETED | {"Kategori": "Entah, ; itu"})
    report = await imported(database, path)
    assert report.rejects is not None
    corrected = tmp_path / "perbaikan.csv"
    corrected.write_text(report.rejects.read_text(encoding="utf-8-sig").replace("Entah, ; itu", "jalan"))

    assert counts(await imported(database, corrected)) == {"added": 1}
    assert not corrected.with_name("perbaikan.csv.ditolak.csv").exists()


async def test_nothing_rejected_leaves_no_file_behind(database: Database, tmp_path: Path) -> None:
    await imported(database, csv_file(tmp_path, SUBMITTED | {"Status": ""}))
    assert (tmp_path / "laporan.csv.ditolak.csv").exists()

    await imported(database, csv_file(tmp_path, SUBMITTED))

    assert [found.name for found in tmp_path.iterdir()] == ["laporan.csv"]


async def test_the_second_row_of_a_tracking_id_is_rejected(database: Database, tmp_path: Path) -> None:
    report = await imported(database, csv_file(tmp_path, SUBMITTED, VERIFIED | {"Tracking ID": "7100300.0"}))

    assert counts(report) == {"added": 1, "rejected": 1}
    assert report.problems == [
        Problem(3, "Tracking ID", "“7100300” sudah ada di baris 2.", "Hapus salah satu dari kedua baris itu.")
    ]
    assert (await understood(database))[0][2] is ComplaintStatus.SUBMITTED


async def test_names_are_understood_as_people_write_them(database: Database, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        DISPATCHED
        | {
            "Tracking ID": "1",
            "Sumber": "website",
            "Klasifikasi": "PERMINTAAN INFORMASI",
            "Kategori": "pju",
            "Kecamatan": "Kec. Cibeber",
            "Kelurahan": "karangasem",
            "Lintang": "-6,05",
            "Instansi Terdisposisi": "dinas sosial kota cilegon",
            "Status": "Terdisposisi, belum ditindaklanjuti",
        },
        DISPATCHED
        | {
            "Tracking ID": "2",
            "Sumber": "Aplikasi LAPOR!",
            "Kecamatan": "KECAMATAN GROGOL",
            "Kelurahan": "",
            "Instansi Terdisposisi": "Satpol PP",
            "Tanggal Disposisi": "2024-01-04 08:00:30",
            "Tanggal Verifikasi": "3-1-2024 10.00",
        },
    )

    assert counts(await imported(database, path)) == {"added": 2}

    assert [row[3:] for row in await understood(database)] == [
        (-6.05, "Karang Asem", "PJU", "DINSOS"),
        (-5.986917, "Gerogol", "JALAN", "SATPOLPP"),
    ]
    assert await rows_of(database, "complaint", "channel", "classification") == [
        (Channel.LAPOR_WEB, Classification.INFORMATION_REQUEST),
        (Channel.LAPOR_APP, Classification.COMPLAINT),
    ]


async def test_an_unknown_village_is_noted_and_its_district_taken(database: Database, tmp_path: Path) -> None:
    report = await imported(database, csv_file(tmp_path, SUBMITTED | {"Kelurahan": "Suralaya"}))

    assert counts(report) == {"added": 1}
    assert [(problem.verdict, problem.column) for problem in report.problems] == [
        (Verdict.NOTED, "Kelurahan")
    ]
    assert (await understood(database))[0][4] == "Purwakarta"
    assert report.rejects is None


async def test_what_only_the_database_refuses_stops_none_of_the_batch(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [SUBMITTED | {"Tracking ID": str(number)} for number in range(4)]
    rows[2]["Kategori"] = "LAINNYA"
    load = Catalogue.load

    async def load_and_lose(session: AsyncSession) -> Catalogue:
        """What an import looks up may be deleted before the row is written."""
        catalogue = await load(session)
        await session.execute(sa.delete(Category).where(Category.code == "LAINNYA"))
        return catalogue

    monkeypatch.setattr(Catalogue, "load", load_and_lose)

    report = await imported(database, csv_file(tmp_path, *rows))

    assert counts(report) == {"added": 3, "rejected": 1}
    assert [(problem.line, problem.wrong) for problem in report.problems] == [
        (4, "Basis data menolak baris ini.")
    ]


async def test_rejected_rows_that_cannot_be_written_stop_nothing(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, SUBMITTED | {"Status": "?"}, SUBMITTED)
    (tmp_path / ".laporan.csv.ditolak.csv.unfinished").mkdir()

    report = await imported(database, path)

    assert counts(report) == {"added": 1, "rejected": 1}
    assert report.rejects is None
    assert report.rejects_failure == f"{path}.ditolak.csv: Is a directory"
