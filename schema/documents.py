"""Documents that were seen before are not parsed again."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, GraphQLError, parse
from strawberry.extensions import SchemaExtension

DOCUMENTS_AT_MOST = 500


@lru_cache(DOCUMENTS_AT_MOST)
def _parsed(query: str, **options: Any) -> DocumentNode:
    return parse(query, **options)


class DocumentCache(SchemaExtension):
    """Strawberry's own cache lets a syntax error escape from the phases that give errors their code."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        # What does not parse is left to Strawberry, which then says why.
        with suppress(GraphQLError):
            context.graphql_document = _parsed(context.query or "", **context.parse_options)
        yield
