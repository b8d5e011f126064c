"""What becomes of each report of a batch: is it new, changed, known, or none of the import's business?"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks
from domain.importing.fingerprint import version_left
from domain.importing.rows import Report
from domain.importing.writing import COMPLAINT, Before, Writer

Write = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Gives a session in a transaction that is committed when its block ends well."""

LOCK = 0x6164_7532
"""The advisory lock's number: of two imports each waits for the other's batches."""


class Fate(Enum):
    """What becomes of a report."""

    ADDED = auto()
    UPDATED = auto()
    UNCHANGED = auto()
    SUBMITTED_HERE = auto()
    WORKED_ON_HERE = auto()
    IMPOSSIBLE = auto()


@dataclass(frozen=True, slots=True)
class Store:
    """Where reports go: to the database, or in a dry run nowhere."""

    write: Write
    writer: Writer
    dry_run: bool

    async def put(self, reports: Sequence[Report]) -> list[Fate]:
        """Stores a batch in one transaction.

        Where the database refuses it, each report is tried alone, so that only the one at fault is left out.
        """
        if not reports:
            return []
        try:
            async with self.write() as session:
                return await self._put(session, reports)
        except (IntegrityError, DataError):
            if len(reports) == 1:
                return [Fate.IMPOSSIBLE]
        return [fate for report in reports for fate in await self.put([report])]

    async def _put(self, session: AsyncSession, reports: Sequence[Report]) -> list[Fate]:
        if not self.dry_run:
            await session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            await clocks.keep_rules(session)
        there = await _there(session, reports)
        fates = {report.tracking_id: self._fate(report, there) for report in reports}
        changed = [report for report in reports if fates[report.tracking_id] is Fate.UPDATED]
        if self.dry_run:
            return list(fates.values())
        if changed:
            # Only now locked: somebody may have worked on one of them since.
            there |= await _there(session, changed, lock=True)
            fates |= {report.tracking_id: self._fate(report, there) for report in changed}
            changed = [report for report in changed if fates[report.tracking_id] is Fate.UPDATED]
        if changed:
            await self.writer.change(
                session, [(there[report.tracking_id].before, report) for report in changed]
            )
        new = [report for report in reports if fates[report.tracking_id] is Fate.ADDED]
        if new:
            added = await self.writer.add(session, new)
            fates |= {r.tracking_id: Fate.SUBMITTED_HERE for r in new if r.tracking_id not in added}
        return list(fates.values())

    def _fate(self, report: Report, there: dict[str, "_There"]) -> Fate:
        found = there.get(report.tracking_id)
        if found is None:
            return Fate.ADDED
        if found.mark is None:
            return Fate.SUBMITTED_HERE
        if self.writer.fingerprints.same_row(found.mark, report):
            return Fate.UNCHANGED
        if found.before.version != version_left(found.mark):
            return Fate.WORKED_ON_HERE
        return Fate.UPDATED


@dataclass(frozen=True, slots=True)
class _There:
    """A complaint that is in the database already, and the mark of an import if one brought it."""

    before: Before
    mark: bytes | None


async def _there(
    session: AsyncSession, reports: Iterable[Report], *, lock: bool = False
) -> dict[str, _There]:
    """The complaints that are there already, by tracking ID; always locked in the same order."""
    query = (
        sa.select(
            COMPLAINT.c.id,
            COMPLAINT.c.external_tracking_id,
            COMPLAINT.c.import_fingerprint,
            COMPLAINT.c.version,
            COMPLAINT.c.status,
            COMPLAINT.c.classification,
            COMPLAINT.c.opd_id,
            COMPLAINT.c.answered_at,
            COMPLAINT.c.reopened_count,
        )
        .where(COMPLAINT.c.external_tracking_id.in_([report.tracking_id for report in reports]))
        .order_by(COMPLAINT.c.id)
    )
    return {
        row.external_tracking_id: _There(
            Before(
                row.id,
                row.version,
                row.status,
                row.classification,
                row.opd_id,
                row.answered_at is not None,
                row.reopened_count,
            ),
            row.import_fingerprint,
        )
        for row in await session.execute(query.with_for_update() if lock else query)
    }
