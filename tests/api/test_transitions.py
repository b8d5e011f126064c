"""Each transition over the API, from every status and for every kind of viewer."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from domain.words import ComplaintStatus, StaffRole, Transition
from domain.workflow import STEPS, Party
from tests.service import Service

MUTATIONS: dict[Transition, tuple[str, dict[str, Any]]] = {
    Transition.VERIFY: ("complaintVerify", {}),
    Transition.DISPATCH: ("complaintDispatch", {"opdCode": "DLH"}),
    Transition.RETURN: ("complaintReturn", {"reason": "Bukan kewenangan kami"}),
    Transition.ANSWER: ("complaintAnswer", {"body": "Dijadwalkan"}),
    Transition.COMPLETE: ("complaintComplete", {"body": "Selesai"}),
}
CAPACITIES = {
    "office": {Party.OFFICE},
    "admin": {Party.OFFICE},
    "holder": {Party.HOLDER},
    "other": set(),
    "auditor": set(),
    "public": set(),
}
ERRORS = (
    "complaint { status version } errors { code field ... on TransitionNotAllowedError { allowed }"
    " ... on ConflictError { currentVersion } }"
)


async def tokens(service: Service) -> dict[str, str | None]:
    return {
        "office": await service.office(),
        "admin": await service.staff(StaffRole.ADMIN),
        "holder": await service.officer("DPUPR"),
        "other": await service.officer("DINKES"),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "public": None,
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
        assert version is not None
        return version


@pytest.mark.parametrize("status", ComplaintStatus)
async def test_a_step_is_made_by_whom_and_whence_the_table_says(
    service: Service, status: ComplaintStatus
) -> None:
    people = await tokens(service)
    await service.submitted("another")
    code = (await service.dispatched())["trackingCode"]
    for transition, (mutation, values) in MUTATIONS.items():
        step = STEPS[transition]
        for who, capacities in CAPACITIES.items():
            version = await put(service, code, status)
            seen = await service.data(
                "query ($c: String!) { complaint(trackingCode: $c) { allowedTransitions } }",
                people[who],
                c=code,
            )
            payload = await service.do(
                mutation, people[who], ERRORS, trackingCode=code, version=version, **values
            )
            case = (status, transition, who)
            if seen["complaint"] is None:
                assert payload["errors"][0]["code"] == "NOT_FOUND", case
            elif not capacities & step.parties:
                expected = "UNAUTHENTICATED" if who == "public" else "FORBIDDEN"
                assert payload["errors"][0]["code"] == expected, case
                assert transition not in seen["complaint"]["allowedTransitions"], case
            elif status not in step.sources:
                assert payload["errors"][0]["code"] == "TRANSITION_NOT_ALLOWED", case
                assert sorted(payload["errors"][0]["allowed"]) == sorted(
                    seen["complaint"]["allowedTransitions"]
                ), case
            else:
                assert payload["errors"] == [], case
                assert payload["complaint"] == {"status": step.target, "version": version + 1}, case
                assert transition in seen["complaint"]["allowedTransitions"], case
                # Back to where every case begins: with DPUPR, whoever has it now.
                await _give_back(service, code)


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
