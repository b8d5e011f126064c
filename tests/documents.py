"""What do tests of documents share? The operations as they are offered, with nothing that would run them."""

from typing import Any

import pytest
from graphql import get_introspection_query

from domain.actor import PUBLIC
from domain.words import Locale
from schema.context import Context
from schema.limits import Excess, LimitExceeded, Limits
from schema.operations import Asked, Operations, Rights
from schema.schema import core_schema

LIMITS = Limits()
CONTEXT = Context(None, PUBLIC, Locale.ID)  # type: ignore[arg-type] # nothing is run
ROOTS = frozenset({"complaints", "opds", "viewer"})
FULL_INTROSPECTION = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)


def operations(limits: Limits = LIMITS, *, suggestions: bool = False) -> Operations:
    rights = Rights(limits, introspection=True)
    return Operations(core_schema(), rights, Rights(limits.times(4), True), suggestions=suggestions)


def excesses(query: str, limits: Limits = LIMITS, **variables: Any) -> list[Excess]:
    with pytest.raises(LimitExceeded) as refused:
        operations(limits).prepare(Asked(query, variables), CONTEXT)
    return list(refused.value.excesses)


def cost(query: str, /, **variables: Any) -> int:
    return operations(Limits(cost=10**9)).prepare(Asked(query, variables), CONTEXT).cost


def chain(length: int, template: str, last: str) -> str:
    """Fragments of which each spreads the next; `{next}` in the template."""
    made = (template.replace("{n}", str(n)).replace("{next}", f"f{n + 1}") for n in range(length))
    return " ".join((*made, f"fragment f{length} on Complaint {{ {last} }}"))
