"""What an operation costs: the objects that may be read for it."""

from itertools import permutations
from typing import Any

import pytest

from tests.documents import cost


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
        # Of an object that may be of several types, the dearest: fields of one name need not be alike.
        (
            (
                '{ node(id: "x") { ... on Opd { a: complaints(first: 3) { nodes { id } } }'
                " ... on Complaint { a: actions(first: 2) { nodes { id } } } } }"
            ),
            1 + 1 + 3,
        ),
        *(
            (
                f'{{ node(id: "x") {{ {one} {other} }} }}',
                1 + 1 + 7 * (1 + 1 + 100),
            )
            for one, other in permutations(
                (
                    "... on Disposition { a: complaint { id } }",
                    "... on Opd { a: complaints(first: 7) { nodes { actions(first: 100) { nodes { id } }}}}",
                )
            )
        ),
        (
            (
                '{ nodes(ids: ["a", "b"]) { ... on Disposition { a: complaint { id } } ... on Opd'
                ' { a: statistics(period: {from: "2023-01-01", until: "2023-12-31"}) { total } } } }'
            ),
            2 * (1 + 100),
        ),
        ('{ complaints(first: 3, filter: {search: "jalan"}) { nodes { id } } }', 1 + 100 + 3),
        ('{ complaints(first: 3, filter: {search: " ", status: [VERIFIED]}) { nodes { id } } }', 1 + 3),
        (
            '{ opds(first: 3) { nodes { complaints(first: 2, filter: {search: "x"}) { nodes { id } } } } }',
            1 + 3 * (1 + 1 + 100 + 2),
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


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 2 + 40),
        ({"f": {"search": "jalan"}}, 2 + 40 + 100),
        ({"f": {"search": " "}, "s": "jalan"}, 2 + 40 + 100),
        ({"f": {"search": "jalan"}, "s": "jalan"}, 2 + 40 + 200),
        ({"f": {"status": ["VERIFIED"], "search": None}, "s": None}, 2 + 40),
    ],
)
def test_words_in_a_variable_count_where_there_are_any(variables: dict[str, Any], expected: int) -> None:
    query = """query ($f: ComplaintFilter, $s: String) {
        a: complaints(filter: $f) { nodes { id } } b: complaints(filter: {search: $s}) { nodes { id } } }"""
    assert cost(query, **variables) == expected
