"""Which files can be imported, and what is said of those, and of the rows, that cannot?"""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from api.database import Database
from domain.importing.problems import ImportFileError
from domain.importing.run import import_file
from domain.words import ComplaintStatus
from tests.reports import (
    COMPLETED,
    HEADER,
    SUBMITTED,
    VAULT,
    counts,
    csv_file,
    csv_text,
    imported,
    rows_of,
    understood,
    xlsx_file,
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=3)
    yield opened
    await opened.close()


def no_database() -> NoReturn:
    pytest.fail("the database was asked before the file was understood")


CAFE = COMPLETED | {"Judul": "Kafé €uro berisik"}
AS_READ = [
    ("7100300", "Kafé €uro berisik", ComplaintStatus.COMPLETED, -5.986917, "Ramanuju", "JALAN", "DPUPR")
]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t")]
)
async def test_encodings_and_delimiters(
    database: Database, tmp_path: Path, *, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "laporan.csv"
    path.write_text(csv_text([CAFE], delimiter), encoding=encoding)

    assert counts(await imported(database, path)) == {"added": 1}
    assert await understood(database) == AS_READ


async def test_header_may_be_in_any_order_and_case(database: Database, tmp_path: Path) -> None:
    header = [f"  {name.upper()} " for name in reversed(HEADER)] + ["Nomor Surat"]
    row = {f"  {name.upper()} ": value for name, value in CAFE.items()} | {"Nomor Surat": "12"}
    path = tmp_path / "laporan.csv"
    path.write_text("\n" + csv_text([row], ";", header), encoding="utf-8")

    assert counts(await imported(database, path)) == {"added": 1}
    assert await understood(database) == AS_READ


async def test_optional_columns_may_be_missing(database: Database, tmp_path: Path) -> None:
    header = ["Tracking ID", "Tanggal Laporan", "Sumber", "Klasifikasi", "Judul", "Isi Laporan", "Status"]
    path = tmp_path / "laporan.csv"
    path.write_text(csv_text([SUBMITTED], header=header), encoding="utf-8")

    assert counts(await imported(database, path)) == {"added": 1}
    assert (await understood(database))[0][3:] == (None, None, None, None)


async def test_a_workbook_reads_like_the_same_rows_as_csv(database: Database, tmp_path: Path) -> None:
    typed: dict[str, Any] = CAFE | {
        "Tracking ID": 7100300.0,
        "Tanggal Laporan": datetime(2024, 1, 2, 19, 0),  # noqa: DTZ001 - Excel knows no zones
        "Tanggal Disposisi": datetime(2024, 1, 4, 8, 0),  # noqa: DTZ001
        "Lintang": -5.986917,
        "Anonim": False,
        "Rating": 4.0,
    }
    path = xlsx_file(tmp_path, HEADER, [typed.get(name, "") for name in HEADER])

    assert counts(await imported(database, path)) == {"added": 1}
    assert await understood(database) == AS_READ
    assert counts(await imported(database, csv_file(tmp_path, CAFE))) == {"unchanged": 1}


async def test_rows_of_a_workbook_are_numbered_as_excel_does(database: Database, tmp_path: Path) -> None:
    row = [SUBMITTED.get(name, "") for name in HEADER]
    bad = [date(2024, 1, 2) if name == "Tracking ID" else "" for name in HEADER]
    path = xlsx_file(tmp_path, [], [], HEADER, row, [], bad)

    report = await imported(database, path)

    assert counts(report) == {"added": 1, "rejected": 1}
    assert {problem.line for problem in report.problems} == {6}
    # Semicolons, which Indonesian Excel takes for a CSV file's delimiters.
    rejected = path.with_name("laporan.xlsx.ditolak.csv").read_text(encoding="utf-8-sig")
    assert rejected.startswith("Baris;Alasan;Tracking ID;Tanggal Laporan;")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "kosong"),
        (b"\n\n", "tidak berisi apa pun"),
        (
            b"Tracking ID,Judul\n1,a\n",
            "Kolom wajib tidak ada: Tanggal Laporan, Sumber, Klasifikasi, Isi Laporan",
        ),
        (b"PK\x03\x04 tetapi bukan zip", "Buku kerja tidak dapat dibaca"),
        (",".join([*HEADER, "status"]).encode(), "Kolom Status ada dua kali"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Kolom wajib tidak ada"),
    ],
)
async def test_a_file_that_is_no_file_of_reports(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "laporan.csv"
    path.write_bytes(content)

    with pytest.raises(ImportFileError, match=message):
        await import_file(no_database, VAULT, path)
    assert [found.name for found in tmp_path.iterdir()] == ["laporan.csv"]


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="tidak ditemukan"):
        await import_file(no_database, VAULT, tmp_path / "tidak-ada.csv")
    with pytest.raises(ImportFileError, match="adalah folder"):
        await import_file(no_database, VAULT, tmp_path)


async def test_a_stray_quotation_mark_costs_only_its_own_row(database: Database, tmp_path: Path) -> None:
    good = [SUBMITTED | {"Tracking ID": str(number)} for number in range(3)]
    lines = csv_text(good).splitlines()
    lines[2] = lines[2].replace("Jalan berlubang", '"Jalan berlubang')
    path = tmp_path / "laporan.csv"
    path.write_text("\n".join([*lines, "a,b,c" + "," * 30 + "d", ""]), encoding="utf-8")

    report = await imported(database, path)

    assert counts(report) == {"added": 2, "rejected": 2}
    assert [(problem.line, problem.wrong) for problem in report.problems] == [
        (3, "Tanda kutip tidak berpasangan."),
        (5, "Selnya lebih banyak daripada judul kolom."),
    ]


async def test_lines_within_a_cell_count_as_one_row(database: Database, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        SUBMITTED | {"Isi Laporan": "Baris satu\r\nbaris dua\nbaris tiga"},
        SUBMITTED | {"Tracking ID": "2", "Status": "?"},
    )

    report = await imported(database, path)

    assert [problem.line for problem in report.problems] == [3]
    assert await rows_of(database, "complaint", "body") == [("Baris satu\nbaris dua\nbaris tiga",)]
