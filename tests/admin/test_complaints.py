"""Which complaints does an officer find in the panel, and how much of each may they read?"""

import pytest
import sqlalchemy as sa

from domain import follow_up
from domain.model.complaint import Complaint, IdentityReading, Reporter
from domain.words import Clock, ComplaintStatus, Privacy, StaffRole, Visibility
from tests.admin.desk import PanelDesk, Visitor, links, words

REPORTER = ("Umi Kalsum", "umi@contoh.id", "081234567890")


def shows_reporter(page: str) -> bool:
    return any(fact in page for fact in REPORTER)


async def found(visitor: Visitor, query: str) -> set[str]:
    """The codes that a list shows."""
    answer = await visitor.get(f"/complaint/list?{query}")
    assert answer.status_code == 200
    return {path.rpartition("/")[2] for path in links(answer) if path.startswith("/complaint/details/")}


async def test_a_list_and_a_page_show_what_the_policy_shows(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    holder, other = (
        await panel.visitor(StaffRole.OFFICER, "DPUPR"),
        await panel.visitor(StaffRole.OFFICER, "DLH"),
    )
    auditor = await panel.visitor(StaffRole.AUDITOR)
    new = await panel.reported("Belum diverifikasi")
    public = await panel.dispatched(office.actor, "DPUPR", "Terbuka")
    secret = await panel.dispatched(office.actor, "DPUPR", "Rahasia", Privacy.CONFIDENTIAL)
    everything = {new.tracking_code, public.tracking_code, secret.tracking_code}
    sees = [
        (office, everything),
        (auditor, everything),
        (holder, {public.tracking_code, secret.tracking_code}),
        (other, {public.tracking_code}),
    ]
    for visitor, codes in sees:
        assert await found(visitor, "") == codes
        for code in everything:
            answer = await visitor.get(f"/complaint/details/{code}")
            assert answer.status_code == (200 if code in codes else 404)
            assert (await visitor.get(f"/complaint/edit/{code}")).status_code == 403
            assert (await visitor.post(f"/complaint/remove/{code}")).status_code == 403
    assert (await office.get("/complaint/create")).status_code == 403


async def test_a_complaint_is_found_by_code_number_title_and_filters(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    lamp = await panel.dispatched(office.actor, "DISHUB", "Lampu 100%_mati")
    road = await panel.dispatched(office.actor, "DPUPR", "Jalan berlubang")
    new = await panel.reported("Jalan gelap")
    await panel.late(road, Clock.FOLLOW_UP, 21)  # beyond the longest feast
    async with panel.database.write() as session:
        await session.execute(
            sa.update(Complaint)
            .where(Complaint.id == lamp.id)
            .values(external_tracking_id="7100300", channel="SMS_1708", category_id=None)
        )
    loose = road.tracking_code.lower().replace("-", " ")
    for query, codes in {
        f"search={loose}": {road},
        "search=7100300": {lamp},
        "search=jalan": {road, new},
        "search=100%25_": {lamp},
        "search=100__": set(),
        "status=SUBMITTED": {new},
        "status=OPEN": {lamp, road, new},
        "status=DISPATCHED&opd=DPUPR": {road},
        "overdue=ya": {road},
        "overdue=tidak": {lamp, new},
        "channel=SMS_1708": {lamp},
        "category=JALAN": {road, new},
        "category=INFRASTRUKTUR": {road, new},
        "category=DLH": set(),
        "classification=ASPIRATION": set(),
        "classification=COMPLAINT&opd=DISHUB": {lamp},
    }.items():
        assert await found(office, query) == {each.tracking_code for each in codes}, query
    late = await office.text("/complaint/list?overdue=ya")
    assert "terlambat" in late
    assert "hari kerja" in late
    assert "Terdisposisi, belum ditindaklanjuti" in late
    assert "Status: Semua yang belum selesai" in await office.text("/complaint/list?status=OPEN")
    assert "Tidak ada yang cocok." in await office.text("/complaint/list?search=tidakada")


async def test_lists_are_cut_into_pages_that_never_overlap(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = {(await panel.reported(f"Laporan {number}")).tracking_code for number in range(27)}
    async with panel.database.write() as session:
        await session.execute(sa.update(Complaint).values(submitted_at=sa.func.now()))
    first, second = await found(office, ""), await found(office, "page=2")
    assert (len(first), len(second), first | second) == (25, 2, made)
    page = await office.text("/complaint/list?page=2")
    assert "Baris 26 sampai 27 dari 27" in page
    assert "Halaman 2 dari 2" in page


async def test_a_page_tells_the_story_to_each_as_far_as_they_may_know(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    holder = await panel.visitor(StaffRole.OFFICER, "DPUPR", "Agus Setiawan")
    other = await panel.visitor(StaffRole.OFFICER, "DLH")
    made = await panel.dispatched(office.actor, "DPUPR")
    async with panel.database.write() as session:
        await follow_up.add_action(
            session,
            holder.actor,
            made.tracking_code,
            3,
            body="Anggaran menunggu <b>paket</b> baru.",
            visibility=Visibility.INTERNAL,
        )
        await follow_up.answer(session, holder.actor, made.tracking_code, 4, body="Sudah ditambal.")
    path = f"/complaint/details/{made.tracking_code.lower()}"
    for visitor in (office, holder):
        page = await visitor.text(path)
        for said in (
            "Lubang besar di depan pasar",
            "Mohon dicek minggu ini.",
            "Anggaran menunggu <b>paket</b> baru.",
            "Sudah ditambal.",
            "Agus Setiawan",
            "Dinas Pekerjaan Umum dan Penataan Ruang",
            "Sekarang menunggu pelapor membalas tanggapan DPUPR",
            "Tindak lanjut pertama",
            "Tepat waktu",
            "WIB",
        ):
            assert said in page, said
        assert shows_reporter(page)
    page = await other.text(path)
    assert "Sudah ditambal." in page
    for hidden in ("Mohon dicek", "Anggaran menunggu", "Agus Setiawan", *REPORTER, "Pelapor "):
        assert hidden not in page, hidden


async def test_an_anonymous_reporter_is_named_on_request_only_and_it_is_noted(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE, name="Rahmat Hidayat")
    holder = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    made = await panel.dispatched(office.actor, "DPUPR", "Pungli", Privacy.ANONYMOUS)
    page, reveal = (
        f"/complaint/details/{made.tracking_code}",
        f"/complaint/reporter/{made.tracking_code}",
    )
    opened = await office.text(page)
    assert "Tampilkan identitas" in opened
    assert not shows_reporter(opened)
    assert (await office.get(reveal)).status_code == 405
    assert (await office.http.post(f"/admin{reveal}", data={})).status_code == 403
    assert (await holder.post(reveal)).status_code == 404
    assert "Tampilkan identitas" not in await holder.text(page)
    assert await panel.value(sa.select(sa.func.count()).select_from(IdentityReading)) == 0

    for reason in ("", "  perlu  "):
        refused = await office.post(reveal, reason=reason)
        assert refused.status_code == 422
        assert "Tulis alasannya" in refused.text
        assert not shows_reporter(refused.text)
    assert await panel.value(sa.select(sa.func.count()).select_from(IdentityReading)) == 0

    shown = await office.post(reveal, reason="Pelapor meminta dihubungi")
    assert shown.status_code == 200
    assert all(fact in shown.text for fact in REPORTER)
    assert await panel.value(sa.select(IdentityReading.account_id)) == office.actor.id
    again = await office.text(page)
    assert not shows_reporter(again)
    assert "Rahmat Hidayat" in again
    assert "Pelapor meminta dihubungi" in again
    assert (await office.post("/complaint/reporter/CLG-0000-0000-0")).status_code == 404


async def test_an_identity_sealed_with_a_lost_key_is_no_fault(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.verified(office.actor)
    async with panel.database.write() as session:
        await session.execute(sa.update(Reporter).values(name=b"gAAAAA-rusak"))
    assert "kunci untuk membacanya tidak ada lagi" in await office.text(
        f"/complaint/details/{made.tracking_code}"
    )


@pytest.mark.parametrize("role", [StaffRole.OFFICE, StaffRole.ADMIN, StaffRole.AUDITOR, StaffRole.OFFICER])
async def test_every_number_of_the_first_page_leads_to_its_rows(panel: PanelDesk, role: StaffRole) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    for opd in ("DPUPR", "DPUPR", "DLH"):
        await panel.dispatched(office.actor, opd)
    late = await panel.dispatched(office.actor, "DPUPR", "Paling lama menunggu")
    await panel.late(late, Clock.FOLLOW_UP, 20)
    secret = await panel.dispatched(office.actor, "DPUPR", privacy=Privacy.CONFIDENTIAL)
    await panel.verified(office.actor)
    await panel.reported()
    async with panel.database.write() as session:
        officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
        await follow_up.add_action(session, officer.actor, secret.tracking_code, 3, body="Dimulai.")
    visitor = await panel.visitor(role, "DPUPR" if role is StaffRole.OFFICER else None)
    board = await visitor.get("/")
    numbers = {
        path: int(words_of_link)
        for path, words_of_link in numbered_links(board.text)
        if path.startswith("/complaint/list")
    }
    assert len(numbers) >= 10
    counted = {path: len(await found(visitor, path.partition("?")[2])) for path in numbers}
    assert counted == numbers
    assert 1 in numbers.values()
    assert "Paling lama menunggu" in words(board)
    if role is StaffRole.OFFICER:
        assert all("opd=DPUPR" in path for path in numbers)
        order = board.text.index("Paling lama menunggu"), board.text.index(">Jalan rusak<")
        assert order[0] < order[1]


def numbered_links(page: str) -> list[tuple[str, str]]:
    """The links that show a number, with it."""
    pieces = []
    for part in page.split("<a ")[1:]:
        head, _, rest = part.partition(">")
        shown = words_in(rest.partition("</a>")[0])
        digits = [word for word in shown.split() if word.isdecimal()]
        if digits and 'href="/admin' in head:
            pieces.append((head.split('href="/admin')[1].split('"')[0].replace("&amp;", "&"), digits[0]))
    return pieces


def words_in(html: str) -> str:
    text = ""
    for piece in html.split("<"):
        text += " " + piece.rpartition(">")[2]
    return text


async def test_open_complaints_of_an_opd_are_counted_and_linked(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.dispatched(office.actor, "DPUPR")
    await panel.dispatched(office.actor, "DPUPR")
    answer = await office.get("/opd/list?search=DPUPR")
    (path,) = [path for path in links(answer) if path.startswith("/complaint/list?")]
    assert await found(office, path.partition("?")[2]) >= {made.tracking_code}
    assert len(await found(office, path.partition("?")[2])) == 2
    assert (
        await panel.value(sa.select(sa.func.count()).where(Complaint.status == ComplaintStatus.DISPATCHED))
        == 2
    )
