"""How does a well-kept service on an ORM load what a query asks for? One statement for each kind and level.

Every loader gathers the keys of one level of the answer and reads their rows at once; a page beneath each of
many rows is read by a lateral join. The statements are built once, and sessions run in AUTOCOMMIT,
which saves two round trips each.
"""

from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import aliased
from strawberry.dataloader import DataLoader

from domain.model.attachment import Attachment
from domain.model.complaint import Action, Complaint, Deadline, Disposition
from domain.model.master import Area, Category, Opd, SlaRule

Sessions = async_sessionmaker[AsyncSession]
Page = tuple[UUID, int]
KEYS: Any = sa.bindparam("keys", type_=sa.ARRAY(sa.Uuid()))
SIZE: Any = sa.bindparam("size", type_=sa.Integer())
CODE: Any = sa.bindparam("code", type_=sa.Text())


def open_sessions(dsn: str) -> Sessions:
    """Sessions on a pool as large as the others'."""
    _, _, rest = dsn.partition("://")
    engine = create_async_engine(
        f"postgresql+asyncpg://{rest}",
        pool_size=10,
        max_overflow=0,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": {"jit": "off", "timezone": "UTC"}},
    )
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


def _by_id(model: Any) -> Any:
    return sa.select(model).where(model.id == sa.any_(KEYS))


def _latest(row: Any) -> list[Any]:
    return [row.submitted_at.desc(), row.id.desc()]


def _created(row: Any) -> list[Any]:
    return [row.created_at, row.id]


def _started(row: Any) -> list[Any]:
    return [row.started_at, row.id]


def _pages(model: Any, key: str, order: Any, where: Any) -> Any:
    """The first rows beneath each of the keys."""
    each = sa.func.unnest(KEYS).table_valued(sa.column("id", sa.Uuid()), name="owner").render_derived()
    beneath = sa.select(model).where(getattr(model, key) == each.c.id, where)
    page = beneath.order_by(*order(model)).limit(SIZE).lateral()
    row = aliased(model, page)
    return sa.select(row).select_from(each).join(page, sa.true()).order_by(*order(row))


PUBLIC = sa.and_(
    Complaint.verified_at.is_not(None),
    Complaint.status.not_in(("ARCHIVED", "MERGED")),
    Complaint.privacy != "CONFIDENTIAL",
)
LATEST = sa.select(Complaint).where(PUBLIC).order_by(*_latest(Complaint)).limit(SIZE)
BY_CODE = sa.select(Complaint).where(PUBLIC, Complaint.tracking_code == CODE)
OPDS = sa.select(Opd).order_by(Opd.code, Opd.id).limit(SIZE)
_OPD, _CATEGORY, _AREA, _RULE = (_by_id(model) for model in (Opd, Category, Area, SlaRule))
_FILES_OF_COMPLAINT, _FILES_OF_ACTION = (
    sa.select(Attachment).where(owner == sa.any_(KEYS)).order_by(*_created(Attachment))
    for owner in (Attachment.complaint_id, Attachment.action_id)
)
_DEADLINES = sa.select(Deadline).where(Deadline.complaint_id == sa.any_(KEYS)).order_by(*_started(Deadline))
_STAYS = _pages(Disposition, "complaint_id", _started, sa.true())
_ACTIONS = _pages(Action, "complaint_id", _created, Action.visibility == "PUBLIC")
_COMPLAINTS = _pages(Complaint, "opd_id", _latest, PUBLIC)


class Loading:
    """The loaders of one request."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def all(self, statement: Any, **values: Any) -> list[Any]:
        async with self.sessions() as session:
            return list(await session.scalars(statement, values))

    def _rows(self, statement: Any) -> DataLoader[UUID, Any]:
        async def load(keys: list[UUID]) -> list[Any]:
            found = {row.id: row for row in await self.all(statement, keys=keys)}
            return [found.get(key) for key in keys]

        return DataLoader(load)

    def _lists(self, statement: Any, key: str) -> DataLoader[UUID, list[Any]]:
        async def load(keys: list[UUID]) -> list[list[Any]]:
            found: dict[UUID, list[Any]] = {each: [] for each in keys}
            for row in await self.all(statement, keys=keys):
                found[getattr(row, key)].append(row)
            return [found[each] for each in keys]

        return DataLoader(load)

    def _beneath(self, statement: Any, key: str) -> DataLoader[Page, list[Any]]:
        async def load(pages: list[Page]) -> list[list[Any]]:
            found: dict[Page, list[Any]] = {page: [] for page in pages}
            for size in {size for _, size in pages}:
                keys = [owner for owner, asked in pages if asked == size]
                for row in await self.all(statement, keys=keys, size=size):
                    found[getattr(row, key), size].append(row)
            return [found[page] for page in pages]

        return DataLoader(load)

    opds = cached_property(lambda self: self._rows(_OPD))
    categories = cached_property(lambda self: self._rows(_CATEGORY))
    areas = cached_property(lambda self: self._rows(_AREA))
    rules = cached_property(lambda self: self._rows(_RULE))
    files_of_complaint = cached_property(lambda self: self._lists(_FILES_OF_COMPLAINT, "complaint_id"))
    files_of_action = cached_property(lambda self: self._lists(_FILES_OF_ACTION, "action_id"))
    deadlines = cached_property(lambda self: self._lists(_DEADLINES, "complaint_id"))
    stays = cached_property(lambda self: self._beneath(_STAYS, "complaint_id"))
    actions = cached_property(lambda self: self._beneath(_ACTIONS, "complaint_id"))
    complaints = cached_property(lambda self: self._beneath(_COMPLAINTS, "opd_id"))
