"""The composition root: the ASGI application, made of the schema, the panel and what they share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from admin.frame import Intake
from admin.panel import create_panel
from api.attachments.desk import Attachments
from api.attachments.routes import routes
from api.auth import actors_of
from api.cross_origin import CrossOrigin
from api.database import Database
from api.graphiql import STATIC
from api.graphql_endpoint import GraphQLEndpoint
from api.graphql_socket import GraphQLSocket, SocketRules
from api.health import alive, ready
from api.mail import stop_page
from api.mail.server import mail_of
from api.relay import Relay
from api.schema_text import schema_text
from api.server_protocols import FOLLOWERS
from api.settings import Mode, Settings
from api.standing import Standing
from api.stream_slots import Caps, StreamSlots
from domain.actor import Actor
from domain.model.complaint import IdentityReading
from domain.secrecy import Vault
from domain.signing_in import Door
from schema.context import Services
from schema.following.followers import Followers
from schema.operations import Operations, Rights
from schema.plan.run import Planner
from schema.schema import core_schema
from schema.sealed import Revealed

GRAPHQL = "/graphql"


async def _home(_request: Request) -> RedirectResponse:
    return RedirectResponse("/admin/")


class Application(Starlette):
    """Starlette's, which hands `/graphql` over before its layers: they would cost as much as the answer."""

    graphql: ASGIApp
    """What answers `/graphql`; where a prefix comes before it, by its route."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    settings: Settings,
    database_url: str,
    vault: Vault,
    *,
    beside: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Starlette:
    """The application on one database; it opens its connections when it starts.

    `beside` is what runs in the same process for as long as the application does. Raises OperatorError for
    settings that it could not work with.
    """
    mail_of(settings)
    origins = CrossOrigin(settings.allowed_origins)
    attachments = Attachments(settings, vault, origins)
    database = Database(
        database_url,
        settings.pool_size,
        read_seconds=settings.read_seconds,
        attachments=attachments.rules,
    )
    relay = Relay(database_url)
    development = settings.mode is Mode.DEVELOPMENT

    async def note_readings(actor: Actor, complaints: Iterable[UUID], reason: str) -> None:
        rows = [{"complaint_id": key, "account_id": actor.id, "reason": reason} for key in sorted(complaints)]
        async with database.write(actor) as session:
            await session.execute(sa.insert(IdentityReading), rows)

    standing = Standing()
    slots = StreamSlots(Caps(settings.streams, settings.streams_per_address, settings.streams_per_caller))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        followers = Followers(relay)
        async with database.open() as reads, relay.running(), beside():
            services = app.state.services = Services(
                write=database.write,
                reads=reads,
                planner=Planner(vault.derived("cursor"), attachments.links),
                vault=vault,
                door=door,
                revealed=Revealed(vault, note_readings),
                followers=followers,
                links=attachments.links,
                admit_upload=attachments.admit,
                webhooks_to_loopback=development,
                committed=relay.committed,
            )
            watch = asyncio.create_task(standing.watch(partial(actors_of, services)))
            try:
                yield {FOLLOWERS: followers}
            finally:
                watch.cancel()
        attachments.close()

    door = Door(
        database.write,
        vault,
        lengths=settings.session_lengths(),
        admin_needs_second_factor=settings.admin_needs_totp,
    )
    limits = settings.limits()
    operations = Operations(
        core_schema(),
        public=Rights(limits, introspection=development),
        known=Rights(limits.times(settings.limit_known_factor), introspection=True),
        suggestions=development,
    )
    origins = CrossOrigin(settings.allowed_origins)
    graphql = GraphQLEndpoint(
        operations,
        lambda: app.state.services,
        graphiql=development,
        origins=origins,
        body_most=settings.limit_body_bytes,
        standing=standing,
        slots=slots,
    )
    socket = GraphQLSocket(
        operations,
        lambda: app.state.services,
        standing,
        slots,
        origins=origins,
        rules=SocketRules(settings.socket_operations, settings.limit_body_bytes),
    )
    app = Application(
        routes=[
            Route("/", _home),
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/schema.graphql", schema_text),
            Route(GRAPHQL, graphql, methods=None),
            WebSocketRoute(GRAPHQL, socket),
            *routes(attachments),
            *stop_page.routes(),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=lifespan,
    )
    app.graphql = graphql
    app.state.lag = relay.lag
    create_panel(
        app,
        database.engine,
        database.sessions,
        door,
        secure_cookies=not development,
        on_change=relay.committed,
        intake=Intake(attachments.store, attachments.workshop),
    )
    return app
