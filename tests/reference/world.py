"""What does the reference know? Every row of the service, as plain objects with their neighbours."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendar
from domain.model import complaint as model
from domain.model import event as event_model
from domain.model import master, webhook
from domain.model.attachment import Attachment
from domain.words import Clock

R = TypeVar("R")

TABLES: dict[str, Any] = {
    "Complaint": model.Complaint,
    "Disposition": model.Disposition,
    "Action": model.Action,
    "Attachment": Attachment,
    "Opd": master.Opd,
    "Category": master.Category,
    "Area": master.Area,
    "SlaRule": master.SlaRule,
    "ComplaintEvent": event_model.ComplaintEvent,
    "Webhook": webhook.Webhook,
}
"""The types whose objects have an identifier, with where their rows lie."""
AGAINST_THE_CITY = {Clock.VERIFICATION, Clock.FOLLOW_UP, Clock.RESOLUTION}


def _by(rows: Iterable[R], name: str) -> dict[Any, list[R]]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


@dataclass
class World:
    """All rows; nothing is looked up later."""

    rows: dict[str, dict[Any, Any]]
    holidays: list[master.Holiday]
    reporters: dict[UUID, model.Reporter]
    deadlines: dict[UUID, list[model.Deadline]]
    xids: dict[int, int]
    deliveries: dict[UUID, list[webhook.WebhookDelivery]]
    """What is on its way to each webhook, or ended."""
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.calendar = Calendar(day.date for day in self.holidays)
        self.stays: dict[UUID, list[model.Disposition]] = _by(self.all("Disposition"), "complaint_id")
        self.actions: dict[UUID, list[model.Action]] = _by(self.all("Action"), "complaint_id")
        self.of_complaint: dict[UUID, list[Attachment]] = _by(self.all("Attachment"), "complaint_id")
        self.of_action: dict[UUID, list[Attachment]] = _by(self.all("Attachment"), "action_id")
        self.by_code: dict[str, model.Complaint] = {c.tracking_code: c for c in self.all("Complaint")}

    def all(self, kind: str) -> list[Any]:
        return list(self.rows[kind].values())

    def get(self, kind: str, key: Any) -> Any:
        return self.rows[kind].get(key)

    def due_at(self, complaint: model.Complaint) -> datetime | None:
        """The earliest due time among the clocks that run against the city."""
        running = [
            d.due_at
            for d in self.deadlines.get(complaint.id, [])
            if d.clock in AGAINST_THE_CITY and d.ended_at is None and d.paused_at is None
        ]
        return min(running, default=None)


def _order(row: Any) -> Any:
    """The same order on every day: keys of master data are new in each database."""
    if isinstance(row, master.SlaRule):
        return row.clock, str(row.classification), str(row.supervised), row.valid_from
    return getattr(row, "code", None) or getattr(row, "id", None) or row.complaint_id


async def _all(session: AsyncSession, table: type[R]) -> list[R]:
    return sorted(await session.scalars(sa.select(table)), key=_order)


async def load_world(session: AsyncSession) -> World:
    """Reads every table, whole."""
    events = event_model.ComplaintEvent
    number = sa.cast(sa.cast(events.xid, sa.Text), sa.BigInteger)
    xids = await session.execute(sa.select(events.id, number))
    return World(
        rows={kind: {row.id: row for row in await _all(session, table)} for kind, table in TABLES.items()},
        holidays=await _all(session, master.Holiday),
        reporters={row.complaint_id: row for row in await _all(session, model.Reporter)},
        deadlines=_by(await _all(session, model.Deadline), "complaint_id"),
        xids={row[0]: row[1] for row in xids},
        deliveries=_by(await _all(session, webhook.WebhookDelivery), "webhook_id"),
    )
