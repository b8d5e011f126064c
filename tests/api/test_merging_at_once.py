"""Do merges that cross each other, and what comes in between, end well?"""

import asyncio
import itertools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Action, Complaint
from domain.words import ComplaintStatus
from tests.service import Service
from tests.steps import (
    ANSWER,
    merged,
    own,
    row,
    step,
    supported,
    verified,
)


async def merge_unseen(service: Service, code: str, into: str) -> dict[str, Any]:
    """A merge of a report that nothing has happened to yet."""
    office = await service.office()
    return await service.do(
        "complaintMerge", office, ANSWER, trackingCode=code, version=1, intoTrackingCode=into
    )


async def lock(session: AsyncSession, code: str) -> None:
    """Locks a complaint, or fails at once where somebody else has it."""
    await session.execute(
        sa.select(Complaint.id).where(Complaint.tracking_code == code).with_for_update(nowait=True)
    )


async def waiting(service: Service, number: int) -> None:
    """Returns when so many transactions of this test wait for a lock."""
    query = """SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    found = None
    while found != number:
        # Each in a transaction of its own: within one, what the others do stays as it was first read.
        async with service.database.write() as session:
            found = await session.scalar(sa.text(query))


async def test_two_merges_that_cross_wait_for_the_same_one_first(service: Service) -> None:
    await service.office()
    # Identifiers grow with time: the first submitted is the first locked.
    a, b = [(await service.submitted(key))["trackingCode"] for key in "ab"]
    async with service.database.write() as session:
        await lock(session, a)
        merges = [asyncio.ensure_future(merge_unseen(service, *pair)) for pair in ((a, b), (b, a))]
        await waiting(service, 2)
        async with service.database.write() as other:
            await lock(other, b)
    payloads = await asyncio.gather(*merges)
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]


async def test_who_is_led_on_to_another_one_holds_only_that(service: Service) -> None:
    made, target = await verified(service, "a"), await verified(service, "b")
    code, into = made["trackingCode"], target["trackingCode"]
    await merged(service, made, target)
    async with service.database.write() as session:
        await lock(session, into)
        reply = asyncio.ensure_future(own(service, made, "complaintReply", body="Sama"))
        support = asyncio.ensure_future(supported(service, code, "satu"))
        await waiting(service, 2)
        async with service.database.write() as other:
            await lock(other, code)
    assert [p["errors"] for p in await asyncio.gather(reply, support)] == [[], []]


async def test_of_two_merges_that_cross_one_is_refused(service: Service) -> None:
    await service.office()
    for turn in range(10):
        a, b = [(await service.submitted(f"{turn}-{side}"))["trackingCode"] for side in "ab"]
        payloads = await asyncio.gather(merge_unseen(service, a, b), merge_unseen(service, b, a))
        won = [p for p in payloads if not p["errors"]]
        lost = [p for p in payloads if p["errors"]]
        assert len(won) == len(lost) == 1
        assert [(e["code"], e["field"]) for e in lost[0]["errors"]] == [
            ("INVALID_INPUT", ["input", "intoTrackingCode"])
        ]
        statuses = {(await row(service, code)).status for code in (a, b)}
        assert statuses == {ComplaintStatus.SUBMITTED, ComplaintStatus.MERGED}


async def test_a_ring_of_merges_leaves_one_open(service: Service) -> None:
    await service.office()
    codes = [(await service.submitted(key))["trackingCode"] for key in "abcdef"]
    ring = itertools.pairwise([*codes, codes[0]])
    payloads = await asyncio.gather(*(merge_unseen(service, code, into) for code, into in ring))
    number = sum(not p["errors"] for p in payloads)
    assert 1 <= number <= 5
    statuses = [(await row(service, code)).status for code in codes]
    assert statuses.count(ComplaintStatus.MERGED) == number


async def test_support_and_replies_in_the_midst_of_merges_reach_the_last_one(service: Service) -> None:
    office = await service.office()
    line = [await verified(service, str(number)) for number in range(4)]
    first, last = line[0], line[-1]["trackingCode"]

    async def merge_on() -> None:
        for made, into in itertools.pairwise(line):
            payload: dict[str, Any] = {"errors": [{"code": "CONFLICT"}]}
            while payload["errors"]:  # a reply in between makes the version another one
                assert payload["errors"][0]["code"] == "CONFLICT"
                payload = await step(
                    service,
                    office,
                    "complaintMerge",
                    made["trackingCode"],
                    intoTrackingCode=into["trackingCode"],
                )

    supports = [supported(service, first["trackingCode"], f"kunci-{i}") for i in range(25)]
    replies = [own(service, first, "complaintReply", body=f"ke-{i}") for i in range(10)]
    _, *payloads = await asyncio.gather(merge_on(), *supports, *replies)
    assert [p["errors"] for p in payloads] == [[]] * 35
    assert (await row(service, last)).supporter_count == 25
    async with service.database.write() as session:
        said = await session.scalar(
            sa.select(sa.func.count(sa.distinct(Action.body))).where(Action.kind == "REPORTER_REPLY")
        )
    assert said == 10
