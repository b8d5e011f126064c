"""How long and how deep is a text? Counted without parsing it: one of too much is not parsed at all."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schema.limits import Excess, LimitExceeded, Limits

_TOKEN = re.compile(
    r'"""(?:\\"""|(?!""").)*(?:""")?'  # a block string, perhaps left open
    r'|"(?:\\.|[^"\\\n\r])*"?'
    r"|#[^\n\r]*"
    r"|[A-Za-z_][A-Za-z_0-9]*"
    r"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    r"|\.\.\."
    r"|[^\s,\ufeff]",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class Nesting(NamedTuple):
    """How deep things lie within one another, along the deepest path; fragments are not opened."""

    fields: int = 0
    values: int = 0
    """Lists and objects within a value, lists within a type."""
    brackets: int = 0
    """Of any kind, those of inline fragments and of arguments among them."""


FLAT = Nesting()


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text in figures, as far as they were counted."""

    bytes: int
    tokens: int = 0
    nesting: Nesting = FLAT

    def excesses(self, limits: Limits) -> Iterator[Excess]:
        """What is too much for a caller."""
        if self.bytes > limits.text_bytes:
            yield Excess("textBytes", limits.text_bytes, self.bytes)
        if self.tokens > limits.tokens:
            yield Excess("tokens", limits.tokens, self.tokens)
        fields, values, brackets = self.nesting
        is_nested = brackets > limits.nesting
        # The depth of fields is told of the document, which knows fragments, where it can be parsed at all.
        deep = max(values, fields) if is_nested else values
        if deep > limits.depth:
            yield Excess("depth", limits.depth, deep)
        elif is_nested:
            yield Excess("nesting", limits.nesting, brackets)

    def require_little(self, limits: Limits) -> "Text":
        """Itself. Raises LimitExceeded."""
        if excesses := tuple(self.excesses(limits)):
            raise LimitExceeded(*excesses)
        return self


def measured(text: str, limits: Limits) -> Text:
    """The figures of a text, none of which is counted where one before is too much. Raises LimitExceeded."""
    size = len(text.encode("utf-8", "surrogatepass"))
    Text(size).require_little(limits)
    tokens = tokens_of(text)
    Text(size, len(tokens)).require_little(limits)
    return Text(size, len(tokens), nesting(tokens)).require_little(limits)


def tokens_of(text: str) -> list[str]:
    """The tokens and comments of a text; of one that is no GraphQL at least as many as are read of it."""
    return _TOKEN.findall(text)


def nesting(tokens: Sequence[str]) -> Nesting:
    """How deep a text is; of one that is no GraphQL at least as deep as what is read of it."""
    opened: list[str] = []
    now: Counter[str] = Counter()
    fields = values = brackets = 0
    before, is_inline = "", False
    for word in tokens:
        if word in _OPENING:
            kind = "(" if word == "(" else "value" if word == "[" or now["("] else "field"
            if kind == "field" and is_inline:
                kind, is_inline = "inline", False
            opened.append(kind)
            now[kind] += 1
            fields, values = max(fields, now["field"]), max(values, now["value"])
            brackets = max(brackets, len(opened))
        elif word in _CLOSING and opened:
            now[opened.pop()] -= 1
        elif word == "...":
            is_inline = True
        elif before == "..." and word != "on" and word[0] not in "@#":
            is_inline = False  # it spreads a fragment by its name
        before = before if word[0] == "#" else word
    return Nesting(fields, values, brackets)
