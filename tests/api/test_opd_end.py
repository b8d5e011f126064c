"""What becomes of an OPD that ends, of its complaints, and of what it has done?"""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint, Disposition
from domain.model.master import Opd
from domain.words import ClientScope
from domain.workflow import OPEN
from tests.service import Service
from tests.steps import answered, clocks, completed, done, events, own, row, stays

LAST = "2024-12-31"
"""A last day that has passed."""
END = "opd { code active activeUntil successor { code } } errors { code field message }"
PUPR, DLH = "Dinas Pekerjaan Umum dan Penataan Ruang", "Dinas Lingkungan Hidup"


async def end(service: Service, who: str | None, **values: Any) -> dict[str, Any]:
    given = {"code": "DPUPR", "activeUntil": LAST} | values
    return await service.do("opdDeactivate", who, END, **given)


def codes(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["field"]) for error in payload["errors"]]


async def test_it_takes_no_more_complaints_and_what_it_did_stays_its_own(service: Service) -> None:
    office, made = await service.office(), await completed(service)
    payload = await end(service, office, successorCode="DLH")
    assert payload == {
        "opd": {"code": "DPUPR", "active": False, "activeUntil": LAST, "successor": {"code": "DLH"}},
        "errors": [],
    }
    other = await service.submitted("other")
    await done(service, office, "complaintVerify", other["trackingCode"])
    refused = await service.do(
        "complaintDispatch",
        office,
        "complaint { id } errors { code field }",
        trackingCode=other["trackingCode"],
        version=2,
        opdCode="DPUPR",
    )
    assert codes(refused) == [("OPD_INACTIVE", ["input", "opdCode"])]
    offered = await service.data("{ opds(first: 100, filter: {active: true}) { nodes { code } } }")
    assert "DPUPR" not in [opd["code"] for opd in offered["opds"]["nodes"]]
    # Renamed even, its past keeps the name that it had.
    renamed = await service.do("opdUpdate", office, "errors { code }", code="DPUPR", name="Dinas Lama")
    assert renamed["errors"] == []
    assert await stays(service, made["trackingCode"]) == [(PUPR, "COMPLETED")]


async def test_with_open_complaints_it_cannot_end(service: Service) -> None:
    office = await service.office()
    await service.dispatched(key="a")
    await service.dispatched(key="b")
    payload = await end(service, office, successorCode="DLH")
    assert payload["opd"] is None
    assert codes(payload) == [("OPD_HAS_OPEN_COMPLAINTS", ["input", "moveOpenComplaints"])]
    assert "2 laporan" in payload["errors"][0]["message"]
    async with service.database.write() as session:
        opd = await session.scalar(sa.select(Opd).where(Opd.code == "DPUPR"))
    assert opd is not None
    assert (opd.active_until, opd.successor_id) == (None, None)


