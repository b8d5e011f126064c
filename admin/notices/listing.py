"""What has an account been told, the newest first?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from admin import links, wording
from admin.desk import Desk
from domain.calendar import local_day
from domain.model.complaint import Complaint
from domain.model.notice import Digest, Notice, Reminder
from domain.reminding.reading import reminders
from domain.words import ComplaintStatus, DigestKind, Rung, label

PAGE = 25
TONES = {Rung.DUE_TOMORROW: "soon", Rung.DUE_TODAY: "soon", Rung.OVERDUE: "late", Rung.OVERDUE_OFFICE: "late"}


@dataclass(frozen=True, slots=True)
class Item:
    """One notice as it reads: what presses, about what, and where that is."""

    notice: Notice
    title: str
    tone: str
    about: Sequence[str]
    status: ComplaintStatus | None
    path: str

    @property
    def day(self) -> date:
        return local_day(self.notice.at)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of an account's notices."""

    items: Sequence[Item]
    page: int
    pages: int
    last: int
    """The newest that is shown here or before: what has come since is not read by reading this."""


async def load(desk: Desk, account_id: UUID, page: int) -> Listing:
    """A page of an account's notices; beyond the last one, the last."""
    session, own = desk.session, Notice.account_id == account_id
    number = await session.scalar(sa.select(sa.func.count()).select_from(Notice).where(own)) or 0
    last = await session.scalar(sa.select(sa.func.max(Notice.id)).where(own)) or 0
    pages = max(1, -(-number // PAGE))
    page = min(max(page, 1), pages)
    found = await session.scalars(
        sa.select(Notice)
        .where(own)
        .options(joinedload(Notice.digest).joinedload(Digest.opd))
        .order_by(Notice.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    notices = found.all()
    of_reminders = await _of_reminders(session, [n for n in notices if n.reminder_id is not None])
    items = [of_reminders.get(notice.id) or _of_digest(notice) for notice in notices]
    return Listing(items, page, pages, last)


async def where_to(session: AsyncSession, account_id: UUID, key: int) -> str | None:
    """The page that one of an account's notices is about, as a path of the panel."""
    notice = await session.scalar(
        sa.select(Notice)
        .where(Notice.account_id == account_id, Notice.id == key)
        .options(joinedload(Notice.digest).joinedload(Digest.opd))
    )
    if notice is None:
        return None
    return ((await _of_reminders(session, [notice])).get(notice.id) or _of_digest(notice)).path


async def _of_reminders(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Item]:
    found = (
        reminders()
        .add_columns(Notice, Complaint.status)
        .join(Notice, Notice.reminder_id == Reminder.id)
        .where(Notice.id.in_([notice.id for notice in notices]))
    )
    items = {}
    for row in await session.execute(found):
        about = [row.tracking_code, row.category, row.area, row.opd if row.to_office else None]
        title = f"{label(row.rung)}: {label(row.clock)}, tenggat {wording.day(local_day(row.due_at))}"
        items[row.Notice.id] = Item(
            row.Notice,
            title,
            TONES[row.rung],
            [part for part in about if part],
            row.status,
            links.path_of(row.tracking_code),
        )
    return items


def _of_digest(notice: Notice) -> Item:
    digest = notice.digest
    assert digest is not None
    path = f"/notices/digest/{digest.id}"
    if digest.kind is DigestKind.WEEKLY:
        said = [f"{digest.content['overdue']} laporan terlambat"]
        return Item(notice, label(digest.kind), "ample", said, None, path)
    counts = digest.content["counts"]
    said = [f"{digest.content['total']} laporan menunggu"]
    said += [f"{counts['OVERDUE']} terlambat"] if "OVERDUE" in counts else []
    return Item(notice, label(digest.kind), "ample", said, None, path)
