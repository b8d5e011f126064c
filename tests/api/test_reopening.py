"""Who has a complaint taken up again, until when, and by which OPD?"""

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
)

PUPR = "Dinas Pekerjaan Umum dan Penataan Ruang"


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
