"""Does seeding give a new database its master data, and leave alone what Diskominfo has edited?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
import sqlalchemy as sa

from api.database import Database
from domain.calendar import load_calendar
from domain.model.master import Area, Category, Holiday, Opd, SlaRule
from domain.seed import RULES, official_holidays, seed
from domain.words import AreaKind, Classification, Clock, HolidayKind, OpdKind

NOTHING = {"opds": 0, "areas": 0, "categories": 0, "sla_rules": 0, "holidays": 0}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database of a test, without master data."""
    opened = Database(database_url, size=4)
    async with opened.write() as session:
        for table in (Category, Area, Opd, SlaRule, Holiday):
            await session.execute(sa.delete(table))
    yield opened
    await opened.close()


async def seeded(database: Database) -> dict[str, int]:
    async with database.write() as session:
        return await seed(session)


async def test_a_new_database_gets_everything_once(database: Database) -> None:
    assert await seeded(database) == {
        "opds": 37,
        "areas": 51,
        "categories": 25,
        "sla_rules": 7,
        "holidays": 135,
    }
    assert await seeded(database) == NOTHING


async def test_processes_that_seed_at_once_add_everything_once(database: Database) -> None:
    counts = await asyncio.gather(*(seeded(database) for _ in range(4)))

    assert sorted(count["opds"] for count in counts) == [0, 0, 0, 37]
    assert sorted(count["holidays"] for count in counts) == [0, 0, 0, 135]


async def test_villages_and_categories_hang_where_they_belong(database: Database) -> None:
    await seeded(database)

    async with database.write() as session:
        village = await session.scalar(sa.select(Area).where(Area.code == "36.72.03.1004"))
        assert village is not None
        district = await session.get_one(Area, village.parent_id)
        assert (village.name, village.kind) == ("Suralaya", AreaKind.VILLAGE)
        assert (district.name, district.kind) == ("Pulomerak", AreaKind.DISTRICT)
        lamps = await session.scalar(sa.select(Category).where(Category.code == "PJU"))
        assert lamps is not None
        parent = await session.get_one(Category, lamps.parent_id)
        default = await session.get_one(Opd, lamps.default_opd_id)
        assert (lamps.name, parent.code, default.code) == (
            "Penerangan jalan umum",
            "INFRASTRUKTUR",
            "DISHUB",
        )
        assert default.kind is OpdKind.AGENCY


async def test_rules_are_those_of_the_design_and_wait_for_confirmation(database: Database) -> None:
    await seeded(database)

    async with database.write() as session:
        rules = (await session.scalars(sa.select(SlaRule))).all()
    assert {(rule.clock, rule.classification, rule.supervised, rule.working_days) for rule in rules} == {
        (Clock.VERIFICATION, None, None, 3),
        (Clock.FOLLOW_UP, None, None, 5),
        (Clock.REPORTER_REPLY, None, None, 10),
        (Clock.RESOLUTION, Classification.INFORMATION_REQUEST, None, 5),
        (Clock.RESOLUTION, Classification.ASPIRATION, None, 5),
        (Clock.RESOLUTION, Classification.COMPLAINT, None, 14),
        (Clock.RESOLUTION, Classification.COMPLAINT, True, 60),
    }
    assert {(rule.confirmed, rule.valid_from, rule.valid_until) for rule in rules} == {
        (False, date(2019, 1, 1), None)
    }
    assert all(
        ("Nomor 62 Tahun 2018" in rule.legal_source) is (rule.clock is Clock.RESOLUTION) for rule in rules
    )
    assert len(RULES) == 7


async def test_the_calendar_knows_holidays_and_joint_leave(database: Database) -> None:
    await seeded(database)

    async with database.write() as session:
        calendar = await load_calendar(session)
    kinds = {day: (name, kind) for day, name, kind in official_holidays()}
    assert kinds[date(2023, 4, 7)] == ("Wafat Yesus Kristus", HolidayKind.NATIONAL)
    assert kinds[date(2023, 4, 19)] == ("Cuti Bersama Hari Raya Idul Fitri", HolidayKind.JOINT_LEAVE)
    assert kinds[date(2027, 3, 10)] == ("Hari Raya Idul Fitri (perkiraan)", HolidayKind.NATIONAL)
    # From the last working day before Idul Fitri 2023 to the first one after it.
    assert calendar.add(date(2023, 4, 18), 1) == date(2023, 4, 26)
    assert not calendar.is_working(date(2026, 8, 17))


async def test_what_diskominfo_edited_stays(database: Database) -> None:
    await seeded(database)
    async with database.write() as session:
        await session.execute(sa.update(Opd).where(Opd.code == "DLH").values(name="Dinas LH baru"))
        await session.execute(
            sa.update(SlaRule)
            .where(SlaRule.clock == Clock.VERIFICATION)
            .values(valid_from=date(2025, 1, 1), working_days=2, confirmed=True)
        )
        # The date of an estimated holiday is decided, and its name is no longer an estimate.
        await session.execute(
            sa.update(Holiday)
            .where(Holiday.date == date(2027, 3, 10))
            .values(date=date(2027, 3, 13), name="Hari Raya Idul Fitri")
        )
        await session.execute(
            sa.update(Holiday).where(Holiday.date == date(2027, 12, 24)).values(name="Libur lain")
        )

    assert await seeded(database) == NOTHING

    async with database.write() as session:
        assert await session.scalar(sa.select(Opd.name).where(Opd.code == "DLH")) == "Dinas LH baru"
        verification = await session.scalar(sa.select(SlaRule).where(SlaRule.clock == Clock.VERIFICATION))
        assert verification is not None
        assert (verification.working_days, verification.confirmed) == (2, True)
        assert await session.scalar(sa.select(Holiday.name).where(Holiday.date == date(2027, 3, 10))) is None


async def test_what_is_absent_is_added_alone(database: Database) -> None:
    await seeded(database)
    async with database.write() as session:
        await session.execute(sa.delete(Holiday).where(Holiday.date == date(2025, 1, 1)))
        await session.execute(sa.delete(Category).where(Category.code.in_(["PJU", "LAINNYA"])))

    assert await seeded(database) == NOTHING | {"categories": 2, "holidays": 1}
