"""Finding complaints: by words, by place, by what they are like; and the sequence of events by polling."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.words import ClientScope, StaffRole
from tests.service import Service

FIND = """query ($s: String, $near: Near) { complaints(first: 50, filter: {search: $s, near: $near}) {
            totalCount nodes { title } pageInfo { endCursor } } }"""
REPORTS = {
    "jalan": ("Jalan rusak di Ramanuju", "Aspal mengelupas dan banyak kerikil.", -6.0000, 106.0000),
    "jalanan": ("Perbaikan jalanan berlubang", "Mohon ditambal, sudah rusak parah.", -6.0010, 106.0000),
    "sampah": ("Sampah menumpuk", "Tidak diangkut, menutup jalan kampung.", -6.0200, 106.0000),
    "lampu": ("Lampu padam", "Gelap sekali setiap malam.", None, None),
}


@pytest.fixture
async def reported(service: Service) -> Service:
    for key, (title, body, latitude, longitude) in REPORTS.items():
        await service.dispatched(key=key, title=title, body=body, latitude=latitude, longitude=longitude)
    return service


async def titles(service: Service, **variables: Any) -> list[str]:
    found = (await service.data(FIND, **variables))["complaints"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["title"] for node in found["nodes"]]


async def test_words_are_found_by_stem_spelling_and_in_any_order(reported: Service) -> None:
    jalan, jalanan, sampah, lampu = (title for title, *_ in REPORTS.values())
    assert await titles(reported, s="lampu") == [lampu]
    assert await titles(reported, s="LAMPU, padam!") == [lampu]
    assert await titles(reported, s="padam lampu") == [lampu]
    assert await titles(reported, s="lampu jalan") == []
    # The title weighs more than the body.
    assert await titles(reported, s="jalan rusak") == [jalan, jalanan]
    assert await titles(reported, s="rusak jalan") == [jalan, jalanan]
    assert set(await titles(reported, s="jalan")) == {jalan, jalanan, sampah}
    for misspelt in ("jln rusk", "jalan rusakk", "jaln rusak", "jl. rsk"):
        assert jalan in await titles(reported, s=misspelt), misspelt
    assert await titles(reported, s="smpah menumpk") == [sampah]
    assert await titles(reported, s="yang di jalan rusak") == [jalan, jalanan]
    assert await titles(reported, s="jalan rusak " * 900) == [jalan, jalanan]


@pytest.mark.parametrize(
    "hostile",
    [
        "'",
        '"',
        "' OR 1=1 --",
        "a & b | !c <-> (d)",
        "\\",
        ":*",
        "x" * 10_000,
        "jalan " * 2_000,
        "😀",
        "%_",
        "\x00",
        "\u0627 \u0644",
        "((((((",
    ],
)
async def test_hostile_input_is_only_text(reported: Service, hostile: str) -> None:
    assert len(await titles(reported, s=hostile)) <= 4


async def test_an_empty_search_box_narrows_nothing(reported: Service) -> None:
    for blank in ("", "  ", None):
        assert len(await titles(reported, s=blank)) == 4
    assert await titles(reported, s="!?") == []


async def test_a_search_is_paged_by_relevance(reported: Service) -> None:
    query = """query ($a: String) { complaints(first: 1, after: $a, filter: {search: "jalan"}) {
                 nodes { title } pageInfo { endCursor hasNextPage } } }"""
    seen: list[str] = []
    cursor, more = None, True
    while more:
        found = (await reported.data(query, a=cursor))["complaints"]
        seen += [node["title"] for node in found["nodes"]]
        cursor, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert seen == await titles(reported, s="jalan")
    assert len(seen) == 3


async def test_places_are_found_within_a_circle(reported: Service) -> None:
    jalan, jalanan, sampah, _ = (title for title, *_ in REPORTS.values())
    here = {"latitude": -6.0, "longitude": 106.0}
    assert await titles(reported, near=here | {"radiusMeters": 50.0}) == [jalan]
    assert set(await titles(reported, near=here | {"radiusMeters": 112.0})) == {jalan, jalanan}
    assert await titles(reported, near=here | {"radiusMeters": 110.0}) == [jalan]
    assert set(await titles(reported, near=here | {"radiusMeters": 3000.0})) == {jalan, jalanan, sampah}
    for wrong, argument in (
        ({"latitude": 91.0, "longitude": 0.0, "radiusMeters": 1.0}, "latitude"),
        ({"latitude": 0.0, "longitude": 181.0, "radiusMeters": 1.0}, "longitude"),
        ({"latitude": 0.0, "longitude": 0.0, "radiusMeters": -1.0}, "radiusMeters"),
        ({"latitude": 0.0, "longitude": 0.0, "radiusMeters": 1e6}, "radiusMeters"),
    ):
        answer = await reported.ask(FIND, None, near=wrong)
        assert answer["errors"][0]["extensions"]["argument"] == f"filter.near.{argument}"
    assert await titles(reported, near={"latitude": 90.0, "longitude": 0.0, "radiusMeters": 9.0}) == []
    # Far from the equator as many metres are more degrees of longitude: 0.0015 of them are 83.
    await reported.dispatched(key="north", title="Jauh di utara", latitude=60.0, longitude=0.0015)
    north = {"latitude": 60.0, "longitude": 0.0}
    assert await titles(reported, near=north | {"radiusMeters": 84.0}) == ["Jauh di utara"]
    assert await titles(reported, near=north | {"radiusMeters": 83.0}) == []


SIMILAR = """query ($t: String!, $b: String, $lat: Float, $lon: Float, $n: Int) {
  similarComplaints(title: $t, body: $b, latitude: $lat, longitude: $lon, first: $n) {
    score distanceMeters complaint { title } } }"""


async def similar(service: Service, **variables: Any) -> list[tuple[str, float | None]]:
    found = (await service.data(SIMILAR, **variables))["similarComplaints"]
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    return [
        (each["complaint"]["title"], each["distanceMeters"] and round(each["distanceMeters"]))
        for each in found
    ]


async def test_likely_duplicates_are_alike_in_words_and_near(reported: Service) -> None:
    jalan, jalanan, *_ = (title for title, *_ in REPORTS.values())
    assert (await similar(reported, t="Jalan rusak di Ramanuju"))[0] == (jalan, None)
    near = await similar(reported, t="Jalan berlubang", b="rusak", lat=-6.0, lon=106.0)
    assert set(near[:2]) == {(jalan, 0), (jalanan, 111)}
    lampu = REPORTS["lampu"][0]
    assert await similar(reported, t="Lampu padam", lat=-6.0, lon=106.0) == [(lampu, None)]
    far = await similar(reported, t="Jalan rusak di Ramanuju", lat=-6.5, lon=106.5)
    assert far == []
    # Of two that are told in the same words the nearer one is the likelier.
    await reported.dispatched(
        key="twin", title=lampu, body=REPORTS["lampu"][1], latitude=-6.0, longitude=106.0
    )
    await reported.dispatched(
        key="far", title=lampu, body=REPORTS["lampu"][1], latitude=-6.01, longitude=106.0
    )
    alike = await similar(reported, t="Lampu padam", lat=-6.0, lon=106.0)
    assert [metres for _, metres in alike] == [0, None, 1112]
    assert len(await similar(reported, t="jalan", n=1)) == 1
    assert await similar(reported, t="Pasar kotor dan becek") == []
    for hostile in ("", "'", "\x00", "%" * 5_000, "x" * 20_000):
        await similar(reported, t=hostile, b=hostile)
    for variables, argument in (
        ({"t": "x", "lat": 1.0}, "longitude"),
        ({"t": "x", "lat": 91.0, "lon": 1.0}, "latitude"),
        ({"t": "x", "n": 0}, "first"),
        ({"t": "x", "n": 21}, "first"),
    ):
        answer = await reported.ask(SIMILAR, None, **variables)
        assert answer["errors"][0]["extensions"]["argument"] == argument


async def test_hidden_reports_are_no_duplicates_for_the_public(service: Service) -> None:
    await service.submitted(title="Jembatan retak parah")
    assert await similar(service, t="Jembatan retak parah") == []
    found = await service.data(SIMILAR, await service.office(), t="Jembatan retak parah")
    assert len(found["similarComplaints"]) == 1


async def test_nodes_come_in_the_order_that_was_asked_for(service: Service) -> None:
    shown, hidden = await service.dispatched(), await service.submitted("hidden")
    opd = (await service.data('{ opd(code: "DLH") { id } }'))["opd"]["id"]
    ids = [opd, "x", shown["id"], "Query:1", hidden["id"], opd, "Opd:1", "ComplaintEvent:99999"]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
                 __typename id ... on Opd { code } ... on Complaint { status } } }"""
    seen = (await service.data(query, ids=ids))["nodes"]
    place = {"__typename": "Opd", "id": opd, "code": "DLH"}
    report = {"__typename": "Complaint", "id": shown["id"], "status": "DISPATCHED"}
    assert seen == [place, None, report, None, None, place, None, None]
    assert (await service.data(query, ids=[]))["nodes"] == []
    answer = await service.ask(query, None, ids=[opd] * 101)
    assert answer["errors"][0]["extensions"]["argument"] == "ids"


