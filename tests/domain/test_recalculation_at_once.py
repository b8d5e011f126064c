"""Does anything that starts while deadlines are worked out anew keep the old rule, or fail?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from domain import (
    accounts,
    clocks,
    closing,
    follow_up,
    handling,
    merging,
    recalculation,
    reporter,
    unanswered,
)
from domain.actor import CLOCK, PUBLIC, Actor
from domain.calendar import load_calendar
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule
from domain.submission import Submission, Submitted, submit
from domain.words import Classification, StaffRole, ViewerKind
from tests.service import PASSWORD, VAULT

OFFICE = Actor(ViewerKind.OFFICE, name="Siti Aminah")
WAITERS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=12)
    yield opened
    await opened.close()


async def reported(session: AsyncSession, key: str) -> Submitted:
    given = Submission(f"kunci-{key}", "Jalan rusak", "Lubang", Classification.COMPLAINT)
    return await submit(session, PUBLIC, VAULT, given)


async def waiting(session: AsyncSession, number: int) -> None:
    """Until so many transactions of this database wait for the rules."""
    while await session.scalar(WAITERS) != number:  # noqa: ASYNC110 - the database has no event to wait for
        await asyncio.sleep(0.01)


async def change_days(session: AsyncSession, days: int) -> None:
    await session.execute(sa.update(SlaRule).values(working_days=days))
    await recalculation.recalculate(session, OFFICE, "Aturan diubah")


async def test_who_starts_a_clock_waits_for_the_new_rule_longer_than_for_other_locks(
    database: Database,
) -> None:
    async def report(key: str) -> Complaint:
        async with database.write() as session:
            await session.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
            made = await reported(session, key)
            assert await session.scalar(sa.text("SHOW lock_timeout")) == "100ms"
            return made.complaint

    async with database.write() as session:
        await recalculation.hold_rules(session)
        writer = asyncio.create_task(report("0001"))
        await waiting(session, 1)
        await session.execute(sa.select(sa.func.pg_sleep(0.3)))
        await change_days(session, 9)
    async with database.write() as session:
        calendar = await load_calendar(session)
        complaint = await writer
        assert complaint.due_at == calendar.due(complaint.submitted_at, 9)
        assert not (await recalculation.preview(session)).mark


async def test_whatever_starts_meanwhile_has_the_rule_of_the_end(database: Database) -> None:
    async with database.write() as session:
        officer = accounts.actor_of(
            await accounts.create(
                session,
                email="petugas@cilegon.go.id",
                name="Petugas",
                role=StaffRole.OFFICER,
                opd_code="DPUPR",
                password=PASSWORD,
            )
        )

    async def live(key: str) -> None:
        async with database.write() as session:
            made = await reported(session, key)
        code, token, version = made.complaint.tracking_code, made.access_token, 1
        steps: tuple[Callable[[AsyncSession], Awaitable[Complaint]], ...] = (
            lambda s: handling.verify(s, OFFICE, code, version),
            lambda s: handling.hold(s, OFFICE, code, version, reason="Di mana?"),
            lambda s: reporter.reply(s, PUBLIC, code, token, body="Di pasar"),
            lambda s: handling.dispatch(s, OFFICE, code, version, opd_code="DPUPR"),
            lambda s: follow_up.answer(s, officer, code, version, body="Dijadwalkan"),
            lambda s: reporter.reopen(s, PUBLIC, code, token, reason="Belum"),
            lambda s: closing.complete(s, officer, code, version, body="Selesai"),
            lambda s: reporter.reopen(s, PUBLIC, code, token, reason="Rusak lagi"),
        )
        for step in steps:
            async with database.write() as session:
                version = (await step(session)).version

    async def change() -> None:
        for days in range(2, 10):
            async with database.write() as session:
                await recalculation.hold_rules(session)
                await change_days(session, days)

    await asyncio.gather(change(), *(live(f"000{number}") for number in range(8)))
    async with database.write() as session:
        assert not (await recalculation.preview(session)).mark
        first = sa.select(sa.func.min(Deadline.due_at)).where(
            Deadline.complaint_id == Complaint.id,
            Deadline.ended_at.is_(None),
            Deadline.clock.in_(clocks.AGAINST_THE_CITY),
        )
        kept = (await session.execute(sa.select(Complaint.due_at, first.scalar_subquery()))).all()
        assert len(kept) == 8
        assert all(own == due for own, due in kept)


async def test_the_clock_locks_no_complaint_before_the_rules(database: Database) -> None:
    """Otherwise it and the recalculation would each wait for the other."""
    async with database.write() as session:
        made = (await reported(session, "0001")).complaint

    async def complete() -> bool:
        async with database.write() as session:
            return await unanswered.complete_lapsed(session, CLOCK, made.id, made.submitted_at)

    async with database.write() as session:
        await recalculation.hold_rules(session)
        task = asyncio.create_task(complete())
        await waiting(session, 1)
        free = sa.select(Complaint.id).with_for_update(nowait=True)
        assert await session.scalar(free) == made.id
    assert await task is False


async def test_a_reply_to_a_merged_report_keeps_the_rules_to_its_end(database: Database) -> None:
    async with database.write() as session:
        made, into = [await reported(session, f"000{number}") for number in range(2)]
        codes = made.complaint.tracking_code, into.complaint.tracking_code
        await merging.merge(session, OFFICE, codes[0], 1, into_tracking_code=codes[1])
    async with database.write() as session, database.write() as other:
        await reporter.reply(session, PUBLIC, codes[0], made.access_token, body="Masih rusak")
        alone = sa.select(sa.func.pg_try_advisory_xact_lock(clocks.RULES_LOCK))
        assert await other.scalar(alone) is False
        await session.commit()
        assert await other.scalar(alone) is True
