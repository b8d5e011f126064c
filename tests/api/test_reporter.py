"""What may reporters do with their own report and nobody else, and how do they rate it?"""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from domain.words import ClientScope, ComplaintStatus, StaffRole
from tests.service import Service
from tests.steps import (
    ANSWER,
    completed,
    events,
    own,
    row,
)

OWN: dict[str, dict[str, Any]] = {
    "complaintReply": {"body": "Nomor 12"},
    "complaintRate": {"rating": 4},
    "complaintReopen": {"reason": "Masih berlubang"},
}


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
