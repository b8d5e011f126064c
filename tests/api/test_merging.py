"""What goes on to the complaint that another one became part of, and what stays behind?"""

import asyncio
import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Action, Complaint
from domain.words import ComplaintStatus
from tests.following import event, socket, subscribe
from tests.service import Service
from tests.steps import (
    ANSWER,
    actions,
    clocks,
    completed,
    done,
    events,
    own,
    row,
    stays,
    step,
    verified,
)

LOOK = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
  status mergedInto { trackingCode status } actions { nodes { kind body } } } }"""
FOLLOW = """subscription ($c: String!, $t: String, $after: String) {
  complaintStatusChanged(trackingCode: $c, accessToken: $t, after: $after) {
    type trackingCode toStatus cursor } }"""


async def merge(service: Service, code: str, into: str) -> dict[str, Any]:
    return await step(service, await service.office(), "complaintMerge", code, intoTrackingCode=into)


async def merged(service: Service, made: dict[str, Any], into: dict[str, Any]) -> None:
    assert (await merge(service, made["trackingCode"], into["trackingCode"]))["errors"] == []


async def supported(service: Service, code: str, key: str) -> dict[str, Any]:
    return await service.do("complaintSupport", None, ANSWER, trackingCode=code, supporterKey=key)


async def test_a_complaint_becomes_part_of_another(service: Service) -> None:
    made, target = await service.dispatched(key="a"), await service.dispatched("DLH", "b")
    code, into = made["trackingCode"], target["trackingCode"]
    await done(service, await service.officer("DPUPR"), "complaintHold", code, reason="Di mana?")
    before = await row(service, into)
    payload = await merge(service, code, into)
    assert payload["errors"] == []
    assert payload["complaint"]["status"] == "MERGED"
    assert payload["complaint"]["mergedInto"] == {"trackingCode": into}
    assert payload["complaint"]["allowedTransitions"] == []
    assert await stays(service, code) == [("Dinas Pekerjaan Umum dan Penataan Ruang", "MERGED")]
    assert await clocks(service, code) == {
        "VERIFICATION": ["ended"],
        "RESOLUTION": ["ended"],
        "FOLLOW_UP": ["ended"],
    }
    assert (await row(service, code)).due_at is None
    assert (await events(service, code))[-1] == ("MERGED", "ON_HOLD", "MERGED", "PUBLIC")
    told = "Digabung dengan laporan lain tentang hal yang sama."
    assert (await actions(service, code))[-1][:5] == ("NOTE", "PUBLIC", told, "ON_HOLD", "MERGED")
    # The other one is as it was: what happened did not happen to it.
    now = await row(service, into)
    assert (now.version, now.updated_at, now.status) == (before.version, before.updated_at, "DISPATCHED")
    assert await stays(service, into) == [("Dinas Lingkungan Hidup", None)]


async def test_supporters_are_united(service: Service) -> None:
    made, target = await verified(service, "a"), await verified(service, "b")
    code, into = made["trackingCode"], target["trackingCode"]
    for key in ("satu", "dua", "tiga"):
        await supported(service, code, key)
    for key in ("tiga", "empat"):
        await supported(service, into, key)
    await merged(service, made, target)
    assert (await row(service, into)).supporter_count == 4
    # Support that is sent to the old code counts for the new one, once.
    assert [e["code"] for e in (await supported(service, code, "satu"))["errors"]] == ["ALREADY_SUPPORTED"]
    payload = await supported(service, code, "lima")
    assert payload["errors"] == []
    assert payload["complaint"]["trackingCode"] == into
    assert payload["complaint"]["supporterCount"] == 5
    assert (await row(service, code)).supporter_count == 3


async def test_a_reply_reaches_the_one_that_it_became_part_of(service: Service) -> None:
    made, target = await verified(service, "a"), await service.dispatched(key="b")
    into = target["trackingCode"]
    await merged(service, made, target)
    await done(service, await service.officer("DPUPR"), "complaintAnswer", into, body="Dijadwalkan")
    given: dict[str, Any] = {"body": "Di sini juga", "idempotencyKey": "balas-1"}
    for _ in range(2):
        payload = await own(service, made, "complaintReply", **given)
        assert payload["errors"] == []
        assert payload["complaint"]["trackingCode"] == into
        assert payload["complaint"]["status"] == "IN_PROGRESS"
    assert [a[:3] for a in await actions(service, into)] == [
        ("ANSWER", "PUBLIC", "Dijadwalkan"),
        ("REPORTER_REPLY", "PUBLIC", "Di sini juga"),
    ]
    assert (await events(service, into))[-1] == ("REPLIED", "ANSWERED", "IN_PROGRESS", "PUBLIC")
    assert [kind for kind, *_ in await actions(service, made["trackingCode"])] == ["NOTE"]
    # Of the other's report they are not the reporter.
    for mutation, values in (("complaintRate", {"rating": 5}), ("complaintReopen", {"reason": "x"})):
        refused = await own(service, made | {"trackingCode": into}, mutation, **values)
        assert [e["code"] for e in refused["errors"]] == ["NOT_FOUND"]
        refused = await own(service, made, mutation, **values)
        assert [e["code"] for e in refused["errors"]] == ["TRANSITION_NOT_ALLOWED"]


async def test_codes_lead_on_from_one_to_the_next(service: Service) -> None:
    first, second, third = [await verified(service, key) for key in "abc"]
    await supported(service, first["trackingCode"], "satu")
    await merged(service, first, second)
    await merged(service, second, third)
    assert (await row(service, third["trackingCode"])).supporter_count == 1
    assert (await supported(service, first["trackingCode"], "dua"))["complaint"]["supporterCount"] == 2
    payload = await own(service, first, "complaintReply", body="Sama")
    assert payload["complaint"]["trackingCode"] == third["trackingCode"]
    look = """query ($c: String!) { complaint(trackingCode: $c) {
                mergedInto { trackingCode mergedInto { trackingCode } } } }"""
    assert (await service.data(look, c=first["trackingCode"]))["complaint"] == {
        "mergedInto": {
            "trackingCode": second["trackingCode"],
            "mergedInto": {"trackingCode": third["trackingCode"]},
        }
    }


async def test_what_reaches_a_closed_one_is_refused(service: Service) -> None:
    made, target = await verified(service, "a"), await service.dispatched(key="b")
    await merged(service, made, target)
    officer = await service.officer("DPUPR")
    await done(service, officer, "actionAdd", target["trackingCode"], body="Survei")
    await done(service, officer, "complaintComplete", target["trackingCode"], body="Selesai")
    for payload in (
        await own(service, made, "complaintReply", body="Halo?"),
        await supported(service, made["trackingCode"], "satu"),
    ):
        assert [e["code"] for e in payload["errors"]] == ["TRANSITION_NOT_ALLOWED"]
        assert payload["errors"][0]["allowed"] == []


@pytest.mark.parametrize("status", ["COMPLETED", "TRANSFERRED", "ARCHIVED", "MERGED"])
async def test_the_target_is_open(service: Service, status: str) -> None:
    office, made = await service.office(), await verified(service, "a")
    target = await completed(service, "b") if status == "COMPLETED" else await verified(service, "b")
    into = target["trackingCode"]
    if status == "TRANSFERRED":
        await done(service, office, "complaintTransfer", into, institution="BPN", reason="Tanah")
    if status == "ARCHIVED":
        await done(service, office, "complaintArchive", into, reason="Uji coba")
    if status == "MERGED":
        await merged(service, target, await verified(service, "c"))
    payload = await merge(service, made["trackingCode"], into)
    assert [(e["code"], e["field"]) for e in payload["errors"]] == [
        ("INVALID_INPUT", ["input", "intoTrackingCode"])
    ]
    assert (await row(service, made["trackingCode"])).status == "VERIFIED"


async def test_the_target_is_another_one_that_is_there(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    for into, expected in (
        (code.lower(), "INVALID_INPUT"),
        ("CLG-0000-0000-0", "NOT_FOUND"),
        ("bukan kode", "NOT_FOUND"),
    ):
        payload = await merge(service, code, into)
        assert [(e["code"], e["field"]) for e in payload["errors"]] == [
            (expected, ["input", "intoTrackingCode"])
        ]


async def test_an_officer_is_not_told_whether_the_other_is_there(service: Service) -> None:
    made, hidden = await service.dispatched(key="a"), await service.submitted("b")
    officer = await service.officer("DPUPR")
    for into in (hidden["trackingCode"], "CLG-0000-0000-0"):
        payload = await step(service, officer, "complaintMerge", made["trackingCode"], intoTrackingCode=into)
        assert [e["code"] for e in payload["errors"]] == ["FORBIDDEN"]


# ------------------------------------------------------------------ who sees what


async def test_a_merged_complaint_answers_with_where_it_went(service: Service) -> None:
    made, target = await verified(service, "a"), await service.submitted("b")
    code, into = made["trackingCode"], target["trackingCode"]
    await merged(service, made, target)
    # The public sees the target only from its verification on.
    assert (await service.data(LOOK, c=code))["complaint"]["mergedInto"] is None
    assert into not in str(await service.data(LOOK, c=code))
    await done(service, await service.office(), "complaintVerify", into)
    for token in (None, made["accessToken"]):
        seen = (await service.data(LOOK, c=code, t=token))["complaint"]
        assert seen["mergedInto"] == {"trackingCode": into, "status": "VERIFIED"}


async def test_a_public_complaint_does_not_vanish_into_a_confidential_one(service: Service) -> None:
    for privacy, refused in (("PUBLIC", True), ("ANONYMOUS", True), ("CONFIDENTIAL", False)):
        made = await verified(service, f"a{privacy}", privacy=privacy)
        secret = await verified(service, f"b{privacy}", privacy="CONFIDENTIAL")
        payload = await merge(service, made["trackingCode"], secret["trackingCode"])
        assert [e["code"] for e in payload["errors"]] == (["INVALID_INPUT"] if refused else []), privacy


@pytest.mark.parametrize("privacy", ["PUBLIC", "CONFIDENTIAL"])
async def test_a_confidential_report_stays_so_in_the_one_that_it_became_part_of(
    service: Service, privacy: str
) -> None:
    made = await verified(service, "a", privacy="CONFIDENTIAL")
    target = await service.dispatched(key="b", privacy=privacy)
    into, officer = target["trackingCode"], await service.officer("DPUPR")
    await merged(service, made, target)
    payload = await own(service, made, "complaintReply", body="Saya yang melihatnya")
    assert payload["errors"] == []
    # They see the one that it became part of only if all do; their own always.
    expected = into if privacy == "PUBLIC" else made["trackingCode"]
    assert payload["complaint"]["trackingCode"] == expected
    assert (await events(service, into))[-1] == ("REPLIED", "DISPATCHED", "DISPATCHED", "STAFF")
    assert (await service.data(LOOK, officer, c=into))["complaint"]["actions"]["nodes"] == [
        {"kind": "REPORTER_REPLY", "body": "Saya yang melihatnya"}
    ]
    for token in (None, target["accessToken"]):
        seen = (await service.data(LOOK, c=into, t=token))["complaint"]
        assert "melihatnya" not in str(seen)
    # That it is no longer waited for is told to all, not what was said.
    await done(service, officer, "complaintAnswer", into, body="Dijadwalkan")
    await own(service, made, "complaintReply", body="Belum")
    told = "PUBLIC" if privacy == "PUBLIC" else "REPORTER"
    assert (await events(service, into))[-1] == ("REPLIED", "ANSWERED", "IN_PROGRESS", told)
    assert "Belum" not in str(await service.data(LOOK, c=into, t=target["accessToken"]))


async def test_who_follows_it_goes_on_to_the_other(service: Service) -> None:
    made, target = await verified(service, "a"), await service.submitted("b")
    code, into, office = made["trackingCode"], target["trackingCode"], await service.office()
    await done(service, office, "complaintVerify", into)
    async with socket(service.socket_url) as follower:
        await subscribe(follower, FOLLOW, c=code, t=made["accessToken"])
        await asyncio.sleep(0.3)
        await merged(service, made, target)
        await done(service, office, "complaintDispatch", into, opdCode="DPUPR")
        seen = [await event(follower)]
        while seen[-1]["type"] != "DISPATCHED":
            seen.append(await event(follower))
    # What is being committed as a follower comes may be told once more: the end is what counts.
    assert [(e["type"], e["trackingCode"]) for e in seen][-2:] == [("MERGED", code), ("DISPATCHED", into)]
    assert {e["trackingCode"] for e in seen[:-1]} == {code}
    # Read from the start of what they were told, the other's time before the merge is not among it.
    async with socket(service.socket_url) as follower:
        await subscribe(follower, FOLLOW, c=code, t=made["accessToken"], after=await _first(service, code))
        again = [await event(follower) for _ in range(3)]
    assert [e["type"] for e in again] == ["VERIFIED", "MERGED", "DISPATCHED"]


async def _first(service: Service, code: str) -> str:
    """The cursor of a complaint's first event."""
    query = "query ($f: EventFilter) { events(first: 1, filter: $f) { nodes { cursor } } }"
    found = await service.data(query, await service.office(), f={"trackingCode": code})
    cursor: str = found["events"]["nodes"][0]["cursor"]
    return cursor


# ------------------------------------------------------------------ at once


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
