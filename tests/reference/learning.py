"""What do operations need to know first? The cursors of lists, and what is found for words and texts."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.reference import filters
from tests.reference.operations import Run
from tests.reference.sides import Both
from tests.reference.values import SEARCHES, SIMILAR, KnownList

READER = "admin"
"""Whoever sees all: others are shown a part of what they are."""


async def learn(both: Both) -> None:
    """Reads lists, each compared, to their ends; and asks the service what it finds."""
    for words in SEARCHES:
        await _learn_words(both, words)
    for text in SIMILAR:
        await _learn_similar(both, text)
    for name, query in LISTS.items():
        for arguments in ASKED.get(name, [{}]):
            await _learn_list(both, name, query, arguments)


async def _answered(both: Both, text: str, variables: dict[str, Any]) -> Any:
    return (await both.product.answer(text, variables, both.sides.viewers[READER])).data


async def _learn_words(both: Both, words: str) -> None:
    text = "query ($w: String) { complaints(first: 100, filter: {search: $w}) { nodes { id } } }"
    found = (await _answered(both, text, {"w": words}))["complaints"]["nodes"]
    both.sides.found.words[words] = [_uuid(node["id"]) for node in found]


async def _learn_similar(both: Both, arguments: dict[str, Any]) -> None:
    text = (
        "query ($title: String!, $body: String, $latitude: Float, $longitude: Float) {"
        " similarComplaints(title: $title, body: $body, latitude: $latitude, longitude: $longitude,"
        " first: 20) { complaint { id } score distanceMeters } }"
    )
    found = (await _answered(both, text, arguments))["similarComplaints"]
    assert len(found) < 20, "a text that finds more than is shown tells nothing of what others see"
    rows = [(_uuid(one["complaint"]["id"]), one["score"], one["distanceMeters"]) for one in found]
    assert [score for _, score, _ in rows] == sorted((score for _, score, _ in rows), reverse=True)
    for key, score, distance in rows:
        complaint = both.sides.world.get("Complaint", key)
        assert 0 < score <= 1
        assert complaint.status not in {"ARCHIVED", "MERGED"}
        expected = None
        if "latitude" in arguments:
            expected = filters.meters(complaint, arguments["latitude"], arguments["longitude"])
        assert distance == (expected and pytest.approx(expected, abs=0.001))
    both.sides.found.similar[json.dumps(arguments, sort_keys=True)] = rows


async def _learn_list(both: Both, name: str, query: str, arguments: dict[str, Any]) -> None:
    found = await both.difference(query, Run(READER, arguments))
    assert found is None, f"{name} {arguments}: {found}"
    cursors = tuple(dict.fromkeys(_cursors(await _answered(both, query, arguments))))
    assert set(cursors) <= set(both.sides.cursors.places)
    both.sides.lists.setdefault(name, []).append(KnownList(arguments, cursors))


def _uuid(identifier: str) -> UUID:
    return UUID(identifier.partition(":")[2])


def _cursors(data: Any) -> list[str]:
    """Every value under the key `cursor`."""
    if isinstance(data, list):
        return [cursor for part in data for cursor in _cursors(part)]
    if not isinstance(data, dict):
        return []
    own = [data["cursor"]] if "cursor" in data else []
    return own + [cursor for part in data.values() for cursor in _cursors(part)]


_EDGES = "{ edges { cursor node { id } } }"
_COMPLAINTS = "($filter: ComplaintFilter, $orderBy: ComplaintOrder)"
_PAGE = f"(first: 100, filter: $filter, orderBy: $orderBy) {_EDGES}"
_FILTERED = f"(first: 100, filter: $filter) {_EDGES}"
LISTS = {
    "Query.complaints": f"query {_COMPLAINTS} {{ complaints{_PAGE} }}",
    "Opd.complaints": f'query {_COMPLAINTS} {{ opd(code: "DPUPR") {{ complaints{_PAGE} }} }}',
    "Viewer.inbox": f"query ($filter: ComplaintFilter) {{ viewer {{ inbox{_FILTERED} }} }}",
    "Query.opds": f"query ($filter: OpdFilter) {{ opds{_FILTERED} }}",
    "Query.events": f"query ($filter: EventFilter) {{ events{_FILTERED} }}",
    "Complaint.dispositions": f"{{ complaints(first: 99) {{ nodes {{ dispositions {_EDGES} }} }} }}",
    "Complaint.actions": "query ($filter: ActionFilter) { complaints(first: 99) { nodes {"
    f" actions(first: 9, filter: $filter) {_EDGES} }} }} }}",
}
"""How each list is read to its end, or far into it."""


def _order(field: str, direction: str) -> dict[str, Any]:
    return {"orderBy": {"field": field, "direction": direction}}


_ORDERS = [
    _order(field, direction)
    for field in ("SUBMITTED_AT", "UPDATED_AT", "DUE_AT", "SUPPORTER_COUNT")
    for direction in ("ASC", "DESC")
]
_FILTERS: list[dict[str, Any]] = [
    {},
    {"filter": {}},
    {"filter": {"overdue": False}},
    {"filter": {"status": None}},
    {"filter": {"search": "jalan rusak"}},
]
ASKED: dict[str, list[dict[str, Any]]] = {
    "Query.complaints": [*_ORDERS, *_FILTERS, _FILTERS[4] | _ORDERS[5]],
    "Opd.complaints": _ORDERS[::3] + _FILTERS[::2],
    "Viewer.inbox": _FILTERS,
    "Query.opds": [{}, {"filter": {"active": True}}, {"filter": {"kind": ["AGENCY", "OTHER"]}}],
    "Query.events": [{}, {"filter": {"opd": ["DPUPR", "DLH"]}}, {"filter": {"type": ["VERIFIED"]}}],
    "Complaint.actions": [{}, {"filter": {"kind": ["PROGRESS", "NOTE", "HOLD"]}}],
}
"""With which filters and orders."""
