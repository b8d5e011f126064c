"""Which rows does a step of a made-up complaint leave? Those that the service would."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.calendar import Calendar, end_of, local_day
from domain.clocks import in_force
from domain.model.master import Opd, SlaRule
from domain.words import Classification, Clock

Row = dict[str, Any]
REPLY_DAYS = 10
"""Working days that a reporter has, in the master data, to reply or to reopen."""


@dataclass
class Rows:
    """A complaint, and what hangs on it so far."""

    dice: random.Random
    calendar: Calendar
    rules: list[SlaRule]
    opds: list[Opd]
    now: datetime
    complaint: Row
    others: list[UUID]
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    at: datetime = field(init=False)

    def key(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    # -------------------------------------------------------------- what a step leaves

    def change(self, event: str, status: str | None = None, *, internal: bool = False) -> None:
        c, before = self.complaint, self.complaint["status"]
        c["status"] = status or before
        c["version"] += 1
        c["updated_at"] = self.at
        audience = "PUBLIC"
        if c["verified_at"] is None or c["privacy"] == "CONFIDENTIAL":
            audience = "REPORTER"
        self.rows["complaint_event"].append(
            {
                "type": event,
                "complaint_id": c["id"],
                "complaint_version": c["version"],
                "opd_id": c["opd_id"],
                "from_status": before,
                "to_status": c["status"],
                "audience": "STAFF" if internal else audience,
                "occurred_at": self.at,
            }
        )

    def say(self, kind: str, visibility: str = "PUBLIC", before: str | None = None) -> None:
        c, key = self.complaint, self.key()
        by_officer = kind not in ("REPORTER_REPLY", "SYSTEM")
        self.rows["action"].append(
            {
                "id": key,
                "complaint_id": c["id"],
                "kind": kind,
                "visibility": visibility,
                "body": f'{kind} "{visibility}" \\ {self.dice.choice("äé✓🚧/")} {self.at}',
                "opd_id": c["opd_id"] if by_officer else None,
                "author_name": "Petugas Ratna" if by_officer else None,
                "from_status": before,
                "to_status": c["status"] if before else None,
                "created_at": self.at,
            }
        )
        for number in range(self.dice.choice([0, 0, 1, 2])):
            self.attach(f"foto-{number}.jpg", action_id=key)

    def attach(self, name: str, **owner: UUID) -> None:
        row: Row = {"id": self.key(), "complaint_id": None, "action_id": None, "file_name": name}
        row |= {
            "content_type": "image/jpeg",
            "size": self.dice.randrange(1, 9_000_000),
            "created_at": self.at,
            "stored_at": self.at,
            "digest": self.dice.randbytes(32),
            "thumbnail_size": self.dice.choice([None, 4_000]),
        }
        self.rows["attachment"].append(row | owner)

    def start(self, clock: Clock) -> None:
        c = self.complaint
        rule = in_force(self.rules, clock, Classification(c["classification"]), c["supervised"], self.at)
        if rule is None:
            return
        row = {"id": self.key(), "complaint_id": c["id"], "clock": clock, "rule_id": rule.id}
        row |= {"started_at": self.at, "due_at": self.calendar.due(self.at, rule.working_days)}
        self.rows["deadline"].append(row | {"paused_at": None, "ended_at": None})

    def running(self) -> list[Row]:
        return [row for row in self.rows["deadline"] if row["ended_at"] is None]

    def stop(self, *clocks: Clock) -> None:
        for row in self.running():
            if row["clock"] in clocks:
                row["ended_at"] = self.at

    def end_stay(self, outcome: str, **more: Any) -> None:
        for stay in self.rows["disposition"]:
            if stay["ended_at"] is None:
                stay.update({"ended_at": self.at, "outcome": outcome} | more)

    def resume(self) -> None:
        self.complaint["held_from"] = None
        for row in self.running():
            row["paused_at"] = None

    def vary_end(self) -> None:
        """What was completed: often so that today or yesterday is the last day to reopen it."""
        c, today = self.complaint, local_day(self.now)
        last = [None, today, today - timedelta(days=1)][len(self.others) % 3]
        if c["status"] != "COMPLETED" or last is None:
            return
        days = (today - timedelta(days=back) for back in range(12, 60))
        day = next((day for day in days if self.calendar.add(day, REPLY_DAYS) == last), None)
        if day is not None and end_of(day) > c["first_responded_at"]:
            c["completed_at"] = end_of(day) - timedelta(hours=1)

    def vary_due_times(self) -> None:
        """Clocks that still run: overdue, due today, due on the next working day, or far from it."""
        today = local_day(self.now)
        due = [
            None,
            self.calendar.due(self.now, 30),
            end_of(today),
            self.calendar.due(self.now, 1),
            end_of(today - timedelta(days=3)),
        ]
        for row in self.running():
            chosen = self.dice.choice(due)
            if chosen is not None and chosen > row["started_at"]:
                row["due_at"] = chosen
        city = [
            r for r in self.running() if r["paused_at"] is None and r["clock"] is not Clock.REPORTER_REPLY
        ]
        self.complaint["due_at"] = min((row["due_at"] for row in city), default=None)
