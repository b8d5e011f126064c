"""What has happened to a complaint since somebody looked at it, and who did it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import policy
from domain.actor import Actor
from domain.auditing import reading
from domain.model.audit import AuditEntry
from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.words import ComplaintEventType

E = ComplaintEventType
_WHAT = {
    E.SUBMITTED: "dilaporkan",
    E.VERIFIED: "diverifikasi",
    E.HELD: "ditunda",
    E.DISPATCHED: "didisposisikan ke {opd}",
    E.RETURNED: "dikembalikan ke Diskominfo",
    E.STARTED: "mulai ditindaklanjuti {opd}",
    E.ANSWERED: "ditanggapi {opd}",
    E.REPLIED: "dibalas pelapor",
    E.COMPLETED: "diselesaikan",
    E.REOPENED: "dibuka kembali",
    E.TRANSFERRED: "dialihkan ke instansi lain",
    E.ARCHIVED: "diarsipkan",
    E.MERGED: "digabungkan dengan laporan lain",
    E.ACTION_ADDED: "diberi catatan",
    E.RATED: "dinilai pelapor",
}
MOST = 10


class Change(NamedTuple):
    """One change: when, what, and who made it, where that may be known."""

    at: datetime
    what: str
    who: str | None


async def since(session: AsyncSession, actor: Actor, complaint: Complaint, version: int) -> Sequence[Change]:
    """The changes after a version, as far as the actor may hear of them: the newest first."""
    event = ComplaintEvent.__table__
    made_by = (
        sa.select(AuditEntry.actor)
        .where(
            AuditEntry.subject == sa.cast(event.c.complaint_id, sa.Text()),
            AuditEntry.table_name == "complaint",
            AuditEntry.after["version"].as_integer() == event.c.complaint_version,
            policy.knows_author(actor, event),
        )
        .order_by(AuditEntry.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(
        sa.select(event.c.type, event.c.occurred_at, Opd.called, made_by)
        .outerjoin(Opd, Opd.id == event.c.opd_id)
        .where(
            event.c.complaint_id == complaint.id,
            event.c.complaint_version > version,
            policy.sees_event(actor, event),
        )
        .order_by(event.c.complaint_version.desc())
        .limit(MOST),
        policy.viewer_values(actor),
    )
    found = rows.all()
    # Nobody of the public, nor the clock, has a name in the trail.
    names = await reading.names_of(session, {who for *_, who in found if who is not None})
    return [
        Change(at, _WHAT[type_].format(opd=opd or "OPD"), names.get(who)) for type_, at, opd, who in found
    ]
