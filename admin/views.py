"""What every kind of data in the panel has in common: who may read it, its list, and its page."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqladmin import ModelView
from sqladmin.authorization import Action
from sqladmin.pagination import Pagination
from sqlalchemy.orm import selectinload
from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin import wording
from admin.desk import Desk
from admin.visitor import visitor_of
from domain.words import label

FORMATS: dict[type[Any], Any] = {
    type(None): lambda _: wording.NONE,
    bool: wording.yes_no,
    date: wording.day,
    datetime: wording.moment,
    StrEnum: label,
}
WRITES = frozenset({Action.CREATE, Action.EDIT, Action.DELETE})


class Column(NamedTuple):
    """One column of a list."""

    name: str
    label: str
    sortable: bool


class View(ModelView):
    """A kind of data that is read; `admin.editing.EditableView` adds how it is written."""

    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    can_import = False

    noun: ClassVar[str] = ""
    """What one row is called within a sentence."""
    menu_group: ClassVar[str] = ""
    about: ClassVar[str] = ""
    """What this is, in a sentence below the title."""
    search_label: ClassVar[str] = "Cari"
    read_permission: ClassVar[str | None] = None
    """What a visitor needs to see it at all; None opens it to all staff."""
    write_permission: ClassVar[str] = "master:edit"
    details_page: ClassVar[str] = "panel/details.html"

    column_filters: ClassVar[Sequence[Any]] = ()
    page_size = 25
    page_size_options = (25, 50, 100)
    column_type_formatters = FORMATS
    column_type_formatters_detail = FORMATS

    def has_permission(self, request: Request, action: str, obj: Any | None = None) -> bool:  # noqa: ARG002
        visitor = visitor_of(request)
        if self.read_permission is not None and not visitor.may(self.read_permission):
            return False
        if action in WRITES:
            return visitor.may(self.write_permission)
        return action in (Action.LIST, Action.DETAILS)

    def key_of(self, row: Any) -> str:
        """How a row is named in an address."""
        return str(row.id)

    def title_of(self, row: Any) -> str:
        return str(row)

    def find(self, key: str) -> sa.Select[Any]:
        """The row with this key; an impossible key is simply not there."""
        try:
            identity = UUID(key)
        except ValueError as error:
            raise HTTPException(404) from error
        statement: sa.Select[Any] = sa.select(self.model).where(sa.inspect(self.model).c.id == identity)
        return statement

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:
        """Loads into `request.state` what the columns need besides the rows themselves."""

    async def details(self, desk: Desk, key: str) -> dict[str, Any]:
        """What the row's page shows. Raises 404 where there is no such row for this visitor."""
        row = await desk.session.scalar(self.find(key))
        if row is None:
            raise HTTPException(404)
        await self.prepare(desk, [row])
        facts = [
            (self._column_labels.get(name, name), (await self.get_detail_value(row, name, desk.request))[1])
            for name in self.get_details_columns()
        ]
        return {"row": row, "facts": facts, **await self.around(desk, row)}

    async def around(self, desk: Desk, row: Any) -> dict[str, Any]:  # noqa: ARG002
        """What else the row's page shows."""
        return {}

    # ---------------------------------------------------------------- lists

    async def list(self, request: Request) -> Pagination:
        """One page of the rows that were asked for; SQLAdmin's own would sort them all to count them."""
        asked = request.query_params
        size = self.validate_page_number(asked.get("pageSize"), self.page_size)
        page = self.validate_page_number(asked.get("page"), 1)
        if size < 1:
            raise HTTPException(400)
        size = min(size, max(self.page_size_options))
        statement = self.list_query(request)
        for each in self.column_filters:
            if value := asked.get(each.parameter_name):
                statement = await each.get_filtered_query(statement, value, self.model)
        if term := asked.get("search", "").strip():
            statement = self.search_query(statement, term)
        keys = statement.with_only_columns(sa.inspect(self.model).c.id).subquery()
        count: int = (await self._run_query(sa.select(sa.func.count()).select_from(keys)))[0]
        page = min(max(page, 1), Pagination.max_page(count, size))
        sorted_rows = self.sort_query(statement, request).limit(size).offset((page - 1) * size)
        rows = await self._run_query(
            sorted_rows.options(*(selectinload(relation) for relation in self._list_relations))
        )
        return Pagination(rows=rows, page=page, page_size=size, count=count)

    def columns(self) -> Sequence[Column]:
        """The columns of the list."""
        return [
            Column(name, self._column_labels.get(name, name), name in self._sort_fields)
            for name in self.get_list_columns()
        ]

    def search_query(self, stmt: sa.Select[Any], term: str) -> sa.Select[Any]:
        """Rows with the words in any searchable column; % and _ stand for themselves."""
        said = term.replace("\x00", "").strip()
        return stmt.where(
            sa.or_(
                *(getattr(self.model, name).icontains(said, autoescape=True) for name in self._search_fields)
            )
        )

    def sort_query(self, stmt: sa.Select[Any], request: Request) -> sa.Select[Any]:
        """As asked, empty values last; the key decides between equals, so that pages never overlap."""
        by = request.query_params.get("sortBy")
        if by and by not in self._sort_fields:
            raise HTTPException(400)
        order = [(by, request.query_params.get("sort") == "desc")] if by else self._get_default_sort()
        columns = [(getattr(self.model, self._get_prop_name(name)), falling) for name, falling in order]
        return stmt.order_by(
            *((c.desc() if falling else c.asc()).nulls_last() for c, falling in columns),
            sa.inspect(self.model).c.id,
        )

    async def chosen(self, request: Request) -> Sequence[dict[str, Any]]:
        """The filters as select boxes, with what is chosen in each."""
        boxes = []
        for each in self.column_filters:
            choices = await each.lookups(request, self.model, self._run_arbitrary_query)
            value = request.query_params.get(each.parameter_name, "")
            boxes.append(
                {
                    "name": each.parameter_name,
                    "title": each.title,
                    "choices": choices,
                    "value": value,
                    "chosen": dict(choices).get(value, value),
                    "unknown": bool(value) and value not in dict(choices),
                }
            )
        return boxes
