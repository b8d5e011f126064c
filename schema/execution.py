"""How does graphql-core run an operation? As ever, but that what PostgreSQL renders is complete."""

from typing import Any

import orjson
from graphql import GraphQLField, GraphQLObjectType, is_non_null_type
from graphql.execution import Executor

from schema.plan.scope import plan_of


class RenderedExecution(Executor[None]):
    """graphql-core's executor, with one rule more: a planned field's answer passes through as it is.

    The planner coerces the arguments of a planned field itself, for they are values of its statement; doing
    it here as well would be work for nothing.
    """

    knows_types = True
    """Whether the operation may ask about the schema; where not, `__type` finds none."""

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Any,
        position_context: Any,
    ) -> Any:
        name = field_details_list[0].node.name.value
        definition = parent_type.fields.get(name)
        if definition is not None and plan_of(definition) is not None:
            return self._rendered(definition, parent_type, source, field_details_list, path)
        if name == "__type" and not self.knows_types:
            return None
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    async def _rendered(
        self, definition: GraphQLField, parent_type: GraphQLObjectType, source: Any, details: Any, path: Any
    ) -> orjson.Fragment | None:
        try:
            info = self.build_resolve_info(definition, [found.node for found in details], parent_type, path)
            return await _answer(info, source)
        except Exception as error:  # noqa: BLE001 - graphql-core sorts errors into null and the error list
            self.handle_field_error(error, definition.type, details, path)
            return None


async def _answer(info: Any, source: Any) -> orjson.Fragment | None:
    """The field's answer; a payload that says why nothing happened has no object to show."""
    found: orjson.Fragment | None = None
    if not getattr(source, "errors", None):
        found = await info.context.render(info, source)
    if found is None and is_non_null_type(info.return_type):
        message = f"no value for {info.parent_type.name}.{info.field_name}"
        raise TypeError(message)
    return found
