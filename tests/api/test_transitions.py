"""Is each transition made over the API whence and by whom the table says, and by nobody else?"""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from domain.words import ClientScope, ComplaintStatus, StaffRole, Transition
from domain.workflow import STEPS, WITH_OPD, Party
from tests.service import Service

MUTATIONS: dict[Transition, tuple[str, dict[str, Any]]] = {
    Transition.VERIFY: ("complaintVerify", {}),
    Transition.HOLD: ("complaintHold", {"reason": "Di jalan yang mana?"}),
    Transition.DISPATCH: ("complaintDispatch", {"opdCode": "DLH"}),
    Transition.RETURN: ("complaintReturn", {"reason": "Bukan kewenangan kami"}),
    Transition.START: ("actionAdd", {"body": "Survei"}),
    Transition.ANSWER: ("complaintAnswer", {"body": "Dijadwalkan"}),
    Transition.COMPLETE: ("complaintComplete", {"body": "Selesai"}),
    Transition.REOPEN: ("complaintReopen", {"reason": "Masih berlubang"}),
    Transition.TRANSFER: ("complaintTransfer", {"institution": "BBWS", "reason": "Sungai nasional"}),
    Transition.ARCHIVE: ("complaintArchive", {"reason": "Bukan laporan"}),
    Transition.MERGE: ("complaintMerge", {}),
}
CAPACITIES = {
    "office": {Party.OFFICE},
    "admin": {Party.OFFICE},
    "holder": {Party.HOLDER},
    "other": set(),
    "auditor": set(),
    "client": set(),
    "public": set(),
    "reporter": {Party.REPORTER},
}
ANY_COMPLAINT = {"other": {Party.HOLDER}}
"""In what capacities somebody may stand towards another complaint than the test's."""
ERRORS = (
    "complaint { status version } errors { code field ... on TransitionNotAllowedError { allowed }"
    " ... on ConflictError { currentVersion } }"
)
LOOK = """query ($c: String!, $t: String) {
  complaint(trackingCode: $c, accessToken: $t) { allowedTransitions }
}"""


async def tokens(service: Service) -> dict[str, str | None]:
    return {
        "office": await service.office(),
        "admin": await service.staff(StaffRole.ADMIN),
        "holder": await service.officer("DPUPR"),
        "other": await service.officer("DINKES"),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "client": await service.client("Aplikasi lain", ClientScope.READ, ClientScope.SUBMIT),
        "public": None,
        "reporter": None,
    }


async def put(service: Service, code: str, status: ComplaintStatus) -> int:
    """Brings a dispatched complaint to a status by hand, as if long ago; gives its version."""
    changes: dict[str, Any] = {
        "status": status,
        "held_from": ComplaintStatus.DISPATCHED if status is ComplaintStatus.ON_HOLD else None,
        "completed_at": sa.func.now() if status is ComplaintStatus.COMPLETED else None,
        "version": Complaint.version + 1,
    }
    if status is ComplaintStatus.MERGED:
        other = sa.select(Complaint.id).where(Complaint.tracking_code != code).limit(1)
        changes["merged_into_id"] = other.scalar_subquery()
    else:
        changes["merged_into_id"] = None
    async with service.database.write() as session:
        version: int | None = await session.scalar(
            sa.update(Complaint)
            .where(Complaint.tracking_code == code)
            .values(changes)
            .returning(Complaint.version)
        )
        if status is ComplaintStatus.COMPLETED:
            await session.execute(
                sa.text(
                    """UPDATE disposition d SET ended_at = now(), outcome = 'COMPLETED' FROM complaint c
                        WHERE c.id = d.complaint_id AND c.tracking_code = :c AND d.ended_at IS NULL"""
                ),
                {"c": code},
            )
        assert version is not None
        return version


def refusal(transition: Transition, who: str, *, seen: bool) -> str | None:
    """Why somebody may not make a transition from any status, or may not know that they could."""
    if transition is Transition.REOPEN:
        if who == "auditor":
            return "FORBIDDEN"
        # Without its access token a complaint is as if it were not there, also where the public sees it.
        return None if CAPACITIES[who] & STEPS[transition].parties else "NOT_FOUND"
    if who in ("public", "reporter"):
        return "UNAUTHENTICATED"
    # Who could make the step on no complaint is told so, whether there is one or not.
    if not ANY_COMPLAINT.get(who, CAPACITIES[who]) & STEPS[transition].parties:
        return "FORBIDDEN"
    if not seen:
        return "NOT_FOUND"
    return None if CAPACITIES[who] & STEPS[transition].parties else "FORBIDDEN"


