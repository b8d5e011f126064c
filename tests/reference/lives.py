"""What happens to a made-up complaint? One step of the workflow after the other."""

from datetime import datetime, timedelta

from domain.words import Clock
from tests.reference.life_rows import Rows

LIVES: tuple[str, ...] = (
    "submit",
    "submit hold",
    "submit verify hold",
    "submit verify dispatch hold",
    "submit verify dispatch act note hold",
    "submit verify",
    "submit hold verify",
    "submit verify dispatch send_back",
    "submit verify dispatch",
    "submit verify dispatch dispatch",
    "submit verify dispatch send_back dispatch note",
    "submit verify dispatch act note act announce",
    "submit verify dispatch act send_back dispatch act",
    "submit verify dispatch answer reply note",
    "submit verify dispatch act complete reopen act",
    "submit verify dispatch act answer",
    "submit verify dispatch answer reply answer",
    "submit verify dispatch act act answer complete rate",
    "submit verify dispatch dispatch act complete",
    "submit verify dispatch answer complete reopen act note complete rate",
    "submit transfer",
    "submit verify transfer",
    "submit archive",
    "submit verify archive",
    "submit verify dispatch send_back archive",
    "submit merge",
    "submit verify merge",
    "submit verify dispatch act note merge",
)
"""Lives that end in every status, by every way that matters to who sees what."""


class Life(Rows):
    """One complaint from its submission on."""

    def live(self, steps: str, start: datetime) -> None:
        """Makes the steps, at random moments between the start and an hour ago; some at one moment."""
        names = steps.split()
        span = (self.now - timedelta(hours=1) - start).total_seconds()
        moments = sorted(self.dice.random() for _ in names[1:])
        self.at = start
        for name, moment in zip(names, [0.0, *moments], strict=True):
            if name not in ("note", "announce", "act") or self.dice.random() < 0.5:
                self.at = start + timedelta(
                    seconds=round(span * moment), milliseconds=self.dice.choice([0, 120])
                )
            getattr(self, name)()
        self.vary_due_times()
        self.vary_end()

    # -------------------------------------------------------------- steps

    def submit(self) -> None:
        self.complaint |= {"submitted_at": self.at, "version": 0}
        self.start(Clock.VERIFICATION)
        self.change("SUBMITTED")
        self.rows["complaint_event"][0]["from_status"] = None

    def verify(self) -> None:
        self.resume()
        if self.complaint["verified_at"] is None:
            self.complaint["verified_at"] = self.at
            self.start(Clock.RESOLUTION)
        self.stop(Clock.VERIFICATION)
        self.change("VERIFIED", "VERIFIED")

    def hold(self) -> None:
        self.complaint["held_from"] = before = self.complaint["status"]
        for row in self.running():
            if row["clock"] is Clock.RESOLUTION:
                row["paused_at"] = self.at
        self.change("HELD", "ON_HOLD")
        self.say("HOLD", before=before)

    def dispatch(self) -> None:
        self.end_stay("MOVED")
        c, opd = self.complaint, self.dice.choice([o for o in self.opds if o.id != self.complaint["opd_id"]])
        row = {"id": self.key(), "complaint_id": c["id"], "opd_id": opd.id, "opd_name": f"{opd.name} (dulu)"}
        row |= {"instruction": self.dice.choice([None, "Segera ditangani."]), "started_at": self.at}
        row |= {"ended_at": None, "outcome": None, "reason": None, "suggested_opd_id": None}
        self.rows["disposition"].append(row)
        if c["dispatched_at"] is None:
            c["dispatched_at"] = self.at
            self.start(Clock.FOLLOW_UP)
        c["opd_id"] = opd.id
        self.change("DISPATCHED", "DISPATCHED")

    def send_back(self) -> None:
        before, suggested = self.complaint["status"], self.dice.choice([None, *(o.id for o in self.opds)])
        self.end_stay("RETURNED", reason="Bukan kewenangan kami.", suggested_opd_id=suggested)
        self.change("RETURNED", "VERIFIED")
        self.say("RETURN", "INTERNAL", before=before)
        self.complaint["opd_id"] = None

    def _responded(self) -> None:
        if self.complaint["first_responded_at"] is None:
            self.complaint["first_responded_at"] = self.at
        self.stop(Clock.FOLLOW_UP)

    def act(self) -> None:
        first = self.complaint["status"] == "DISPATCHED"
        self.change("STARTED" if first else "ACTION_ADDED", "IN_PROGRESS")
        self.say("PROGRESS", before="DISPATCHED" if first else None)
        self._responded()

    def note(self) -> None:
        self.change("ACTION_ADDED", internal=True)
        self.say("NOTE", "INTERNAL")

    def announce(self) -> None:
        self.say("SYSTEM")

    def answer(self) -> None:
        before, self.complaint["answered_at"] = self.complaint["status"], self.at
        self.change("ANSWERED", "ANSWERED")
        self.say("ANSWER", before=before)
        self._responded()
        self.start(Clock.REPORTER_REPLY)

    def reply(self) -> None:
        self.stop(Clock.REPORTER_REPLY)
        self.change("REPLIED", "IN_PROGRESS")
        self.say("REPORTER_REPLY", before="ANSWERED")

    def complete(self) -> None:
        before, self.complaint["completed_at"] = self.complaint["status"], self.at
        self.end_stay("COMPLETED")
        self.stop(*Clock)
        self.change("COMPLETED", "COMPLETED")
        self.say("COMPLETION", before=before)

    def reopen(self) -> None:
        self.complaint["completed_at"] = None
        self.complaint["reopened_count"] += 1
        row = self.rows["disposition"][-1]
        opened = {"id": self.key(), "started_at": self.at, "ended_at": None, "outcome": None, "reason": None}
        self.rows["disposition"].append(row | opened)
        self.start(Clock.RESOLUTION)
        self.change("REOPENED", "IN_PROGRESS")

    def rate(self) -> None:
        self.complaint["rating"] = self.dice.randint(1, 5)
        self.change("RATED")

    def _leave(self, event: str) -> None:
        self.end_stay(event)
        self.stop(*Clock)
        self.change(event, event)

    def transfer(self) -> None:
        self._leave("TRANSFERRED")

    def archive(self) -> None:
        self._leave("ARCHIVED")

    def merge(self) -> None:
        self.complaint["merged_into_id"] = self.dice.choice(self.others)
        self._leave("MERGED")
