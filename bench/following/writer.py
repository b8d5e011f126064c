"""Who makes the events? A process that takes real steps on a report, and wakes followers as the service."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from api.database import Database
from api.relay import Relay
from domain import accounts
from domain.actor import Actor
from domain.follow_up import add_action
from domain.model.complaint import Complaint
from domain.model.master import Opd
from domain.words import ComplaintStatus, Privacy, StaffRole

EMAIL = "officer@example.org"
PASSWORD = "for the comparison only"
_HELD = (
    sa.select(Complaint.tracking_code, Opd.code)
    .join(Opd, Opd.id == Complaint.opd_id)
    .where(
        Complaint.privacy == Privacy.PUBLIC,
        Complaint.status == ComplaintStatus.IN_PROGRESS,
    )
    .order_by(Complaint.submitted_at.desc())
    .limit(1)
)
_VERSION = sa.select(Complaint.version).where(Complaint.tracking_code == sa.bindparam("code"))


@dataclass(frozen=True)
class Written:
    """One step."""

    occurred_at: datetime
    committed: float
    """When, by the clock that all processes share."""
    seconds: float
    """From the transaction's beginning to its commit."""


@dataclass
class Writer:
    """An OPD's officer, at work on one report that the public sees."""

    database: Database
    relay: Relay
    officer: Actor
    code: str
    steps: int = 0

    async def version(self) -> int:
        """The report's present version."""
        async with self.database.write() as session:
            return await session.scalar(_VERSION, {"code": self.code}) or 0

    async def write(self) -> Written:
        """A public action: an event, committed."""
        self.steps += 1
        version = await self.version()
        begun = time.monotonic()
        async with self.database.write(self.officer) as session:
            body = f"Tim sudah di lokasi, langkah {self.steps}."
            action = await add_action(session, self.officer, self.code, version, body=body)
        committed = time.monotonic()
        self.relay.committed()
        return Written(action.created_at, committed, committed - begun)


@asynccontextmanager
async def writing(dsn: str) -> AsyncIterator[Writer]:
    """The writer, with connections of its own."""
    database, relay = Database(dsn, size=2), Relay(dsn)
    async with database.write() as session:
        code, opd = (await session.execute(_HELD)).one()
        account = await accounts.create(
            session,
            email=EMAIL,
            name="Petugas",
            role=StaffRole.OFFICER,
            opd_code=opd,
            password=PASSWORD,
        )
    async with relay.running():
        yield Writer(database, relay, accounts.actor_of(account), code)
    await database.close()
