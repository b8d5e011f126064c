"""GraphQL over HTTP and WebSocket: who asks is found first, answers are PostgreSQL's own JSON."""

from typing import Any

import orjson
import strawberry
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from api.auth import BadToken, actor_of, bearer, locale_of
from api.graphiql import graphiql_page
from domain.actor import PUBLIC
from domain.messages import MESSAGES
from domain.words import Locale
from schema.context import Context, Services


class RequestContext(Context):
    """The context of one request; on a WebSocket, of the connection."""

    connection_params: dict[str, Any] | None = None


def unauthenticated(locale: Locale) -> Response:
    """The answer to a token that stands for nobody."""
    error = {
        "message": MESSAGES["bad_token"][locale],
        "extensions": {"code": "UNAUTHENTICATED"},
    }
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=401,
        media_type="application/json",
        headers={"www-authenticate": "Bearer"},
    )


class GraphQLEndpoint(GraphQL[RequestContext, None]):
    """Strawberry's endpoint with our context."""

    def __init__(self, schema: strawberry.Schema, *, graphiql: bool, origins: tuple[str, ...]) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if graphiql else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=origins,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except BadToken:
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send).close(4403, "Forbidden")
            else:
                headers = Request(scope).headers
                await unauthenticated(locale_of(headers))(scope, receive, send)

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 - Strawberry's own signature
    ) -> RequestContext:
        services: Services = request.app.state.services
        token = bearer(request.headers.get("authorization"))
        actor = await actor_of(services, token) if token else PUBLIC
        return RequestContext(services, actor, locale_of(request.headers), token)

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        """A token in `connection_init` counts as one in the header does, and before it."""
        params = context.connection_params or {}
        given = next((v for k, v in params.items() if k.lower() == "authorization"), None)
        if given is not None:
            try:
                context.token = bearer(str(given))
                context.actor = await actor_of(context.services, context.token)
            except BadToken as error:
                raise ConnectionRejectionError from error
        nothing: UnsetType = UNSET
        return nothing

    def encode_json(self, data: object) -> bytes | str:
        return orjson.dumps(data).decode()

    async def render_graphql_ide(self, request: Request) -> Response:  # noqa: ARG002
        return HTMLResponse(graphiql_page())
