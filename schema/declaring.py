"""How are a type and its fields declared, where Strawberry would have more said than there is to say?"""

import inspect
from typing import Any, TypeVar

import strawberry

T = TypeVar("T", bound=type)


def described(cls: T) -> T:
    """Makes a class an object type, described by its docstring."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


def optional(description: str) -> Any:
    """A field of an input that may be absent."""
    return strawberry.field(default=strawberry.UNSET, description=description)