async def test_its_open_complaints_go_to_the_successor(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    new = await service.dispatched(key="new")
    begun = await service.dispatched(key="begun")
    await done(service, officer, "actionAdd", begun["trackingCode"], body="Survei")
    waiting = await service.dispatched(key="waiting")
    await done(service, officer, "actionAdd", waiting["trackingCode"], body="Survei")
    await done(service, officer, "complaintHold", waiting["trackingCode"], reason="Di mana?")
    said = await answered(service, "said")
    finished = await completed(service, "finished")
    elsewhere = await service.dispatched("DISHUB", "elsewhere")
    before = {m["trackingCode"]: await row(service, m["trackingCode"]) for m in (finished, elsewhere)}

    payload = await end(service, office, successorCode="DLH", moveOpenComplaints=True)
    assert payload["errors"] == []
    for made, was, is_, version in (
        (new, "DISPATCHED", "DISPATCHED", 4),
        (begun, "IN_PROGRESS", "DISPATCHED", 5),
        (waiting, "ON_HOLD", "ON_HOLD", 6),
        (said, "ANSWERED", "ANSWERED", 5),
    ):
        code = made["trackingCode"]
        now = await row(service, code)
        assert (now.status, now.version) == (is_, version), was
        assert await stays(service, code) == [(PUPR, "MOVED"), (DLH, None)], was
        assert (await events(service, code))[-1] == ("DISPATCHED", was, is_, "PUBLIC"), was
        follow_up = "running" if made is new else "ended"
        assert (await clocks(service, code))["FOLLOW_UP"] == [follow_up], was
    for code, was_ in before.items():
        now = await row(service, code)
        assert (now.opd_id, now.version) == (was_.opd_id, was_.version)

    # The successor goes on with them: what the old one had begun is for it to begin.
    successor = await service.officer("DLH")
    moved = await own(service, waiting, "complaintReply", body="Nomor 12")
    assert moved["complaint"]["status"] == "DISPATCHED"
    assert moved["complaint"]["opd"] == {"code": "DLH"}
    assert (await clocks(service, waiting["trackingCode"]))["RESOLUTION"] == ["running"]
    await done(service, successor, "complaintComplete", said["trackingCode"], body="Selesai")
    assert await stays(service, said["trackingCode"]) == [(PUPR, "MOVED"), (DLH, "COMPLETED")]
    # The old one reads on, and does nothing.
    look = "query ($c: String!) { complaint(trackingCode: $c) { allowedTransitions } }"
    seen = await service.data(look, officer, c=begun["trackingCode"])
    assert seen["complaint"] == {"allowedTransitions": []}


async def test_it_may_end_later_and_is_active_until_then(service: Service) -> None:
    office = await service.office()
    payload = await end(service, office, activeUntil="2099-12-31")
    assert payload["opd"] == {
        "code": "DPUPR",
        "active": True,
        "activeUntil": "2099-12-31",
        "successor": None,
    }
    await service.dispatched()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"code": "TIDAK-ADA"}, ("NOT_FOUND", "code")),
        ({"code": "bukan kode!"}, ("INVALID_INPUT", "code")),
        ({"successorCode": "TIDAK-ADA"}, ("INVALID_INPUT", "successorCode")),
        ({"successorCode": "dpupr"}, ("INVALID_INPUT", "successorCode")),
        ({"moveOpenComplaints": True}, ("INVALID_INPUT", "successorCode")),
        ({"moveOpenComplaints": True, "successorCode": " "}, ("INVALID_INPUT", "successorCode")),
    ],
)
async def test_what_does_not_fit_names_its_field(
    service: Service, values: dict[str, Any], expected: tuple[str, str]
) -> None:
    code, field = expected
    assert codes(await end(service, await service.office(), **values)) == [(code, ["input", field])]


async def test_a_successor_is_active_and_goes_on(service: Service) -> None:
    office = await service.office()
    assert (await end(service, office, code="DLH"))["errors"] == []
    assert (await end(service, office, code="DISHUB", activeUntil="2098-12-31"))["errors"] == []
    inactive = ("OPD_INACTIVE", ["input", "successorCode"])
    assert codes(await end(service, office, successorCode="DLH")) == [inactive]
    assert codes(await end(service, office, successorCode="DISHUB", activeUntil="2099-12-31")) == [inactive]
    assert codes(await end(service, office, successorCode="DISHUB")) == []
    # Round and round is no way to succeed.
    ring = await end(service, office, code="DISHUB", activeUntil="2098-12-31", successorCode="DPUPR")
    assert codes(ring) == [("INVALID_INPUT", ["input", "successorCode"])]


async def test_it_does_not_end_before_it_begins(service: Service) -> None:
    office = await service.office()
    made = await service.do(
        "opdCreate",
        office,
        "errors { code }",
        code="BARU",
        name="Dinas Baru",
        kind="AGENCY",
        activeFrom="2026-01-01",
    )
    assert made["errors"] == []
    assert codes(await end(service, office, code="BARU")) == [("INVALID_INPUT", ["input", "activeUntil"])]


