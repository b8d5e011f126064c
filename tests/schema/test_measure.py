"""What a document asks for is counted in one pass, fragments and all, before anything else reads it."""

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind, parse
from hypothesis import given
from hypothesis import strategies as st

from schema.limits import Excess
from schema.measure import measure
from schema.text import Nesting, nesting, tokens_of
from tests.documents import FULL_INTROSPECTION, ROOTS, chain, excesses


def test_a_document_in_figures() -> None:
    found = measure(
        parse("""
            query A @skip(if: false) { a: complaints { ...page } complaints { ...page } viewer { kind } }
            query B { ... on Query { opds { nodes { ...opd } } } __schema { types { ...type } } }
            fragment page on ComplaintConnection { nodes { opd { ...opd } } pageInfo { hasNextPage } }
            fragment opd on Opd { code @include(if: true) name }
            fragment type on __Type { name }
        """),
        ROOTS | {"__schema"},
    )
    assert (found.fields, found.depth) == (2 * (1 + 6) + 2 + 4 + 1, 4)
    assert (found.introspection_fields, found.introspection_depth) == (2, 2)
    assert (found.aliases, found.root_fields) == (2, 2)
    assert (found.directives, found.cycles, found.unused) == (2, 0, ())
    assert found.root_names == ROOTS | {"__schema"}


def test_a_bomb_is_counted_without_being_blown_up() -> None:
    bomb = chain(80, "fragment f{n} on Complaint { ...{next} ...{next} }", "id")
    found = measure(parse(f"{{ complaints {{ nodes {{ ...f0 }} }} }} {bomb}"), ROOTS)
    assert (found.fields, found.depth) == (2**80 + 2, 3)


def test_what_nobody_spreads_is_counted_too() -> None:
    found = measure(
        parse(
            "{ viewer { kind } } fragment a on Opd { id } fragment a on Opd { id code }"
            " fragment b on Opd { id }"
        ),
        ROOTS,
    )
    assert found.fields == 2 + 1 + 2 + 1
    assert len(found.unused) == 3
    spread = measure(
        parse("{ opds { nodes { ...a } } } fragment a on Opd { id } fragment a on Opd { code }"), ROOTS
    )
    assert len(spread.unused) == 1


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { ...a } } fragment a on Viewer { ...a }",
        (
            "{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { opd { ...c } kind } "
            "fragment c on Opd { parent { ...c } }"
        ),
        "{ viewer { kind } } fragment a on Viewer { ... { ...a } }",
    ],
)
def test_a_fragment_that_contains_itself_is_refused(query: str) -> None:
    assert excesses(query) == [Excess("fragmentCycles", 0, 1)]


def tokens_read(text: str) -> int:
    """The tokens and comments that graphql-core reads of a text until it ends or fails."""
    lexer, found = Lexer(Source(text)), 0
    try:
        token = lexer.token
        while token.kind is not TokenKind.EOF:
            token = token.next or lexer.read_next_token(token.end)
            lexer.token = token
            found += token.kind is not TokenKind.EOF
    except GraphQLError:
        pass
    return found


@pytest.mark.parametrize(
    "text",
    [
        FULL_INTROSPECTION,
        '{ a(b: "x\\"y", c: """a "" \\""" b""", d: -1.5e+3, e: [1 2,3], f: {g: $h}) @i }',
        '"" """""" "a""b" # comment "\n # another\r\n ... !',
        "\ufeff,,, \t a",
    ],
)
def test_tokens_are_counted_as_they_are_read(text: str) -> None:
    assert len(tokens_of(text)) == tokens_read(text) > 0


PIECES = [
    '"',
    '"""',
    "\\",
    '\\"""',
    "a",
    "1",
    "-",
    ".",
    "...",
    "#",
    "\n",
    "\r",
    " ",
    "{",
    "e5",
    "é",
    "\x00",
    ",",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_never_fewer_tokens_are_counted_than_are_read(text: str) -> None:
    assert len(tokens_of(text)) >= tokens_read(text)


@pytest.mark.parametrize(
    ("text", "fields", "values", "brackets"),
    [
        ("{ viewer { opd { code } } }", 3, 0, 3),
        ("{ a { ... { b } ... on Opd @skip(if: $x) { c { d } } ...e f { g } } }", 3, 0, 4),
        ("{ a { ... # why\n { b } ...on f { g } h } }", 2, 0, 3),
        ("fragment on on Opd { a } { ...on }", 1, 0, 1),
        ("{ ...a b { c } }", 2, 0, 2),
        ("query ($a: [[Int!]!] = [[1], [2]], $b: A = {c: [{d: 1}]}) { e(f: {g: [$a]}) { h } }", 2, 3, 4),
        ('{ a(b: "{{{{", c: """[[[[""", d: [1]) { # {{{{\n e } }', 2, 1, 3),
        ("{ a(b: [{c: [1]}]) @d(e: {f: 1}) { g } }", 2, 3, 5),
        ("} ] ) { a", 1, 0, 1),
        ("{ a(b: ((((1)))) }", 1, 0, 6),
    ],
)
def test_how_deep_a_text_is(text: str, fields: int, values: int, brackets: int) -> None:
    assert nesting(tokens_of(text)) == Nesting(fields, values, brackets)


@pytest.mark.parametrize("token", ["{ a ", "[", "{ ... ", "(", "{ a(b: [", "{ a(b: {c: ", "query ($a: ["])
@pytest.mark.parametrize("opened", [1, 12, 150, 900])
def test_whatever_is_opened_too_often_is_named(token: str, opened: int) -> None:
    found = excesses(token * opened) if opened > 20 else []
    assert {each.limit for each in found} <= {"depth", "nesting", "tokens"}
    assert bool(found) is (opened > 20)
