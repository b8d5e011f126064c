"""Does the panel work in a real browser: on a phone, from this host alone, and for a keyboard?"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from domain import handling
from domain.words import Clock, Privacy, StaffRole
from tests.admin.desk import PASSWORD, PanelDesk
from tests.admin.test_master_data import soon
from tests.browser import becomes

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=800)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


@asynccontextmanager
async def serving(panel: PanelDesk) -> AsyncIterator[str]:
    """The panel on a free port."""
    server = uvicorn.Server(uvicorn.Config(panel.app, port=0, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done(), "the panel did not start"
        await asyncio.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/admin"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def sign_in(page: Page, base: str, email: str) -> None:
    await page.goto(f"{base}/")
    await page.get_by_label("Surel").fill(email)
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()
    await page.wait_for_url(f"{base}/")


async def test_an_officer_works_on_a_phone(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    made = await panel.dispatched(
        admin.actor, "DPUPR", "Judul yang sangat panjang tanpa akhir " * 4, Privacy.ANONYMOUS
    )
    await panel.late(made, Clock.FOLLOW_UP, 30)
    day_off = await soon(panel)
    asked, wrong = [], []
    async with serving(panel) as base, browsing() as browser:
        page = await browser.new_page(viewport=PHONE, locale="id-ID", timezone_id="Asia/Jakarta")
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        await sign_in(page, base, admin.actor.email or "")
        key = str(admin.actor.id)
        for path in (
            "/",
            "/complaint/list",
            "/complaint/list?status=OPEN&overdue=ya",
            "/notices",
            f"/complaint/details/{made.tracking_code}",
            "/opd/list",
            "/opd/create",
            "/category/list",
            "/area/list",
            "/sla-rule/list",
            "/holiday/list",
            "/account/list",
            f"/account/edit/{key}",
            "/api-client/list",
        ):
            await page.goto(base + path)
            wide = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide == 0, path
            unlabelled = await page.evaluate(
                "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
                ".filter(e => !e.labels.length).map(e => e.name)"
            )
            assert unlabelled == [], path

        await page.goto(f"{base}/holiday/create")
        await page.get_by_label("Tanggal").fill(day_off.isoformat())
        await page.get_by_label("Nama").fill("Libur uji")
        await page.get_by_label("Jenis").select_option(label="Libur daerah")
        await page.get_by_role("button", name="Simpan", exact=True).click()
        await page.get_by_role("heading", name="tenggat akan berubah").wait_for()
        assert (
            await page.locator(".stacked").evaluate(
                "(e) => e.parentElement.scrollWidth - e.parentElement.clientWidth"
            )
            == 0
        )
        assert await page.locator(".stacked td").last.is_visible()

        await page.goto(f"{base}/complaint/list")
        assert not await page.get_by_role("link", name="Hari libur").is_visible()
        await page.get_by_role("button", name="Menu").click()
        await page.get_by_role("link", name="Hari libur").wait_for()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Saring").first.click()
        await page.get_by_label("Status").select_option(label="Dalam proses")
        await page.locator("#saring").get_by_role("button", name="Saring").click()
        await page.get_by_text("Tidak ada yang cocok.").wait_for()

        await page.get_by_role("button", name="Menu").click()
        await page.get_by_role("button", name="Keluar").click()
        await page.get_by_text("Anda sudah keluar.").wait_for()
    assert {url.split("/")[2] for url in asked} == {base.split("/")[2]}
    assert wrong == []


async def test_diskominfo_adds_an_opd_and_names_a_reporter_at_a_desk(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.dispatched(office.actor, "DPUPR", privacy=Privacy.ANONYMOUS)
    async with serving(panel) as base, browsing() as browser:
        page = await browser.new_page(viewport=DESK, locale="id-ID", timezone_id="Asia/Jakarta")
        await sign_in(page, base, office.actor.email or "")
        await page.get_by_role("link", name="OPD", exact=True).click()
        await page.get_by_role("link", name="Tambah OPD").click()
        await page.get_by_label("Nama lengkap").fill("Dinas Kebudayaan")
        await page.get_by_label("Kode").fill("DPUPR")
        await page.get_by_label("Jenis").select_option(label="Dinas")
        await page.get_by_role("button", name="Simpan", exact=True).click()
        await page.get_by_text("Kode DPUPR sudah dipakai.").wait_for()
        await becomes(page, "document.activeElement.id === 'f-code'")
        await page.get_by_label("Kode").fill("DISBUD")
        await page.keyboard.press("Enter")
        await page.get_by_text("Tersimpan.", exact=True).wait_for()
        assert await page.get_by_role("heading", level=1).inner_text() == "Dinas Kebudayaan"

        await page.goto(f"{base}/complaint/details/{made.tracking_code}")
        assert await page.get_by_text("Umi Kalsum").count() == 0
        await page.get_by_label("Alasan membuka identitas").fill("Perlu dihubungi segera")
        await page.get_by_role("button", name="Tampilkan identitas").click()
        await page.get_by_text("Umi Kalsum").wait_for()


async def test_a_report_is_handled_in_the_panel(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE, name="Sari Dewi")
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    code = (await panel.reported("Jalan berlubang di depan pasar")).tracking_code
    async with serving(panel) as base, browsing() as browser:
        address = f"{base}/complaint/details/{code}"
        desk = await browser.new_page(viewport=DESK, java_script_enabled=False)
        await sign_in(desk, base, office.actor.email or "")
        await desk.get_by_role("link", name="Jalan berlubang di depan pasar").click()
        await desk.get_by_label("Klasifikasi").select_option(label="Aspirasi")
        await desk.get_by_role("button", name="Verifikasi", exact=True).click()
        await desk.get_by_text("Laporan sudah diverifikasi.", exact=True).wait_for()
        await desk.get_by_label("OPD wajib").select_option(label="Dinas Pekerjaan Umum dan Penataan Ruang")
        await desk.get_by_role("button", name="Disposisikan").click()
        await desk.get_by_text("Laporan sudah didisposisikan.", exact=True).wait_for()

        phone = await (await browser.new_context(viewport=PHONE)).new_page()
        await sign_in(phone, base, officer.actor.email or "")
        await phone.get_by_role("link", name="Jalan berlubang di depan pasar").click()
        await phone.get_by_text("Giliran Anda.").wait_for()
        # Diskominfo asks the reporter something while the officer writes.
        await desk.locator("summary", has_text="Tunda, minta keterangan pelapor").press("Enter")
        await desk.get_by_label("Yang ditanyakan kepada pelapor").fill("Di depan pasar yang mana?")
        await desk.get_by_role("button", name="Tunda, minta keterangan pelapor").click()
        await desk.get_by_text("Laporan ditunda; pelapor diminta melengkapinya.", exact=True).wait_for()
        await phone.get_by_label("Apa yang dikerjakan").fill("Alat berat sudah di lokasi.")
        await phone.get_by_role("button", name="Catat tindak lanjut").click()
        await phone.get_by_text("ditunda, oleh Sari Dewi").wait_for()
        kept = phone.get_by_label("Apa yang dikerjakan")
        assert await kept.input_value() == "Alat berat sudah di lokasi."
        await becomes(kept, "(e) => e.getBoundingClientRect().top < innerHeight")
        assert await phone.get_by_role("button", name="Catat tindak lanjut").count() == 0
        await fits(phone)
        async with panel.database.write() as session:
            await handling.verify(session, office.actor, code, 4)
            await handling.dispatch(session, office.actor, code, 5, opd_code="DPUPR")

        await phone.goto(address)
        await phone.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        await fits(phone)
        await phone.get_by_label("Apa yang dikerjakan").fill("Alat berat sudah di lokasi.")
        await phone.get_by_role("button", name="Catat tindak lanjut").dblclick(no_wait_after=True)
        await phone.get_by_text("Tindak lanjut sudah dicatat.", exact=True).wait_for()
        await phone.goto(address)
        assert await phone.get_by_text("Alat berat sudah di lokasi.").count() == 1
        await phone.get_by_label("Tanggapan").fill("Sudah ditambal.")
        await phone.get_by_role("button", name="Tanggapi").click()
        await phone.get_by_text("Tanggapan sudah dikirim.", exact=True).wait_for()
        assert await phone.get_by_text("Sekarang menunggu").is_visible()


async def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways, and every field has its label."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    unlabelled = (
        "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
        ".filter(e => !e.labels.length).map(e => e.name)"
    )
    assert await page.evaluate(unlabelled) == []
