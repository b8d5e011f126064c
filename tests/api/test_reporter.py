"""What may reporters do with their own report, and what may nobody else?"""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Attachment, Complaint
from domain.words import ClientScope, ComplaintStatus, StaffRole
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
    shift,
    stays,
    step,
    verified,
)

OWN: dict[str, dict[str, Any]] = {
    "complaintReply": {"body": "Nomor 12"},
    "complaintRate": {"rating": 4},
    "complaintReopen": {"reason": "Masih berlubang"},
}
PUPR = "Dinas Pekerjaan Umum dan Penataan Ruang"


# ------------------------------------------------------------------ whose it is


@pytest.mark.parametrize("mutation", OWN)
async def test_a_wrong_token_and_a_wrong_code_look_the_same(service: Service, mutation: str) -> None:
    public, hidden = await completed(service, "a"), await service.submitted("b")
    answers = []
    for code, token in (
        (public["trackingCode"], "ack_salah"),
        (public["trackingCode"], ""),
        (public["trackingCode"], hidden["accessToken"]),
        (hidden["trackingCode"], "ack_salah"),
        ("CLG-0000-0000-0", "ack_salah"),
        ("bukan kode", public["accessToken"]),
        ("", ""),
    ):
        for who in (None, await service.officer("DPUPR")):
            values = OWN[mutation] | {"trackingCode": code, "accessToken": token}
            answers.append(await service.do(mutation, who, ANSWER, **values))
    assert answers[0]["errors"][0]["code"] == "NOT_FOUND"
    assert all(answer == answers[0] for answer in answers)
    # What is written badly is not told to somebody who has no token.
    for field in ("body", "reason", "rating"):
        if field in OWN[mutation]:
            bad = OWN[mutation] | {field: 9 if field == "rating" else ""}
            given = {"trackingCode": public["trackingCode"], "accessToken": "ack_salah"} | bad
            assert await service.do(mutation, None, ANSWER, **given) == answers[0]


@pytest.mark.parametrize("mutation", OWN)
async def test_an_app_needs_the_scope_and_an_auditor_changes_nothing(service: Service, mutation: str) -> None:
    made = await completed(service)
    given = OWN[mutation] | {"trackingCode": made["trackingCode"], "accessToken": made["accessToken"]}
    for who in (
        await service.client("Hanya baca", ClientScope.READ),
        await service.staff(StaffRole.AUDITOR),
    ):
        assert (await service.do(mutation, who, ANSWER, **given))["errors"][0]["code"] == "FORBIDDEN"
    app = await service.client("Aplikasi", ClientScope.READ, ClientScope.SUBMIT)
    payload = await service.do(mutation, app, ANSWER, **given)
    if mutation == "complaintReply":  # it is completed: replies have an end
        assert payload["errors"][0]["code"] == "TRANSITION_NOT_ALLOWED"
    else:
        assert payload["errors"] == []


# ------------------------------------------------------------------ reply


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
    async with service.database.write() as session:
        file = Attachment(file_name="foto.jpg", content_type="image/jpeg", size=5)
        session.add(file)
        await session.flush()
        named = f"Attachment:{file.id}"
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


# ------------------------------------------------------------------ rate


async def test_a_completed_report_is_rated_once(service: Service) -> None:
    made = await completed(service)
    code, version = made["trackingCode"], (await row(service, made["trackingCode"])).version
    payload = await own(service, made, "complaintRate", rating=4, comment="Cepat, tetapi kasar")
    assert payload["errors"] == []
    assert (payload["complaint"]["rating"], payload["complaint"]["version"]) == (4, version + 1)
    assert (await events(service, code))[-1] == ("RATED", "COMPLETED", "COMPLETED", "PUBLIC")
    assert (await row(service, code)).rating_comment == "Cepat, tetapi kasar"
    again = await own(service, made, "complaintRate", rating=1)
    assert [e["code"] for e in again["errors"]] == ["ALREADY_RATED"]
    assert (await row(service, code)).rating == 4
    # Taken up again, it keeps what was said of it.
    await own(service, made, "complaintReopen", reason="Rusak lagi")
    again = await own(service, made, "complaintRate", rating=1)
    assert [e["code"] for e in again["errors"]] == ["ALREADY_RATED"]
    everything = await service.data(
        "query ($c: String!) { complaint(trackingCode: $c) { rating actions { nodes { body } } } }", c=code
    )
    assert "kasar" not in str(everything)


@pytest.mark.parametrize("rating", [0, 6, -1, 2_000_000_000])
async def test_a_rating_is_one_to_five(service: Service, rating: int) -> None:
    made = await completed(service)
    payload = await own(service, made, "complaintRate", rating=rating)
    assert (payload["errors"][0]["code"], payload["errors"][0]["field"]) == (
        "INVALID_INPUT",
        ["input", "rating"],
    )


@pytest.mark.parametrize("status", sorted(set(ComplaintStatus) - {ComplaintStatus.COMPLETED}))
async def test_it_is_rated_after_its_completion(service: Service, status: ComplaintStatus) -> None:
    made = await service.dispatched()
    other = await service.submitted("other")
    async with service.database.write() as session:
        target = sa.select(Complaint.id).where(Complaint.tracking_code == other["trackingCode"])
        merged = target.scalar_subquery() if status is ComplaintStatus.MERGED else None
        held = ComplaintStatus.DISPATCHED if status is ComplaintStatus.ON_HOLD else None
        await session.execute(
            sa.update(Complaint)
            .where(Complaint.tracking_code == made["trackingCode"])
            .values(status=status, merged_into_id=merged, held_from=held)
        )
    payload = await own(service, made, "complaintRate", rating=5)
    assert [e["code"] for e in payload["errors"]] == ["TRANSITION_NOT_ALLOWED"]


