"""What does an import do with a report whose row has changed since the last one?"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.database import Database
from domain import handling
from domain.actor import Actor
from domain.importing.bulk import Values
from domain.model.complaint import Complaint
from domain.model.master import Opd, SlaRule
from domain.secrecy import Vault
from domain.words import (
    ActionKind,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
    ViewerKind,
)
from tests.reports import (
    COMPLETED,
    DISPATCHED,
    IN_PROGRESS,
    NOW,
    SUBMITTED,
    VAULT,
    VERIFIED,
    content,
    counts,
    csv_file,
    imported,
    rejects_of,
    rows_of,
)

S, E = ComplaintStatus, ComplaintEventType
OFFICE = Actor(ViewerKind.OFFICE)
EVENT = ("complaint_version", "type", "from_status", "to_status")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=3)
    yield opened
    await opened.close()


async def complaint(database: Database, *columns: str) -> Values:
    (found,) = await rows_of(database, "complaint", *columns)
    return dict(zip(columns, found, strict=True))


async def change(database: Database, folder: Path, before: dict[str, str], after: dict[str, str]) -> None:
    await imported(database, csv_file(folder, before))
    assert counts(await imported(database, csv_file(folder, after))) == {"updated": 1}
    assert counts(await imported(database, csv_file(folder, after))) == {"unchanged": 1}


async def test_a_step_forward_adds_what_happened(database: Database, tmp_path: Path) -> None:
    await imported(database, csv_file(tmp_path, DISPATCHED))
    (stay,) = await rows_of(database, "disposition", "id")

    assert counts(await imported(database, csv_file(tmp_path, COMPLETED))) == {"updated": 1}

    assert await complaint(database, "status", "version", "rating", "due_at", "updated_at") == {
        "status": S.COMPLETED,
        "version": 5,
        "rating": 4,
        "due_at": None,
        "updated_at": NOW,
    }
    assert await rows_of(database, "complaint_event", *EVENT) == [
        (1, E.SUBMITTED, None, S.SUBMITTED),
        (2, E.VERIFIED, S.SUBMITTED, S.VERIFIED),
        (3, E.DISPATCHED, S.VERIFIED, S.DISPATCHED),
        (4, E.STARTED, S.DISPATCHED, S.IN_PROGRESS),
        (5, E.COMPLETED, S.IN_PROGRESS, S.COMPLETED),
    ]
    assert await rows_of(database, "action", "kind") == [(ActionKind.PROGRESS,), (ActionKind.COMPLETION,)]
    assert await rows_of(database, "disposition", "id", "outcome") == [(*stay, DispositionOutcome.COMPLETED)]
    assert await rows_of(database, "deadline", "ended_at", order="started_at") == [
        (datetime(2024, 1, 3, 3, 0, tzinfo=UTC),),
        (datetime(2024, 1, 15, 9, 0, tzinfo=UTC),),
        (datetime(2024, 1, 8, 2, 30, tzinfo=UTC),),
    ]


async def test_an_answer_stays_one_when_the_report_is_completed(database: Database, tmp_path: Path) -> None:
    await change(database, tmp_path, IN_PROGRESS | {"Status": "Sudah Ditanggapi"}, COMPLETED)

    assert (await rows_of(database, "complaint_event", *EVENT))[3:] == [
        (4, E.ANSWERED, S.DISPATCHED, S.ANSWERED),
        (5, E.COMPLETED, S.ANSWERED, S.COMPLETED),
    ]
    assert await rows_of(database, "action", "kind", "from_status", "to_status", "body") == [
        (ActionKind.ANSWER, S.DISPATCHED, S.ANSWERED, "Tim sudah turun ke lapangan."),
        (ActionKind.COMPLETION, S.ANSWERED, S.COMPLETED, "Jalan sudah ditambal."),
    ]
    assert await complaint(database, "answered_at") == {
        "answered_at": datetime(2024, 1, 8, 2, 30, tzinfo=UTC)
    }


async def test_a_correction_is_no_event(database: Database, tmp_path: Path) -> None:
    corrected = IN_PROGRESS | {
        "Judul": "Jalan berlubang dan banjir",
        "Nama Pelapor": "",
        "Tindak Lanjut": "Tim turun ke lapangan.",
        "Tanggal Verifikasi": "03/01/2024 08:00",
        "Tanggal Disposisi": "03/01/2024 09:00",
    }
    await imported(database, csv_file(tmp_path, IN_PROGRESS))
    actions = await rows_of(database, "action", "id")

    assert counts(await imported(database, csv_file(tmp_path, corrected))) == {"updated": 1}

    assert await complaint(database, "title", "version", "dispatched_at") == {
        "title": "Jalan berlubang dan banjir",
        "version": 4,
        "dispatched_at": datetime(2024, 1, 3, 2, 0, tzinfo=UTC),
    }
    assert len(await rows_of(database, "complaint_event", "id")) == 4
    assert await rows_of(database, "reporter", "name", order="complaint_id") == []
    assert await rows_of(database, "action", "id", "body") == [(*actions[0], "Tim turun ke lapangan.")]
    assert await rows_of(database, "disposition", "started_at") == [(datetime(2024, 1, 3, 2, 0, tzinfo=UTC),)]
    # The follow-up's clock starts a day earlier, and is due a day earlier.
    assert await rows_of(database, "deadline", "clock", "due_at", order="clock") == [
        (Clock.FOLLOW_UP, datetime(2024, 1, 10, 16, 59, 59, tzinfo=UTC)),
        (Clock.RESOLUTION, datetime(2024, 1, 23, 16, 59, 59, tzinfo=UTC)),
        (Clock.VERIFICATION, datetime(2024, 1, 5, 16, 59, 59, tzinfo=UTC)),
    ]


async def test_what_was_due_stays_due_when_the_rule_changes(database: Database, tmp_path: Path) -> None:
    await imported(database, csv_file(tmp_path, VERIFIED))
    async with database.write() as session:
        await session.execute(sa.update(SlaRule).values(working_days=1))

    await imported(database, csv_file(tmp_path, VERIFIED | {"Judul": "Judul lain"}))

    assert await complaint(database, "due_at") == {"due_at": datetime(2024, 1, 23, 16, 59, 59, tzinfo=UTC)}
    await imported(database, csv_file(tmp_path, VERIFIED | {"Klasifikasi": "Aspirasi"}))
    assert await complaint(database, "due_at") == {"due_at": datetime(2024, 1, 4, 16, 59, 59, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("before", "after", "event", "stays", "actions", "reopened"),
    [
        (COMPLETED, IN_PROGRESS, (6, E.REOPENED, S.COMPLETED, S.IN_PROGRESS), [(None, None)], 1, 1),
        (
            IN_PROGRESS,
            VERIFIED,
            (5, E.RETURNED, S.IN_PROGRESS, S.VERIFIED),
            [(NOW, DispositionOutcome.RETURNED)],
            0,
            0,
        ),
        (VERIFIED, SUBMITTED, (3, E.SUBMITTED, S.VERIFIED, S.SUBMITTED), [], 0, 0),
    ],
    ids=["reopened", "returned", "not verified after all"],
)
async def test_a_step_back_is_one_event(
    database: Database,
    tmp_path: Path,
    *,
    before: dict[str, str],
    after: dict[str, str],
    event: tuple[int, ComplaintEventType, ComplaintStatus, ComplaintStatus],
    stays: list[tuple[datetime | None, DispositionOutcome | None]],
    actions: int,
    reopened: int,
) -> None:
    await change(database, tmp_path, before, after | {"Rating": ""})

    found = await rows_of(database, "complaint_event", *EVENT, "occurred_at")
    assert found[-1] == (*event, NOW)
    assert len(found) == event[0]
    assert await complaint(database, "status", "version", "completed_at", "reopened_count") == {
        "status": event[3],
        "version": event[0],
        "completed_at": None,
        "reopened_count": reopened,
    }
    assert await rows_of(database, "disposition", "ended_at", "outcome") == stays
    assert len(await rows_of(database, "action", "id")) == actions


async def test_another_opd_is_told_and_the_first_is_charged_for_its_days(
    database: Database, tmp_path: Path
) -> None:
    moved = {"Instansi Terdisposisi": "dishub", "Tanggal Disposisi": "07/01/2024 08:00"}
    await change(database, tmp_path, IN_PROGRESS, IN_PROGRESS | moved)

    async with database.write() as session:
        dishub = await session.scalar(sa.select(Opd.id).where(Opd.code == "DISHUB"))
    found = await rows_of(database, "complaint_event", *EVENT, "opd_id")
    assert found[-1] == (5, E.DISPATCHED, S.IN_PROGRESS, S.IN_PROGRESS, dishub)
    assert await complaint(database, "version", "opd_id") == {"version": 5, "opd_id": dishub}
    stays = await rows_of(
        database, "disposition", "opd_name", "started_at", "ended_at", "outcome", order="started_at"
    )
    moved_at = datetime(2024, 1, 7, 1, 0, tzinfo=UTC)
    assert stays == [
        (
            "Dinas Pekerjaan Umum dan Penataan Ruang",
            datetime(2024, 1, 4, 1, 0, tzinfo=UTC),
            moved_at,
            DispositionOutcome.MOVED,
        ),
        ("Dinas Perhubungan", moved_at, None, None),
    ]
    assert await rows_of(database, "action", "opd_id") == [(dishub,)]


async def test_the_ledger_keeps_what_an_opd_gave_back(database: Database, tmp_path: Path) -> None:
    await change(database, tmp_path, DISPATCHED, VERIFIED)
    again = IN_PROGRESS | {"Instansi Terdisposisi": "DLH"}

    assert counts(await imported(database, csv_file(tmp_path, again))) == {"updated": 1}

    assert await rows_of(database, "disposition", "opd_name", "outcome") == [
        ("Dinas Pekerjaan Umum dan Penataan Ruang", DispositionOutcome.RETURNED),
        ("Dinas Lingkungan Hidup", None),
    ]


async def test_a_new_secret_key_changes_no_report(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, COMPLETED)
    await imported(database, path)

    rotated = Vault(("kunci-baru-0123456789", *VAULT.keys))
    assert counts(await imported(database, path, vault=rotated)) == {"unchanged": 1}
    other = Vault(("kunci-yang-lain-sama-sekali",))
    assert counts(await imported(database, path, vault=other)) == {"updated": 1}


async def test_a_report_submitted_here_is_left_alone(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, DISPATCHED)
    await imported(database, path)
    async with database.write() as session:
        await session.execute(sa.update(Complaint).values(import_fingerprint=None, title="Judul pelapor"))

    report = await imported(database, path)

    assert counts(report) == {"skipped": 1}
    assert await complaint(database, "title") == {"title": "Judul pelapor"}
    assert rejects_of(path)[0]["Alasan"].startswith("Laporan ini masuk langsung ke Aduan Cilegon")


async def test_a_report_worked_on_here_is_left_alone(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, VERIFIED)
    await imported(database, path)
    async with database.write() as session:
        code = (await session.scalars(sa.select(Complaint.tracking_code))).one()
        await handling.dispatch(session, OFFICE, code, 2, opd_code="DLH")
    before = await content(database)

    assert counts(await imported(database, path)) == {"unchanged": 1}
    report = await imported(database, csv_file(tmp_path, COMPLETED))

    assert counts(report) == {"skipped": 1}
    assert [problem.reason for problem in report.problems] == [
        (
            "Laporan ini sudah dikerjakan di Aduan Cilegon sejak impor terakhir. "
            "Perbarui di panel bila perlu; impor tidak menimpanya."
        )
    ]
    assert rejects_of(path)[0]["Tracking ID"] == "7100300"
    assert await content(database) == before
