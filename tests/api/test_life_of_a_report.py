"""The life of a report, from an app's submission to its completion, as everyone around it sees it."""

from tests.service import Service

STEPS = "complaint { status version } errors { code message field }"


async def test_a_report_is_completed(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    made = await service.submitted()
    code, token = made["trackingCode"], made["accessToken"]
    assert (made["status"], made["version"]) == ("SUBMITTED", 1)

    look = "query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) { status title } }"
    assert (await service.data(look, c=code))["complaint"] is None
    assert (await service.data(look, c=code, t=token))["complaint"]["status"] == "SUBMITTED"

    step = await service.do("complaintVerify", office, STEPS, trackingCode=code, version=1)
    assert step == {"complaint": {"status": "VERIFIED", "version": 2}, "errors": []}
    step = await service.do(
        "complaintDispatch",
        office,
        STEPS,
        trackingCode=code,
        version=2,
        opdCode="DPUPR",
        instruction="Segera",
    )
    assert step == {"complaint": {"status": "DISPATCHED", "version": 3}, "errors": []}
    step = await service.do(
        "actionAdd",
        officer,
        "action { kind body fromStatus toStatus } " + STEPS,
        trackingCode=code,
        version=3,
        body="Survei",
    )
    assert step == {
        "action": {
            "kind": "PROGRESS",
            "body": "Survei",
            "fromStatus": "DISPATCHED",
            "toStatus": "IN_PROGRESS",
        },
        "complaint": {"status": "IN_PROGRESS", "version": 4},
        "errors": [],
    }
    step = await service.do(
        "complaintAnswer", officer, STEPS, trackingCode=code, version=4, body="Dijadwalkan"
    )
    assert step == {"complaint": {"status": "ANSWERED", "version": 5}, "errors": []}
    step = await service.do(
        "complaintComplete", officer, STEPS, trackingCode=code, version=5, body="Sudah ditambal"
    )
    assert step == {"complaint": {"status": "COMPLETED", "version": 6}, "errors": []}

    told = await service.data(
        """query ($c: String!) { complaint(trackingCode: $c) {
             status statusLabel opd { code } reporter { name }
             dispositions(first: 5) { totalCount nodes { opdName outcome instruction endedAt } }
             actions(first: 5) { totalCount nodes { kind body authorName opd { code } } }
             deadlines { clock state } allowedTransitions } }""",
        c=code,
    )
    complaint = told["complaint"]
    assert complaint["statusLabel"] == "Selesai"
    assert complaint["reporter"] is None
    assert complaint["dispositions"]["totalCount"] == 1
    assert complaint["dispositions"]["nodes"][0]["outcome"] == "COMPLETED"
    assert complaint["dispositions"]["nodes"][0]["instruction"] is None
    assert [a["kind"] for a in complaint["actions"]["nodes"]] == ["PROGRESS", "ANSWER", "COMPLETION"]
    assert {a["authorName"] for a in complaint["actions"]["nodes"]} == {None}
    assert complaint["deadlines"] == [
        {"clock": "VERIFICATION", "state": "MET"},
        {"clock": "RESOLUTION", "state": "MET"},
        {"clock": "FOLLOW_UP", "state": "MET"},
        {"clock": "REPORTER_REPLY", "state": "MISSED"},  # nobody replied
    ]
    assert complaint["allowedTransitions"] == []


async def test_a_report_goes_the_long_way(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DISHUB")
    right = await service.officer("DPUPR")
    made = await service.submitted()
    code = made["trackingCode"]
    own = {"trackingCode": code, "accessToken": made["accessToken"]}
    version = 1
    for who, mutation, values, status in (
        (office, "complaintHold", {"reason": "Di mana?"}, "ON_HOLD"),
        (None, "complaintReply", {"body": "Depan pasar"}, "SUBMITTED"),
        (office, "complaintVerify", {}, "VERIFIED"),
        (office, "complaintDispatch", {"opdCode": "DISHUB"}, "DISPATCHED"),
        (officer, "complaintReturn", {"reason": "Bukan kewenangan"}, "VERIFIED"),
        (office, "complaintDispatch", {"opdCode": "DPUPR"}, "DISPATCHED"),
        (right, "actionAdd", {"body": "Survei"}, "IN_PROGRESS"),
        (right, "complaintHold", {"reason": "Sisi mana?"}, "ON_HOLD"),
        (None, "complaintReply", {"body": "Sisi kiri"}, "IN_PROGRESS"),
        (right, "complaintAnswer", {"body": "Dijadwalkan"}, "ANSWERED"),
        (None, "complaintReply", {"body": "Kapan?"}, "IN_PROGRESS"),
        (right, "complaintAnswer", {"body": "Besok"}, "ANSWERED"),
        (office, "complaintComplete", {"body": "Sudah ditambal"}, "COMPLETED"),
        (None, "complaintReopen", {"reason": "Sudah rusak lagi"}, "IN_PROGRESS"),
        (right, "complaintComplete", {"body": "Diaspal ulang"}, "COMPLETED"),
        (None, "complaintRate", {"rating": 5}, "COMPLETED"),
    ):
        shown = {"trackingCode": code, "version": version} if who else own
        payload = await service.do(mutation, who, STEPS, **shown, **values)
        version += 1
        assert payload == {"complaint": {"status": status, "version": version}, "errors": []}, mutation
    told = await service.data(
        """query ($c: String!) {
             complaint(trackingCode: $c) {
               rating reopenedCount dispositions { nodes { opd { code } outcome } }
               deadlines { clock state } }
             events(filter: {trackingCode: $c}) { nodes { type } } }""",
        office,
        c=code,
    )
    assert told["complaint"] == {
        "rating": 5,
        "reopenedCount": 1,
        "dispositions": {
            "nodes": [
                {"opd": {"code": "DISHUB"}, "outcome": "RETURNED"},
                {"opd": {"code": "DPUPR"}, "outcome": "COMPLETED"},
                {"opd": {"code": "DPUPR"}, "outcome": "COMPLETED"},
            ]
        },
        "deadlines": [
            {"clock": "VERIFICATION", "state": "MET"},
            {"clock": "FOLLOW_UP", "state": "MET"},
            {"clock": "REPORTER_REPLY", "state": "MISSED"},  # completed without one
            {"clock": "RESOLUTION", "state": "MET"},
        ],
    }
    types = [event["type"] for event in told["events"]["nodes"]]
    assert " ".join(types) == (
        "SUBMITTED HELD REPLIED VERIFIED DISPATCHED RETURNED DISPATCHED STARTED HELD REPLIED ANSWERED REPLIED"
        " ANSWERED COMPLETED REOPENED COMPLETED RATED"
    )
