"""What goes on to the complaint that another one became part of, and what stays behind?"""

from typing import Any

import pytest

from tests.service import Service
from tests.steps import (
    actions,
    clocks,
    completed,
    done,
    events,
    merge,
    merged,
    own,
    row,
    stays,
    step,
    supported,
    verified,
)


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
