"""How graphql-core takes a rendered answer: it passes through, and is not resolved again."""

from typing import Any

from graphql import GraphQLObjectType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.plan.build import plan_of
from schema.plan.run import Rendered


class RenderedExecution(StrawberryGraphQLCoreExecutionContext):
    """The executor, with one rule more: what PostgreSQL rendered is complete."""

    def complete_value(  # noqa: PLR0917 - graphql-core's own signature
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if type(result) is Rendered:
            return result.fragment
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def build_resolve_info(self, *args: Any) -> Any:
        """As Strawberry's, but with the variables as graphql-core coerces arguments from them."""
        return super().build_resolve_info(*args)._replace(variable_values=self.variable_values)


def install(*types: GraphQLObjectType | None) -> None:
    """Gives the planned fields of types whose objects Python makes their one resolver."""
    for type_ in types:
        for definition in type_.fields.values() if type_ else ():
            if plan_of(definition) is not None:
                definition.resolve = _resolve


async def _resolve(source: Any, info: Any, **_arguments: Any) -> Rendered | None:
    """A payload that says why nothing happened has no object to show."""
    if getattr(source, "errors", None):
        return None
    rendered: Rendered | None = await info.context.render(info, source)
    return rendered
