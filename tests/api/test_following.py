"""Followers get every event that they may see, in order, exactly where they stopped."""

import asyncio
import random

import pytest
import sqlalchemy as sa

from api import relay
from domain.model.complaint import Complaint
from domain.words import ClientScope
from schema.following.places import Position, cursor_of
from tests.following import event, listening, message, socket, subscribe
from tests.service import Service

OWN = """subscription ($c: String!, $t: String, $after: String) {
  complaintStatusChanged(trackingCode: $c, accessToken: $t, after: $after) { type toStatus cursor }
}"""


async def test_a_follower_sees_each_change_as_it_happens(service: Service) -> None:
    officer = await service.officer("DPUPR")
    async with socket(service.socket_url) as follower:
        await subscribe(follower)
        await listening(service)
        code = (await service.dispatched())["trackingCode"]
        await service.do(
            "complaintAnswer", officer, "errors { code }", trackingCode=code, version=3, body="Ya"
        )
        seen = [await event(follower) for _ in range(3)]
    assert [(e["type"], e["fromStatus"], e["toStatus"]) for e in seen] == [
        ("VERIFIED", "SUBMITTED", "VERIFIED"),
        ("DISPATCHED", "VERIFIED", "DISPATCHED"),
        ("ANSWERED", "DISPATCHED", "ANSWERED"),
    ]
    assert {e["trackingCode"] for e in seen} == {code}
    assert seen[-1]["complaint"] == {"trackingCode": code, "status": "ANSWERED"}


async def test_an_event_arrives_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    # No look in between could tell of it in time: the notification woke the follower.
    monkeypatch.setattr(relay, "POLL_SECONDS", 300.0)
    async with socket(service.socket_url, await service.office()) as follower:
        await subscribe(follower)
        await listening(service)
        for number in range(3):
            told = await asyncio.gather(event(follower, seconds=20), service.submitted(str(number)))
            assert told[0]["type"] == "SUBMITTED"


async def test_the_reporter_sees_their_own_from_the_start(service: Service) -> None:
    made, officer = await service.dispatched(), await service.officer("DPUPR")
    code = made["trackingCode"]
    for kind, visibility in (("NOTE", "INTERNAL"), ("PROGRESS", "PUBLIC")):
        await service.do(
            "actionAdd",
            officer,
            "errors { code }",
            trackingCode=code,
            version=3 if kind == "NOTE" else 4,
            body="Catatan",
            kind=kind,
            visibility=visibility,
        )
    first = (await service.data("{ complaints { nodes { id } } }"))["complaints"]["nodes"]
    assert len(first) == 1
    async with socket(service.socket_url) as follower:
        begin = await beginning(service)
        await subscribe(follower, OWN, c=code, t=made["accessToken"], after=begin)
        seen = [(await event(follower))["type"] for _ in range(4)]
    assert seen == ["SUBMITTED", "VERIFIED", "DISPATCHED", "STARTED"]


async def beginning(service: Service) -> str:
    """A cursor from before everything: signed by the service for the start of the sequence."""
    planner = service.app.state.services.planner
    return cursor_of(planner.cursor_secret, Position(0, 0))


async def test_a_confidential_report_is_not_heard_of_by_the_public(service: Service) -> None:
    office = await service.office()
    async with socket(service.socket_url) as public, socket(service.socket_url, office) as staff:
        await subscribe(public)
        await subscribe(staff)
        await listening(service, 2)
        await service.dispatched(key="secret", privacy="CONFIDENTIAL")
        open_one = await service.dispatched(key="open")
        heard = [await event(public) for _ in range(2)]
        told = [await event(staff) for _ in range(6)]
    assert {e["trackingCode"] for e in heard} == {open_one["trackingCode"]}
    assert [e["type"] for e in told] == ["SUBMITTED", "VERIFIED", "DISPATCHED"] * 2


