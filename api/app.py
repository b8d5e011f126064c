"""The composition root: the ASGI application, made of the schema, the panel and what they share."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from admin.panel import create_panel
from api.database import Database
from api.graphiql import STATIC
from api.graphql_endpoint import GraphQLEndpoint
from api.graphql_errors import ErrorPresentation
from api.health import alive, ready
from api.relay import Relay
from api.settings import Mode, Settings
from domain.actor import Actor
from domain.model.complaint import IdentityReading
from domain.secrecy import Vault
from schema.context import Services
from schema.plan.identity_reveal import Revealed
from schema.plan.run import Planner
from schema.schema import build_schema


async def _home(_request: Request) -> RedirectResponse:
    return RedirectResponse("/admin/")


def create_app(settings: Settings, database_url: str, vault: Vault) -> Starlette:
    """The application on one database; it opens its connections when it starts."""
    database = Database(database_url, settings.pool_size)
    relay = Relay(database_url)
    development = settings.mode is Mode.DEVELOPMENT

    async def note_readings(actor: Actor, complaints: Iterable[UUID]) -> None:
        rows = [{"complaint_id": key, "account_id": actor.id} for key in sorted(complaints)]
        async with database.write() as session:
            await session.execute(sa.insert(IdentityReading), rows)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with database.open() as reads, relay.running():
            app.state.services = Services(
                write=database.write,
                reads=reads,
                planner=Planner(vault.derived("cursor")),
                vault=vault,
                revealed=Revealed(vault, note_readings),
                wakes=relay,
                committed=relay.committed,
            )
            yield

    graphql = GraphQLEndpoint(
        build_schema((ErrorPresentation,)), graphiql=development, origins=settings.allowed_origins
    )
    app = Starlette(
        routes=[
            Route("/", _home),
            Route("/healthz", alive),
            Route("/readyz", ready),
            Route("/graphql", graphql, methods=None),
            WebSocketRoute("/graphql", graphql),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=lifespan,
    )
    create_panel(
        app,
        database.engine,
        database.sessions,
        vault,
        secure_cookies=not development,
        on_change=relay.committed,
    )
    return app
