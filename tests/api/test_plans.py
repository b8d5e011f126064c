"""What a plan keeps: its statement, and where its values come from. It is made once, beside the loop."""

import asyncio
import gc
import threading
from typing import Any

import pytest

from schema.plan.run import Plan, Planner
from schema.plan.scope import Draft
from tests.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTS = """query ($f: ComplaintFilter, $after: String) {
  complaints(first: 1, after: $after, filter: $f) {
    edges { cursor node { actions(first: 1) { edges { cursor } } } }
    pageInfo { hasPreviousPage endCursor } totalCount }
  opds(first: 1) { nodes { complaints(last: 1, filter: $f) { pageInfo { startCursor } } } }
  events(first: 1) { nodes { cursor } pageInfo { endCursor } }
  similarComplaints(title: "Jalan rusak", latitude: -6, longitude: 106) { score }
  statistics(period: {from: "2023-01-01", until: "2023-12-31"}) { total byOpd { opd { code } } } }"""


async def test_a_plan_keeps_nothing_of_its_making(shared: Service) -> None:
    # A search's statement is made of 10,000 objects: kept by each plan, they stopped the service for a second
    # whenever Python looked for garbage.
    for found in ({"search": "jalan"}, {}):
        page = (await shared.data(LISTS, f=found))["complaints"]["pageInfo"]
        await shared.data(LISTS, f=found, after=page["endCursor"])
    gc.collect()
    assert [made for made in gc.get_objects() if type(made) is Draft] == []


async def test_a_plan_is_made_beside_the_loop_and_once(
    shared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, makers = Planner._made, []

    def noted(*given: Any) -> Plan:
        makers.append(threading.current_thread())
        return made(*given)

    monkeypatch.setattr(Planner, "_made", noted)
    one = "{ complaints(first: 3) { nodes { title } } }"
    answers = await asyncio.gather(*(shared.ask(one) for _ in range(5)), shared.ask(one.replace("3", "0")))
    assert all(answer == answers[0] for answer in answers[:5])
    assert answers[5]["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "argument": "first"}
    assert len(makers) == 2
    assert threading.current_thread() not in makers
    await shared.data(one)
    assert len(makers) == 2
