"""What do officers, Diskominfo and the head of office read in their letters, and what is no news any more?"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from api.database import Database
from api.worker.reminding import send_digests, send_reminders
from api.worker.tools import Tools
from domain.model.complaint import Complaint, Deadline
from domain.model.mail import OutgoingLetter
from domain.words import Clock, ComplaintStatus, LetterOutcome, StaffRole
from tests.mail.letters import post
from tests.mailroom import PUBLIC_URL, Letter, Mailroom
from tests.moments import moment
from tests.reminding import hired, running
from tests.service import VAULT

NOW = moment("2026-11-24T08:00")
HEAD = "kepala@cilegon.go.id"


def said(letter: Letter) -> str:
    return letter.plain.replace("\r\n", "\n")


async def test_one_letter_tells_all_that_is_due_and_links_to_it(database: Database, room: Mailroom) -> None:
    tools = Tools(database.write, VAULT, room.settings(head_email=HEAD))
    async with database.write() as session:
        officer = await hired(session, StaffRole.OFFICER, "DPUPR")
        office = await hired(session, StaffRole.OFFICE)
        admin = await hired(session, StaffRole.ADMIN)
        made = [await running(session, day) for day in ("2026-11-10", "2026-11-24", "2026-11-25")]
        done = await running(session, "2026-11-24")
        await running(session, "2026-11-20", None, Clock.VERIFICATION, ComplaintStatus.SUBMITTED)
        found = await session.execute(sa.select(Complaint.id, Complaint.tracking_code))
        codes = {row.id: row.tracking_code for row in found}
    assert await send_reminders(tools, NOW) == 6
    assert await send_digests(tools, NOW) == 3
    async with database.write() as session:
        await session.execute(sa.update(Deadline).where(Deadline.id == done.id).values(ended_at=NOW))
    assert await post(database, room.mail(head_email=HEAD)) == 5
    assert room.to(admin.email) == []

    reminder, digest = room.to(officer.email)
    assert reminder.message["Subject"] == ("Pengingat: 1 terlambat, 1 jatuh tempo hari ini, dan 1 lagi")
    late, today, _ = (codes[each.complaint_id] for each in made)
    assert (
        f"Tenggat laporan yang menunggu DPUPR:\n\nTerlambat\n- {late}: Penyelesaian,"
        f" tenggat 10 November 2026\n  {PUBLIC_URL}/admin/complaint/details/{late}\n\n"
        f"Jatuh tempo hari ini\n- {today}"
    ) in said(reminder)
    for text in (reminder.plain, reminder.page):
        assert codes[done.complaint_id] not in text
        assert "Lubang besar" not in text
        assert "Jalan rusak" not in text
    assert f'href="{PUBLIC_URL}/admin/complaint/details/{late}"' in reminder.page

    assert digest.message["Subject"] == "Ringkasan DPUPR 24 November 2026: 4 menunggu, 1 terlambat"
    assert f"{PUBLIC_URL}/admin/complaint/list?status=OPEN&opd=DPUPR" in said(digest)
    assert f"Terlambat (1)\n- {late}: tenggat 10 November 2026\n" in said(digest)

    escalated, morning = room.to(office.email)
    assert escalated.message["Subject"] == ("Pengingat: 1 terlambat 3 hari kerja atau lebih, 1 terlambat")
    assert f"- {late}, DPUPR: Penyelesaian" in said(escalated)
    assert "menunggu Diskominfo" in said(morning)

    [week] = room.to(HEAD)
    assert week.message["Subject"] == ("Ringkasan mingguan sampai 22 November 2026: 2 terlambat")
    span = "submitted%3A2026-11-16..2026-11-22"
    assert f"Laporan baru: 0\n  {PUBLIC_URL}/admin/complaint/list?period={span}\n" in said(week)
    assert "- DPUPR: 1\n" in said(week)
    assert "opd=-&amp;overdue=ya" in week.page


async def test_what_was_seen_to_and_yesterdays_digest_are_no_news(database: Database, room: Mailroom) -> None:
    tools = Tools(database.write, VAULT, room.settings())
    async with database.write() as session:
        await hired(session, StaffRole.OFFICER, "DPUPR")
        admin = await hired(session, StaffRole.ADMIN)
        done = await running(session, "2026-11-24")
    await send_reminders(tools, NOW)
    await send_digests(tools, NOW)
    async with database.write() as session:
        await session.execute(sa.update(Deadline).where(Deadline.id == done.id).values(paused_at=NOW))
        earlier = OutgoingLetter.created_at - timedelta(hours=13)
        await session.execute(sa.update(OutgoingLetter).values(created_at=earlier))
    assert await post(database, room.mail()) == 1
    [week] = room.to(admin.email)
    assert week.message["Subject"] == "Ringkasan mingguan sampai 22 November 2026: 0 terlambat"
    async with database.write() as session:
        outcomes = Counter(await session.scalars(sa.select(OutgoingLetter.outcome)))
    assert outcomes == {LetterOutcome.POINTLESS: 2, LetterOutcome.SENT: 1}
