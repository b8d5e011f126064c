"""Does somebody get in by a password that was given to them, and set up their authenticator, in a browser?"""

import os
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page

from domain import accounts
from domain.words import StaffRole
from tests.admin.desk import PASSWORD, PanelDesk
from tests.admin.test_browser import serving
from tests.browser import CHROMIUM, DESK, PHONE, browsing

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
WANTED = "kuda baterai jepit benar"
PICTURES = os.environ.get("ADUAN_TEST_PICTURES")
"""A folder for pictures of the pages, where somebody wants to look at them."""


async def look_at(page: Page, name: str) -> None:
    """Fits a phone as well as a desk, and has nothing without a label."""
    for size, screen in ((PHONE, "phone"), (DESK, "desk")):
        await page.set_viewport_size(size)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide == 0, (name, screen)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES, f"{name}-{screen}.png"), full_page=True)
    unlabelled = await page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden])')].filter(e => !e.labels.length).length"
    )
    assert unlabelled == 0, name


async def sign_in(page: Page, base: str, email: str, password: str) -> None:
    await page.goto(f"{base}/login")
    await page.get_by_label("Surel").fill(email)
    await page.get_by_label("Kata sandi").fill(password)
    await page.get_by_role("button", name="Masuk").click()


async def test_from_a_given_password_to_ones_own_and_an_authenticator(panel: PanelDesk) -> None:
    account = await panel.hire(StaffRole.OFFICER, "DPUPR", "Budi Santoso")
    async with panel.database.write() as session:
        found = await accounts.by_email(session, account.email)
        given = await accounts.give_temporary_password(session, found)
    wrong: list[str] = []
    async with serving(panel) as base, browsing() as browser:
        page = await browser.new_page(viewport=DESK, locale="id-ID", timezone_id="Asia/Jakarta")
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        await sign_in(page, base, account.email, given)
        await page.wait_for_url(f"{base}/me/password")
        await page.get_by_label("Kata sandi sekarang").fill(given)
        await page.get_by_label("Kata sandi baru").fill("budi-santoso-2026")
        await page.get_by_role("button", name="Ganti kata sandi").click()
        await page.get_by_text("mudah ditebak").wait_for()
        await look_at(page, "password")
        await page.get_by_label("Kata sandi sekarang").fill(given)
        await page.get_by_label("Kata sandi baru").fill(WANTED)
        await page.get_by_role("button", name="Ganti kata sandi").click()
        await page.get_by_text("Kata sandi sudah diganti.").wait_for()

        await page.get_by_role("link", name="Budi Santoso").click()
        await page.get_by_role("link", name="Pasang").click()
        await look_at(page, "before")
        await page.get_by_role("button", name="Mulai memasang").click()
        app = pyotp.TOTP(await page.locator(".secret").inner_text())
        await look_at(page, "picture")
        wrong_code = next(code for code in ("000000", "111111") if not app.verify(code, valid_window=4))
        await page.get_by_label("Kode enam angka").fill(wrong_code)
        await page.get_by_role("button", name="Pasang").click()
        await page.get_by_text("Kode salah, atau sudah dipakai.").wait_for()
        await page.get_by_label("Kode enam angka").fill(app.now())
        await page.get_by_role("button", name="Pasang").click()
        await page.get_by_role("heading", name="Autentikator terpasang").wait_for()
        codes = await page.locator(".codes li").all_inner_texts()
        assert len(codes) == 10
        await look_at(page, "codes")
        await page.get_by_role("link", name="Sudah saya simpan").click()
        await page.get_by_role("link", name="Budi Santoso").click()
        await look_at(page, "me")
        await page.get_by_role("button", name="Keluar").click()
        await page.get_by_text("Anda sudah keluar.").wait_for()

        await sign_in(page, base, account.email, WANTED)
        await page.get_by_label("Kode", exact=True).fill(wrong_code)
        await page.get_by_role("button", name="Masuk").click()
        await page.get_by_text("Kode salah, atau sudah dipakai.").wait_for()
        await look_at(page, "code")
        await page.get_by_label("Kode", exact=True).fill(codes[3])
        await page.get_by_role("button", name="Masuk").click()
        await page.wait_for_url(f"{base}/")
        await page.goto(f"{base}/me/second-factor")
        await page.get_by_label("Kata sandi Anda").fill(WANTED)
        await look_at(page, "off")
        await page.get_by_role("button", name="Matikan autentikator").click()
        await page.get_by_text("Autentikator sudah dimatikan.").wait_for()
    assert wrong == []


async def test_a_locked_account_at_the_door_and_at_the_administrators_desk(panel: PanelDesk) -> None:
    account = await panel.hire(StaffRole.OFFICE, name="Siti Aminah")
    admin = await panel.hire(StaffRole.ADMIN)
    async with serving(panel) as base, browsing() as browser:
        page = await browser.new_page(viewport=DESK, locale="id-ID", timezone_id="Asia/Jakarta")
        for _ in range(5):
            await sign_in(page, base, account.email, "salah")
            await page.get_by_text("Surel atau kata sandi salah.").wait_for()
        await sign_in(page, base, account.email, PASSWORD)
        await page.get_by_text("Terlalu banyak percobaan masuk. Coba lagi pukul").wait_for()
        await look_at(page, "locked")
        await sign_in(page, base, admin.email, PASSWORD)
        await page.wait_for_url(f"{base}/")
        await page.goto(f"{base}/account/details/{account.id}")
        await look_at(page, "account")
        await page.get_by_role("link", name="Buka kunci").click()
        await look_at(page, "unlock")
        await page.get_by_role("button", name="Buka kunci").click()
        await page.get_by_text("Kunci akun sudah dibuka.").wait_for()
        await page.get_by_role("link", name="Buat kata sandi sementara").click()
        await page.get_by_role("button", name="Buat kata sandi sementara").click()
        given = await page.locator("#rahasia").inner_text()
        await look_at(page, "shown-once")
        await page.context.clear_cookies()
        await sign_in(page, base, account.email, given)
        await page.wait_for_url(f"{base}/me/password")
