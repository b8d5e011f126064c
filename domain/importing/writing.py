"""How do new reports, and those that have changed, get into the database many at a time?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from domain.importing import parts
from domain.importing.bulk import Values, arrays_of, insert_rows, inserting, rewrite_rows, update_rows
from domain.importing.catalogue import Catalogue
from domain.importing.fingerprint import Fingerprints
from domain.importing.history import news, steps
from domain.importing.parts import NOTHING_KEPT, Kept, KeptClock, KeptStay
from domain.importing.rows import Report
from domain.model.tables import metadata
from domain.secrecy import Vault
from domain.tracking import new_code
from domain.words import Classification, ComplaintEventType, ComplaintStatus

COMPLAINT = metadata.tables["complaint"]
REPORTER = metadata.tables["reporter"]
DISPOSITION = metadata.tables["disposition"]
ACTION = metadata.tables["action"]
DEADLINE = metadata.tables["deadline"]
EVENT = metadata.tables["complaint_event"]


@dataclass(frozen=True, slots=True)
class Before:
    """A complaint as an earlier import left it."""

    id: UUID
    version: int
    status: ComplaintStatus
    classification: Classification
    opd_id: UUID | None
    answered: bool
    reopened_count: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes reports in a session's transaction; what it writes with serves a whole file."""

    catalogue: Catalogue
    vault: Vault
    fingerprints: Fingerprints
    now: datetime

    async def add(self, session: AsyncSession, reports: Sequence[Report]) -> set[str]:
        """Adds the reports; returns the tracking IDs of all but those that somebody else has just added."""
        codes = await _unused_codes(session, len(reports))
        complaints: list[Values] = []
        hanging: dict[sa.Table, list[Values]] = defaultdict(list)
        for report, code in zip(reports, codes, strict=True):
            complaint_id, told = uuid7(), steps(report)
            due = self._hang(hanging, report, complaint_id, NOTHING_KEPT)
            hanging[EVENT] += parts.outbox(report, complaint_id, told, 1)
            complaints.append(
                {
                    **parts.complaint(report, due, NOTHING_KEPT),
                    "id": complaint_id,
                    "tracking_code": code,
                    "external_tracking_id": report.tracking_id,
                    "version": len(told),
                    "updated_at": told[-1].at,
                    "import_fingerprint": self.fingerprints.mark(report, len(told)),
                }
            )
        statement = (
            inserting(COMPLAINT, list(complaints[0]))
            .on_conflict_do_nothing(index_elements=["external_tracking_id"])
            .returning(COMPLAINT.c.id, COMPLAINT.c.external_tracking_id)
        )
        added = {
            row.id: row.external_tracking_id
            for row in await session.execute(statement, arrays_of(complaints))
        }
        for table, rows in hanging.items():
            await insert_rows(session, table, [row for row in rows if row["complaint_id"] in added])
        return set(added.values())

    async def change(self, session: AsyncSession, changes: Sequence[tuple[Before, Report]]) -> None:
        """Brings complaints to what their rows say now; the caller has locked them.

        Events are only added to: what was told stays told.
        """
        kept = await _kept(session, [before for before, _ in changes])
        complaints: list[Values] = []
        hanging: dict[sa.Table, list[Values]] = defaultdict(list)
        for before, report in changes:
            told = news(report, before.status, before.opd_id, self.now)
            version = before.version + len(told)
            due = self._hang(hanging, report, before.id, kept[before.id])
            hanging[EVENT] += parts.outbox(report, before.id, told, before.version + 1)
            reopened = sum(step.event is ComplaintEventType.REOPENED for step in told)
            complaints.append(
                {
                    **parts.complaint(report, due, kept[before.id]),
                    "id": before.id,
                    "version": version,
                    "updated_at": self.now,
                    "reopened_count": before.reopened_count + reopened,
                    "import_fingerprint": self.fingerprints.mark(report, version),
                }
            )
        await update_rows(session, COMPLAINT, complaints)
        await insert_rows(session, EVENT, hanging[EVENT])
        before_ids = [before.id for before, _ in changes]
        await session.execute(sa.delete(REPORTER).where(REPORTER.c.complaint_id.in_(before_ids)))
        await insert_rows(session, REPORTER, hanging[REPORTER])
        stays = {keep.stay.id for keep in kept.values() if keep.stay is not None}
        await rewrite_rows(session, DISPOSITION, hanging[DISPOSITION], stays)
        actions = {action for keep in kept.values() for action in keep.actions.values()}
        await rewrite_rows(session, ACTION, hanging[ACTION], actions)
        clocks = {clock.id for keep in kept.values() for clock in keep.clocks.values()}
        await rewrite_rows(session, DEADLINE, hanging[DEADLINE], clocks)

    def _hang(
        self, hanging: dict[sa.Table, list[Values]], report: Report, complaint_id: UUID, kept: Kept
    ) -> list[Values]:
        """Collects what hangs on a complaint; returns its clocks."""
        due = parts.deadlines(report, complaint_id, self.catalogue, kept)
        if report.reporter_name is not None:
            sealed = self.vault.seal(report.reporter_name)
            hanging[REPORTER].append({"complaint_id": complaint_id, "name": sealed})
        hanging[DISPOSITION] += parts.dispositions(report, complaint_id, kept, self.now)
        hanging[ACTION] += parts.actions(report, complaint_id, kept)
        hanging[DEADLINE] += due
        return due


async def _unused_codes(session: AsyncSession, count: int) -> list[str]:
    """So many tracking codes that no complaint has."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {new_code() for _ in range(count - len(codes))}
        taken = await session.scalars(
            sa.select(COMPLAINT.c.tracking_code).where(COMPLAINT.c.tracking_code.in_(drawn))
        )
        codes |= drawn - set(taken)
    return list(codes)


async def _kept(session: AsyncSession, complaints: Sequence[Before]) -> dict[UUID, Kept]:
    """What hangs on complaints that an import left and nobody has worked on since."""
    classifications = {before.id: before.classification for before in complaints}
    ids = list(classifications)
    kept = {before.id: Kept(answered=before.answered) for before in complaints}
    held = [before.id for before in complaints if before.opd_id is not None]
    stays = sa.select(DISPOSITION).where(DISPOSITION.c.complaint_id.in_(held))
    for stay in await session.execute(stays.order_by(DISPOSITION.c.started_at, DISPOSITION.c.id)):
        last = KeptStay(stay.id, stay.opd_id, stay.opd_name, stay.started_at, stay.ended_at, stay.outcome)
        kept[stay.complaint_id] = replace(kept[stay.complaint_id], stay=last)
    actions = sa.select(ACTION.c.complaint_id, ACTION.c.kind, ACTION.c.id)
    for action in await session.execute(actions.where(ACTION.c.complaint_id.in_(ids))):
        kept[action.complaint_id].actions[action.kind] = action.id
    for clock in await session.execute(sa.select(DEADLINE).where(DEADLINE.c.complaint_id.in_(ids))):
        kept[clock.complaint_id].clocks[clock.clock] = KeptClock(
            clock.id,
            clock.started_at,
            classifications[clock.complaint_id],
            clock.rule_id,
            clock.due_at,
        )
    return kept
