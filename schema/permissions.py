"""Which permission does a root field need? Said beside its type, asked before anything is planned."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from strawberry.types.field import StrawberryField

from domain.actor import Actor
from domain.authority import require
from schema.plan.scope import DEFINITION, ResolveInfo, definition_of

NEEDS = "needs"
T = TypeVar("T", bound=type)


def needing(permission: str, *, but: Mapping[str, str | None] = MappingProxyType({})) -> Callable[[T], T]:
    """Each field of a class refuses viewers without a permission; `but` names another, or none, for some."""

    def decorate(cls: T) -> T:
        for name, made in vars(cls).items():
            if isinstance(made, StrawberryField):
                needed = but.get(name, permission)
                made.metadata = MappingProxyType({**made.metadata, NEEDS: needed})
        return cls

    return decorate


def require_for(info: ResolveInfo, actor: Actor) -> None:
    """Refuses an actor who lacks the permission that the field of the schema needs."""
    needed: str | None = definition_of(info).extensions[DEFINITION].metadata.get(NEEDS)
    if needed is not None:
        require(actor, needed)