async def test_reconnecting_with_a_cursor_misses_nothing_while_twenty_write(service: Service) -> None:
    office = await service.office()
    seen: list[str] = []
    expected = 200

    async def write(number: int) -> None:
        for turn in range(expected // 20):
            await service.submitted(f"{number}-{turn}")

    async def follow() -> None:
        dice, cursor = random.Random(7), await beginning(service)
        while len(seen) < expected:
            async with socket(service.socket_url, office) as follower:
                await subscribe(follower, after=cursor)
                for _ in range(dice.randint(1, 40)):
                    if len(seen) == expected:
                        break
                    got = await event(follower)
                    seen.append(got["trackingCode"])
                    cursor = got["cursor"]

    await asyncio.wait_for(asyncio.gather(follow(), *(write(n) for n in range(20))), 200)
    async with service.database.write() as session:
        codes = set(await session.scalars(sa.select(Complaint.tracking_code)))
    assert len(seen) == len(set(seen)) == expected
    assert set(seen) == codes


async def test_a_slow_transaction_is_waited_for_and_not_skipped(service: Service) -> None:
    office = await service.office()
    slow, quick = await service.submitted("slow"), await service.submitted("quick")
    async with socket(service.socket_url, office) as follower:
        # Transactions of other tests on the same cluster may hold back the reports themselves.
        await subscribe(follower, filter={"type": ["RATED", "VERIFIED"]})
        await listening(service)
        async with service.database.sessions() as session:
            await session.execute(
                sa.text(
                    """INSERT INTO complaint_event
                         (type, complaint_id, complaint_version, to_status, audience, occurred_at)
                       SELECT 'RATED', id, 2, status, 'STAFF', now() FROM complaint
                        WHERE tracking_code = :c"""
                ),
                {"c": slow["trackingCode"]},
            )
            payload = await service.do(
                "complaintVerify", office, "errors { code }", trackingCode=quick["trackingCode"], version=1
            )
            assert payload == {"errors": []}
            # The quick one is committed, but the slow one has the smaller number: neither is told yet.
            await asyncio.sleep(1.5)
            await session.commit()
        seen = [(await event(follower))["type"] for _ in range(2)]
    assert seen == ["RATED", "VERIFIED"]


async def test_a_filter_that_names_what_there_is_not_is_refused(service: Service) -> None:
    async with socket(service.socket_url, await service.office()) as follower:
        for name in ("opd", "category", "area"):
            await subscribe(follower, filter={name: ["TIDAK-ADA"]})
            told = await message(follower)
            assert told["type"] == "error"
            assert told["payload"][0]["extensions"] == {"code": "INVALID_INPUT", "argument": f"filter.{name}"}


async def test_a_cursor_that_is_not_ours_is_refused(service: Service) -> None:
    async with socket(service.socket_url) as follower:
        for cursor in ("", "x", "AAAA", "0|0", "é" * 10):
            await subscribe(follower, after=cursor)
            told = await message(follower)
            errors = told["payload"] if told["type"] == "error" else told["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == "BAD_CURSOR", (cursor, told)
            if told["type"] == "next":
                assert (await message(follower))["type"] == "complete"


async def test_an_unknown_complaint_is_said_to_be_so(service: Service) -> None:
    hidden = await service.submitted()
    async with socket(service.socket_url) as follower:
        for code in ("CLG-0000-0000-0", "nonsense", hidden["trackingCode"]):
            await subscribe(follower, OWN, c=code)
            told = await message(follower)
            errors = told["payload"] if told["type"] == "error" else told["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == "NOT_FOUND", told
            if told["type"] == "next":
                assert (await message(follower))["type"] == "complete"


async def test_a_key_needs_the_scope_to_follow(service: Service) -> None:
    key = await service.client("Hanya baca", ClientScope.READ)
    async with socket(service.socket_url, key) as follower:
        await subscribe(follower)
        told = await message(follower)
    errors = told["payload"] if told["type"] == "error" else told["payload"]["errors"]
    assert errors[0]["extensions"]["code"] == "FORBIDDEN"
    key = await service.client("Pengikut", ClientScope.EVENTS)
    async with socket(service.socket_url, key) as follower:
        await subscribe(follower)
        await listening(service)
        await service.dispatched()
        assert (await event(follower))["type"] == "VERIFIED"
