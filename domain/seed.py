"""Which master data does a new database get: areas, OPDs, categories, rules for deadlines, holidays?

Seeding adds what is absent and changes nothing that is there: what Diskominfo has edited stays as it is.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from holidays.constants import GOVERNMENT, PUBLIC
from holidays.countries.indonesia import Indonesia
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.master import Area, Category, Holiday, Opd, SlaRule
from domain.words import AreaKind, Classification, Clock, HolidayKind, OpdKind

DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "laporan-2023.csv"
"""Made-up reports whose totals are those that the city published for 2023."""
HOLIDAY_YEARS = range(2023, 2028)
ESTIMATE = " (perkiraan)"
RULES_FROM = date(2019, 1, 1)
LOCK = 0x6164_7531
"""The advisory lock's number: only one process seeds at a time."""

_LAPOR = "Alur pelayanan SP4N-LAPOR! yang diumumkan di www.lapor.go.id: {what}."
_PERMENPANRB = (
    "Peraturan Menteri PANRB Nomor 62 Tahun 2018 tentang Pedoman Sistem Pengelolaan Pengaduan Pelayanan "
    "Publik Nasional: {what}. Telah diganti dengan Peraturan Menteri PANRB Nomor 5 Tahun 2025; menunggu "
    "konfirmasi Diskominfo."
)
RULES: Sequence[tuple[Clock, Classification | None, bool | None, int, str]] = (
    (Clock.VERIFICATION, None, None, 3, _LAPOR.format(what="laporan diverifikasi dalam 3 hari kerja")),
    (
        Clock.FOLLOW_UP,
        None,
        None,
        5,
        _LAPOR.format(what="instansi menindaklanjuti dalam 5 hari kerja sejak disposisi"),
    ),
    (
        Clock.REPORTER_REPLY,
        None,
        None,
        10,
        _LAPOR.format(what="pelapor dapat menanggapi balik dalam 10 hari kerja"),
    ),
    (
        Clock.RESOLUTION,
        Classification.INFORMATION_REQUEST,
        None,
        5,
        _PERMENPANRB.format(what="permintaan informasi diselesaikan paling lambat 5 hari kerja"),
    ),
    (
        Clock.RESOLUTION,
        Classification.ASPIRATION,
        None,
        5,
        _PERMENPANRB.format(what="aspirasi diselesaikan paling lambat 5 hari kerja"),
    ),
    (
        Clock.RESOLUTION,
        Classification.COMPLAINT,
        None,
        14,
        _PERMENPANRB.format(
            what="pengaduan tidak berkadar pengawasan diselesaikan paling lambat 14 hari kerja"
        ),
    ),
    (
        Clock.RESOLUTION,
        Classification.COMPLAINT,
        True,
        60,
        _PERMENPANRB.format(what="pengaduan berkadar pengawasan diselesaikan paling lambat 60 hari kerja"),
    ),
)


async def seed(session: AsyncSession) -> dict[str, int]:
    """Adds the master data that is absent; returns how much of each kind was."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    return {
        "opds": await _opds(session),
        "areas": await _areas(session),
        "categories": await _categories(session),
        "sla_rules": await _rules(session),
        "holidays": await _holidays(session),
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def _ids(session: AsyncSession, model: type[Opd | Area | Category]) -> dict[str, UUID]:
    return {row.code: row.id for row in await session.execute(sa.select(model.code, model.id))}


async def _add(
    session: AsyncSession,
    model: type[Opd | Area | Category | SlaRule | Holiday],
    rows: Sequence[Mapping[str, Any]],
) -> int:
    """Inserts the rows; one that somebody adds at this very moment is theirs."""
    if not rows:
        return 0
    statement = insert(model).on_conflict_do_nothing().returning(model.id)
    return len((await session.execute(statement, rows)).all())


async def _opds(session: AsyncSession) -> int:
    known = await _ids(session, Opd)
    return await _add(
        session,
        Opd,
        [
            {
                "code": row["code"],
                "name": row["name"],
                "short_name": row["short_name"] or None,
                "kind": OpdKind(row["kind"]),
            }
            for row in _rows("opds.csv")
            if row["code"] not in known
        ],
    )


async def _areas(session: AsyncSession) -> int:
    """Districts first: a village names its own as its parent."""
    added = 0
    for kind in (AreaKind.DISTRICT, AreaKind.VILLAGE):
        known = await _ids(session, Area)
        added += await _add(
            session,
            Area,
            [
                {
                    "code": row["code"],
                    "name": row["name"],
                    "kind": kind,
                    "parent_id": known[row["parent_code"]] if row["parent_code"] else None,
                }
                for row in _rows("areas.csv")
                if row["kind"] == kind and row["code"] not in known
            ],
        )
    return added


async def _categories(session: AsyncSession) -> int:
    """Those without a parent first; an OPD that Diskominfo has removed is nobody's default."""
    opds = await _ids(session, Opd)
    added = 0
    for is_child in (False, True):
        known = await _ids(session, Category)
        added += await _add(
            session,
            Category,
            [
                {
                    "code": row["code"],
                    "name": row["name"],
                    "parent_id": known.get(row["parent_code"]),
                    "default_opd_id": opds.get(row["default_opd_code"]),
                }
                for row in _rows("categories.csv")
                if bool(row["parent_code"]) is is_child and row["code"] not in known
            ],
        )
    return added


async def _rules(session: AsyncSession) -> int:
    """A rule is absent where none, of whatever period, speaks of its clock and kind of complaint."""
    known = {
        tuple(row)
        for row in await session.execute(sa.select(SlaRule.clock, SlaRule.classification, SlaRule.supervised))
    }
    return await _add(
        session,
        SlaRule,
        [
            {
                "clock": clock,
                "classification": classification,
                "supervised": supervised,
                "working_days": days,
                "legal_source": source,
                "valid_from": RULES_FROM,
                "confirmed": False,
            }
            for clock, classification, supervised, days, source in RULES
            if (clock, classification, supervised) not in known
        ],
    )


def official_holidays() -> list[tuple[date, str, HolidayKind]]:
    """National holidays and joint leave, by date; an estimated date says so in its name."""
    found: dict[date, tuple[str, HolidayKind]] = {}
    for category, kind in ((PUBLIC, HolidayKind.NATIONAL), (GOVERNMENT, HolidayKind.JOINT_LEAVE)):
        for day, name in Indonesia(years=HOLIDAY_YEARS, categories=(category,), language="id").items():
            found.setdefault(day, (name, kind))
    return [(day, name, kind) for day, (name, kind) in sorted(found.items())]


def _title(name: str) -> str:
    """A holiday's name, whether its date is still an estimate or confirmed."""
    return name.removesuffix(ESTIMATE)


async def _holidays(session: AsyncSession) -> int:
    """Adds the dates that are absent, except where Diskominfo has moved the holiday to another date.

    A holiday has been moved where its year already has as many days of its name as it should have.
    """
    known = (await session.execute(sa.select(Holiday.date, Holiday.name))).all()
    dates = {row.date for row in known}
    there = Counter((row.date.year, _title(row.name)) for row in known)
    official = official_holidays()
    wanted = Counter((day.year, _title(name)) for day, name, _ in official)
    missing = []
    for day, name, kind in official:
        key = (day.year, _title(name))
        if day not in dates and there[key] < wanted[key]:
            there[key] += 1
            missing.append({"date": day, "name": name, "kind": kind})
    return await _add(session, Holiday, missing)
