"""How much a document asks for is known before it is validated, soon, and whatever it is."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from domain.actor import PUBLIC
from domain.words import Locale
from schema.context import Context
from schema.documents import Refused
from schema.limits import Excess, LimitExceeded, Limits
from schema.measure import measure
from schema.operations import Asked, Operations, Rights
from schema.schema import core_schema
from schema.tokens import count_tokens

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


# ------------------------------------------------------------------ what is counted


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


def tokens_of(text: str) -> int:
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
    assert count_tokens(text) == tokens_of(text) > 0


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
    assert count_tokens(text) >= tokens_of(text)


# ------------------------------------------------------------------ what it costs


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __typename }", 0),
        ("{ viewer { kind } }", 1),
        ("{ complaints { nodes { title } } }", 1 + 20),
        ("{ complaints(first: 3) { nodes { title } } }", 1 + 3),
        ("{ complaints(last: 3) { nodes { title } } }", 1 + 3),
        ("{ complaints(first: 3) { edges { cursor node { title } } } }", 1 + 3),
        ("{ complaints(first: 3) { pageInfo { hasNextPage } totalCount } }", 1 + 50),
        (
            "{ complaints(first: 3) { nodes { opd { code } actions { nodes { body } } } } }",
            1 + 3 * (1 + 1 + 1 + 20),
        ),
        ("{ complaints(first: 3) { ...a } } fragment a on ComplaintConnection { nodes { title } }", 1 + 3),
        (
            (
                "{ complaints(first: 3) { ...a } complaints(first: 3) { ...a ...a } }"
                " fragment a on ComplaintConnection { nodes { title } }"
            ),
            1 + 3,
        ),
        ("{ a: complaints(first: 3) { nodes { id } } b: complaints(first: 2) { nodes { id } } }", 2 + 5),
        ("{ areas { name parent { name } } }", 10 * 2),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        (
            '{ statistics(period: {from: "2023-01-01", until: "2023-12-31"}) { total byOpd { total } } }',
            500 + 10,
        ),
        (
            (
                '{ opds(first: 37) { nodes { statistics(period: {from: "2023-01-01", until: "2023-12-31"}) '
                "{ total } } } }"
            ),
            1 + 37 * (1 + 100),
        ),
        ("mutation { sessionRevoke { errors { code } } }", 10 + 10),
        ("{ __schema { types { name } } }", 0),
        # A number that is out of bounds is refused for itself, not for its cost.
        ("{ complaints(first: 100000) { nodes { title } } }", 1 + 100),
        ("{ complaints(first: -5) { nodes { title } } }", 1),
        ("{ complaints(first: null) { nodes { title } } }", 1 + 20),
        # Of an object that may be of several types, what each of them costs.
        (
            (
                '{ node(id: "x") { ... on Opd { a: complaints(first: 3) { nodes { id } } }'
                " ... on Complaint { a: actions(first: 2) { nodes { id } } } } }"
            ),
            1 + 1 + (3 + 2),
        ),
    ],
)
def test_what_a_query_costs(query: str, expected: int) -> None:
    assert cost(query) == expected


VARIABLE = """query ($n: Int, $m: Int = 7, $ids: [ID!] = []) {
    complaints(first: $n) { nodes { actions(last: $m) { nodes { id } } } }
    nodes(ids: $ids) { id }
}"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 1 + 20 * (1 + 1 + 7)),
        ({"n": 2}, 1 + 2 * (1 + 1 + 7)),
        ({"n": 2, "m": 3}, 1 + 2 * (1 + 1 + 3)),
        ({"n": None, "m": None}, 1 + 20 * (1 + 1 + 20)),
        ({"n": 10**6, "m": -1}, 1 + 100 * (1 + 1)),
        ({"n": 0, "ids": ["a", "b"]}, 1 + 2),
    ],
)
def test_a_variable_counts_with_its_value(variables: dict[str, Any], expected: int) -> None:
    assert cost(VARIABLE, **variables) == expected


# ------------------------------------------------------------------ what is refused, and how soon

