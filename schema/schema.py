"""The schema, put together."""

from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.documents import DOCUMENTS_AT_MOST, DocumentCache
from schema.mutations.mutation import Mutation
from schema.plan.execution import RenderedExecution, install
from schema.query import Query
from schema.refusals import ConflictError, InvalidInputError, RefusedError, TransitionNotAllowedError
from schema.scalars import SCALARS
from schema.subscription import Subscription, install_feeds


class Schema(strawberry.Schema):
    """Strawberry's schema, which logs no errors by itself: it would log the client's text with them."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Errors are logged where they are presented, without what may be personal in them."""


@cache
def build_schema(extensions: tuple[Any, ...] = ()) -> strawberry.Schema:
    """The public schema; `extensions` are what the API adds around each operation."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ConflictError, InvalidInputError, RefusedError, TransitionNotAllowedError],
        execution_context_class=RenderedExecution,
        extensions=[
            DocumentCache,
            lambda: ValidationCache(maxsize=DOCUMENTS_AT_MOST),
            *extensions,
        ],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    core = schema._schema  # noqa: SLF001 - resolvers are given to graphql-core's own fields
    payloads = (core.get_type(name) for name in core.type_map if name.endswith("Payload"))
    install(core.query_type, *payloads)  # type: ignore[arg-type]
    assert core.subscription_type is not None
    install_feeds(core.subscription_type)
    return schema
