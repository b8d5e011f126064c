"""How are the words and files of a reporter made unreadable, where they may tell who the reporter is?

What the city wrote stays: it is the case. So do category, area and times, of which figures are made.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain.model.attachment import Attachment
from domain.model.complaint import Action, Complaint
from domain.model.event import IdempotencyKey
from domain.model.privacy import PrivacyAct
from domain.words import ActionKind, PrivacyActKind, Visibility

TITLE = "Judul dihapus demi pelindungan data pribadi"
TEXT = "Isi dihapus demi pelindungan data pribadi pelapor (UU 27/2022)."

_FORGET_WORDS = sa.text(
    """
DELETE FROM search_word USING unnest(to_tsvector('simple'::regconfig, :text)) AS written
 WHERE word = written.lexeme
   AND NOT EXISTS (SELECT FROM complaint WHERE search @@ to_tsquery('indonesian', quote_literal(word)))
"""
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """How many texts and files there were."""

    texts: int
    files: int


NOTHING = Redacted(0, 0)


def reply_scope(complaint_id: UUID) -> str:
    """What the keys of a reporter's replies are kept under, by the reporter's own complaint."""
    return f"{complaint_id}:reply"


def written_by_reporter(complaint_id: UUID) -> ColumnElement[bool]:
    """The replies of a complaint's reporter.

    One that went to a merged complaint lies with the complaint that it became part of; whose it is, only its
    key tells.
    """
    keyed = sa.select(IdempotencyKey.action_id).where(IdempotencyKey.action_id.is_not(None))
    own = keyed.where(IdempotencyKey.scope == reply_scope(complaint_id))
    others = keyed.where(
        IdempotencyKey.action_id == Action.id,
        IdempotencyKey.scope.like("%:reply"),
        IdempotencyKey.scope != reply_scope(complaint_id),
    ).correlate(Action)
    here = sa.and_(
        Action.complaint_id == complaint_id, Action.visibility == Visibility.PUBLIC, ~sa.exists(others)
    )
    return sa.and_(Action.kind == ActionKind.REPORTER_REPLY, sa.or_(here, Action.id.in_(own)))


async def redact(session: AsyncSession, complaint: Complaint) -> Redacted:
    """Puts a sentence in the place of each text, and deletes the files; their contents follow."""
    replies = (
        await session.execute(
            sa.select(Action.id, Action.body).where(written_by_reporter(complaint.id)).with_for_update()
        )
    ).all()
    fresh = [reply for reply in replies if reply.body != TEXT]
    files = await session.execute(
        sa.delete(Attachment)
        .where(
            (Attachment.complaint_id == complaint.id)
            | Attachment.action_id.in_([reply.id for reply in replies])
        )
        .returning(Attachment.id)
    )
    said = [complaint.title, complaint.body] if complaint.body != TEXT else []
    told = [text for text in (complaint.address, complaint.rating_comment) if text is not None]
    placed = complaint.latitude is not None
    done = Redacted(len(fresh) + len(said) + len(told), len(files.all()))
    if done == NOTHING and not placed:
        return NOTHING
    complaint.title, complaint.body = TITLE, TEXT
    complaint.address = complaint.latitude = complaint.longitude = complaint.rating_comment = None
    complaint.updated_at = sa.func.now()
    await session.flush()
    await session.execute(
        sa.update(Action)
        .where(Action.id.in_([reply.id for reply in fresh]))
        .values(body=TEXT)
        .execution_options(synchronize_session=False)
    )
    if said:
        await session.execute(_FORGET_WORDS, {"text": " ".join(said)})
    session.add(PrivacyAct(complaint_id=complaint.id, kind=PrivacyActKind.REDACTED))
    await session.flush()
    return done
