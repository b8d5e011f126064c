"""How are the arguments of a made-up operation written? Literal, or in variables, whole or in part."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLInputObjectType, is_non_null_type

from tests.reference.values import Given

ABSENT = object()


@dataclass
class Variable:
    """A variable of the operation; absent from a run where its default, or nothing, is meant."""

    declared: str
    values: tuple[Any, Any]


def values_of(variables: Mapping[str, Variable], run: int) -> dict[str, Any]:
    """What one run gives the variables."""
    return {name: v.values[run] for name, v in variables.items() if v.values[run] is not ABSENT}


class Variables:
    """The variables of one operation, which come to be as its arguments are written."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._all: dict[str, Variable] = {}
        self._flags: list[str] = []

    def maybe(self, chance: float) -> bool:
        return self.dice.random() < chance

    def used_in(self, text: str) -> dict[str, Variable]:
        """Those that a text names."""
        return {name: v for name, v in self._all.items() if re.search(rf"\${name}\b", text)}

    def flag(self) -> str:
        """What a directive goes by: a word, or a variable of its own or of several."""
        value = self.maybe(0.6)
        if self.maybe(0.4):
            return json.dumps(value)
        if self._flags and self.maybe(0.3):
            return self.dice.choice(self._flags)
        made = self._variable(Given(GraphQLBoolean, value, lambda: self.maybe(0.5)), "Boolean!")
        self._flags.append(made)
        return made

    def written(self, given: Given) -> str:
        """An argument: literal, a variable, or an object with variables in it."""
        if self.maybe(0.35):
            return self._variable(given, str(given.type))
        return self._literal(given.type, given.value)

    def _variable(self, given: Given, declared: str) -> str:
        """A new variable, with a default that some runs leave to stand."""
        name = f"v{len(self._all)}"
        values = (given.value, given.other())
        if given.value is not None and self.maybe(0.3):
            default = self._literal(given.type, given.value, constant=True)
            declared, values = f"{declared} = {default}", (ABSENT, self.dice.choice([values[1], ABSENT]))
        elif given.value is None:
            values = (self.dice.choice([None, ABSENT]), values[1])
        self._all[name] = Variable(declared, values)
        return f"${name}"

    def _literal(self, type_: Any, value: Any, *, constant: bool = False) -> str:
        """A value as GraphQL writes it, with variables for some of its parts."""
        if value is None:
            return "null"
        if is_non_null_type(type_):
            return self._literal(type_.of_type, value, constant=constant)
        if isinstance(value, list):
            return f"[{', '.join(self._part(type_.of_type, each, constant) for each in value)}]"
        if isinstance(type_, GraphQLInputObjectType):
            parts = (
                f"{key}: {self._part(type_.fields[key].type, each, constant)}" for key, each in value.items()
            )
            return f"{{{', '.join(parts)}}}"
        return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)

    def _part(self, type_: Any, value: Any, constant: bool) -> str:
        if not constant and self.maybe(0.12):
            return self._variable(Given(type_, value, lambda: value), str(type_))
        return self._literal(type_, value, constant=constant)
