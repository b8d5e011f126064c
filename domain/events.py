"""The outbox: each change of a complaint leaves one event, in the transaction that made it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.words import ComplaintEventType, ComplaintStatus, EventAudience, Privacy


def circle(privacy: Privacy, *, verified: bool, internal: bool = False) -> EventAudience:
    """The widest circle that may hear of what happened to a complaint of this privacy."""
    if internal:
        return EventAudience.STAFF
    if not verified or privacy is Privacy.CONFIDENTIAL:
        return EventAudience.REPORTER
    return EventAudience.PUBLIC


def audience(complaint: Complaint, *, internal: bool = False) -> EventAudience:
    """The widest circle that may hear of what just happened to a complaint."""
    return circle(complaint.privacy, verified=complaint.verified_at is not None, internal=internal)


def record(
    session: AsyncSession,
    complaint: Complaint,
    event: ComplaintEventType,
    at: datetime,
    *,
    from_status: ComplaintStatus | None,
    internal: bool = False,
) -> None:
    """Writes the event of the change that brought the complaint to its present version and status."""
    session.add(
        ComplaintEvent(
            type=event,
            complaint_id=complaint.id,
            complaint_version=complaint.version,
            opd_id=complaint.opd_id,
            from_status=from_status,
            to_status=complaint.status,
            audience=audience(complaint, internal=internal),
            occurred_at=at,
        )
    )
