"""What waits for whom: the panel's first page, each number of it a link to exactly the rows it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import defer, joinedload

from admin import links
from admin.complaints import dues
from admin.complaints.view import is_overdue
from admin.desk import Desk
from admin.master.categories import HAS_LOST_ITS_OPD
from admin.visitor import Visitor
from domain import policy
from domain.model.complaint import Complaint
from domain.model.master import Category, Opd
from domain.model.webhook import Webhook
from domain.words import ComplaintStatus, WebhookStop, label
from domain.workflow import WITH_OPD

MOST = 6
S = ComplaintStatus


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that asks for work, and where its rows are."""

    title: str
    who: str
    number: int
    href: str
    presses: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One complaint that waits."""

    complaint: Complaint
    due: Markup


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one thing, the first of it: what is due first comes first."""

    name: str
    title: str
    href: str
    number: int
    first: Sequence[Waiting]
    none: str
    """What is said where nothing waits."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What waits with one OPD."""

    name: str
    cells: Sequence[tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The first page."""

    tiles: Sequence[Tile]
    queues: Sequence[Queue]
    statuses: Sequence[tuple[ComplaintStatus, int, str]]
    total: int
    holders: Sequence[Holder]
    lost_categories: int
    """Categories whose OPD takes no complaints any more, for those who can put that right."""


def _listed(visitor: Visitor, *columns: Any) -> sa.Select[Any]:
    """Over the complaints of the visitor's own list: all that they list, or for an officer their OPD's."""
    actor = visitor.actor
    statement = sa.select(*columns).where(policy.lists_complaint(actor, Complaint.__table__))
    if visitor.opd is not None:
        statement = statement.where(Complaint.opd_id == visitor.opd.id)
    return statement


async def load(desk: Desk, visitor: Visitor) -> Dashboard:
    """The numbers and rows for a visitor, by the same predicates as their lists."""
    session, request = desk.session, desk.request
    values, own = policy.viewer_values(visitor.actor), {"opd": visitor.opd.code} if visitor.opd else {}

    def rows(**filters: str) -> str:
        return links.rows(request, "complaint", **own, **filters)

    counted = _listed(visitor, Complaint.status, sa.func.count(), sa.func.count().filter(is_overdue()))
    counts = (await session.execute(counted.group_by(Complaint.status), values)).all()
    number = {status: count for status, count, _ in counts}
    overdue = sum(late for _, _, late in counts)
    tiles = _tiles(visitor, number, rows)
    if visitor.may("client:edit") and (stopped := await _stopped_webhooks(desk)):
        href = links.rows(request, "webhook", stopped="ya")
        tiles.append(Tile("Webhook berhenti", "hubungi penerimanya", stopped, href, True))
    tiles.append(
        Tile("Terlambat", "melewati tenggat", overdue, rows(overdue="ya", sortBy="due_at", sort="asc"), True)
    )
    return Dashboard(
        tiles,
        [
            await _queue(desk, visitor, asked, number.get(asked.status, 0) if asked.status else overdue, rows)
            for asked in _asked(visitor)
        ],
        [(status, number.get(status, 0), rows(status=status.value)) for status in S],
        sum(number.values()),
        [] if visitor.opd else await _holders(desk, visitor),
        await _lost_categories(desk) if visitor.may("master:edit") else 0,
    )


async def _stopped_webhooks(desk: Desk) -> int:
    """How many stopped by themselves: somebody out there hears nothing any more."""
    of_themselves = Webhook.stopped_because != WebhookStop.PAUSED
    return (
        await desk.session.scalar(sa.select(sa.func.count()).select_from(Webhook).where(of_themselves)) or 0
    )


async def _lost_categories(desk: Desk) -> int:
    return await desk.session.scalar(sa.select(sa.func.count(Category.id)).where(HAS_LOST_ITS_OPD)) or 0


class _Asked(NamedTuple):
    """A queue that a visitor is to look at: of a status, or of what is late."""

    status: ComplaintStatus | None
    title: str
    none: str


_LATE = _Asked(None, "Lewat tenggat", "Tidak ada laporan yang terlambat.")


def _asked(visitor: Visitor) -> Sequence[_Asked]:
    """What waits for the visitor, and what is late."""
    if visitor.opd is not None:
        return (
            _Asked(
                S.DISPATCHED,
                "Baru didisposisikan",
                f"Semua laporan di {visitor.opd} sudah ditindaklanjuti.",
            ),
            _Asked(S.IN_PROGRESS, "Sedang dikerjakan", "Tidak ada laporan yang sedang dikerjakan."),
            _LATE,
        )
    if visitor.actor.is_office:
        return (
            _Asked(S.SUBMITTED, "Menunggu verifikasi", "Semua laporan sudah diverifikasi."),
            _Asked(S.VERIFIED, "Menunggu disposisi", "Semua laporan sudah didisposisikan."),
            _LATE,
        )
    return (_LATE,)


async def _queue(desk: Desk, visitor: Visitor, asked: _Asked, number: int, rows: Any) -> Queue:
    of = is_overdue() if asked.status is None else Complaint.status == asked.status
    filters = {"overdue": "ya"} if asked.status is None else {"status": asked.status.value}
    statement = (
        _listed(visitor, Complaint)
        .options(defer(Complaint.body), joinedload(Complaint.opd))
        .where(of)
        .order_by(Complaint.due_at.asc().nulls_last(), Complaint.id)
        .limit(MOST)
    )
    first = (await desk.session.scalars(statement, policy.viewer_values(visitor.actor))).all()
    due = await dues.earliest(desk.session, [row.id for row in first])
    return Queue(
        (asked.status or "LATE").lower(),
        asked.title,
        rows(**filters, sortBy="due_at", sort="asc"),
        number,
        [Waiting(row, dues.shown(row, due.get(row.id))) for row in first],
        asked.none,
    )


def _tiles(visitor: Visitor, number: Mapping[ComplaintStatus, int], rows: Any) -> list[Tile]:
    if visitor.opd is not None:
        shown = [
            (S.DISPATCHED, f"menunggu {visitor.opd}"),
            (S.IN_PROGRESS, f"dikerjakan {visitor.opd}"),
            (S.ANSWERED, "menunggu pelapor"),
        ]
    else:
        shown = [
            (S.SUBMITTED, "menunggu Diskominfo"),
            (S.VERIFIED, "menunggu Diskominfo"),
            (S.DISPATCHED, "menunggu OPD"),
        ]
    return [
        Tile(label(status), who, number.get(status, 0), rows(status=status.value)) for status, who in shown
    ]


async def _holders(desk: Desk, visitor: Visitor) -> list[Holder]:
    """OPDs with something to do, the latest first."""
    late = sa.func.count().filter(is_overdue())
    by_status = [
        (status, sa.func.count().filter(Complaint.status == status))
        for status in (S.DISPATCHED, S.IN_PROGRESS, S.ANSWERED)
    ]
    statement = (
        _listed(visitor, Opd.code, Opd.called, late)
        .add_columns(*(count for _, count in by_status))
        .join(Opd, Opd.id == Complaint.opd_id)
        .where(sa.or_(Complaint.status.in_(WITH_OPD), is_overdue()))
        .group_by(Opd.id)
        .order_by(late.desc(), by_status[0][1].desc(), Opd.name)
    )
    holders = []
    for code, name, overdue, *numbers in await desk.session.execute(
        statement, policy.viewer_values(visitor.actor)
    ):
        cells = [
            (label(status), count, links.rows(desk.request, "complaint", opd=code, status=status.value))
            for (status, _), count in zip(by_status, numbers, strict=True)
        ]
        href = links.rows(desk.request, "complaint", opd=code, overdue="ya", sortBy="due_at", sort="asc")
        holders.append(Holder(name, [*cells, ("Terlambat", overdue, href)]))
    return holders
