"""How many tokens has a text? Counted without parsing it: a text of too many is not parsed at all."""

import re

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


def count_tokens(text: str) -> int:
    """The tokens and comments of a text; of one that is no GraphQL at least as many as are read of it."""
    return len(_TOKEN.findall(text))
