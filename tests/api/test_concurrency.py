"""What happens when many do the same thing at once."""

import asyncio

import sqlalchemy as sa

from domain.model.complaint import Action, Complaint, Disposition
from domain.model.event import ComplaintEvent
from tests.service import Service

CONFLICT = "complaint { status version } errors { code ... on ConflictError { currentVersion } }"


async def test_of_two_officers_on_one_complaint_one_is_told_of_the_other(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    code = (await service.dispatched())["trackingCode"]
    payloads = await asyncio.gather(
        service.do(
            "complaintAnswer", officer, CONFLICT, trackingCode=code, version=3, body="Sedang ditangani"
        ),
        service.do("complaintDispatch", office, CONFLICT, trackingCode=code, version=3, opdCode="DLH"),
    )
    won = [p for p in payloads if not p["errors"]]
    lost = [p for p in payloads if p["errors"]]
    assert len(won) == 1
    assert won[0]["complaint"]["version"] == 4
    assert lost == [{"complaint": None, "errors": [{"code": "CONFLICT", "currentVersion": 4}]}]


async def test_who_lost_the_complaint_to_a_move_is_told_that_it_changed(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    code = (await service.dispatched())["trackingCode"]
    moved = await service.do(
        "complaintDispatch", office, CONFLICT, trackingCode=code, version=3, opdCode="DLH"
    )
    assert moved["errors"] == []
    for version, errors in (
        (3, [{"code": "CONFLICT", "currentVersion": 4}]),
        (4, [{"code": "FORBIDDEN"}]),
    ):
        payload = await service.do(
            "complaintAnswer", officer, CONFLICT, trackingCode=code, version=version, body="Sedang ditangani"
        )
        assert payload["errors"] == errors


async def test_of_twenty_answers_one_counts(service: Service) -> None:
    officer, code = await service.officer("DPUPR"), (await service.dispatched())["trackingCode"]
    payloads = await asyncio.gather(
        *(
            service.do("complaintAnswer", officer, CONFLICT, trackingCode=code, version=3, body=f"ke-{i}")
            for i in range(20)
        )
    )
    assert sum(not p["errors"] for p in payloads) == 1
    async with service.database.write() as session:
        versions = await session.scalars(
            sa.select(ComplaintEvent.complaint_version)
            .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
            .where(Complaint.tracking_code == code)
            .order_by(ComplaintEvent.xid, ComplaintEvent.id)
        )
        assert list(versions) == [1, 2, 3, 4]


async def test_one_key_from_fifty_clients_makes_one_complaint(service: Service) -> None:
    made = await asyncio.gather(*(service.submitted("same") for _ in range(50)))
    assert len({(m["trackingCode"], m["accessToken"]) for m in made}) == 1
    async with service.database.write() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(ComplaintEvent)) == 1


async def test_a_key_for_another_report_is_refused(service: Service) -> None:
    await service.submitted("one")
    payload = await service.do(
        "complaintSubmit",
        None,
        "complaint { id } accessToken errors { code field }",
        idempotencyKey="uji-one-0001",
        title="Lain",
        body="Lain sama sekali",
        classification="ASPIRATION",
    )
    assert payload == {
        "complaint": None,
        "accessToken": None,
        "errors": [{"code": "IDEMPOTENCY_MISMATCH", "field": ["input", "idempotencyKey"]}],
    }


async def test_a_repeated_action_is_added_once(service: Service) -> None:
    officer, code = await service.officer("DPUPR"), (await service.dispatched())["trackingCode"]
    payloads = await asyncio.gather(
        *(
            service.do(
                "actionAdd",
                officer,
                "action { id } complaint { version } errors { code }",
                trackingCode=code,
                version=3,
                body="Survei",
                idempotencyKey="aksi-1",
            )
            for _ in range(20)
        )
    )
    assert [p["errors"] for p in payloads] == [[]] * 20
    assert len({p["action"]["id"] for p in payloads}) == 1
    assert {p["complaint"]["version"] for p in payloads} == {4}


async def test_a_reply_and_an_answer_at_once_both_count_or_the_officer_reads_again(service: Service) -> None:
    officer = await service.officer("DPUPR")
    outcomes = set()
    for turn in range(8):
        made = await service.dispatched(key=str(turn))
        code = made["trackingCode"]
        reply, answer = await asyncio.gather(
            service.do(
                "complaintReply",
                None,
                CONFLICT,
                trackingCode=code,
                accessToken=made["accessToken"],
                body="Ada foto lain",
            ),
            service.do(
                "complaintAnswer", officer, CONFLICT, trackingCode=code, version=3, body="Dijadwalkan"
            ),
        )
        assert reply["errors"] == []
        async with service.database.write() as session:
            now = await session.scalar(sa.select(Complaint).where(Complaint.tracking_code == code))
        assert now is not None
        if answer["errors"]:  # the reply came first
            assert answer["errors"] == [{"code": "CONFLICT", "currentVersion": 4}]
            assert (now.status, now.version) == ("DISPATCHED", 4)
        else:  # the reply was one to the answer
            assert (now.status, now.version) == ("IN_PROGRESS", 5)
        outcomes.add(now.status)
    assert outcomes <= {"DISPATCHED", "IN_PROGRESS"}


async def test_a_reply_sent_twenty_times_is_added_once(service: Service) -> None:
    made = await service.dispatched()
    payloads = await asyncio.gather(
        *(
            service.do(
                "complaintReply",
                None,
                CONFLICT,
                trackingCode=made["trackingCode"],
                accessToken=made["accessToken"],
                body="Ada foto lain",
                idempotencyKey="balas-1",
            )
            for _ in range(20)
        )
    )
    assert [p["errors"] for p in payloads] == [[]] * 20
    assert {p["complaint"]["version"] for p in payloads} == {4}
    async with service.database.write() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Action)) == 1


async def test_of_twenty_ratings_and_reopenings_at_once_each_counts_once(service: Service) -> None:
    officer = await service.officer("DPUPR")
    made = await service.dispatched()
    own = {"trackingCode": made["trackingCode"], "accessToken": made["accessToken"]}
    for mutation, version in (("complaintAnswer", 3), ("complaintComplete", 4)):
        payload = await service.do(
            mutation, officer, CONFLICT, trackingCode=own["trackingCode"], version=version, body="Selesai"
        )
        assert payload["errors"] == []
    ratings = await asyncio.gather(
        *(service.do("complaintRate", None, CONFLICT, **own, rating=1 + i % 5) for i in range(20))
    )
    assert sorted(e["code"] for p in ratings for e in p["errors"]) == ["ALREADY_RATED"] * 19
    again = await asyncio.gather(
        *(service.do("complaintReopen", None, CONFLICT, **own, reason="Rusak") for _ in range(20))
    )
    assert sorted(e["code"] for p in again for e in p["errors"]) == ["TRANSITION_NOT_ALLOWED"] * 19
    async with service.database.write() as session:
        stays = sa.select(sa.func.count()).select_from(Disposition)
        assert await session.scalar(stays) == 2
        assert await session.scalar(stays.where(Disposition.ended_at.is_(None))) == 1
