"""What does it mean that a complaint waits for its reporter, and how does it go on?"""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.calendar import load_calendar, local_day
from domain.model.complaint import Deadline
from domain.words import Clock
from tests.service import Service
from tests.steps import actions, clocks, done, events, own, row, shift, stays, step, verified

ASKED = "Di depan rumah nomor berapa?"
READ = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
  status actions { nodes { kind body authorName fromStatus toStatus } }
  deadlines { clock state pausedAt } } }"""


async def held(service: Service, who: str, code: str) -> dict[str, Any]:
    return await done(service, who, "complaintHold", code, reason=ASKED)


async def test_the_holding_opd_waits_and_keeps_the_complaint(service: Service) -> None:
    officer = await service.officer("DPUPR")
    made = await service.dispatched()
    code = made["trackingCode"]
    complaint = await held(service, officer, code)
    assert (complaint["status"], complaint["version"]) == ("ON_HOLD", 4)
    assert complaint["opd"] == {"code": "DPUPR"}
    assert complaint["allowedTransitions"] == []
    now = await row(service, code)
    assert now.held_from == "DISPATCHED"
    # It is an action of the OPD: the follow-up has begun.
    assert now.first_responded_at is not None
    assert now.due_at is None
    assert await stays(service, code) == [("Dinas Pekerjaan Umum dan Penataan Ruang", None)]
    assert await clocks(service, code) == {
        "VERIFICATION": ["ended"],
        "RESOLUTION": ["paused"],
        "FOLLOW_UP": ["ended"],
    }
    assert (await events(service, code))[-1] == ("HELD", "DISPATCHED", "ON_HOLD", "PUBLIC")
    assert await actions(service, code) == [
        ("HOLD", "PUBLIC", ASKED, "DISPATCHED", "ON_HOLD", "Petugas officer-dpupr")
    ]


async def test_diskominfo_waiting_is_no_action_of_the_opd(service: Service) -> None:
    made = await service.dispatched()
    await held(service, await service.office(), made["trackingCode"])
    now = await row(service, made["trackingCode"])
    assert now.first_responded_at is None
    assert now.due_at is not None
    assert await clocks(service, made["trackingCode"]) == {
        "VERIFICATION": ["ended"],
        "RESOLUTION": ["paused"],
        "FOLLOW_UP": ["running"],
    }


async def test_the_time_to_verify_is_not_paused(service: Service) -> None:
    made, office = await service.submitted(), await service.office()
    code = made["trackingCode"]
    before = (await row(service, code)).due_at
    await held(service, office, code)
    assert await clocks(service, code) == {"VERIFICATION": ["running"]}
    assert (await row(service, code)).due_at == before
    assert (await events(service, code))[-1] == ("HELD", "SUBMITTED", "ON_HOLD", "REPORTER")
    await done(service, office, "complaintVerify", code)
    assert await clocks(service, code) == {"VERIFICATION": ["ended"], "RESOLUTION": ["running"]}


async def test_verified_again_it_comes_back_from_the_opd_to_diskominfo(service: Service) -> None:
    officer, office = await service.officer("DPUPR"), await service.office()
    made = await service.dispatched()
    code = made["trackingCode"]
    await held(service, officer, code)
    complaint = await done(service, office, "complaintVerify", code)
    assert (complaint["status"], complaint["opd"]) == ("VERIFIED", None)
    assert (await row(service, code)).held_from is None
    assert await stays(service, code) == [("Dinas Pekerjaan Umum dan Penataan Ruang", "RETURNED")]
    assert (await clocks(service, code))["RESOLUTION"] == ["running"]
    assert (await events(service, code))[-1] == ("VERIFIED", "ON_HOLD", "VERIFIED", "PUBLIC")
    # It can go to another one, and nobody counts a second first dispatch.
    first = (await row(service, code)).dispatched_at
    await done(service, office, "complaintDispatch", code, opdCode="DLH")
    assert (await row(service, code)).dispatched_at == first
    assert (await clocks(service, code))["FOLLOW_UP"] == ["ended"]


@pytest.mark.parametrize("days", [0, 1, 7, 30])
@pytest.mark.parametrize("way", ["reply", "verify"])
async def test_the_paused_clock_runs_on_with_what_was_left(service: Service, days: int, way: str) -> None:
    office = await service.office()
    made = await service.dispatched()
    code = made["trackingCode"]
    await held(service, office, code)
    await shift(service, code, days)

    async def resolution() -> Deadline:
        async with service.database.write() as session:
            found = await session.scalar(sa.select(Deadline).where(Deadline.clock == Clock.RESOLUTION))
            assert found is not None
            return found

    before = await resolution()
    if way == "reply":
        assert (await own(service, made, "complaintReply", body="Nomor 12"))["errors"] == []
    else:
        await done(service, office, "complaintVerify", code)
    after, now = await resolution(), (await row(service, code)).updated_at
    async with service.database.write() as session:
        calendar = await load_calendar(session)
    assert before.paused_at is not None
    assert after.paused_at is None
    left_then = calendar.between(local_day(before.paused_at), local_day(before.due_at))
    assert calendar.between(local_day(now), local_day(after.due_at)) == left_then


async def test_verified_again_it_may_be_given_its_right_kind(service: Service) -> None:
    office, made = await service.office(), await verified(service)
    code = made["trackingCode"]
    await held(service, office, code)
    await done(service, office, "complaintVerify", code, supervised=True)
    look = """query ($c: String!) { complaint(trackingCode: $c) {
                deadlines { clock workingDaysLeft rule { workingDays } } } }"""
    found = (await service.data(look, c=code))["complaint"]["deadlines"]
    assert found[1] == {"clock": "RESOLUTION", "workingDaysLeft": 60, "rule": {"workingDays": 60}}


async def test_who_reads_why_it_waits(service: Service) -> None:
    office = await service.office()
    made = await service.submitted()
    code, token = made["trackingCode"], made["accessToken"]
    await held(service, office, code)
    # Before its verification: its reporter and Diskominfo.
    assert (await service.data(READ, c=code))["complaint"] is None
    mine = (await service.data(READ, c=code, t=token))["complaint"]
    assert mine["status"] == "ON_HOLD"
    assert mine["actions"]["nodes"] == [
        {"kind": "HOLD", "body": ASKED, "authorName": None, "fromStatus": "SUBMITTED", "toStatus": "ON_HOLD"}
    ]
    theirs = (await service.data(READ, office, c=code))["complaint"]
    assert theirs["actions"]["nodes"][0]["authorName"] == "Petugas office"
    # From then on: all, but not who it was that asked.
    await done(service, office, "complaintVerify", code)
    for who in (None, await service.officer("DINKES")):
        assert (await service.data(READ, who, c=code))["complaint"]["actions"] == mine["actions"]


async def test_nobody_reads_why_a_confidential_one_waits(service: Service) -> None:
    officer = await service.officer("DPUPR")
    made = await service.dispatched(privacy="CONFIDENTIAL")
    code = made["trackingCode"]
    await held(service, officer, code)
    assert (await events(service, code))[-1] == ("HELD", "DISPATCHED", "ON_HOLD", "REPORTER")
    for who in (None, await service.officer("DINKES")):
        assert (await service.data(READ, who, c=code))["complaint"] is None
    assert (await service.data(READ, c=code, t=made["accessToken"]))["complaint"]["status"] == "ON_HOLD"


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
async def test_a_reason_says_something(service: Service, reason: str) -> None:
    made = await service.submitted()
    payload = await step(
        service, await service.office(), "complaintHold", made["trackingCode"], reason=reason
    )
    assert payload["complaint"] is None
    assert payload["errors"][0]["code"] == "INVALID_INPUT"
    assert payload["errors"][0]["field"] == ["input", "reason"]
    assert (await row(service, made["trackingCode"])).status == "SUBMITTED"
