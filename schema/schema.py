"""The schema, put together."""

from functools import cache
from typing import Any

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from schema import words
from schema.mutations.mutation import Mutation
from schema.plan.execution import RenderedExecution, install
from schema.query import Query
from schema.refusals import ConflictError, InvalidInputError, RefusedError, TransitionNotAllowedError
from schema.scalars import SCALARS
from schema.subscription import Subscription, install_feeds

DOCUMENTS_AT_MOST = 500


@cache
def build_schema(extensions: tuple[Any, ...] = ()) -> strawberry.Schema:
    """The public schema; `extensions` are what the API adds around each operation."""
    words.register()
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ConflictError, InvalidInputError, RefusedError, TransitionNotAllowedError],
        execution_context_class=RenderedExecution,
        extensions=[
            lambda: ParserCache(maxsize=DOCUMENTS_AT_MOST),
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
