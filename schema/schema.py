"""The schema, put together."""

from functools import cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from schema.mutations.mutation import Mutation
from schema.query import Query
from schema.refusals import (
    ConflictError,
    InvalidInputError,
    RefusedError,
    ThrottledError,
    TransitionNotAllowedError,
)
from schema.scalars import SCALARS
from schema.subscription import Subscription, install_feeds


@cache
def build_schema() -> strawberry.Schema:
    """The public schema; `schema.operations` runs what is asked of it."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ConflictError, InvalidInputError, RefusedError, ThrottledError, TransitionNotAllowedError],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    core = schema._schema  # noqa: SLF001 - resolvers are given to graphql-core's own fields
    assert core.subscription_type is not None
    install_feeds(core.subscription_type)
    return schema


def core_schema() -> GraphQLSchema:
    """The public schema as graphql-core knows it."""
    core: GraphQLSchema = build_schema()._schema  # noqa: SLF001 - Strawberry has no other way to it
    return core
