"""What does an import of LAPOR's reports leave in the database, the first time and every time after?"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.database import Database
from domain.actor import Actor
from domain.importing import run
from domain.model.complaint import Complaint, Deadline, Reporter
from domain.model.master import Area, Opd
from domain.seed import SAMPLE
from domain.tracking import read_code
from domain.words import (
    ActionKind,
    Channel,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
    EventAudience,
    Privacy,
    ViewerKind,
)
from tests.reports import (
    COMPLETED,
    DISPATCHED,
    IN_PROGRESS,
    SUBMITTED,
    VAULT,
    VERIFIED,
    content,
    counts,
    csv_file,
    imported,
    rows_of,
)

S, E = ComplaintStatus, ComplaintEventType
OFFICE = Actor(ViewerKind.OFFICE)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=3)
    yield opened
    await opened.close()


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of January 2024, by the clock of Greenwich."""
    return datetime(2024, 1, day, hour, minute, tzinfo=UTC)


async def the_complaint(database: Database) -> Complaint:
    async with database.write() as session:
        return (await session.scalars(sa.select(Complaint))).one()


async def events(database: Database) -> list[tuple[Any, ...]]:
    return await rows_of(database, "complaint_event", "complaint_version", "type", "from_status", "to_status")


async def test_the_figures_of_2023(database: Database) -> None:
    report = await imported(database, SAMPLE)

    assert (counts(report), report.problems, report.rejects) == ({"added": 142}, [], None)
    async with database.write() as session:
        by_status = (
            await session.execute(sa.select(Complaint.status, sa.func.count()).group_by(Complaint.status))
        ).all()
        codes = (await session.scalars(sa.select(Complaint.tracking_code))).all()
    assert {tuple(row) for row in by_status} == {
        (S.DISPATCHED, 2),
        (S.IN_PROGRESS, 10),
        (S.COMPLETED, 130),
    }
    assert len(set(codes)) == 142
    assert all(read_code(code) == code for code in codes)


async def test_a_completed_report_has_its_whole_history(database: Database, tmp_path: Path) -> None:
    await imported(database, csv_file(tmp_path, COMPLETED))

    complaint = await the_complaint(database)
    assert (complaint.status, complaint.version, complaint.channel) == (S.COMPLETED, 5, Channel.SMS_1708)
    assert complaint.external_tracking_id == "7100300"
    assert (complaint.latitude, complaint.longitude, complaint.rating) == (-5.986917, 106.007715, 4)
    assert (complaint.submitted_at, complaint.verified_at) == (utc(2, 12), utc(3, 3))
    assert (complaint.dispatched_at, complaint.first_responded_at) == (utc(4, 1), utc(8, 2, 30))
    assert (complaint.completed_at, complaint.updated_at) == (utc(15, 9), utc(15, 9))
    assert (complaint.due_at, complaint.access_token_hash) == (None, None)
    async with database.write() as session:
        area = await session.get_one(Area, complaint.area_id)
        opd = await session.get_one(Opd, complaint.opd_id)
        reporter = await session.get_one(Reporter, complaint.id)
    assert (area.code, opd.code) == ("36.72.07.1001", "DPUPR")
    assert reporter.name is not None
    assert VAULT.unseal(reporter.name) == "Lestari Hidayat"
    assert await events(database) == [
        (1, E.SUBMITTED, None, S.SUBMITTED),
        (2, E.VERIFIED, S.SUBMITTED, S.VERIFIED),
        (3, E.DISPATCHED, S.VERIFIED, S.DISPATCHED),
        (4, E.STARTED, S.DISPATCHED, S.IN_PROGRESS),
        (5, E.COMPLETED, S.IN_PROGRESS, S.COMPLETED),
    ]
    assert await rows_of(database, "complaint_event", "audience", "opd_id", "occurred_at") == [
        (EventAudience.REPORTER, None, utc(2, 12)),
        (EventAudience.PUBLIC, None, utc(3, 3)),
        (EventAudience.PUBLIC, opd.id, utc(4, 1)),
        (EventAudience.PUBLIC, opd.id, utc(8, 2, 30)),
        (EventAudience.PUBLIC, opd.id, utc(15, 9)),
    ]
    assert await rows_of(
        database, "action", "kind", "body", "from_status", "to_status", "opd_id", "author_id", "created_at"
    ) == [
        (
            ActionKind.PROGRESS,
            "Tim sudah turun ke lapangan.",
            S.DISPATCHED,
            S.IN_PROGRESS,
            opd.id,
            None,
            utc(8, 2, 30),
        ),
        (
            ActionKind.COMPLETION,
            "Jalan sudah ditambal.",
            S.IN_PROGRESS,
            S.COMPLETED,
            opd.id,
            None,
            utc(15, 9),
        ),
    ]
    assert await rows_of(database, "disposition", "opd_name", "started_at", "ended_at", "outcome") == [
        (
            "Dinas Pekerjaan Umum dan Penataan Ruang",
            utc(4, 1),
            utc(15, 9),
            DispositionOutcome.COMPLETED,
        )
    ]


