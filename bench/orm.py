"""How fast is the usual way? The same questions to Strawberry with SQLAlchemy's ORM and DataLoaders.

Rows are given to Strawberry as the ORM made them, so plain fields need no resolver; documents are parsed and
validated once; answers are written by orjson; it runs on uvloop and httptools, as the product does.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from bench.orm_loading import BY_CODE, LATEST, OPDS, Loading, open_sessions
from domain.tracking import read_code

Info = strawberry.Info[Loading, None]


@strawberry.type
class Opd:
    code: str
    name: str
    short_name: str | None

    @strawberry.field
    async def complaints(self: Any, info: Info, first: int = 20) -> "Complaints":
        return Complaints(nodes=await info.context.complaints.load((self.id, first)))


@strawberry.type
class Category:
    code: str
    name: str


@strawberry.type
class Area:
    code: str
    name: str
    kind: str


@strawberry.type
class Rule:
    working_days: int
    legal_source: str


@strawberry.type
class Attachment:
    file_name: str
    content_type: str
    size: int


@strawberry.type
class Deadline:
    clock: str
    due_at: datetime
    paused_at: datetime | None

    @strawberry.field
    async def rule(self: Any, info: Info) -> Rule:
        return await info.context.rules.load(self.rule_id)


@strawberry.type
class Disposition:
    opd_name: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None

    @strawberry.field
    async def opd(self: Any, info: Info) -> Opd:
        return await info.context.opds.load(self.opd_id)


@strawberry.type
class Dispositions:
    nodes: list[Disposition]


@strawberry.type
class Action:
    kind: str
    visibility: str
    body: str
    from_status: str | None
    to_status: str | None
    created_at: datetime

    @strawberry.field
    async def opd(self: Any, info: Info) -> Opd | None:
        return self.opd_id and await info.context.opds.load(self.opd_id)

    @strawberry.field
    async def attachments(self: Any, info: Info) -> list[Attachment]:
        return await info.context.files_of_action.load(self.id)


@strawberry.type
class Actions:
    nodes: list[Action]


@strawberry.type
class Complaint:
    tracking_code: str
    external_tracking_id: str | None
    channel: str
    classification: str
    title: str
    body: str
    privacy: str
    status: str
    submitted_at: datetime
    verified_at: datetime | None
    dispatched_at: datetime | None
    first_responded_at: datetime | None
    answered_at: datetime | None
    completed_at: datetime | None
    updated_at: datetime
    version: int
    latitude: float | None
    longitude: float | None
    address: str | None
    supporter_count: int
    reopened_count: int
    rating: int | None

    @strawberry.field
    async def category(self: Any, info: Info) -> Category | None:
        return self.category_id and await info.context.categories.load(self.category_id)

    @strawberry.field
    async def area(self: Any, info: Info) -> Area | None:
        return self.area_id and await info.context.areas.load(self.area_id)

    @strawberry.field
    async def opd(self: Any, info: Info) -> Opd | None:
        return self.opd_id and await info.context.opds.load(self.opd_id)

    @strawberry.field
    async def deadlines(self: Any, info: Info) -> list[Deadline]:
        # In the order of their start, so that the latest run of each clock stays.
        latest = {run.clock: run for run in await info.context.deadlines.load(self.id)}
        return sorted(latest.values(), key=lambda run: (run.started_at, run.id))

    @strawberry.field
    async def dispositions(self: Any, info: Info, first: int = 20) -> Dispositions:
        return Dispositions(nodes=await info.context.stays.load((self.id, first)))

    @strawberry.field
    async def actions(self: Any, info: Info, first: int = 20) -> Actions:
        return Actions(nodes=await info.context.actions.load((self.id, first)))

    @strawberry.field
    async def attachments(self: Any, info: Info) -> list[Attachment]:
        return await info.context.files_of_complaint.load(self.id)


@strawberry.type
class Complaints:
    nodes: list[Complaint]


@strawberry.type
class Opds:
    nodes: list[Opd]


@strawberry.type
class Viewer:
    kind: str


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> Viewer:
        return Viewer(kind="REPORTER")

    @strawberry.field
    async def complaints(self, info: Info, first: int = 20) -> Complaints:
        return Complaints(nodes=await info.context.all(LATEST, size=first))

    @strawberry.field
    async def complaint(self, info: Info, tracking_code: str) -> Complaint | None:
        found = await info.context.all(BY_CODE, code=read_code(tracking_code))
        return found[0] if found else None

    @strawberry.field
    async def opds(self, info: Info, first: int = 20) -> Opds:
        return Opds(nodes=await info.context.all(OPDS, size=first))


class Endpoint(GraphQL[Loading, None]):
    async def get_context(self, request: Any, response: Any) -> Loading:  # noqa: ARG002 - Strawberry's own
        return Loading(request.app.state.sessions)

    def encode_json(self, data: object) -> bytes | str:
        return orjson.dumps(data).decode()


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.sessions = open_sessions(os.environ["BENCH_DATABASE_URL"])
    yield


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
app = Starlette(
    routes=[Route("/graphql", Endpoint(schema, graphql_ide=None), methods=["POST"])], lifespan=_lifespan
)
