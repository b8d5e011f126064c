"""The workflow as a table: which transition leads from where to where, and who may make it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.words import ComplaintEventType, ComplaintStatus, Transition

S, T, E = ComplaintStatus, Transition, ComplaintEventType

OPEN = frozenset({S.SUBMITTED, S.ON_HOLD, S.VERIFIED, S.DISPATCHED, S.IN_PROGRESS, S.ANSWERED})
"""Statuses in which somebody still has something to do."""
WITH_OPD = frozenset({S.DISPATCHED, S.IN_PROGRESS, S.ANSWERED})


class Party(StrEnum):
    """In what capacity somebody makes a transition."""

    OFFICE = "OFFICE"
    HOLDER = "HOLDER"
    REPORTER = "REPORTER"
    CLOCK = "CLOCK"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table."""

    transition: Transition
    sources: frozenset[ComplaintStatus]
    target: ComplaintStatus
    parties: frozenset[Party]
    event: ComplaintEventType


def _step(
    transition: Transition,
    sources: Iterable[ComplaintStatus],
    target: ComplaintStatus,
    parties: Iterable[Party],
    event: ComplaintEventType,
) -> Step:
    return Step(transition, frozenset(sources), target, frozenset(parties), event)


_OFFICE, _HOLDER, _REPORTER, _CLOCK = Party.OFFICE, Party.HOLDER, Party.REPORTER, Party.CLOCK

STEPS: dict[Transition, Step] = {
    step.transition: step
    for step in (
        _step(T.VERIFY, {S.SUBMITTED, S.ON_HOLD}, S.VERIFIED, {_OFFICE}, E.VERIFIED),
        _step(
            T.HOLD,
            {S.SUBMITTED, S.VERIFIED, S.DISPATCHED, S.IN_PROGRESS},
            S.ON_HOLD,
            {_OFFICE, _HOLDER},
            E.HELD,
        ),
        _step(T.DISPATCH, {S.VERIFIED, S.DISPATCHED, S.IN_PROGRESS}, S.DISPATCHED, {_OFFICE}, E.DISPATCHED),
        _step(T.RETURN, {S.DISPATCHED, S.IN_PROGRESS}, S.VERIFIED, {_HOLDER}, E.RETURNED),
        _step(T.START, {S.DISPATCHED}, S.IN_PROGRESS, {_HOLDER}, E.STARTED),
        _step(T.ANSWER, {S.DISPATCHED, S.IN_PROGRESS}, S.ANSWERED, {_HOLDER}, E.ANSWERED),
        _step(T.COMPLETE, {S.IN_PROGRESS, S.ANSWERED}, S.COMPLETED, {_HOLDER, _OFFICE, _CLOCK}, E.COMPLETED),
        _step(T.REOPEN, {S.ANSWERED, S.COMPLETED}, S.IN_PROGRESS, {_REPORTER, _OFFICE}, E.REOPENED),
        _step(T.TRANSFER, {S.SUBMITTED, S.VERIFIED}, S.TRANSFERRED, {_OFFICE}, E.TRANSFERRED),
        _step(T.ARCHIVE, {S.SUBMITTED, S.ON_HOLD, S.VERIFIED}, S.ARCHIVED, {_OFFICE}, E.ARCHIVED),
        _step(T.MERGE, OPEN, S.MERGED, {_OFFICE}, E.MERGED),
    )
}


def allowed(status: ComplaintStatus, parties: Iterable[Party]) -> list[Transition]:
    """What somebody in these capacities may do from a status, in the table's order."""
    capacities = frozenset(parties)
    return [
        step.transition for step in STEPS.values() if status in step.sources and step.parties & capacities
    ]
