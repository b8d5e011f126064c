"""How is a reporter taken off a complaint, while the case and the figures stay?

Irreversible. It writes no event: what followers were told is as true as before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import InvalidInput, NotFound
from domain.model.complaint import Complaint, Reporter
from domain.model.event import IdempotencyKey
from domain.model.privacy import PrivacyAct
from domain.privacy import redacting
from domain.privacy.closed_sql import closed_before
from domain.tracking import read_code
from domain.words import PrivacyActKind

FOREIGN_MARK = bytes(4)
"""In the place of an import's mark: a version that no complaint has, so that an import which brings the row
again leaves the complaint alone, and with it the name in the row."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was there to erase; all of it false and zero where it had been erased before."""

    tracking_code: str
    identity: bool
    texts: int = 0
    files: int = 0


async def erase(
    session: AsyncSession, tracking_code: str, *, redact_text: bool = False, even_open: bool = False
) -> Erased:
    """Erases who reported a complaint and, with `redact_text`, what they wrote and sent with it.

    Raises NotFound, and InvalidInput for a complaint whose reporter must still be reached.
    """
    complaint = await locked(session, tracking_code)
    if not even_open and not await _is_closed(session, complaint.id):
        raise InvalidInput("erase_open", field="trackingCode", status=complaint.status)
    # The texts first: keys of replies, which go with the identity, tell which are this reporter's.
    redacted = await redacting.redact(session, complaint) if redact_text else redacting.NOTHING
    identity = await erase_identities(session, [complaint.id])
    return Erased(complaint.tracking_code, bool(identity), redacted.texts, redacted.files)


async def locked(session: AsyncSession, tracking_code: str) -> Complaint:
    """The complaint of a code, locked until the transaction ends. Raises NotFound."""
    complaint = await session.scalar(
        sa.select(Complaint).where(Complaint.tracking_code == read_code(tracking_code)).with_for_update()
    )
    if complaint is None:
        raise NotFound("complaint_not_found", field="trackingCode")
    return complaint


async def erase_identities(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Erases who reported these complaints, which the caller has locked; gives those that had something.

    Gone are the encrypted fields, the access token, the marks of imports, which were made of the name, too,
    and the keys by which submissions and replies are known again, made of all that was sent.
    """
    had = set(
        await session.scalars(
            sa.delete(Reporter).where(Reporter.complaint_id.in_(ids)).returning(Reporter.complaint_id)
        )
    )
    marked = Complaint.import_fingerprint.is_not(None) & (Complaint.import_fingerprint != FOREIGN_MARK)
    had |= set(
        await session.scalars(
            sa.update(Complaint)
            .where(Complaint.id.in_(ids), Complaint.access_token_hash.is_not(None) | marked)
            .values(
                access_token_hash=None,
                import_fingerprint=sa.case((Complaint.import_fingerprint.is_not(None), FOREIGN_MARK)),
            )
            .returning(Complaint.id)
        )
    )
    await session.execute(
        sa.delete(IdempotencyKey)
        .where(
            IdempotencyKey.complaint_id.in_(ids)
            | IdempotencyKey.scope.in_([redacting.reply_scope(each) for each in ids])
        )
        .execution_options(synchronize_session=False)
    )
    session.add_all(PrivacyAct(complaint_id=each, kind=PrivacyActKind.ERASED) for each in sorted(had))
    await session.flush()
    return had


async def _is_closed(session: AsyncSession, complaint_id: UUID) -> bool:
    row = Complaint.__table__
    closed = closed_before(row, sa.literal_column("'infinity'::timestamptz"))
    return bool(await session.scalar(sa.select(closed).where(row.c.id == complaint_id)))
