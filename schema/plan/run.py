"""How a planned field is answered: the plan is found or made, its values gathered, its statement run."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from graphql import get_argument_values
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from domain.actor import Actor
from domain.attachments.links import Links
from domain.authority import require
from domain.secrecy import token_hash
from schema.plan import fields as declared
from schema.plan.build import Builder, needed_by, plan_of
from schema.plan.identity import kinds_of
from schema.plan.identity_reveal import MARKER, Revealed, reveal
from schema.plan.scope import Binding, Draft, FieldArguments, ResolveInfo, pick, shape, viewer_parameters
from schema.plan.selection import Selection

PLANS_AT_MOST = 300
OPERATION_NAME_MOST = 100
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]

Make = Callable[[Builder, ResolveInfo], "sa.Select[Any]"]


class Reads(Protocol):
    """Connections that can only read."""

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value of a statement's first row, None where there is no row."""

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """A statement's rows."""


class Rendered:
    """A finished part of the answer, in PostgreSQL's own JSON text."""

    __slots__ = ("fragment",)

    def __init__(self, text: str) -> None:
        self.fragment = orjson.Fragment(text)


@dataclass(frozen=True)
class Plan:
    """A statement with where each of its values comes from."""

    sql: str
    order: tuple[str, ...]
    constants: dict[str, Any]
    fields: tuple[FieldArguments, ...]
    bindings: dict[str, Binding]
    sources: dict[str, str]
    checks: tuple[tuple[int, Any], ...]
    requires: frozenset[str]
    nodes: tuple[Any, ...]
    """The document's own nodes: while the plan lives, so do they, and no other has their identity."""

    def arguments(self, actor: Actor, variables: Any, source: Any, marker: str) -> list[Any]:
        """The statement's values for one run; a value that is not as it must be is refused here."""
        for permission in self.requires:
            require(actor, permission)
        values = [field.values(variables) for field in self.fields]
        for number, check in self.checks:
            check(values[number])
        found = self.constants | viewer_parameters(actor) | {MARKER.key: marker}
        for name, binding in self.bindings.items():
            value = pick(values[binding.arguments], binding.path)
            found[name] = binding.convert(value) if binding.convert else value
        for name, attribute in self.sources.items():
            found[name] = getattr(source, attribute)
        return [found[name] for name in self.order]


def _root_field(builder: Builder, info: ResolveInfo) -> "sa.Select[Any]":
    nowhere = sa.select(sa.null()).subquery()
    return sa.select(builder.field(info.parent_type, nowhere, info.field_nodes))


class Planner:
    """The plans of one process, and how they are run."""

    def __init__(self, cursor_secret: bytes, links: Links) -> None:
        self.cursor_secret = cursor_secret
        self.links = links
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()

    def plan(self, info: ResolveInfo, actor: Actor, make: Make = _root_field) -> Plan:
        """The plan of a field for viewers of one standing and variables of one shape."""
        key = (
            tuple(map(id, info.field_nodes)),
            actor.kind,
            actor.access_token_hash is not None,
            shape(info.variable_values.coerced),
            _kinds(info),
        )
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = self._made(info, actor, make)
            if len(self._plans) > PLANS_AT_MOST:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        return found

    def _made(self, info: ResolveInfo, actor: Actor, make: Make) -> Plan:
        draft = Draft(actor, info.variable_values, self.cursor_secret, self.links)
        draft.requires |= needed_by(info.parent_type.fields[info.field_name])
        selection = Selection(info.schema, info.fragments, info.variable_values)
        statement = make(Builder(info.schema, selection, draft), info)
        compiled: Any = statement.compile(dialect=_DIALECT)
        order = tuple(compiled.positiontup or ())
        return Plan(
            sql=compiled.string,
            order=order,
            constants={name: compiled.params[name] for name in order},
            fields=tuple(draft.fields),
            bindings=draft.bindings,
            sources=draft.sources,
            checks=tuple(draft.checks),
            requires=frozenset(draft.requires),
            nodes=tuple(info.field_nodes),
        )

    async def render(
        self,
        pool: Reads,
        info: ResolveInfo,
        actor: Actor,
        source: Any,
        revealed: Revealed,
    ) -> Rendered | None:
        """The answer of a planned field: one statement."""
        actor = with_shown_token(info, actor)
        plan = self.plan(info, actor)
        marker = secrets.token_hex(8)
        text = await pool.fetchval(plan.sql, *plan.arguments(actor, info.variable_values, source, marker))
        if text is not None and MARKER.key in plan.order:
            text = await reveal(text, marker, actor, revealed, operation_name(info))
        return None if text is None else Rendered(text)


def operation_name(info: ResolveInfo) -> str:
    """What the client calls what it asks, cut to a length that can be noted."""
    name = info.operation.name
    return name.value[:OPERATION_NAME_MOST] if name is not None else ""


def with_shown_token(info: ResolveInfo, actor: Actor) -> Actor:
    """The actor, as the reporter where the field is given an access token."""
    definition = info.parent_type.fields[info.field_name]
    if "accessToken" not in definition.args:
        return actor
    values = get_argument_values(definition, info.field_nodes[0], info.variable_values)
    token = values.get("accessToken")
    return actor if token is None else actor.with_access_token(token_hash(token))


def _kinds(info: ResolveInfo) -> tuple[str, ...]:
    """The types that the identifiers among the arguments name, where the plan depends on it."""
    definition = info.parent_type.fields[info.field_name]
    planned = plan_of(definition)
    if not isinstance(planned, declared.ByKind):
        return ()
    values = get_argument_values(definition, info.field_nodes[0], info.variable_values)
    return kinds_of(values[planned.argument])
