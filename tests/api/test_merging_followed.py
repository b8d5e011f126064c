"""Who sees where a merged complaint went, what they sent to it, and what happens there?"""

import pytest

from tests.following import event, listening, socket, subscribe
from tests.service import Service
from tests.steps import (
    done,
    events,
    merge,
    merged,
    own,
    verified,
)

LOOK = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
  status mergedInto { trackingCode status } actions { nodes { kind body } } } }"""
FOLLOW = """subscription ($c: String!, $t: String, $after: String) {
  complaintStatusChanged(trackingCode: $c, accessToken: $t, after: $after) {
    type trackingCode toStatus cursor } }"""


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
        await listening(service)
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
