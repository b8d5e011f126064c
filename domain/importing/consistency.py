"""Does a row agree with itself: its dates with each other, and its status with its dates and its OPD?"""

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from domain.calendar import JAKARTA
from domain.importing.columns import Column
from domain.importing.vocabulary import STATUS_NAMES
from domain.words import ComplaintStatus

Found = tuple[Column, str, str]
"""The column, what is wrong, and the remedy."""

IN_ORDER = (
    Column.SUBMITTED_AT,
    Column.VERIFIED_AT,
    Column.DISPATCHED_AT,
    Column.FOLLOWED_UP_AT,
    Column.CLOSED_AT,
)
_UNDISPATCHED = (Column.OPD, Column.DISPATCHED_AT, Column.FOLLOWED_UP_AT)
_DISPATCHED = (Column.VERIFIED_AT, Column.DISPATCHED_AT, Column.OPD)
_NEEDS: Mapping[ComplaintStatus, tuple[Column, ...]] = {
    ComplaintStatus.SUBMITTED: (),
    ComplaintStatus.VERIFIED: (Column.VERIFIED_AT,),
    ComplaintStatus.DISPATCHED: _DISPATCHED,
    ComplaintStatus.IN_PROGRESS: (*_DISPATCHED, Column.FOLLOWED_UP_AT),
    ComplaintStatus.ANSWERED: (*_DISPATCHED, Column.FOLLOWED_UP_AT),
    ComplaintStatus.COMPLETED: (*_DISPATCHED, Column.CLOSED_AT),
    ComplaintStatus.ARCHIVED: (),
}
_FORBIDS: Mapping[ComplaintStatus, tuple[Column, ...]] = {
    ComplaintStatus.SUBMITTED: (Column.VERIFIED_AT, *_UNDISPATCHED, Column.CLOSED_AT),
    ComplaintStatus.VERIFIED: (*_UNDISPATCHED, Column.CLOSED_AT),
    ComplaintStatus.DISPATCHED: (Column.FOLLOWED_UP_AT, Column.CLOSED_AT),
    ComplaintStatus.IN_PROGRESS: (Column.CLOSED_AT,),
    ComplaintStatus.ANSWERED: (Column.CLOSED_AT,),
    ComplaintStatus.COMPLETED: (),
    # As in the workflow: what an OPD has taken on is completed, not archived.
    ComplaintStatus.ARCHIVED: _UNDISPATCHED,
}


def disagreements(
    values: Mapping[Column, object], status: ComplaintStatus | None, now: datetime, unread: Container[str]
) -> Iterator[Found]:
    """All that does not fit together; nothing is said of the columns that could not be read."""
    yield from _dates(values, now)
    if status is None:
        return
    name = STATUS_NAMES[status]
    for column in _NEEDS[status]:
        if values.get(column) is None and column not in unread:
            yield column, f"Kosong, padahal Status {name}.", f"Isi {column}, atau perbaiki Status."
    for column in _FORBIDS[status]:
        if values.get(column) is not None:
            yield column, f"Terisi, padahal Status {name}.", "Kosongkan, atau perbaiki Status."
    yield from _texts(values, status, unread)


def _dates(values: Mapping[Column, object], now: datetime) -> Iterator[Found]:
    given = [(column, at) for column in IN_ORDER if isinstance(at := values.get(column), datetime)]
    for column, at in given:
        if at > now:
            yield column, f"{_shown(at)} belum terjadi.", "Periksa tanggal dan tahunnya."
    for (earlier, before), (later, after) in pairwise(given):
        if after < before:
            yield (
                later,
                f"{_shown(after)} mendahului {earlier} ({_shown(before)}).",
                "Periksa kedua tanggal itu beserta jamnya.",
            )


def _texts(
    values: Mapping[Column, object], status: ComplaintStatus, unread: Container[str]
) -> Iterator[Found]:
    """What an OPD said has the date on which it said it; an answer's is that of the follow-up."""
    final = Column.FOLLOWED_UP_AT if status is ComplaintStatus.ANSWERED else Column.CLOSED_AT
    for said, when in ((Column.FOLLOW_UP, Column.FOLLOWED_UP_AT), (Column.FINAL_REPLY, final)):
        if values.get(said) is not None and values.get(when) is None and when not in unread:
            yield said, f"Terisi, padahal {when} kosong.", f"Isi {when}, atau kosongkan {said}."


def _shown(at: datetime) -> str:
    return f"{at.astimezone(JAKARTA):%d/%m/%Y %H:%M}"