async def test_events_are_polled_to_the_end_and_on(service: Service) -> None:
    query = """query ($a: String, $f: EventFilter) { events(first: 2, after: $a, filter: $f) {
                 nodes { id type trackingCode } edges { cursor node { cursor } }
                 pageInfo { hasNextPage endCursor } } }"""
    made = await service.dispatched()
    office = await service.office()
    first = (await service.data(query, office))["events"]
    assert [e["type"] for e in first["nodes"]] == ["SUBMITTED", "VERIFIED"]
    assert [e["cursor"] for e in first["edges"]] == [e["node"]["cursor"] for e in first["edges"]]
    assert first["pageInfo"]["hasNextPage"] is True
    second = (await service.data(query, office, a=first["pageInfo"]["endCursor"]))["events"]
    assert [e["type"] for e in second["nodes"]] == ["DISPATCHED"]
    end = second["pageInfo"]["endCursor"]
    assert (await service.data(query, office, a=end))["events"]["nodes"] == []
    await service.dispatched(key="more", opd="DLH")
    assert len((await service.data(query, office, a=end))["events"]["nodes"]) == 2
    assert [e["type"] for e in (await service.data(query))["events"]["nodes"]] == ["VERIFIED", "DISPATCHED"]
    for given, count in (
        ({"opd": ["DLH"]}, 1),
        ({"trackingCode": made["trackingCode"]}, 2),
        ({"type": ["DISPATCHED"]}, 2),
        ({"type": ["COMPLETED"]}, 0),
        ({"category": ["INFRASTRUKTUR"]}, 2),
    ):
        assert len((await service.data(query, None, f=given))["events"]["nodes"]) == count, given
    node = "query ($i: ID!) { node(id: $i) { ... on ComplaintEvent { type opd { code } } } }"
    seen = await service.data(node, office, i=second["nodes"][0]["id"])
    assert seen["node"] == {"type": "DISPATCHED", "opd": {"code": "DPUPR"}}
    key = await service.client("Pembaca", ClientScope.READ)
    assert (await service.ask(query, key))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    # What a transaction that began before is still to tell comes first: nobody reads on past it.
    async with service.database.engine.connect() as earlier:
        await earlier.execute(sa.text("SELECT pg_current_xact_id()"))
        last = await service.submitted("last")
        of_last = {"f": {"trackingCode": last["trackingCode"]}}
        assert (await service.data(query, office, **of_last))["events"]["nodes"] == []
        await earlier.rollback()
    assert len((await service.data(query, office, **of_last))["events"]["nodes"]) == 1


