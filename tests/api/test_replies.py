"""Where does a reporter's reply bring a report, and who reads it?"""

from typing import Any

import pytest

from tests.attachments import uploaded
from tests.service import Service
from tests.steps import (
    ANSWER,
    actions,
    answered,
    clocks,
    completed,
    done,
    events,
    own,
    row,
    stays,
    verified,
)

PUPR = "Dinas Pekerjaan Umum dan Penataan Ruang"


async def test_a_reply_returns_it_to_where_it_was(service: Service) -> None:
    officer = await service.officer("DPUPR")
    made = await service.dispatched()
    code = made["trackingCode"]
    await done(service, officer, "actionAdd", code, body="Survei")
    await done(service, officer, "complaintHold", code, reason="Nomor berapa?")
    payload = await own(service, made, "complaintReply", body=" Nomor 12 \n")
    assert payload["errors"] == []
    assert payload["complaint"]["status"] == "IN_PROGRESS"
    assert payload["complaint"]["version"] == 6
    now = await row(service, code)
    assert (now.held_from, now.opd_id is not None) == (None, True)
    assert await stays(service, code) == [(PUPR, None)]
    assert (await clocks(service, code))["RESOLUTION"] == ["running"]
    assert (await events(service, code))[-1] == ("REPLIED", "ON_HOLD", "IN_PROGRESS", "PUBLIC")
    assert (await actions(service, code))[-1] == (
        "REPORTER_REPLY",
        "PUBLIC",
        "Nomor 12",
        "ON_HOLD",
        "IN_PROGRESS",
        None,
    )


async def test_a_reply_to_an_answer_has_the_opd_go_on(service: Service) -> None:
    made = await answered(service)
    code = made["trackingCode"]
    assert (await clocks(service, code))["REPORTER_REPLY"] == ["running"]
    payload = await own(service, made, "complaintReply", body="Belum diperbaiki")
    assert payload["complaint"]["status"] == "IN_PROGRESS"
    assert (await clocks(service, code))["REPORTER_REPLY"] == ["ended"]
    assert (await events(service, code))[-1] == ("REPLIED", "ANSWERED", "IN_PROGRESS", "PUBLIC")
    # Answered again, the reporter has time again.
    await done(service, await service.officer("DPUPR"), "complaintAnswer", code, body="Sudah")
    assert (await clocks(service, code))["REPORTER_REPLY"] == ["ended", "running"]


@pytest.mark.parametrize("status", ["SUBMITTED", "VERIFIED", "DISPATCHED", "IN_PROGRESS"])
async def test_another_reply_is_added_without_a_change_of_status(service: Service, status: str) -> None:
    made = await (
        service.submitted()
        if status == "SUBMITTED"
        else verified(service)
        if status == "VERIFIED"
        else service.dispatched()
    )
    code = made["trackingCode"]
    if status == "IN_PROGRESS":
        await done(service, await service.officer("DPUPR"), "actionAdd", code, body="Survei")
    before, running = await row(service, code), await clocks(service, code)
    payload = await own(service, made, "complaintReply", body="Ada foto lain")
    assert payload["complaint"]["status"] == status
    assert payload["complaint"]["version"] == before.version + 1
    told = "REPORTER" if status == "SUBMITTED" else "PUBLIC"
    assert (await events(service, code))[-1] == ("REPLIED", status, status, told)
    assert (await actions(service, code))[-1][:5] == ("REPORTER_REPLY", "PUBLIC", "Ada foto lain", None, None)
    assert await clocks(service, code) == running
    assert (await row(service, code)).due_at == before.due_at


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("COMPLETED", ["REOPEN"]), ("TRANSFERRED", []), ("ARCHIVED", [])],
)
async def test_what_is_closed_takes_no_reply(service: Service, status: str, allowed: list[str]) -> None:
    if status == "COMPLETED":
        made = await completed(service)
    else:
        made, office = await service.submitted(), await service.office()
        mutation, values = {
            "TRANSFERRED": ("complaintTransfer", {"institution": "BPN", "reason": "Tanah"}),
            "ARCHIVED": ("complaintArchive", {"reason": "Uji coba"}),
        }[status]
        await done(service, office, mutation, made["trackingCode"], **values)
    payload = await own(service, made, "complaintReply", body="Halo?")
    assert payload["complaint"] is None
    assert payload["errors"][0]["code"] == "TRANSITION_NOT_ALLOWED"
    assert payload["errors"][0]["allowed"] == allowed
    assert status in payload["errors"][0]["message"]


