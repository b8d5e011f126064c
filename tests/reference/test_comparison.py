"""Would a difference be seen, and told so that somebody can find it? Differences planted in the reference."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tests.reference import pages, rules
from tests.reference.comparison import compare
from tests.reference.executor import Answer
from tests.reference.operations import Operation, Run
from tests.reference.pages import Cursors, place
from tests.reference.sides import Sides

LONG = """
query Long($n: Int = 50, $unused: Boolean = true) {
  areas { code }
  listed: complaints(first: $n) {
    totalCount
    nodes { ...Told category { code } deadlines { state } }
    pageInfo { hasNextPage endCursor }
  }
  viewer { kind @include(if: $unused) }
}
fragment Told on Complaint { trackingCode actions(first: 9) { nodes { visibility body } totalCount } }
"""
SHORT = """query Long($n: Int = 50) {
  listed: complaints(first: $n) {
    nodes {
      ...Told
    }
  }
}

fragment Told on Complaint {
  trackingCode
  actions(first: 9) {
    nodes {
      visibility
      body
    }
    totalCount
  }
}
variables: {}"""


@pytest.fixture
def apart(sides: Sides) -> Sides:
    """The same sides; what is learnt of a wrong reference stays here."""
    return replace(sides, cursors=deepcopy(sides.cursors))


async def test_a_difference_is_told_by_the_smallest_operation_that_has_it(
    apart: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference is made to show INTERNAL notes to everybody."""
    monkeypatch.setattr(rules, "reads_internal", lambda _eyes, _complaint: True)
    async with apart.opened() as both:
        report = await both.report(Operation(7, LONG, (Run("office", {}), Run("public", {}))))
    assert report is not None
    said, _, operation = report.partition("\nquery")
    assert said.startswith("operation 7, as public: first difference at listed.nodes[")
    assert "].actions.nodes" in said
    assert "reference: " in said
    assert "service:   " in said
    assert f"query{operation}" == SHORT


WRONG: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "who knows the reporter": (rules, "knows_reporter", lambda _eyes, _complaint: False),
    "what statistics count": (rules, "counts_complaint", rules.lists_complaint),
    "who hears of events": (rules, "sees_event", lambda _eyes, event: event.audience == "PUBLIC"),
    "what a page is told": (
        pages,
        "Page",
        lambda rows, total, has_next, has_previous: _Page(rows, total, has_next, not has_previous),
    ),
}
_Page = pages.Page


@pytest.mark.parametrize("rule", WRONG)
async def test_made_up_operations_find_a_rule_that_differs(
    apart: Sides, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.setattr(*WRONG[rule])
    async with apart.opened() as both:
        for number in range(500):
            report = await both.report(both.operation(number))
            if report is not None:
                assert f"operation {number}, as " in report
                return
    pytest.fail("the difference was not found")


def _answer(data: Any, errors: tuple[tuple[str, str], ...] = (), statements: int = 1) -> Answer:
    return Answer(data, frozenset(errors), frozenset(), statements)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": "1"}),
        ({"a": None}, {"a": []}),
        ({"a": None}, {}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": [1]}, {"a": [1, 1]}),
        ({"a": 0.1}, {"a": 0.1001}),
        ({"a": ""}, {"a": None}),
    ],
)
def test_what_is_not_the_same_is_a_difference(one: Any, other: Any) -> None:
    assert compare(_answer(one), _answer(one), Cursors()) is None
    assert compare(_answer(one), _answer(other), Cursors()) is not None


def test_a_cursor_stands_for_one_place_and_a_place_has_one_cursor() -> None:
    cursors, first, second = Cursors(), place("list", 1), place("list", 2)
    assert compare(_answer([first, second, first]), _answer(["x", "y", "x"]), cursors) is None
    assert compare(_answer([first]), _answer(["y"]), cursors) is not None
    assert compare(_answer([second]), _answer(["z"]), cursors) is not None
    assert compare(_answer([first]), _answer([None]), cursors) is not None


def test_errors_and_statements_count() -> None:
    refused = _answer(None, (("complaints", "BAD_CURSOR"),))
    assert compare(refused, refused, Cursors()) is None
    twice = _answer(None, (("complaints", "BAD_CURSOR"), ("opds", "INVALID_INPUT")))
    assert compare(twice, refused, Cursors()) is None
    assert compare(refused, twice, Cursors()) is not None
    assert compare(refused, _answer(None, (("complaints", "INVALID_INPUT"),)), Cursors()) is not None
    assert compare(refused, _answer({"complaints": None}), Cursors()) is not None
    assert compare(_answer({}), _answer({}, statements=2), Cursors()) is not None


async def test_each_root_field_costs_one_statement(sides: Sides) -> None:
    async with sides.opened() as both:
        for viewer in sides.viewers.values():
            for _ in range(2):  # a plan that is made, and one that is found
                answered = await both.product.answer(LONG, {}, viewer)
                assert (answered.statements, len(answered.data)) == (3, 3)
