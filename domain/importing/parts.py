"""Which rows of the database stand for a report: the complaint and all that hangs on it?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from domain import events
from domain.clocks import AGAINST_THE_CITY
from domain.importing.bulk import Values
from domain.importing.catalogue import Catalogue
from domain.importing.history import Step, ended_at, first_responded_at, is_answered, runs, said
from domain.importing.rows import Report
from domain.words import (
    ActionKind,
    Classification,
    Clock,
    ComplaintStatus,
    DispositionOutcome,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class KeptClock:
    """A clock as it was: what it was due by stays, unless its start or the kind of report has changed."""

    id: UUID
    started_at: datetime
    classification: Classification
    rule_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class KeptStay:
    """The last stay with an OPD. Custody is a ledger: what is true of a stay that is over stays in it."""

    id: UUID
    opd_id: UUID
    opd_name: str
    started_at: datetime
    ended_at: datetime | None
    outcome: DispositionOutcome | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What hung on a complaint before its row changed: each keeps its id, which clients know."""

    stay: KeptStay | None = None
    actions: dict[ActionKind, UUID] = field(default_factory=dict)
    clocks: dict[Clock, KeptClock] = field(default_factory=dict)
    answered: bool = False


NOTHING_KEPT = Kept()


def complaint(report: Report, deadlines: Sequence[Values], kept: Kept) -> Values:
    """The columns of the complaint that follow from the row and its clocks."""
    return {
        "channel": report.channel,
        "classification": report.classification,
        "category_id": report.category and report.category.id,
        "title": report.title,
        "body": report.body,
        "privacy": report.privacy,
        "status": report.status,
        "submitted_at": report.submitted_at,
        "verified_at": report.verified_at,
        "dispatched_at": report.dispatched_at,
        "first_responded_at": first_responded_at(report),
        "answered_at": report.followed_up_at if is_answered(report, before=kept.answered) else None,
        "completed_at": report.closed_at if report.status is ComplaintStatus.COMPLETED else None,
        "latitude": report.latitude,
        "longitude": report.longitude,
        "area_id": report.area and report.area.id,
        "opd_id": report.opd and report.opd.id,
        "due_at": min(
            (
                row["due_at"]
                for row in deadlines
                if row["clock"] in AGAINST_THE_CITY and row["ended_at"] is None
            ),
            default=None,
        ),
        "rating": report.rating,
    }


def dispositions(report: Report, complaint_id: UUID, kept: Kept, now: datetime) -> list[Values]:
    """The stay with the OPD; and the one before, where the row takes the report from an OPD that had it."""
    if report.opd is None or report.dispatched_at is None:
        archived = report.status is ComplaintStatus.ARCHIVED
        taken = DispositionOutcome.ARCHIVED if archived else DispositionOutcome.RETURNED
        return [] if kept.stay is None else [_over(kept.stay, complaint_id, now, taken)]
    stay, before = kept.stay, []
    if stay is not None and stay.ended_at is None and stay.opd_id != report.opd.id:
        moved_at = max(report.dispatched_at, stay.started_at)
        before = [_over(stay, complaint_id, moved_at, DispositionOutcome.MOVED)]
        stay = None
    end = ended_at(report)
    outcome = None if end is None else DispositionOutcome.COMPLETED
    # An OPD's name stays as it was when the report came to it.
    name = stay.opd_name if stay and stay.opd_id == report.opd.id else report.opd.name
    now_with = KeptStay(stay.id if stay else uuid7(), report.opd.id, name, report.dispatched_at, end, outcome)
    return [*before, {**asdict(now_with), "complaint_id": complaint_id}]


def _over(stay: KeptStay, complaint_id: UUID, at: datetime, outcome: DispositionOutcome) -> Values:
    """The stay, ended now unless it had ended before."""
    if stay.ended_at is None:
        stay = replace(stay, ended_at=at, outcome=outcome)
    return {**asdict(stay), "complaint_id": complaint_id}


def actions(report: Report, complaint_id: UUID, kept: Kept) -> list[Values]:
    """What the OPD said. Which of its people said it no row tells."""
    return [
        {
            "id": kept.actions.get(words.kind) or uuid7(),
            "complaint_id": complaint_id,
            "kind": words.kind,
            "visibility": Visibility.PUBLIC,
            "body": words.body,
            "opd_id": words.step.opd_id,
            "from_status": words.step.before,
            "to_status": words.step.after,
            "created_at": words.step.at,
        }
        for words in said(report, answered_before=kept.answered)
    ]


def deadlines(report: Report, complaint_id: UUID, catalogue: Catalogue, kept: Kept) -> list[Values]:
    """The clocks that ran, or still do."""
    found = []
    for run in runs(report):
        earlier = kept.clocks.get(run.clock)
        if (
            earlier is not None
            and earlier.started_at == run.started_at
            and earlier.classification is report.classification
        ):
            due: tuple[UUID, datetime] | None = (earlier.rule_id, earlier.due_at)
        else:
            due = catalogue.due(run.clock, report.classification, run.started_at)
        if due is not None:
            found.append(
                {
                    "id": earlier.id if earlier else uuid7(),
                    "complaint_id": complaint_id,
                    "clock": run.clock,
                    "rule_id": due[0],
                    "started_at": run.started_at,
                    "due_at": due[1],
                    "ended_at": run.ended_at,
                }
            )
    return found


def outbox(report: Report, complaint_id: UUID, new_steps: Sequence[Step], version: int) -> list[Values]:
    """An event for each step; the first one brings the complaint to `version`."""
    return [
        {
            "type": step.event,
            "complaint_id": complaint_id,
            "complaint_version": number,
            "opd_id": step.opd_id,
            "from_status": step.before,
            "to_status": step.after,
            "audience": events.circle(
                report.privacy,
                verified=report.verified_at is not None and step.after is not ComplaintStatus.SUBMITTED,
            ),
            "occurred_at": step.at,
        }
        for number, step in enumerate(new_steps, version)
    ]