async def test_a_repeated_reply_is_added_once_even_after_the_status_has_moved(service: Service) -> None:
    made = await answered(service)
    code, officer = made["trackingCode"], await service.officer("DPUPR")
    given: dict[str, Any] = {"body": "Belum", "idempotencyKey": "balas-1"}
    first = await own(service, made, "complaintReply", **given)
    assert first["errors"] == []
    await done(service, officer, "complaintComplete", code, body="Selesai")
    again = await own(service, made, "complaintReply", **given)
    assert again["errors"] == []
    assert again["complaint"]["status"] == "COMPLETED"
    assert [kind for kind, *_ in await actions(service, code)].count("REPORTER_REPLY") == 1
    other = await own(service, made, "complaintReply", **given | {"body": "Lain"})
    assert [e["code"] for e in other["errors"]] == ["IDEMPOTENCY_MISMATCH"]


async def test_a_refused_reply_does_not_use_up_its_key(service: Service) -> None:
    made = await completed(service)
    given: dict[str, Any] = {"body": "Belum", "idempotencyKey": "balas-1"}
    assert (await own(service, made, "complaintReply", **given))["errors"] != []
    await own(service, made, "complaintReopen", reason="Masih berlubang")
    assert (await own(service, made, "complaintReply", **given))["errors"] == []
    assert [kind for kind, *_ in await actions(service, made["trackingCode"])].count("REPORTER_REPLY") == 2


async def test_one_key_is_free_for_each_report(service: Service) -> None:
    for key in ("a", "b"):
        made = await service.submitted(key)
        payload = await own(service, made, "complaintReply", body=f"Balasan {key}", idempotencyKey="sama")
        assert payload["errors"] == []


async def test_a_reply_brings_its_attachments(service: Service) -> None:
    made, other = await service.submitted("a"), await service.submitted("b")
    named = await uploaded(service)
    look = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
                actions { nodes { attachments { id fileName } } } } }"""
    given = {"body": "Fotonya", "attachmentIds": [named]}
    assert (await own(service, made, "complaintReply", **given))["errors"] == []
    mine = await service.data(look, c=made["trackingCode"], t=made["accessToken"])
    assert mine["complaint"]["actions"]["nodes"][0]["attachments"][0]["fileName"] == "foto.jpg"
    taken = await own(service, other, "complaintReply", **given)
    assert taken["errors"][0]["field"] == ["input", "attachmentIds"]


async def test_who_reads_a_reply(service: Service) -> None:
    made = await service.submitted(privacy="ANONYMOUS", reporterName="Siti")
    code, office = made["trackingCode"], await service.office()
    await own(service, made, "complaintReply", body="Nomor 12")
    look = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
                actions { nodes { kind body authorName opd { code } } } } }"""
    said = {"nodes": [{"kind": "REPORTER_REPLY", "body": "Nomor 12", "authorName": None, "opd": None}]}
    assert (await service.data(look, c=code))["complaint"] is None
    assert (await service.data(look, c=code, t=made["accessToken"]))["complaint"]["actions"] == said
    assert (await service.data(look, office, c=code))["complaint"]["actions"] == said
    await done(service, office, "complaintVerify", code)
    assert (await service.data(look, c=code))["complaint"]["actions"] == said
    # Typed in by staff who were shown the token, it is still the reporter's word.
    given = {"trackingCode": code, "accessToken": made["accessToken"], "body": "Lewat telepon"}
    assert (await service.do("complaintReply", office, ANSWER, **given))["errors"] == []
    assert (await actions(service, code))[-1][-1] is None


async def test_the_time_to_reply_is_kept_by_a_reply_alone(service: Service) -> None:
    officer = await service.officer("DPUPR")
    replied, reopened, closed = [await answered(service, key) for key in "abc"]
    await own(service, replied, "complaintReply", body="Belum")
    await own(service, reopened, "complaintReopen", reason="Belum")
    await done(service, officer, "complaintComplete", closed["trackingCode"], body="Selesai")
    look = "query ($c: String!) { complaint(trackingCode: $c) { deadlines { clock state } } }"
    for made, state in ((replied, "MET"), (reopened, "MET"), (closed, "MISSED")):
        found = (await service.data(look, c=made["trackingCode"]))["complaint"]["deadlines"]
        assert {"clock": "REPORTER_REPLY", "state": state} in found
