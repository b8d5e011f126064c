"""What does undoing a merge give back, and until when?"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain import accounts, unmerging
from domain.actor import Actor
from domain.calendar import local_day
from domain.errors import Conflict, Forbidden, TransitionNotAllowed
from domain.model.complaint import Complaint, Deadline, Supporter
from domain.model.master import Holiday, Opd
from domain.model.merge import Merge
from domain.model.people import Account
from domain.secrecy import token_hash
from domain.words import HolidayKind, StaffRole
from tests.api.test_merging_at_once import lock, waiting
from tests.following import event, socket, subscribe
from tests.service import Service
from tests.steps import (
    actions,
    answered,
    clocks,
    done,
    events,
    merge,
    merged,
    own,
    row,
    stays,
    supported,
    verified,
)

FOLLOW = """subscription ($c: String!, $t: String, $after: String) {
  complaintStatusChanged(trackingCode: $c, accessToken: $t, after: $after) { type trackingCode } }"""


async def actor(service: Service, role: StaffRole = StaffRole.OFFICE) -> Actor:
    await service.staff(role, "DPUPR" if role is StaffRole.OFFICER else None)
    async with service.database.write() as session:
        found = await session.scalar(sa.select(Account).where(Account.role == role))
        assert found is not None
        return accounts.actor_of(found)


async def undo(service: Service, made: dict[str, Any], by: Actor | None = None) -> Complaint:
    code, by = made["trackingCode"], by or await actor(service)
    version = (await row(service, code)).version
    async with service.database.write(by) as session:
        return await unmerging.undo(session, by, code, version)


async def supporters(service: Service, made: dict[str, Any]) -> tuple[int, set[str]]:
    """How many are counted, and who they are."""
    keys = {token_hash(name): name for name in ("satu", "dua", "tiga", "empat", "lima", "enam")}
    found = await row(service, made["trackingCode"])
    async with service.database.write() as session:
        hashes = await session.scalars(
            sa.select(Supporter.key_hash).where(Supporter.complaint_id == found.id)
        )
        return found.supporter_count, {keys[each] for each in hashes}


async def dues(service: Service, made: dict[str, Any]) -> list[tuple[Any, ...]]:
    query = (
        sa.select(Deadline.clock, Deadline.due_at, Deadline.ended_at, Deadline.paused_at.is_not(None))
        .join(Complaint, Complaint.id == Deadline.complaint_id)
        .where(Complaint.tracking_code == made["trackingCode"])
        .order_by(Deadline.clock, Deadline.started_at)
    )
    async with service.database.write() as session:
        return [tuple(found) for found in await session.execute(query)]


async def test_what_was_united_is_parted_again(service: Service) -> None:
    made, target = await service.dispatched(key="a"), await answered(service, "b")
    code, into = made["trackingCode"], target["trackingCode"]
    await done(service, await service.officer("DPUPR"), "actionAdd", code, body="Survei")
    for key in ("satu", "dua", "tiga"):
        await supported(service, code, key)
    for key in ("tiga", "empat"):
        await supported(service, into, key)
    before, due = await row(service, code), await dues(service, made)
    await merged(service, made, target)
    assert await supporters(service, target) == (4, {"satu", "dua", "tiga", "empat"})
    await supported(service, code, "lima")
    await supported(service, into, "enam")
    await own(service, made, "complaintReply", body="Masih berlubang", idempotencyKey="balas")
    assert (await row(service, into)).status == "IN_PROGRESS"

    await undo(service, made)
    now = await row(service, code)
    assert (now.status, now.held_from, now.merged_into_id) == ("IN_PROGRESS", None, None)
    assert (now.version, now.due_at, now.opd_id) == (before.version + 2, before.due_at, before.opd_id)
    assert await dues(service, made) == due
    assert (await stays(service, code))[-1] == ("Dinas Pekerjaan Umum dan Penataan Ruang", None)
    assert await supporters(service, made) == (4, {"satu", "dua", "tiga", "lima"})
    assert await supporters(service, target) == (3, {"tiga", "empat", "enam"})
    assert (await events(service, code))[-1] == ("REOPENED", "MERGED", "IN_PROGRESS", "PUBLIC")
    assert [a[2] for a in await actions(service, code)] == [
        "Survei",
        "Digabung dengan laporan lain tentang hal yang sama.",
        "Masih berlubang",
        "Penggabungan dibatalkan: laporan ini ditangani lagi tersendiri.",
    ]
    assert "Masih berlubang" not in str(await actions(service, into))
    # Repeated, the reply is found where it is now; and the code stands for its own complaint.
    again = await own(service, made, "complaintReply", body="Masih berlubang", idempotencyKey="balas")
    assert again["complaint"]["trackingCode"] == code
    assert len(await actions(service, code)) == 4

    third = await verified(service, "c")
    await merged(service, made, third)
    assert await supporters(service, third) == (4, {"satu", "dua", "tiga", "lima"})
    await undo(service, made)
    assert await supporters(service, third) == (0, set())
    assert await supporters(service, made) == (4, {"satu", "dua", "tiga", "lima"})


async def test_a_reply_meanwhile_is_what_was_waited_for(service: Service) -> None:
    held, waits = await service.dispatched(key="a"), await answered(service, "b")
    target, officer = await verified(service, "c"), await service.officer("DPUPR")
    await done(service, officer, "complaintHold", held["trackingCode"], reason="Di mana?")
    await merged(service, held, target)
    await undo(service, held)
    assert (await row(service, held["trackingCode"])).status == "ON_HOLD"
    assert (await clocks(service, held["trackingCode"]))["RESOLUTION"] == ["paused"]
    for made, status, clock in (
        (held, "DISPATCHED", {"RESOLUTION": ["running"], "FOLLOW_UP": ["ended"]}),
        (waits, "IN_PROGRESS", {"RESOLUTION": ["running"], "REPORTER_REPLY": ["ended"]}),
    ):
        await merged(service, made, target)
        await own(service, made, "complaintReply", body="Di depan pasar")
        await undo(service, made)
        assert (await row(service, made["trackingCode"])).status == status
        assert clock.items() <= (await clocks(service, made["trackingCode"])).items()


async def test_a_chain_is_undone_from_its_end(service: Service) -> None:
    first, second, third = [await verified(service, key) for key in "abc"]
    await supported(service, first["trackingCode"], "satu")
    await supported(service, second["trackingCode"], "dua")
    await merged(service, first, second)
    await merged(service, second, third)
    await supported(service, first["trackingCode"], "tiga")
    await own(service, first, "complaintReply", body="Lewat yang pertama")
    with pytest.raises(TransitionNotAllowed) as refused:
        await undo(service, first)
    assert second["trackingCode"] in refused.value.message()
    await undo(service, second)
    assert await supporters(service, third) == (0, set())
    assert await supporters(service, second) == (3, {"satu", "dua", "tiga"})
    assert "Lewat yang pertama" in str(await actions(service, second["trackingCode"]))
    await undo(service, first)
    assert await supporters(service, second) == (1, {"dua"})
    assert await supporters(service, first) == (2, {"satu", "tiga"})
    assert "Lewat yang pertama" in str(await actions(service, first["trackingCode"]))
    assert "Lewat yang pertama" not in str(await actions(service, second["trackingCode"]))


async def test_it_is_diskominfos_until_the_working_day_ends(service: Service) -> None:
    made, target = await service.dispatched(key="a"), await verified(service, "b")
    with pytest.raises(TransitionNotAllowed, match="not part of another"):
        await undo(service, made)
    await merged(service, made, target)
    for role in (StaffRole.OFFICER, StaffRole.AUDITOR):
        with pytest.raises(Forbidden):
            await undo(service, made, await actor(service, role))
    office = await actor(service)
    with pytest.raises(Conflict):
        async with service.database.write() as session:
            await unmerging.undo(session, office, made["trackingCode"], 1)

    async def merged_on(day: date) -> bool:
        """Whether a merge of that day could be undone now."""
        at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=3)
        async with service.database.write() as session:
            await session.execute(sa.update(Merge).values(merged_at=at))
            complaint = await session.scalar(
                sa.select(Complaint).where(Complaint.tracking_code == made["trackingCode"])
            )
            assert complaint is not None
            return await unmerging.undoable_until(session, office, complaint) is not None

    today = local_day(datetime.now(UTC))
    assert await merged_on(today)
    assert not await merged_on(today - timedelta(days=60))
    with pytest.raises(TransitionNotAllowed, match="until the end of the working day"):
        await undo(service, made)
    # A day on which nobody works goes on until the next one ends.
    async with service.database.write() as session:
        for days in (1, 2):
            day = today - timedelta(days=days)
            if not await session.scalar(sa.select(Holiday.id).where(Holiday.date == day)):
                session.add(Holiday(date=day, name="Libur uji", kind=HolidayKind.LOCAL))
    assert await merged_on(today - timedelta(days=2))


async def test_an_opd_that_ended_meanwhile_is_followed_by_its_successor(service: Service) -> None:
    made, target = await service.dispatched(key="a"), await verified(service, "b")
    await done(service, await service.officer("DPUPR"), "actionAdd", made["trackingCode"], body="Survei")
    await merged(service, made, target)
    async with service.database.write() as session:
        heir = await session.scalar(sa.select(Opd.id).where(Opd.code == "DLH"))
        await session.execute(
            sa.update(Opd).where(Opd.code == "DPUPR").values(active_until=date(2020, 1, 1), successor_id=heir)
        )
    await undo(service, made)
    assert (await row(service, made["trackingCode"])).status == "DISPATCHED"
    assert await stays(service, made["trackingCode"]) == [
        ("Dinas Pekerjaan Umum dan Penataan Ruang", "MERGED"),
        ("Dinas Lingkungan Hidup", None),
    ]


async def test_a_reply_that_waited_goes_to_where_the_code_stands_for_then(service: Service) -> None:
    made, target = await verified(service, "a"), await verified(service, "b")
    code, into = made["trackingCode"], target["trackingCode"]
    await merged(service, made, target)
    office, version = await actor(service), (await row(service, code)).version
    async with service.database.write() as session:
        await lock(session, into)
        reply = asyncio.ensure_future(own(service, made, "complaintReply", body="Sama"))
        support = asyncio.ensure_future(supported(service, code, "satu"))
        await waiting(service, 2)
        await unmerging.undo(session, office, code, version)
    payloads = await asyncio.gather(reply, support)
    assert [p["errors"] for p in payloads] == [[], []]
    assert [p["complaint"]["trackingCode"] for p in payloads] == [code, code]
    assert "Sama" in str(await actions(service, code))
    assert await supporters(service, made) == (1, {"satu"})
    assert await supporters(service, target) == (0, set())


async def test_who_follows_it_hears_of_the_other_only_from_the_last_merge_on(service: Service) -> None:
    made, target = await verified(service, "a"), await verified(service, "b")
    office, code = await service.office(), made["trackingCode"]
    await merged(service, made, target)
    await undo(service, made)
    await done(service, office, "complaintDispatch", target["trackingCode"], opdCode="DPUPR")
    assert (await merge(service, code, target["trackingCode"]))["errors"] == []
    officer = await service.officer("DPUPR")
    await done(service, officer, "complaintAnswer", target["trackingCode"], body="Dijadwalkan")
    query = "query ($f: EventFilter) { events(first: 1, filter: $f) { nodes { cursor } } }"
    found = await service.data(query, office, f={"trackingCode": code})
    async with socket(service.socket_url) as follower:
        start = found["events"]["nodes"][0]["cursor"]
        await subscribe(follower, FOLLOW, c=code, t=made["accessToken"], after=start)
        heard = [(await event(follower))["type"] for _ in range(5)]
    assert heard == ["VERIFIED", "MERGED", "REOPENED", "MERGED", "ANSWERED"]
