"""Which OPD, category or area does a name in a file mean, and when is what started then due?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks
from domain.calendar import Calendar, load_calendar, local_day
from domain.importing.problems import Wrong
from domain.importing.table import Cell
from domain.importing.values import bare, quoted, shown
from domain.model.master import Area, Category, Opd, SlaRule
from domain.words import Classification, Clock

_CITY = bare("Kota Cilegon")
_DISTRICT = ("Kecamatan ", "Kec ")
_ALSO_CALLED = {"36.72.06": "Grogol"}
"""What people write for a name in the official list."""
_VILLAGE = ("Kelurahan ", "Kel ")


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the master data."""

    id: UUID
    code: str
    name: str


class Names:
    """Rows of the master data by their codes and the names they go by."""

    def __init__(self, remedy: str, entries: Iterable[tuple[Named, Iterable[str]]]) -> None:
        self._remedy = remedy
        self._by_code: dict[str, Named] = {}
        self._by_name: dict[str, set[Named]] = {}
        for entry, names in entries:
            self._by_code[bare(entry.code)] = entry
            for name in names:
                self._by_name.setdefault(bare(name), set()).add(entry)

    def find(self, cell: Cell) -> Named | None:
        """The row that a cell names; None for an empty cell. Raises Wrong for an unknown or doubtful name."""
        wanted = bare(shown(cell))
        if not wanted:
            return None
        if wanted in self._by_code:
            return self._by_code[wanted]
        found = self._by_name.get(wanted) or self._by_name.get(wanted.removesuffix(_CITY)) or set()
        if not found:
            message = f"{quoted(cell)} tidak dikenal."
            raise Wrong(message, self._remedy)
        if len(found) > 1:
            codes = ", ".join(sorted(entry.code for entry in found))
            message = f"{quoted(cell)} dapat berarti lebih dari satu."
            raise Wrong(message, f"Tulis kodenya: {codes}.")
        return next(iter(found))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The master data as it was when the import began."""

    opds: Names
    categories: Names
    districts: Names
    villages: Names
    villages_of: Mapping[UUID, Names]
    rules: Sequence[SlaRule]
    calendar: Calendar
    _due: dict[tuple[date, int], datetime] = field(default_factory=dict)

    @classmethod
    async def load(cls, session: AsyncSession) -> Self:
        opds = (await session.scalars(sa.select(Opd))).all()
        categories = (await session.scalars(sa.select(Category))).all()
        areas = (await session.scalars(sa.select(Area))).all()
        districts = [area for area in areas if area.parent_id is None]
        return cls(
            Names(
                "Tulis nama, singkatan, atau kode OPD seperti pada daftar OPD.",
                ((Named(opd.id, opd.code, opd.name), (opd.name, opd.short_name or "")) for opd in opds),
            ),
            Names(
                "Tulis nama atau kode kategori seperti pada daftar kategori.",
                ((Named(row.id, row.code, row.name), (row.name,)) for row in categories),
            ),
            _area_names(districts, _DISTRICT),
            _area_names([area for area in areas if area.parent_id], _VILLAGE),
            {
                district.id: _area_names([area for area in areas if area.parent_id == district.id], _VILLAGE)
                for district in districts
            },
            (await session.scalars(sa.select(SlaRule))).all(),
            await load_calendar(session),
        )

    def area(self, district: Cell, village: Cell) -> tuple[Named | None, str | None]:
        """The village within the district, else the district; and what had to be left out, if anything."""
        found = self.districts.find(district)
        if found is None:
            return self.villages.find(village), None
        try:
            return self.villages_of[found.id].find(village) or found, None
        except Wrong as wrong:
            return found, f"Kelurahan {wrong.wrong} Laporan dicatat pada Kecamatan {found.name}."

    def due(
        self, clock: Clock, classification: Classification, start: datetime
    ) -> tuple[UUID, datetime] | None:
        """The rule in force when a clock starts, and when it is due; None where no rule is in force."""
        rule = clocks.in_force(self.rules, clock, classification, supervised=False, start=start)
        if rule is None:
            return None
        key = (local_day(start), rule.working_days)
        if key not in self._due:
            self._due[key] = self.calendar.due(start, rule.working_days)
        return rule.id, self._due[key]


def _area_names(areas: Iterable[Area], prefixes: Iterable[str]) -> Names:
    return Names(
        "Tulis nama resmi atau kode wilayahnya.",
        (
            (
                Named(area.id, area.code, area.name),
                [
                    prefix + name
                    for name in (area.name, _ALSO_CALLED.get(area.code, area.name))
                    for prefix in ("", *prefixes)
                ],
            )
            for area in areas
        ),
    )