@pytest.mark.parametrize("status", ComplaintStatus)
async def test_a_step_is_made_by_whom_and_whence_the_table_says(
    service: Service, status: ComplaintStatus
) -> None:
    people = await tokens(service)
    into = (await service.submitted("another"))["trackingCode"]
    made = await service.dispatched()
    code = made["trackingCode"]
    shown = {"reporter": made["accessToken"], "office": "", "admin": ""}
    version = await put(service, code, status)
    plain, offered = {}, {}
    for who, token in people.items():
        plain[who] = (await service.data(LOOK, token, c=code))["complaint"]
        seen = (await service.data(LOOK, token, c=code, t=shown.get(who)))["complaint"]
        offered[who] = seen["allowedTransitions"] if seen else []
    for transition, who in itertools.product(MUTATIONS, CAPACITIES):
        case, step = (status, transition, who), STEPS[transition]
        mutation, values = MUTATIONS[transition]
        given: dict[str, Any] = {"trackingCode": code, "version": version} | values
        if transition is Transition.REOPEN:
            del given["version"]
            given["accessToken"] = shown.get(who, "ack_salah")
        if transition is Transition.MERGE:
            given["intoTrackingCode"] = into
        payload = await service.do(mutation, people[who], ERRORS, **given)
        refused = payload["errors"][0]["code"] if payload["errors"] else None
        why_not = refusal(transition, who, seen=plain[who] is not None)
        # An action may be added to what was begun: only the first one is a transition.
        acts_on = transition is Transition.START and status in WITH_OPD - step.sources
        if why_not is not None:
            assert refused == why_not, case
            assert transition not in offered[who], case
        elif status not in step.sources and not acts_on:
            assert refused == "TRANSITION_NOT_ALLOWED", case
            assert payload["errors"][0]["allowed"] == sorted(offered[who]), case
            assert transition not in offered[who], case
        else:
            after = status if acts_on else step.target
            assert payload == {"complaint": {"status": after, "version": version + 1}, "errors": []}, case
            assert (transition in offered[who]) is not acts_on, case
            # Back to where every case begins: with DPUPR, whoever has it now.
            await _give_back(service, code)
            version = await put(service, code, status)


async def _give_back(service: Service, code: str) -> None:
    async with service.database.write() as session:
        for statement in (
            "DELETE FROM disposition d USING complaint c WHERE c.id = complaint_id AND tracking_code = :c",
            "DELETE FROM deadline d USING complaint c WHERE c.id = d.complaint_id AND c.tracking_code = :c",
            """INSERT INTO disposition (id, complaint_id, opd_id, opd_name, started_at)
               SELECT gen_random_uuid(), c.id, o.id, o.name, now() FROM complaint c, opd o
                WHERE c.tracking_code = :c AND o.code = 'DPUPR'""",
            """UPDATE complaint SET opd_id = (SELECT id FROM opd WHERE code = 'DPUPR'), completed_at = NULL,
                      held_from = NULL, merged_into_id = NULL, status = 'DISPATCHED'
                WHERE tracking_code = :c""",
        ):
            await session.execute(sa.text(statement), {"c": code})


STAFF = sorted(set(MUTATIONS) - {Transition.REOPEN})


@pytest.mark.parametrize("transition", STAFF)
async def test_who_saw_another_version_is_told_of_the_present_one(
    service: Service, transition: Transition
) -> None:
    into = (await service.submitted("another"))["trackingCode"]
    code = (await service.dispatched())["trackingCode"]
    step = STEPS[transition]
    version = await put(service, code, min(step.sources))
    by = await (service.officer("DPUPR") if Party.HOLDER in step.parties else service.office())
    mutation, values = MUTATIONS[transition]
    given = {"trackingCode": code, "version": version - 1} | values
    if transition is Transition.MERGE:
        given["intoTrackingCode"] = into
    payload = await service.do(mutation, by, ERRORS, **given)
    assert payload == {
        "complaint": None,
        "errors": [{"code": "CONFLICT", "field": ["input", "version"], "currentVersion": version}],
    }


async def test_staff_who_are_not_signed_in_are_told_so_and_others_who_may(service: Service) -> None:
    auditor, officer = await service.staff(StaffRole.AUDITOR), await service.officer("DPUPR")
    hidden = (await service.submitted())["trackingCode"]
    by_office = "Anda tidak berwenang melakukan ini. Yang berwenang: administrator, Diskominfo."
    for code in (hidden, "CLG-0000-0000-0"):
        given = {"trackingCode": code, "version": 1}
        for mutation, values in MUTATIONS.values():
            if mutation not in ("complaintReopen", "complaintMerge"):
                payload = await service.do(mutation, None, "errors { code }", **given, **values)
                assert payload["errors"] == [{"code": "UNAUTHENTICATED"}], mutation
        for who in (auditor, officer):
            refused = await service.do("complaintVerify", who, "errors { code message }", **given)
            assert refused["errors"] == [{"code": "FORBIDDEN", "message": by_office}]
    answer = await service.http.post(
        "/graphql",
        json={
            "query": "mutation ($input: ActionAddInput!) { actionAdd(input: $input) { errors { message } } }",
            "variables": {"input": {"trackingCode": hidden, "version": 1, "body": "Survei"}},
        },
        headers={"authorization": f"Bearer {auditor}", "accept-language": "en"},
    )
    assert answer.json()["data"]["actionAdd"]["errors"] == [
        {"message": "You may not do this. Those who may: officers of the OPD that has the complaint."}
    ]


