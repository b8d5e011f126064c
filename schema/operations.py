"""How is one operation prepared and run, whatever transport brought it?"""

from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql.execution import create_source_event_stream

from domain.actor import Actor
from domain.words import ViewerKind
from schema.context import Context
from schema.documents import ERRORS_AT_MOST, Documents, Refused, told
from schema.execution import RenderedExecution
from schema.following.followers import Follower
from schema.limits import Excess, LimitExceeded, Limits
from schema.rates import RatesKept


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client sent, whose parts are of the right types."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation that may be run, with its variables."""

    executor: RenderedExecution
    cost: int
    ceiling: int

    @property
    def kind(self) -> OperationType:
        return self.executor.operation.operation

    @property
    def extensions(self) -> dict[str, Any]:
        """What an answer tells beside the data."""
        return {"cost": {"requested": self.cost, "ceiling": self.ceiling}}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a kind of caller may ask."""

    limits: Limits
    introspection: bool


class Operations:
    """The schema as it is offered: what is asked of it is bounded before it is run."""

    def __init__(self, schema: GraphQLSchema, public: Rights, known: Rights, *, suggestions: bool) -> None:
        """Staff and API keys are the `known` callers; their limits are the widest."""
        self._schema = schema
        self._public, self._known = public, known
        self._suggestions = suggestions
        self._rates = RatesKept()
        self._documents = Documents(schema, known.limits, suggestions=suggestions)

    def prepare(self, asked: Asked, context: Context) -> Ready:
        """The operation that is asked for. Raises LimitExceeded, TooMany and Refused."""
        self._rates.request(context.actor)
        rights = self._known if _is_known(context.actor) else self._public
        document, operation = self._documents.checked(asked.query, asked.operation_name, rights.limits)
        if asked.variables:
            _require_few(asked.variables, rights.limits.variable_values)
        assert document.node is not None
        executor = RenderedExecution.build(
            self._schema,
            document.node,
            context_value=context,
            raw_variable_values=asked.variables,
            operation_name=asked.operation_name,
            max_coercion_errors=ERRORS_AT_MOST,
            hide_suggestions=not self._suggestions,
        )
        if isinstance(executor, list):
            raise Refused(*(_coded(error, "BAD_USER_INPUT") for error in executor))
        assert isinstance(executor, RenderedExecution)
        if not rights.introspection:
            assert document.measure is not None
            if "__schema" in document.measure.root_names:
                raise Refused(told("Introspection is not open to the public.", "INTROSPECTION_DISABLED"))
            executor.knows_types = False
        cost = operation.cost.of(executor.variable_values.coerced)
        if cost > rights.limits.cost:
            raise LimitExceeded(Excess("cost", rights.limits.cost, cost))
        self._rates.cost(context.actor, cost)
        return Ready(executor, cost, rights.limits.cost)

    async def run(self, ready: Ready) -> ExecutionResult:
        """The answer to a query or mutation."""
        result: Any = ready.executor.execute_operation()
        if not isinstance(result, ExecutionResult):
            result = await result
        assert isinstance(result, ExecutionResult)
        return result

    async def follow(self, ready: Ready) -> Follower:
        """The events of a subscription. Raises Refused."""
        source: Any = create_source_event_stream(ready.executor)
        if hasattr(source, "__await__"):
            source = await source
        if isinstance(source, ExecutionResult):
            raise Refused(*(source.errors or ()))
        assert isinstance(source, Follower)
        return source


def _is_known(actor: Actor) -> bool:
    return actor.is_staff or actor.kind is ViewerKind.CLIENT


def _require_few(variables: dict[str, Any], most: int) -> None:
    """Variables are coerced value by value: what has too many is not. Raises LimitExceeded."""
    holders: list[Any] = [variables]
    found = 0
    while holders:
        holder = holders.pop()
        found += len(holder)
        values = holder.values() if isinstance(holder, dict) else holder
        holders += [value for value in values if isinstance(value, dict | list)]
    if found > most:
        raise LimitExceeded(Excess("variableValues", most, found))


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code} | (error.extensions or {})
    return error
