"""How is a planned field answered? Its plan is found or made, its values gathered, its statement run."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from domain.actor import Actor
from domain.attachments.links import Links
from schema.plan.inputs import MARKER, Inputs
from schema.plan.paging import PAGE_MOST
from schema.plan.refusal import checked, refuse
from schema.plan.scope import Draft, ResolveInfo, definition_of, is_blank, plan_of

PLANS_AT_MOST = 300
MADE_AT_ONCE = 2
"""A statement of many searches takes seconds to write: in threads, and others are answered meanwhile."""
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]

Make = Callable[[Draft], "sa.Select[Any]"]
Finish = Callable[[str, str], Awaitable[str]]
"""Finishes a text with parts that are marked with a marker."""


class Reads(Protocol):
    """Connections that can only read."""

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value of a statement's first row, None where there is no row."""

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """A statement's rows."""


@dataclass(frozen=True)
class Plan:
    """A statement with where each of its values comes from."""

    sql: str
    order: tuple[str, ...]
    constants: dict[str, Any]
    inputs: Inputs
    nodes: tuple[Any, ...]
    """The document's own nodes: while the plan lives, so do they, and no other has their identity."""

    def arguments(self, actor: Actor, variables: Any, source: Any, marker: str) -> list[Any]:
        """The statement's values for one run; a value that is not as it must be is refused here."""
        found = self.constants | self.inputs.of(actor, variables, source, marker)
        return [found[name] for name in self.order]


def _root_field(draft: Draft) -> "sa.Select[Any]":
    return checked(draft, draft.root().sql())


class Planner:
    """The plans of one process, and how they are run."""

    def __init__(self, cursor_secret: bytes, links: Links) -> None:
        self.cursor_secret = cursor_secret
        self.links = links
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()
        self._making: dict[Hashable, asyncio.Future[Plan]] = {}
        self._makers = ThreadPoolExecutor(MADE_AT_ONCE, "plan")

    async def plan(self, info: ResolveInfo, actor: Actor, make: Make = _root_field) -> Plan:
        """The plan of a field for viewers of one standing and variables of one shape."""
        plan = plan_of(definition_of(info))
        key = (
            make,
            tuple(map(id, info.field_nodes)),
            actor.kind,
            actor.access_token_hash is not None,
            _shape(info.variable_values.coerced),
            plan and plan.depends_on(info),
        )
        if (found := self._plans.get(key)) is not None:
            self._plans.move_to_end(key)
            return found
        if (making := self._making.get(key)) is None:
            loop = asyncio.get_running_loop()
            making = self._making[key] = loop.run_in_executor(self._makers, self._made, info, actor, make)
            making.add_done_callback(partial(self._keep, key))
        # Others may wait for it as well: who leaves does not stop it.
        return await asyncio.shield(making)

    def _keep(self, key: Hashable, made: "asyncio.Future[Plan]") -> None:
        del self._making[key]
        if not made.cancelled() and made.exception() is None:
            self._plans[key] = made.result()
            if len(self._plans) > PLANS_AT_MOST:
                self._plans.popitem(last=False)

    def _made(self, info: ResolveInfo, actor: Actor, make: Make) -> Plan:
        draft = Draft(info, actor, self.cursor_secret, self.links)
        compiled: Any = make(draft).compile(dialect=_DIALECT)
        order = tuple(compiled.positiontup or ())
        return Plan(
            sql=compiled.string,
            order=order,
            constants={name: compiled.params[name] for name in order},
            inputs=draft.inputs,
            nodes=tuple(info.field_nodes),
        )

    async def render(
        self, reads: Reads, info: ResolveInfo, actor: Actor, source: Any, finish: Finish
    ) -> orjson.Fragment | None:
        """The answer of a planned field, in PostgreSQL's own JSON text: one statement."""
        plan = await self.plan(info, actor)
        marker = secrets.token_hex(8)
        values = plan.arguments(actor, info.variable_values, source, marker)
        ((text, *problems),) = await reads.fetch(plan.sql, *values)
        refuse(*problems)
        if text is not None and MARKER.key in plan.order:
            text = await finish(text, marker)
        return None if text is None else orjson.Fragment(text)


def _shape(value: Any) -> Hashable:
    """What of a value a plan's SQL may depend on: presence, words, flags, and page sizes; no text else.

    The size of a page stands in the statement: PostgreSQL knows how few rows are wanted only from a number,
    and would otherwise plan each run anew.
    """
    if value is None or isinstance(value, bool | Enum):
        return value
    if is_blank(value):
        return ""
    if isinstance(value, int) and 0 < value <= PAGE_MOST:
        return value
    if isinstance(value, Mapping):
        return tuple((key, _shape(part)) for key, part in sorted(value.items()))
    return list if isinstance(value, list | tuple) else object