async def test_clocks_run_as_if_the_report_had_been_handled_here(database: Database, tmp_path: Path) -> None:
    await imported(database, csv_file(tmp_path, IN_PROGRESS))

    clocks = await rows_of(
        database, "deadline", "clock", "started_at", "due_at", "ended_at", order="started_at"
    )
    assert clocks == [
        # Due at the end of the last working day in Cilegon; 14 of them from 3 January are the 23rd.
        (Clock.VERIFICATION, utc(2, 12), datetime(2024, 1, 5, 16, 59, 59, tzinfo=UTC), utc(3, 3)),
        (Clock.RESOLUTION, utc(3, 3), datetime(2024, 1, 23, 16, 59, 59, tzinfo=UTC), None),
        (Clock.FOLLOW_UP, utc(4, 1), datetime(2024, 1, 11, 16, 59, 59, tzinfo=UTC), utc(8, 2, 30)),
    ]
    assert (await the_complaint(database)).due_at == datetime(2024, 1, 23, 16, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "status", "types", "kinds"),
    [
        (SUBMITTED, S.SUBMITTED, [E.SUBMITTED], []),
        (VERIFIED, S.VERIFIED, [E.SUBMITTED, E.VERIFIED], []),
        (
            IN_PROGRESS | {"Status": "Sudah Ditanggapi"},
            S.ANSWERED,
            [E.SUBMITTED, E.VERIFIED, E.DISPATCHED, E.ANSWERED],
            [ActionKind.ANSWER],
        ),
        (
            COMPLETED | {"Tanggal Tindak Lanjut": "", "Tindak Lanjut": ""},
            S.COMPLETED,
            [E.SUBMITTED, E.VERIFIED, E.DISPATCHED, E.COMPLETED],
            [ActionKind.COMPLETION],
        ),
        (VERIFIED | {"Status": "Diarsipkan"}, S.ARCHIVED, [E.SUBMITTED, E.VERIFIED, E.ARCHIVED], []),
    ],
    ids=["submitted", "verified", "answered", "completed at once", "archived"],
)
async def test_every_status_has_its_steps(
    database: Database,
    tmp_path: Path,
    *,
    row: dict[str, str],
    status: ComplaintStatus,
    types: list[ComplaintEventType],
    kinds: list[ActionKind],
) -> None:
    assert counts(await imported(database, csv_file(tmp_path, row))) == {"added": 1}

    complaint = await the_complaint(database)
    assert (complaint.status, complaint.version) == (status, len(types))
    assert [found[1] for found in await events(database)] == types
    assert [found[0] for found in await rows_of(database, "action", "kind")] == kinds
    answered, responded = complaint.answered_at, complaint.first_responded_at
    assert answered == (utc(8, 2, 30) if status is S.ANSWERED else None)
    assert responded == {S.ANSWERED: utc(8, 2, 30), S.COMPLETED: utc(15, 9)}.get(status)
    running = {S.SUBMITTED: 1, S.VERIFIED: 1, S.ANSWERED: 1}.get(status, 0)
    async with database.write() as session:
        open_clocks = await session.scalar(
            sa.select(sa.func.count()).select_from(Deadline).where(Deadline.ended_at.is_(None))
        )
    assert open_clocks == running


@pytest.mark.parametrize(
    ("anonymous", "confidential", "privacy", "audience"),
    [
        ("Tidak", "Tidak", Privacy.PUBLIC, EventAudience.PUBLIC),
        ("Ya", "", Privacy.ANONYMOUS, EventAudience.PUBLIC),
        ("Ya", "Ya", Privacy.CONFIDENTIAL, EventAudience.REPORTER),
    ],
)
async def test_the_stricter_privacy_wins(
    database: Database,
    tmp_path: Path,
    *,
    anonymous: str,
    confidential: str,
    privacy: Privacy,
    audience: EventAudience,
) -> None:
    await imported(database, csv_file(tmp_path, VERIFIED | {"Anonim": anonymous, "Rahasia": confidential}))

    assert (await the_complaint(database)).privacy is privacy
    assert await rows_of(database, "complaint_event", "audience") == [
        (EventAudience.REPORTER,),
        (audience,),
    ]


async def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, COMPLETED, DISPATCHED | {"Tracking ID": "7100301"})
    await imported(database, path)
    before = await content(database)

    assert counts(await imported(database, path)) == {"unchanged": 2}
    assert await content(database) == before


async def test_a_dry_run_tells_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    path = csv_file(tmp_path, COMPLETED, DISPATCHED | {"Tracking ID": "7100301", "Kategori": "Entah"})
    before = await content(database)

    report = await imported(database, path, dry_run=True)

    assert counts(report) == {"added": 1, "rejected": 1}
    assert [str(problem) for problem in report.problems] == [
        (
            "Baris 3 (ditolak). Kolom Kategori: “Entah” tidak dikenal. "
            "Tulis nama atau kode kategori seperti pada daftar kategori."
        )
    ]
    assert await content(database) == before
    assert [found.name for found in tmp_path.iterdir()] == ["laporan.csv"]


async def test_an_interrupted_import_goes_on_where_it_stopped(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH", 2)
    rows = [DISPATCHED | {"Tracking ID": str(number)} for number in range(7100300, 7100305)]
    path = csv_file(tmp_path, *rows, SUBMITTED | {"Status": "Entah"})
    told: list[int] = []

    def interrupt(report: run.ImportReport) -> None:
        told.append(report.rows)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await imported(database, path, on_progress=interrupt)

    assert told == [2, 4]
    assert len(await rows_of(database, "complaint", "id")) == 4
    assert [found.name for found in tmp_path.iterdir()] == ["laporan.csv"]
    assert counts(await imported(database, path)) == {"added": 1, "unchanged": 4, "rejected": 1}
