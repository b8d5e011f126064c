"""Lists: filters, orders, pages and what is refused."""

import datetime as dt
import random
from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from domain.model.master import Opd
from tests.service import Service

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $filter: ComplaintFilter,
                 $orderBy: ComplaintOrder) {
  complaints(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount edges { cursor node { id } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
async def crowded(service: Service) -> Service:
    """23 complaints with ties in every key, and some without a deadline."""
    dice = random.Random(3)
    async with service.database.write() as session:
        for number in range(23):
            day = dt.datetime(2026, 1, 1 + dice.randrange(4), tzinfo=dt.UTC)
            session.add(
                Complaint(
                    tracking_code=f"CLG-{number:04d}-TEST-0",
                    channel=dice.choice(["PHONE", "LETTER"]),
                    classification="COMPLAINT",
                    title=f"Laporan {number}",
                    body="Isi",
                    privacy="PUBLIC",
                    status="VERIFIED",
                    submitted_at=day,
                    verified_at=day,
                    updated_at=day,
                    due_at=dice.choice([None, day, day + dt.timedelta(days=400)]),
                    supporter_count=dice.randrange(3),
                )
            )
    return service


async def page(service: Service, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await service.data(PAGE, **variables))["complaints"]
    assert [e["node"] for e in found["edges"]] == found["nodes"]
    cursors = [e["cursor"] for e in found["edges"]]
    info = found["pageInfo"]
    assert (info["startCursor"], info["endCursor"]) == (
        (cursors[0], cursors[-1]) if cursors else (None, None)
    )
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [node["id"] for node in found["nodes"]]


@pytest.mark.parametrize("field", ["SUBMITTED_AT", "UPDATED_AT", "DUE_AT", "SUPPORTER_COUNT"])
async def test_pages_both_ways_neither_repeat_nor_skip(crowded: Service, field: str) -> None:
    for direction in ("ASC", "DESC"):
        order = {"field": field, "direction": direction}
        whole = ids(await page(crowded, first=100, orderBy=order))
        assert len(set(whole)) == 23
        for size in (1, 4, 7, 23):
            forward: list[str] = []
            pages = 0
            cursor, more = None, True
            while more:
                found = await page(crowded, first=size, after=cursor, orderBy=order)
                assert found["totalCount"] == 23
                assert found["pageInfo"]["hasPreviousPage"] is bool(forward)
                forward += ids(found)
                cursor, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
                pages += 1
            assert forward == whole, (direction, size)
            assert pages == -(-23 // size)  # the last one knows that it is
            backward: list[str] = []
            cursor, more = None, True
            while more:
                found = await page(crowded, last=size, before=cursor, orderBy=order)
                assert found["pageInfo"]["hasNextPage"] is bool(backward)
                backward = ids(found) + backward
                cursor, more = found["pageInfo"]["startCursor"], found["pageInfo"]["hasPreviousPage"]
            assert backward == whole, (direction, size)


async def test_the_order_is_the_one_that_was_asked_for(crowded: Service) -> None:
    keys = {
        "SUBMITTED_AT": Complaint.submitted_at,
        "DUE_AT": Complaint.due_at,
        "SUPPORTER_COUNT": Complaint.supporter_count,
    }
    for field, key in keys.items():
        for direction, by in (
            ("ASC", (key.asc().nulls_last(), Complaint.id.asc())),
            ("DESC", (key.desc().nulls_last(), Complaint.id.desc())),
        ):
            async with crowded.database.write() as session:
                statement = sa.select(Complaint.id).order_by(*by)
                expected = [f"Complaint:{row}" for row in await session.scalars(statement)]
            order = {"field": field, "direction": direction}
            assert ids(await page(crowded, first=100, orderBy=order)) == expected


async def test_the_latest_come_first_and_twenty_of_them(crowded: Service) -> None:
    found = await page(crowded)
    asked = await page(crowded, first=20, orderBy={"field": "SUBMITTED_AT", "direction": "DESC"})
    assert ids(found) == ids(asked)
    assert len(found["nodes"]) == 20


@pytest.mark.parametrize(
    "variables",
    [
        {"first": 0},
        {"first": 101},
        {"first": -1},
        {"last": 0},
        {"last": 101},
        {"first": 1, "last": 1},
    ],
)
async def test_a_page_has_bounds(service: Service, variables: dict[str, int]) -> None:
    answer = await service.ask(PAGE, None, **variables)
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["INVALID_INPUT"]
    assert answer["errors"][0]["extensions"]["argument"] in variables


async def test_a_cursor_belongs_to_its_list(crowded: Service) -> None:
    cursor = (await page(crowded, first=3))["pageInfo"]["endCursor"]
    assert len((await page(crowded, first=3, after=cursor))["nodes"]) == 3
    others = sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") - {cursor[-1]})
    wrong: list[dict[str, Any]] = [
        *({"after": cursor[:-1] + other} for other in others),
        {"after": f"{cursor}="},
        {"after": ""},
        {"after": "AAAA"},
        {"after": "😀"},
        {"after": cursor, "orderBy": {"field": "DUE_AT", "direction": "ASC"}},
        {"after": cursor, "filter": {"channel": ["PHONE"]}},
        {"before": cursor[1:]},
    ]
    for variables in wrong:
        answer = await crowded.ask(PAGE, None, **variables)
        assert [e["extensions"]["code"] for e in answer["errors"]] == ["BAD_CURSOR"], variables
    opds = "query ($a: String) { opds(after: $a) { nodes { id } } }"
    answer = await crowded.ask(opds, None, a=cursor)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


async def test_rows_that_come_and_go_between_pages_disturb_nobody(crowded: Service) -> None:
    order = {"field": "SUBMITTED_AT", "direction": "ASC"}
    whole = ids(await page(crowded, first=100, orderBy=order))
    first = await page(crowded, first=5, orderBy=order)
    async with crowded.database.write() as session:
        gone = [whole[2], whole[4], whole[5]]
        await session.execute(
            sa.delete(Complaint).where(Complaint.id.in_([i.removeprefix("Complaint:") for i in gone]))
        )
    rest = await page(crowded, first=100, after=first["pageInfo"]["endCursor"], orderBy=order)
    assert ids(rest) == whole[6:]


async def test_filters_narrow_to_what_they_name(service: Service) -> None:
    await service.dispatched(
        "DPUPR", key="a", areaCode="36.72.08.1007", channel="PHONE", latitude=-6.0, longitude=106.0
    )
    await service.dispatched(
        "DLH", key="b", categoryCode="SAMPAH", areaCode="36.72.01", classification="ASPIRATION"
    )
    await service.submitted("c")
    office = await service.office()
    cases: list[tuple[dict[str, Any], int]] = [
        ({}, 3),
        ({"status": ["DISPATCHED"]}, 2),
        ({"status": ["SUBMITTED", "DISPATCHED"]}, 3),
        ({"status": []}, 0),
        ({"opd": ["DPUPR"]}, 1),
        ({"opd": ["DPUPR", "DLH"]}, 2),
        ({"category": ["SAMPAH"]}, 1),
        ({"category": ["LINGKUNGAN"]}, 1),
        ({"category": ["INFRASTRUKTUR"]}, 2),
        ({"area": ["36.72.08"]}, 1),
        ({"area": ["36.72.08.1007"]}, 1),
        ({"area": ["36.72.08.1006"]}, 0),
        ({"channel": ["PHONE"]}, 1),
        ({"classification": ["ASPIRATION"]}, 1),
        ({"overdue": True}, 0),
        ({"overdue": False}, 3),
        ({"submitted": {"from": "2020-01-01T00:00:00Z"}}, 3),
        ({"submitted": {"until": "2020-01-01T00:00:00+07:00"}}, 0),
        ({"updated": {"from": "2020-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}}, 3),
        ({"status": ["DISPATCHED"], "opd": ["DLH"], "overdue": None}, 1),
    ]
    for given, expected in cases:
        found = (await service.data(PAGE, office, filter=given))["complaints"]
        assert (found["totalCount"], len(found["nodes"])) == (expected, expected), given


async def test_an_unknown_code_is_refused_and_named(service: Service) -> None:
    years = 'period: {from: "2020-01-01", until: "2030-01-01"}'
    fields = [
        ("ComplaintFilter", "complaints(filter: $f) { nodes { id } }"),
        ("ComplaintFilter", 'opd(code: "DLH") { complaints(filter: $f) { totalCount } }'),
        ("ComplaintFilter", "viewer { inbox(filter: $f) { totalCount } }"),
        ("EventFilter", "events(filter: $f) { nodes { id } }"),
        ("StatisticsFilter", f"statistics({years}, filter: $f) {{ total }}"),
    ]
    office = await service.office()
    known = {"opd": ["DPUPR", "DLH"], "category": ["JALAN"], "area": ["36.72.08"]}
    for type_, field in fields:
        asked = f"query ($f: {type_}) {{ {field} }}"
        assert await service.data(asked, office, f=known)
        for name, listed in (("opd", "opds"), ("category", "categories"), ("area", "areas")):
            given = known | {name: [*known[name], "TIDAK-ADA"]}
            (error,) = (await service.ask(asked, office, f=given))["errors"]
            assert error["extensions"] == {"code": "INVALID_INPUT", "argument": f"filter.{name}"}
            assert error["message"] == (
                f'filter.{name}: no such code as "TIDAK-ADA"; `{listed}` lists those that there are.'
            )


async def test_a_new_opd_is_known_at_once(service: Service) -> None:
    asked = 'query { complaints(filter: {opd: ["BARU"]}) { totalCount } }'
    assert "errors" in await service.ask(asked)
    async with service.database.write() as session:
        session.add(Opd(code="BARU", name="Dinas Baru", kind="AGENCY"))
    assert await service.data(asked) == {"complaints": {"totalCount": 0}}


async def test_total_count_costs_nothing_where_nobody_asks(service: Service) -> None:
    planner = service.app.state.services.planner
    await service.data("{ complaints { nodes { id } } }")
    await service.data("{ complaints { totalCount } }")
    statements = [plan.sql for plan in planner._plans.values()]
    assert ["count(" in sql for sql in statements] == [False, True]


async def test_a_moment_needs_its_offset(service: Service) -> None:
    for moment in ("2023-01-01", "2023-01-01T00:00:00", "2023-W01-1T00:00Z", "kemarin", 1):
        answer = await service.ask(PAGE, None, filter={"submitted": {"from": moment}})
        assert "errors" in answer, moment
        assert answer["errors"][0]["extensions"]["code"] != "INTERNAL", moment


async def test_master_data_is_open(service: Service) -> None:
    seen = await service.data(
        """{ categories { code parent { code } defaultOpd { code } } areas { code kind parent { name } }
             slaRules { clock classification supervised workingDays confirmed }
             holidays(year: 2023) { date kind }
             opds(first: 100, filter: {search: "kecamatan c", kind: [DISTRICT], active: true}) {
               nodes { code } } opd(code: "dpupr") { name active parent { code } } }"""
    )
    assert len(seen["areas"]) == 51
    assert seen["areas"][8] == {
        "code": "36.72.02",
        "kind": "DISTRICT",
        "parent": None,
    } or seen["areas"][0] == {"code": "36.72.01", "kind": "DISTRICT", "parent": None}
    assert {"code": "JALAN", "parent": {"code": "INFRASTRUKTUR"}, "defaultOpd": {"code": "DPUPR"}} in seen[
        "categories"
    ]
    assert seen["opd"] == {"name": "Dinas Pekerjaan Umum dan Penataan Ruang", "active": True, "parent": None}
    assert [o["code"] for o in seen["opds"]["nodes"]] == [
        "KEC-CIBEBER",
        "KEC-CILEGON",
        "KEC-CITANGKIL",
        "KEC-CIWANDAN",
    ]
    assert {"date": "2023-04-21", "kind": "JOINT_LEAVE"} in seen["holidays"]
    assert {
        "clock": "RESOLUTION",
        "classification": "COMPLAINT",
        "supervised": True,
        "workingDays": 60,
        "confirmed": False,
    } in seen["slaRules"]


async def test_an_unknown_opd_is_null_and_a_pattern_is_only_text(service: Service) -> None:
    assert (await service.data('{ opd(code: "XX") { id } }'))["opd"] is None
    for text in ("%", "_", "\\", "'; DROP TABLE opd; --"):
        found = await service.data("query ($s: String) { opds(filter: {search: $s}) { totalCount } }", s=text)
        assert found["opds"]["totalCount"] == 0, text