# ------------------------------------------------------------------ reopen


async def test_a_completed_complaint_goes_back_to_the_same_opd(service: Service) -> None:
    made = await completed(service)
    code = made["trackingCode"]
    assert (await row(service, code)).due_at is None
    payload = await own(service, made, "complaintReopen", reason="Masih berlubang")
    assert payload["errors"] == []
    complaint = payload["complaint"]
    assert (complaint["status"], complaint["reopenedCount"]) == ("IN_PROGRESS", 1)
    assert (complaint["completedAt"], complaint["opd"]) == (None, {"code": "DPUPR"})
    assert await stays(service, code) == [(PUPR, "COMPLETED"), (PUPR, None)]
    assert await clocks(service, code) == {
        "VERIFICATION": ["ended"],
        "FOLLOW_UP": ["ended"],
        "REPORTER_REPLY": ["ended"],
        "RESOLUTION": ["ended", "running"],
    }
    assert (await row(service, code)).due_at is not None
    assert (await events(service, code))[-1] == ("REOPENED", "COMPLETED", "IN_PROGRESS", "PUBLIC")
    assert (await actions(service, code))[-1] == (
        "REPORTER_REPLY",
        "PUBLIC",
        "Masih berlubang",
        "COMPLETED",
        "IN_PROGRESS",
        None,
    )
    officer = await service.officer("DPUPR")
    assert (await done(service, officer, "complaintComplete", code, body="Sudah"))["reopenedCount"] == 1
    await own(service, made, "complaintReopen", reason="Lagi")
    assert (await row(service, code)).reopened_count == 2


async def test_an_answered_complaint_goes_on_where_it_is(service: Service) -> None:
    made = await answered(service)
    code = made["trackingCode"]
    payload = await own(service, made, "complaintReopen", reason="Jawaban tidak menjawab")
    assert (payload["complaint"]["status"], payload["complaint"]["reopenedCount"]) == ("IN_PROGRESS", 1)
    assert await stays(service, code) == [(PUPR, None)]
    assert (await clocks(service, code))["RESOLUTION"] == ["running"]
    assert (await clocks(service, code))["REPORTER_REPLY"] == ["ended"]
    assert (await events(service, code))[-1] == ("REOPENED", "ANSWERED", "IN_PROGRESS", "PUBLIC")


async def test_diskominfo_reopens_without_a_token(service: Service) -> None:
    made, office = await completed(service), await service.office()
    code = made["trackingCode"]
    given = {"trackingCode": code, "accessToken": "", "reason": "Warga menelepon"}
    payload = await service.do("complaintReopen", office, ANSWER, **given)
    assert payload["complaint"]["status"] == "IN_PROGRESS"
    assert (await actions(service, code))[-1] == (
        "NOTE",
        "PUBLIC",
        "Warga menelepon",
        "COMPLETED",
        "IN_PROGRESS",
        "Petugas office",
    )


async def test_it_goes_to_the_successor_of_an_opd_that_has_ended(service: Service) -> None:
    office, made = await service.office(), await completed(service)
    for code, successor in (("DPUPR", "DLH"), ("DLH", "DISHUB")):
        ended = await service.do(
            "opdDeactivate",
            office,
            "errors { code }",
            code=code,
            activeUntil="2024-12-31",
            successorCode=successor,
        )
        assert ended["errors"] == []
    payload = await own(service, made, "complaintReopen", reason="Masih berlubang")
    assert payload["complaint"]["opd"] == {"code": "DISHUB"}
    assert [outcome for _, outcome in await stays(service, made["trackingCode"])] == ["COMPLETED", None]


async def test_after_ten_working_days_it_is_too_late_for_all(service: Service) -> None:
    office = await service.office()
    look = """query ($c: String!, $t: String) {
                complaint(trackingCode: $c, accessToken: $t) { allowedTransitions } }"""
    for days, in_time in ((13, True), (40, False)):  # thirteen days have nine working days at most
        made = await completed(service, f"k{days}")
        code = made["trackingCode"]
        await shift(service, code, days)
        mine = (await service.data(look, c=code, t=made["accessToken"]))["complaint"]
        theirs = (await service.data(look, office, c=code))["complaint"]
        expected = ["REOPEN"] if in_time else []
        assert mine["allowedTransitions"] == theirs["allowedTransitions"] == expected
        if not in_time:
            by_office = await service.do(
                "complaintReopen", office, ANSWER, trackingCode=code, accessToken="", reason="x"
            )
            assert by_office["errors"][0]["code"] == "TRANSITION_NOT_ALLOWED"
            # Nor is it offered instead of another step.
            instead = await step(service, office, "complaintVerify", code)
            assert instead["errors"][0]["allowed"] == []
        payload = await own(service, made, "complaintReopen", reason="Rusak lagi")
        assert [e["code"] for e in payload["errors"]] == ([] if in_time else ["TRANSITION_NOT_ALLOWED"])
