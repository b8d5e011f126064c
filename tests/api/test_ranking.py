"""A search's order: its newest matches by relevance, the older by time; paged without gap or repeat."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from schema.cursor import list_key, opened, signed
from schema.finding import nearest
from schema.types import complaint_filter
from tests.service import VAULT, Service

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String,
                    $o: ComplaintOrder, $f: ComplaintFilter) {
  complaints(first: $first, after: $after, last: $last, before: $before, orderBy: $o, filter: $f) {
    totalCount edges { cursor node { trackingCode title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
WORDS = {"search": "jln"}
REPORTS = 8
FRONT = 4
ENDS = ("ASC", "DESC")


async def page(service: Service, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await service.data(PAGE, f=WORDS, **variables))["complaints"]
    return found


def codes(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["trackingCode"] for edge in found["edges"]]


async def expected(service: Service) -> list[str]:
    """Sorted the plain way: what has the word in its title is the more relevant."""
    by_time = (await page(service, first=50, o={"field": "SUBMITTED_AT", "direction": "DESC"}))["edges"]
    front = sorted(by_time[:FRONT], key=lambda edge: "Jalan" not in edge["node"]["title"])
    return codes({"edges": front + by_time[FRONT:]})


async def through(service: Service, size: str, step: str, end: str, more: str) -> list[list[str]]:
    """Every page, as far as there is more."""
    found = await page(service, **{size: 2})
    pages = [codes(found)]
    while found["pageInfo"][more]:
        found = await page(service, **{size: 2, step: found["pageInfo"][end]})
        pages.append(codes(found))
        assert found["pageInfo"]["hasPreviousPage" if step == "after" else "hasNextPage"] is True
    return pages


async def submitted_before(service: Service, code: str, days: int) -> None:
    async with service.database.write() as session:
        await session.execute(
            sa.update(Complaint)
            .where(Complaint.tracking_code == code)
            .values(submitted_at=Complaint.submitted_at - timedelta(days=days))
        )


@pytest.mark.parametrize("days", [0, 1, 40])
async def test_the_newest_are_ranked_and_the_older_follow_by_time(
    service: Service, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """However far back they lie, and however few rows are tried first, the answers are the same."""
    monkeypatch.setattr(complaint_filter, "FRONT", FRONT)
    monkeypatch.setattr(nearest, "TRIED", 2)
    for number in range(REPORTS):
        title = "Jalan rusak" if number % 2 else f"Lubang nomor {number}"
        made = await service.dispatched(key=f"{number}", title=title, body="Di tepi jalan raya.")
        await submitted_before(service, made["trackingCode"], days * (number - REPORTS) ** 2)
    await service.dispatched(key="other", title="Sampah menumpuk", body="Di pasar.")
    changed = [codes(await page(service, first=50, o={"field": "UPDATED_AT", "direction": d})) for d in ENDS]
    assert changed[0] == changed[1][::-1]
    assert len(changed[0]) == REPORTS
    early = codes(await page(service, first=3, o={"field": "SUBMITTED_AT", "direction": "ASC"}))
    order = await expected(service)
    assert set(early) == set(order[-3:])
    whole = await page(service, first=50)
    assert codes(whole) == order
    assert whole["totalCount"] == len(order) == REPORTS
    assert codes(await page(service, last=50)) == order
    forward = await through(service, "first", "after", "endCursor", "hasNextPage")
    assert [code for part in forward for code in part] == order
    backward = await through(service, "last", "before", "startCursor", "hasPreviousPage")
    assert [code for part in reversed(backward) for code in part] == order
    cursors = [edge["cursor"] for edge in whole["edges"]]
    key = list_key(VAULT.derived("cursor"), "Query", "complaints", WORDS, None)
    parts = opened(key, cursors[0]).split("|")
    for other in (parts[2:], parts[:4], [*parts, ""]):  # as another version of the service made them
        answer = await service.ask(PAGE, None, f=WORDS, after=signed(key, "|".join(other)))
        assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
    for start in (0, 2, 3, 5):
        between = await page(service, first=20, after=cursors[start], before=cursors[7])
        assert codes(between) == order[start + 1 : 7]
        assert (
            codes(await page(service, last=2, after=cursors[start], before=cursors[7]))
            == order[5:7][-(6 - start) :]
        )

    # What comes in between two pages moves nothing that the reader has still to come to.
    seen, after = order[:3], cursors[2]
    await service.dispatched(key="late", title="Lubang baru", body="Di jalan ini juga.")
    while True:
        found = await page(service, first=2, after=after)
        seen += codes(found)
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert [code for code in seen if code in order] == order
    assert len(seen) == len(set(seen)) <= REPORTS + 1
    assert codes(await page(service, first=50)) == await expected(service)