@pytest.mark.parametrize("who", ["public", "officer", "client"])
async def test_only_diskominfo_ends_an_opd(service: Service, who: str) -> None:
    token = None
    if who == "officer":
        token = await service.officer("DPUPR")
    if who == "client":
        token = await service.client("Aplikasi", ClientScope.SUBMIT)
    expected = "UNAUTHENTICATED" if who == "public" else "FORBIDDEN"
    for code in ("DPUPR", "TIDAK-ADA"):
        assert codes(await end(service, token, code=code)) == [(expected, [])]


# ------------------------------------------------------------------ at once


async def test_no_complaint_is_left_with_an_opd_that_has_ended(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    ready = []
    for number in range(12):
        made = await service.submitted(str(number))
        await done(service, office, "complaintVerify", made["trackingCode"])
        ready.append(made["trackingCode"])
    held = [await service.dispatched(key=f"held-{number}") for number in range(6)]

    async def ended() -> dict[str, Any]:
        while True:  # refused while complaints come in at this very moment
            payload = await end(service, office, successorCode="DLH", moveOpenComplaints=True)
            if not payload["errors"]:
                return payload
            assert codes(payload) == [("OPD_HAS_OPEN_COMPLAINTS", ["input", "moveOpenComplaints"])]

    def dispatch(code: str) -> Any:
        return service.do(
            "complaintDispatch",
            office,
            "complaint { id } errors { code }",
            trackingCode=code,
            version=2,
            opdCode="DPUPR",
        )

    def act(code: str) -> Any:
        return service.do(
            "actionAdd", officer, "action { id } errors { code }", trackingCode=code, version=3, body="x"
        )

    payloads = await asyncio.gather(
        ended(), *map(dispatch, ready), *(act(made["trackingCode"]) for made in held)
    )
    told = {error["code"] for payload in payloads for error in payload["errors"]}
    assert told <= {"OPD_INACTIVE", "CONFLICT", "FORBIDDEN"}
    async with service.database.write() as session:
        left = await session.scalar(
            sa.select(sa.func.count())
            .select_from(Complaint)
            .join(Opd, Opd.id == Complaint.opd_id)
            .where(Opd.code == "DPUPR", Complaint.status.in_(OPEN))
        )
        open_stays = await session.scalar(
            sa.select(sa.func.count())
            .select_from(Disposition)
            .join(Opd, Opd.id == Disposition.opd_id)
            .where(Opd.code == "DPUPR", Disposition.ended_at.is_(None))
        )
    assert (left, open_stays) == (0, 0)


async def test_two_opds_that_would_succeed_each_other_at_once(service: Service) -> None:
    office = await service.office()
    await service.dispatched("DPUPR", "a")
    await service.dispatched("DLH", "b")
    payloads = await asyncio.gather(
        end(service, office, code="DPUPR", successorCode="DLH", moveOpenComplaints=True),
        end(service, office, code="DLH", successorCode="DPUPR", moveOpenComplaints=True),
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]


async def test_its_categories_go_to_whoever_does_its_work_now(service: Service) -> None:
    office, look = await service.office(), "{ categories { code defaultOpd { code } } }"

    async def usual() -> str | None:
        found = {c["code"]: c["defaultOpd"] for c in (await service.data(look))["categories"]}
        code: str | None = found["JALAN"] and found["JALAN"]["code"]
        return code

    assert await usual() == "DPUPR"
    # On its last day it is still the one; later its successor is, or the successor's.
    assert (await end(service, office, activeUntil="2099-12-31", successorCode="DLH"))["errors"] == []
    assert await usual() == "DPUPR"
    assert (await end(service, office, successorCode="DLH"))["errors"] == []
    assert await usual() == "DLH"
    await service.do("opdDeactivate", office, END, code="DLH", activeUntil=LAST, successorCode="DISHUB")
    assert await usual() == "DISHUB"
    await service.do("opdDeactivate", office, END, code="DISHUB", activeUntil=LAST)
    assert await usual() is None
