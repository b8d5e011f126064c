"""How much may one document ask for, and how is it said that it asks for too much?"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one caller may ask for; what exceeds them is refused before it is validated."""

    text_bytes: int = 16_384
    tokens: int = 1_000
    """Comments count: each is a token that has to be read."""
    depth: int = 10
    """Fields within fields; and lists and objects within one value, or lists within one type."""
    nesting: int = 100
    """Brackets of any kind within one another, as those of inline fragments: deeper ones are not parsed."""
    aliases: int = 15
    """How often one root field may occur."""
    root_fields: int = 10
    """How many different root fields may occur."""
    fields: int = 500
    """Fields with every fragment written out where it is spread."""
    directives: int = 20
    comparisons: int = 4_000
    """Pairs of fields under one name, which validation compares: 1 each, 8 where they have a selection, and 4
    for each pair of fragments that meet in one place."""
    introspection_depth: int = 20
    introspection_fields: int = 500
    """What lies below `__schema` and `__type` counts here and not above: GraphiQL asks deep."""
    introspection_cost: int = 4_000
    cost: int = 10_000
    variable_values: int = 1_000
    """Values within the variables: list items and members of objects."""

    def times(self, factor: int) -> "Limits":
        """The limits of callers that are known by name: what a page of the panel's size may need."""
        return replace(
            self, cost=self.cost * factor, fields=self.fields * factor, aliases=self.aliases * factor
        )


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit, in the words of the API, and what was found instead."""

    limit: str
    most: int
    actual: int


class LimitExceeded(Exception):
    """The request asks for too much; each excess is told."""

    def __init__(self, *excesses: Excess) -> None:
        super().__init__(", ".join(excess.limit for excess in excesses))
        self.excesses = excesses
