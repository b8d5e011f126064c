"""What happened to a report, as its row tells it: which steps, which words of the OPD, which clocks?

All is as `domain.handling` would have left it. Only the reporter's own clock is not among it: the reporter
of an imported report answers in LAPOR, and LAPOR counts the days.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.importing.rows import Report
from domain.words import ActionKind, Clock, ComplaintEventType, ComplaintStatus
from domain.workflow import WITH_OPD

S, E = ComplaintStatus, ComplaintEventType

_WAY = (S.SUBMITTED, S.VERIFIED, S.DISPATCHED, S.IN_PROGRESS, S.ANSWERED)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status, and the OPD that held the report then."""

    event: ComplaintEventType
    at: datetime
    before: ComplaintStatus | None
    after: ComplaintStatus
    opd_id: UUID | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the OPD said with a step."""

    kind: ActionKind
    body: str
    step: Step


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock."""

    clock: Clock
    started_at: datetime
    ended_at: datetime | None


def is_answered(report: Report, *, before: bool) -> bool:
    """Whether what the OPD did was an answer: a completed row tells it only if it was one `before`."""
    return report.status is S.ANSWERED or (before and report.status is S.COMPLETED)


def steps(report: Report, *, answered_before: bool = False) -> list[Step]:
    """The changes of status that the row's dates tell of, in order."""
    dated: list[tuple[ComplaintEventType, datetime | None, ComplaintStatus]] = [
        (E.SUBMITTED, report.submitted_at, S.SUBMITTED),
        (E.VERIFIED, report.verified_at, S.VERIFIED),
        (E.DISPATCHED, report.dispatched_at, S.DISPATCHED),
    ]
    answered = is_answered(report, before=answered_before)
    # An answer that nothing came before is itself the first that the OPD did.
    told_before = report.status is S.ANSWERED and report.follow_up and report.final_reply
    if not answered or told_before:
        dated.append((E.STARTED, report.followed_up_at, S.IN_PROGRESS))
    if answered:
        dated.append((E.ANSWERED, report.followed_up_at, S.ANSWERED))
    if report.status is S.COMPLETED:
        dated.append((E.COMPLETED, report.closed_at, S.COMPLETED))
    if report.status is S.ARCHIVED:
        dated.append((E.ARCHIVED, ended_at(report), S.ARCHIVED))
    found: list[Step] = []
    for event, at, after in dated:
        if at is not None:
            held = report.opd is not None and after not in (S.SUBMITTED, S.VERIFIED)
            found.append(
                Step(
                    event,
                    at,
                    found[-1].after if found else None,
                    after,
                    report.opd.id if held and report.opd else None,
                )
            )
    return found


def ended_at(report: Report) -> datetime | None:
    """When nothing more was to be done; the file has no date of its own for the archiving."""
    if report.status is S.COMPLETED:
        return report.closed_at
    if report.status is S.ARCHIVED:
        return report.closed_at or report.verified_at or report.submitted_at
    return None


def first_responded_at(report: Report) -> datetime | None:
    """When the OPD first did or said something: its completion where nothing came before."""
    if report.followed_up_at is None and report.status is S.COMPLETED:
        return report.closed_at
    return report.followed_up_at


def said(report: Report, *, answered_before: bool = False) -> list[Said]:
    """The words of the OPD, each with its step."""
    answer = report.final_reply if report.status is S.ANSWERED else None
    with_step = {
        E.STARTED: (ActionKind.PROGRESS, report.follow_up),
        E.ANSWERED: (ActionKind.ANSWER, answer or report.follow_up),
        E.COMPLETED: (ActionKind.COMPLETION, report.final_reply),
        E.ARCHIVED: (ActionKind.NOTE, report.final_reply),
    }
    found = []
    for step in steps(report, answered_before=answered_before):
        kind, body = with_step.get(step.event, (ActionKind.NOTE, None))
        if body is not None:
            found.append(Said(kind, body, step))
    return found


def runs(report: Report) -> list[Run]:
    """The clocks that ran on the report, or still do."""
    end = ended_at(report)
    found = [Run(Clock.VERIFICATION, report.submitted_at, report.verified_at or end)]
    if report.verified_at is not None:
        found.append(Run(Clock.RESOLUTION, report.verified_at, end))
    if report.dispatched_at is not None:
        found.append(Run(Clock.FOLLOW_UP, report.dispatched_at, first_responded_at(report) or end))
    return found


def _progress(status: ComplaintStatus) -> int:
    """How far along the way a status is; every end is equally far."""
    return _WAY.index(status) if status in _WAY else len(_WAY)


def news(report: Report, was: ComplaintStatus, was_with: UUID | None, now: datetime) -> list[Step]:
    """The steps between what an earlier import left and what the row says today.

    A step back, and a move to another OPD that then holds it, happened at a time that no row tells: they
    get the import's own.
    """
    told = steps(report)
    if _progress(report.status) > _progress(was):
        ahead = [step for step in told if _progress(step.after) > _progress(was)]
        return [replace(ahead[0], before=was), *ahead[1:]]
    holder = report.opd.id if report.opd else was_with
    if report.status is not was:
        return [Step(_back(was, told[-1]), now, was, report.status, holder)]
    if holder != was_with and was in WITH_OPD:
        return [Step(E.DISPATCHED, now, was, was, holder)]
    return []


def _back(was: ComplaintStatus, last: Step) -> ComplaintEventType:
    """How a step back is called."""
    if last.after is S.IN_PROGRESS and was in (S.ANSWERED, S.COMPLETED):
        return E.REOPENED
    if last.after is S.VERIFIED and was in WITH_OPD:
        return E.RETURNED
    return last.event