COMPLAINT = "{{ complaints {{ nodes {{ {} }} }} }}"
INSIDE: dict[str, tuple[str, str, int]] = {
    "a long text": ("{ viewer { kind } }" + " " * 16_384, "textBytes", 16_384 + 19),
    "the longest body": ("{ viewer { kind } }" + " " * 131_000, "textBytes", 131_019),
    "a long text of other letters": ("{ viewer { kind } } #" + "é" * 8_182, "textBytes", 16_385),
    "tokens": (COMPLAINT.format("title " * 993), "tokens", 1_001),
    "a text of tokens": ("{" * 16_000, "tokens", 16_000),
    "comments": ("#\n" * 8_000 + "{ a }", "tokens", 8_003),
    "open strings": ('"' * 16_000, "tokens", 2_667),
    "depth": (COMPLAINT.format("mergedInto { " * 8 + "id" + " }" * 8), "depth", 11),
    "great depth": (COMPLAINT.format("mergedInto { " * 150 + "id" + " }" * 150), "depth", 153),
    "depth in fragments": (
        COMPLAINT.format("...f0")
        + chain(60, "fragment f{n} on Complaint { mergedInto { ...{next} } }", "id"),
        "depth",
        63,
    ),
    "aliases": ("{" + "".join(f"a{n}: complaints {{ totalCount }} " for n in range(16)) + "}", "aliases", 16),
    "aliases in fragments": (
        "{ ...a ... { ...a ...b } } fragment a on Query { ...b ...b } fragment b on Query { "
        + "".join(f"a{n}: viewer {{ kind }} " for n in range(4))
        + "}",
        "aliases",
        20,
    ),
    "many aliases": ("{" + "".join(f"a{n}: viewer {{ kind }} " for n in range(160)) + "}", "aliases", 160),
    "root fields": (
        (
            "{ viewer { kind } complaints { totalCount } opds { totalCount } categories { id } areas { id } "
            'slaRules { id } holidays(year: 2023) { id } node(id: "a") { id } opd(code: "a") { id } '
            'complaint(trackingCode: "a") { id } '
            'statistics(period: {from: "2023-01-01", until: "2023-01-02"}) { total } }'
        ),
        "rootFields",
        11,
    ),
    "fields": (
        "{ "
        + "".join(f"a{n}: complaints {{ ...a }} " for n in range(10))
        + "} fragment a on ComplaintConnection { nodes { "
        + "".join(f"x{n}: id " for n in range(49))
        + "} }",
        "fields",
        10 * 51,
    ),
    "a bomb": (
        COMPLAINT.format("...f0") + chain(75, "fragment f{n} on Complaint { ...{next} ...{next} }", "id"),
        "fields",
        2**75 + 2,
    ),
    "directives": (COMPLAINT.format("id " + "@skip(if: false) " * 21), "directives", 21),
    "directives on variables": (
        "query (" + "".join(f"$v{n}: Int @a " for n in range(21)) + ") { viewer { kind } }",
        "directives",
        21,
    ),
    "300 duplicates of an object": (
        COMPLAINT.format("opd { id } " * 190),
        "comparisons",
        8 * 190 * 189 // 2,
    ),
    "duplicates of a scalar": (COMPLAINT.format("title " * 450), "comparisons", 450 * 449 // 2),
    "duplicates below duplicates": (
        COMPLAINT.format("opd { parent { parent { id } } } " * 20),
        "comparisons",
        3 * 8 * 190 + 190,
    ),
    "duplicates in nested lists": (
        "{ complaints { " + ("nodes { " + "opd { code } " * 6 + "} ") * 9 + "} }",
        "comparisons",
        8 * 9 * 8 // 2 + 8 * 54 * 53 // 2 + 54 * 53 // 2,
    ),
    "fragments in one place": (
        COMPLAINT.format("".join(f"...f{n} " for n in range(80)))
        + "".join(f"fragment f{n} on Complaint {{ x{n}: id }} " for n in range(80)),
        "comparisons",
        4 * 80 * 79 // 2,
    ),
    "duplicates that nobody spreads": (
        "{ viewer { kind } } fragment a on Complaint { " + "opd { id } " * 180 + "}",
        "comparisons",
        8 * 180 * 179 // 2,
    ),
    "duplicates of inline fragments": (COMPLAINT.format("... { id } " * 190), "comparisons", 190 * 189 // 2),
    "introspection that is wide": (
        "{ __schema { types { "
        + "".join(f"a{n}: fields {{ type {{ b: fields {{ name }} }} }} " for n in range(60))
        + "} } }",
        "introspectionCost",
        12 * (1 + 60 * 4 * (1 + 1 + 4)),
    ),
    "introspection that is deep": (
        "{ __schema { types { " + "ofType { " * 22 + "name" + " }" * 22 + " } } }",
        "introspectionDepth",
        24,
    ),
    "cost": ("{ complaints(first: 100) { nodes { actions(first: 100) { nodes { id } } } } }", "cost", 10_201),
}


@pytest.mark.parametrize(("query", "limit", "actual"), INSIDE.values(), ids=INSIDE.keys())
def test_what_is_too_much_is_refused_at_once(query: str, limit: str, actual: int) -> None:
    offered, best = operations(), 1.0
    for _ in range(5):  # a machine that does other things as well must not make it fail
        began = time.perf_counter()
        with pytest.raises(LimitExceeded) as refused:
            offered.prepare(Asked(query, {}), CONTEXT)
        best = min(best, time.perf_counter() - began)
        first = refused.value.excesses[0]
        assert (first.limit, first.actual) == (limit, actual)
        offered = operations()
    assert best < 0.02, f"{best * 1000:.1f} ms"


def accepted() -> Iterator[tuple[str, str]]:
    yield "introspection", get_introspection_query()
    yield "introspection with all it has", FULL_INTROSPECTION
    yield "the limits themselves: depth", COMPLAINT.format("mergedInto { " * 7 + "id" + " }" * 7)
    yield "aliases", "{" + "".join(f"a{n}: complaints {{ totalCount }} " for n in range(15)) + "}"
    yield "directives", COMPLAINT.format("id " + "".join(f"x{n}: id @skip(if: false) " for n in range(20)))
    yield (
        "a component of each kind",
        COMPLAINT.format("...f0 " * 3 + "id " * 15 + "opd { id } " * 15)[:-1]
        + ("} fragment f0 on Complaint { id opd { id name } }"),
    )
    yield "fields", COMPLAINT.format("".join(f"x{n}: id " for n in range(325)))
    yield (
        "fragments",
        COMPLAINT.format("".join(f"...f{n} " for n in range(40)))
        + "".join(f"fragment f{n} on Complaint {{ x{n}: id }} " for n in range(40)),
    )


@pytest.mark.parametrize("query", [q for _, q in accepted()], ids=[name for name, _ in accepted()])
def test_what_is_not_too_much_is_taken(query: str) -> None:
    assert operations().prepare(Asked(query, {}), CONTEXT).cost >= 0


def test_many_values_in_variables_are_too_many() -> None:
    query = "query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }"
    assert excesses(query, f={"opd": ["x"] * 999}) == [Excess("variableValues", 1_000, 1_001)]
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep, 1]
    assert excesses(query, f={"opd": deep})[0].limit == "variableValues"
    assert operations().prepare(Asked(query, {"f": {"opd": ["x"] * 998}}), CONTEXT).cost == 51


def test_what_is_invalid_is_refused_again_from_memory() -> None:
    offered = operations()
    for query, code in (
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer { kind } } fragment a on Opd { id }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ opds { nodes { ...a } } } fragment a on Opd { id } fragment a on Opd { id }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("query A { viewer { kind } } query A { viewer { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int) { viewer { kind } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query { complaints(first: $n) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    ):
        told = []
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                offered.prepare(Asked(query, {}), CONTEXT)
            assert refused.value.errors[0].extensions == {"code": code}, query
            told.append([error.formatted for error in refused.value.errors])
            assert all(error.nodes is None for error in refused.value.errors)
        assert told[0] == told[1]
        assert code != "GRAPHQL_VALIDATION_FAILED" or told[0][0]["locations"]


def test_only_so_many_errors_are_told() -> None:
    unknown = "".join(f"nothing{n} " for n in range(300))
    with pytest.raises(Refused) as refused:
        operations().prepare(Asked(f"{{ {unknown} }}", {}), CONTEXT)
    assert len(refused.value.errors) < 10


def test_the_memory_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.documents.DOCUMENTS_AT_MOST", 3)
    offered = operations()
    kept = offered._documents._kept
    for number in range(5):
        offered.prepare(Asked(f"{{ a{number}: __typename }}", {}), CONTEXT)
        offered.prepare(Asked("{ first: __typename }", {}), CONTEXT)
        with pytest.raises(LimitExceeded):
            offered.prepare(Asked("{" * (2_000 + number), {}), CONTEXT)
    assert list(kept) == ["{ a3: __typename }", "{ a4: __typename }", "{ first: __typename }"]
    assert offered._documents._bytes == sum(document.weight for document in kept.values())
    monkeypatch.setattr("schema.documents.BYTES_AT_MOST", 5_000)
    offered.prepare(Asked("{ last: __typename }", {}), CONTEXT)
    assert list(kept) == []


def test_known_callers_may_ask_more_and_share_what_was_read() -> None:
    offered = operations()
    staff = Context(None, PUBLIC.__class__(PUBLIC.kind.__class__("OFFICE")), Locale.ID)  # type: ignore[arg-type]
    wide = "{" + "".join(f"a{n}: viewer {{ kind }} " for n in range(60)) + "}"
    for _ in range(2):
        with pytest.raises(LimitExceeded):
            offered.prepare(Asked(wide, {}), CONTEXT)
        assert offered.prepare(Asked(wide, {}), staff).ceiling == 40_000
    assert len(offered._documents._kept) == 1
