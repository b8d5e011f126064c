"""GraphQL over WebSocket (`graphql-transport-ws`): Strawberry speaks the protocol, we run what it brings."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from json import JSONDecodeError
from typing import Any

from graphql import ExecutionResult, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types import ExecutionResult as Result
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from api.auth import BadToken, actor_of, bearer, locale_of
from api.graphql_errors import fault, presented, request_errors
from api.graphql_request import BadRequest, asked_by
from api.json_text import read_json, write_json
from domain.actor import PUBLIC
from domain.messages import MESSAGES
from domain.words import Locale
from schema.context import Context, Services
from schema.documents import Refused, told
from schema.limits import LimitExceeded
from schema.operations import Operations, Ready
from schema.rates import TooMany


class ConnectionContext(Context):
    """The context of one connection."""

    connection_params: dict[str, Any] | None = None


class OfferedSchema:
    """What Strawberry's handler needs of a schema: a stream of results for each operation."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def stream(
        self,
        query: Any,
        *,
        variable_values: Any,
        context_value: Context,
        operation_name: Any,
        root_value: None = None,  # noqa: ARG002 - Strawberry's own signature
    ) -> AsyncGenerator[Result, None]:
        """The results of one operation, or why it is not run."""
        asked = {"query": query, "variables": variable_values, "operationName": operation_name}
        return self._results(asked, context_value)

    async def _results(self, asked: dict[str, Any], context: Context) -> AsyncGenerator[Result, None]:
        locale = context.locale
        try:
            # The connection outlives the session: who has signed out since is nobody.
            context.actor = await actor_of(context.services, context.token)
            ready = self._operations.prepare(asked_by(asked), context)
            if ready.kind is not OperationType.SUBSCRIPTION:
                result = await self._operations.run(ready)
                yield _presented(result, locale, ready)
                return
            events = await self._operations.follow(ready)
        except BadRequest as bad:
            yield PreExecutionError(None, [bad.told(locale)])
        except BadToken:
            yield PreExecutionError(None, [told(MESSAGES["bad_token"][locale], "UNAUTHENTICATED")])
        except (Refused, LimitExceeded, TooMany) as problem:
            yield PreExecutionError(None, request_errors(problem, locale))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer, and we a log entry
            yield PreExecutionError(None, [fault(error, locale)])
        else:
            async with aclosing(events):
                try:
                    async for result in events:
                        yield _presented(result, locale)
                except Exception as error:  # noqa: BLE001 - as above
                    yield Result(None, [fault(error, locale)])


def _presented(result: ExecutionResult, locale: Locale, ready: Ready | None = None) -> Result:
    errors = [presented(error, locale) for error in result.errors or ()] or None
    return Result(result.data, errors, ready.extensions if ready else None)


class Handler(BaseGraphQLTransportWSHandler[ConnectionContext, None]):
    """Strawberry's handler, which takes the shape of a message for granted."""

    async def handle_message(self, message: Any) -> None:
        if _has_shape(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Failed to parse message")


def _has_shape(message: Any) -> bool:
    kind = message.get("type") if isinstance(message, dict) else None
    if kind == "subscribe":
        return isinstance(message.get("id"), str) and isinstance(message.get("payload"), dict)
    if kind == "complete":
        return isinstance(message.get("id"), str)
    return isinstance(kind, str)


class GraphQLSocket(GraphQL[ConnectionContext, None]):
    """The ASGI application of `/graphql` for WebSockets."""

    graphql_transport_ws_handler_class = Handler

    def __init__(self, operations: Operations, *, origins: tuple[str, ...]) -> None:
        super().__init__(
            OfferedSchema(operations),  # type: ignore[arg-type]
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=origins,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except BadToken:
            await WebSocket(scope, receive, send).close(4403, "Forbidden")

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 - Strawberry's own signature
    ) -> ConnectionContext:
        services: Services = request.app.state.services
        token = bearer(request.headers.get("authorization"))
        actor = await actor_of(services, token) if token else PUBLIC
        address = request.client.host if request.client else None
        return ConnectionContext(services, actor, locale_of(request.headers), token, address)

    async def on_ws_connect(self, context: ConnectionContext) -> UnsetType | dict[str, object] | None:
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

    def decode_json(self, data: str | bytes) -> object:
        try:
            return read_json(data)
        except ValueError as error:
            raise JSONDecodeError("not JSON", "", 0) from error

    def encode_json(self, data: object) -> bytes | str:
        return write_json(data).decode()