async def test_the_inbox_holds_what_waits_for_the_viewer(service: Service) -> None:
    await service.submitted("new")
    at_dpupr, at_dlh = await service.dispatched(key="a"), await service.dispatched("DLH", key="b")
    query = "{ viewer { inbox { totalCount nodes { trackingCode } } } }"
    expected: dict[str | None, list[str]] = {
        await service.officer("DPUPR"): [at_dpupr["trackingCode"]],
        await service.officer("DLH"): [at_dlh["trackingCode"]],
        await service.staff(StaffRole.AUDITOR): [],
        None: [],
    }
    for token, codes in expected.items():
        inbox = (await service.data(query, token))["viewer"]["inbox"]
        assert [node["trackingCode"] for node in inbox["nodes"]] == codes
    inbox = (await service.data(query, await service.office()))["viewer"]["inbox"]
    assert inbox["totalCount"] == 1


async def test_an_opd_knows_its_complaints_and_figures(service: Service) -> None:
    await service.dispatched(key="a")
    await service.dispatched(key="b", privacy="CONFIDENTIAL")
    await service.dispatched("DLH", key="c")
    query = """{ opds(first: 3, filter: {search: "dpupr"}) { nodes { code
        complaints(first: 5, filter: {status: [DISPATCHED]}) { totalCount nodes { opd { code } } }
        statistics(period: {from: "2020-01-01", until: "2099-12-31"}) { total notFollowedUp
          byStatus { status count } byOpd { opd { code } total } byMonth { total completed } } } } }"""
    for token, listed in ((None, 1), (await service.office(), 2)):
        seen = (await service.data(query, token))["opds"]["nodes"]
        assert seen == [
            {
                "code": "DPUPR",
                "complaints": {"totalCount": listed, "nodes": [{"opd": {"code": "DPUPR"}}] * listed},
                "statistics": {
                    "total": listed,
                    "notFollowedUp": listed,
                    "byStatus": [{"status": "DISPATCHED", "count": listed}],
                    "byOpd": [{"opd": {"code": "DPUPR"}, "total": listed}],
                    "byMonth": [{"total": listed, "completed": 0}],
                },
            }
        ]