async def test_the_first_action_starts_the_work_and_an_internal_note_does_not(service: Service) -> None:
    officer, code = await service.officer("DPUPR"), (await service.dispatched())["trackingCode"]
    select = "complaint { status version firstRespondedAt } errors { code }"
    note = await service.do(
        "actionAdd",
        officer,
        select,
        trackingCode=code,
        version=3,
        body="Cek dulu",
        kind="NOTE",
        visibility="INTERNAL",
    )
    assert note["complaint"] == {"status": "DISPATCHED", "version": 4, "firstRespondedAt": None}
    first = await service.do("actionAdd", officer, select, trackingCode=code, version=4, body="Survei")
    assert first["complaint"]["status"] == "IN_PROGRESS"
    assert first["complaint"]["firstRespondedAt"] is not None
    second = await service.do("actionAdd", officer, select, trackingCode=code, version=5, body="Lanjut")
    assert second["complaint"] == first["complaint"] | {"version": 6}


@pytest.mark.parametrize("kind", ["ANSWER", "COMPLETION", "RETURN", "HOLD", "REPORTER_REPLY", "SYSTEM"])
async def test_an_action_is_a_note_or_progress(service: Service, kind: str) -> None:
    officer, code = await service.officer("DPUPR"), (await service.dispatched())["trackingCode"]
    payload = await service.do(
        "actionAdd",
        officer,
        "action { id } errors { code field }",
        trackingCode=code,
        version=3,
        body="x",
        kind=kind,
    )
    assert payload == {"action": None, "errors": [{"code": "INVALID_INPUT", "field": ["input", "kind"]}]}


async def test_a_move_closes_one_stay_and_opens_another(service: Service) -> None:
    office, code = await service.office(), (await service.dispatched())["trackingCode"]
    moved = await service.do(
        "complaintDispatch",
        office,
        "complaint { opd { code } dispositions { nodes { opd { code } outcome } } } errors { code }",
        trackingCode=code,
        version=3,
        opdCode="DLH",
    )
    assert moved["errors"] == []
    assert moved["complaint"]["opd"] == {"code": "DLH"}
    assert [(d["opd"]["code"], d["outcome"]) for d in moved["complaint"]["dispositions"]["nodes"]] == [
        ("DPUPR", "MOVED"),
        ("DLH", None),
    ]
    again = await service.do(
        "complaintDispatch", office, "errors { code field }", trackingCode=code, version=4, opdCode="DLH"
    )
    assert again["errors"] == [{"code": "INVALID_INPUT", "field": ["input", "opdCode"]}]


async def test_a_return_says_whose_it_may_be_to_those_who_work_on_it(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    code = (await service.dispatched())["trackingCode"]
    select = """complaint { status opd { code }
                dispositions { nodes { outcome reason suggestedOpd { code } } }
                actions { nodes { kind visibility } } } errors { code }"""
    returned = await service.do(
        "complaintReturn",
        officer,
        select,
        trackingCode=code,
        version=3,
        reason="Jalan provinsi",
        suggestedOpdCode="DISHUB",
    )
    assert returned == {
        "complaint": {
            "status": "VERIFIED",
            "opd": None,
            "dispositions": {
                "nodes": [
                    {
                        "outcome": "RETURNED",
                        "reason": "Jalan provinsi",
                        "suggestedOpd": {"code": "DISHUB"},
                    }
                ]
            },
            "actions": {"nodes": [{"kind": "RETURN", "visibility": "INTERNAL"}]},
        },
        "errors": [],
    }
    look = """query ($c: String!) { complaint(trackingCode: $c) {
                dispositions { nodes { reason suggestedOpd { code } } } actions { nodes { kind } } } }"""
    public = (await service.data(look, c=code))["complaint"]
    assert public == {
        "dispositions": {"nodes": [{"reason": None, "suggestedOpd": None}]},
        "actions": {"nodes": []},
    }
    assert (await service.data(look, office, c=code))["complaint"]["actions"]["nodes"] == [{"kind": "RETURN"}]
