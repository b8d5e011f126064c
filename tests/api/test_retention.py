"""Is who reported a complaint erased when its time is over, and nothing before, and does it stay erased?"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.importing.run import import_file
from domain.model.complaint import Complaint, Reporter, Supporter
from domain.model.event import IdempotencyKey
from domain.model.people import StaffSession
from domain.privacy import retention
from tests.commands import ran, told
from tests.reports import COMPLETED, counts, csv_file
from tests.service import VAULT, Service
from tests.steps import completed, done, verified

PERSON = {"reporterName": "Ratna Wulandari"}


async def aged(service: Service, months: int, *codes: str) -> None:
    """Lets the last that happened to complaints lie so long back; without codes, to all imported ones."""
    which = Complaint.tracking_code.in_(codes) if codes else Complaint.external_tracking_id.is_not(None)
    async with service.database.write() as session:
        past = sa.func.now() - sa.func.make_interval(0, months)
        await session.execute(sa.update(Complaint).where(which).values(updated_at=past))


async def identified(service: Service) -> set[str]:
    """The complaints whose reporter is known, by their codes."""
    async with service.database.write() as session:
        found = await session.scalars(
            sa.select(Complaint.tracking_code).join(Reporter, Reporter.complaint_id == Complaint.id)
        )
        return set(found)


async def number(service: Service, model: Any) -> int:
    async with service.database.write() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


async def test_reporters_go_when_their_time_is_over(service: Service, database_url: str) -> None:
    office = await service.office()
    old, newer, still_open, into = [
        (await make(service, key, **PERSON))["trackingCode"]
        for key, make in (("a", completed), ("b", completed), ("c", verified), ("d", verified))
    ]
    merged = (await verified(service, "e", **PERSON))["trackingCode"]
    await service.do("complaintSupport", None, "errors { code }", trackingCode=into, supporterKey="w1")
    await done(service, office, "complaintMerge", merged, intoTrackingCode=into)
    await aged(service, 25, old, still_open, into, merged)
    await aged(service, 23, newer)

    due = (await told(service, database_url, "privacy", "due")).splitlines()
    assert due[1] == "Due now: 1."
    # The merged one's reporter is still listened to: it became part of an open one.
    assert [line.split()[1] for line in due[2:]] == [old, newer]
    assert "1 are due, the first since" in (await ran(service, database_url, "doctor"))[1]
    write = service.database.write
    assert await retention.erase_due(write, 24) == 1
    assert await identified(service) == {newer, still_open, into, merged}
    assert await retention.forget_supporters(write, 24) == 0

    officer = await service.officer("DPUPR")
    await done(service, office, "complaintDispatch", into, opdCode="DPUPR")
    await done(service, officer, "complaintAnswer", into, body="Sudah")
    await done(service, officer, "complaintComplete", into, body="Selesai")
    assert await retention.erase_due(write, 24) == 0
    await aged(service, 25, into)
    assert await retention.erase_due(write, 24) == 2
    assert await identified(service) == {newer, still_open}
    assert await retention.forget_supporters(write, 24) == 1
    assert await retention.erase_due(write, 24) == 0
    async with service.database.write() as session:
        support = await session.scalar(
            sa.select(Complaint.supporter_count).where(Complaint.tracking_code == into)
        )
        actors = await session.scalars(
            sa.text("SELECT DISTINCT actor FROM audit_entry WHERE table_name = 'privacy_act'")
        )
        assert (support, len(actors.all())) == (1, 1)
    assert "are never erased" in await told(
        service, database_url, "privacy", "due", ADUAN_RETENTION_MONTHS="0"
    )

    # What only served a while.
    keys, sessions = await number(service, IdempotencyKey), await number(service, StaffSession)
    assert await retention.forget_used(write) == 0
    async with write() as session:
        month = sa.text("now() - interval '31 days'")
        await session.execute(sa.update(IdempotencyKey).values(created_at=month))
        await session.execute(
            sa.update(StaffSession).values(last_used_at=month, expires_at=month, created_at=month)
        )
    assert await retention.forget_used(write) == keys + sessions
    assert await number(service, IdempotencyKey) == await number(service, StaffSession) == 0
    assert await number(service, Supporter) == 0


async def test_an_import_does_not_bring_back_who_was_erased(service: Service, tmp_path: Path) -> None:
    path = csv_file(tmp_path, COMPLETED)
    write = service.database.write
    await import_file(write, VAULT, path)
    assert len(await identified(service)) == 1
    await aged(service, 25)
    assert await retention.erase_due(write, 24) == 1
    changed = csv_file(tmp_path, COMPLETED | {"Rating": "5"}, name="baru.csv")
    for each in (path, changed):
        report = await import_file(write, VAULT, each)
        assert counts(report) == {"skipped": 1}
    assert await identified(service) == set()
