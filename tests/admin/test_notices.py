"""What does the panel tell whom, how is it marked as read, and where does each notice lead?"""

import re
from datetime import datetime
from html import unescape

import sqlalchemy as sa

from admin.notices.listing import PAGE
from domain.calendar import load_calendar
from domain.model.complaint import Complaint
from domain.model.notice import Digest, Notice
from domain.reminding import digests, reminders
from domain.reminding.hours import Hours, hours_at
from domain.words import Clock, ComplaintStatus, DigestKind, StaffRole
from tests.admin.desk import PanelDesk, words
from tests.moments import moment
from tests.reminding import running

NOW = moment("2026-11-24T08:00")  # a Tuesday
VERIFICATION, SUBMITTED = Clock.VERIFICATION, ComplaintStatus.SUBMITTED


async def hours(panel: PanelDesk, now: datetime = NOW) -> Hours:
    async with panel.database.write() as session:
        found = hours_at(await load_calendar(session), now)
    assert found is not None
    return found


async def reminded(panel: PanelDesk) -> None:
    within = await hours(panel)
    async with panel.database.write() as session:
        for audience, deadlines in (await reminders.pending(session, within)).items():
            await reminders.remind(session, audience, deadlines, within)


async def code_of(panel: PanelDesk, key: object) -> str:
    found: str = await panel.value(sa.select(Complaint.tracking_code).where(Complaint.id == key))
    return found


async def test_a_bell_on_each_page_counts_what_its_owner_has_not_read(panel: PanelDesk) -> None:
    one, two = await panel.visitor(StaffRole.OFFICER, "DPUPR"), await panel.visitor(StaffRole.OFFICER, "DLH")
    office, auditor = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.AUDITOR)
    assert "Belum ada pemberitahuan" in await one.text("/notices")
    async with panel.database.write() as session:
        made = [await running(session, "2026-11-24") for _ in range(PAGE + 3)]
        late = await running(session, "2026-11-10", "DLH")
        await running(session, "2026-11-24", None, VERIFICATION, SUBMITTED)
    await reminded(panel)
    for who, number in ((one, PAGE + 3), (two, 1), (office, 2)):
        for path in ("/", "/complaint/list", "/notices", "/tidak-ada/list"):
            page = (await who.get(path)).text
            assert f'aria-label="Pemberitahuan, {number} belum dibaca"' in page, path
    assert "Pemberitahuan" not in (await auditor.get("/")).text

    code = await code_of(panel, late.complaint_id)
    assert f"Terlambat: Penyelesaian, tenggat 10 November 2026 {code} 08.00 WIB" in await two.text("/notices")
    assert "Terlambat 3 hari kerja atau lebih" in await office.text("/notices")
    keys = [int(key) for key in re.findall(r"/notices/open/(\d+)", (await one.get("/notices")).text)]
    assert (len(keys), keys) == (PAGE, sorted(keys, reverse=True))
    second = await one.get("/notices?page=2")
    assert len(re.findall(r"/notices/open/(\d+)", second.text)) == 3
    assert "Halaman 2 dari 2" in words(second)
    assert (await one.get("/notices?page=x")).status_code == 400

    # Reading is a form of this session's own, and reaches nobody else's.
    for path in ("/notices/read", f"/notices/open/{keys[0]}"):
        assert (await one.get(path)).status_code == 405
        assert (await one.http.post(f"/admin{path}", data={"until": "1"})).status_code == 403
    assert (await two.post(f"/notices/open/{keys[0]}")).status_code == 404
    await two.post("/notices/read", notice=str(keys[0]))
    opened = await one.post(f"/notices/open/{keys[0]}")
    assert opened.headers["location"] == (
        f"/admin/complaint/details/{await code_of(panel, made[0].complaint_id)}"
    )
    await one.post("/notices/read", notice=str(keys[1]))
    assert f"{PAGE + 1} belum dibaca" in (await one.get("/")).text
    await one.post("/notices/read", until=str(keys[2]))
    assert "belum dibaca" not in (await one.get("/")).text
    assert (await one.post("/notices/read", until="x")).status_code == 400
    assert await panel.value(sa.select(sa.func.count()).where(Notice.read_at.is_(None))) == 3
    history = "Sudah 1 kali diingatkan 24 November 2026 08.00 WIB: Jatuh tempo hari ini, kepada"
    assert history in words(await one.get(opened.headers["location"].removeprefix("/admin")))


async def test_digests_lead_to_what_they_count(panel: PanelDesk) -> None:
    officer, other = await panel.visitor(StaffRole.OFFICER, "DPUPR"), await panel.visitor(StaffRole.ADMIN)
    async with panel.database.write() as session:
        late = await running(session, "2026-11-10")
        new = await running(session, "2050-12-12")
        at = moment("2026-11-17T09:00")
        await session.execute(
            sa.update(Complaint)
            .where(Complaint.id == new.complaint_id)
            .values(submitted_at=at, dispatched_at=at, first_responded_at=at)
        )
        await running(session, "2026-11-10", "DLH")
        await running(session, "2026-11-20", None, VERIFICATION, SUBMITTED)
    within = await hours(panel)
    async with panel.database.write() as session:
        for opd in await digests.without_daily(session, within):
            assert await digests.make_daily(session, opd, within)
        assert await digests.make_weekly(session, within, head_has_address=False)
        assert not await digests.make_weekly(session, within, head_has_address=False)
        assert await digests.without_daily(session, within) == []
    page = await officer.text("/notices")
    assert "Ringkasan harian 2 laporan menunggu · 1 terlambat" in page
    daily = await panel.value(sa.select(Digest.id).where(Digest.opd_id.is_not(None)))
    code = await code_of(panel, late.complaint_id)
    page = await officer.text(f"/notices/digest/{daily}")
    assert "2 laporan menunggu pada 24 November 2026 08.00 WIB" in page
    assert f"Terlambat (1) Daftar sekarang {code} Tanpa kategori 10 November 2026" in page
    assert "Baru didisposisikan, belum ditindaklanjuti (1)" in page
    for key in (daily, "x", "01890000-0000-7000-8000-000000000000"):
        assert (await other.get(f"/notices/digest/{key}")).status_code == 404
    # What is at an OPD that nobody works in waits for Diskominfo.
    office = await panel.value(
        sa.select(Digest.content).where(Digest.opd_id.is_(None), Digest.kind == DigestKind.DAILY)
    )
    assert office["counts"] == {"OVERDUE": 2}
    weekly = await panel.value(sa.select(Digest.id).where(Digest.kind == DigestKind.WEEKLY))
    answer = await other.get(f"/notices/digest/{weekly}")
    text = words(answer)
    assert "Ringkasan mingguan, 16 November 2026 sampai 22 November 2026" in text
    assert "3 Terlambat" in text
    tiles = re.findall(r'href="/admin([^"]+)"><span class="tile-number">(.*?)</span>', answer.text)
    assert [number for _, number in tiles] == ["1", "0", "3", "0,0"]
    for (href, _), number in zip(tiles, (1, 0, 3, 1), strict=True):
        listed = await other.text(unescape(href))
        counted = f"sampai {number} dari {number}" if number else "Tidak ada yang cocok."
        assert counted in listed, href
    assert "DPUPR 1" in text
    assert "opd=-&amp;overdue=ya" in answer.text
    for query in ("period=submitted:2026-11-16..2026-11-22", "opd=-&overdue=ya", "period=rusak:x..y"):
        assert (await other.get(f"/complaint/list?{query}")).status_code == 200, query
