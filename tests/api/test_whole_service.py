"""One report from an app to its completion, followed over a WebSocket and looked at in the panel."""

import pytest

from domain.words import ClientScope, StaffRole
from tests.browser import CHROMIUM, DESK, browsing
from tests.following import event, listening, socket, subscribe
from tests.service import PASSWORD, Service


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
async def test_everyone_sees_one_report_through(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    await service.staff(StaffRole.ADMIN)
    key = await service.client("Radar Banten", ClientScope.EVENTS)
    async with socket(service.socket_url, key) as newsroom, browsing() as browser:
        await subscribe(newsroom)
        await listening(service)
        page = await browser.new_page(viewport=DESK)
        await page.goto(f"{service.url}/admin")
        await page.get_by_label("Surel").fill("office@cilegon.go.id")
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("button", name="Masuk").click()

        made = await service.submitted(title="Jembatan retak di Ciwandan", reporterName="Siti Aminah")
        code = made["trackingCode"]
        await page.get_by_placeholder("Kode atau judul laporan").fill(code)
        await page.get_by_role("button", name="Cari").click()
        await page.get_by_text("Jembatan retak di Ciwandan").first.wait_for()
        assert "Menunggu verifikasi" in await page.inner_text("body")

        done = "errors { code message }"
        steps = (
            ("complaintVerify", office, {"version": 1}, "VERIFIED", "Terverifikasi, belum terdisposisi"),
            (
                "complaintDispatch",
                office,
                {"version": 2, "opdCode": "DPUPR"},
                "DISPATCHED",
                "Terdisposisi, belum ditindaklanjuti",
            ),
            ("actionAdd", officer, {"version": 3, "body": "Tim sedang survei"}, "STARTED", "Dalam proses"),
            (
                "complaintAnswer",
                officer,
                {"version": 4, "body": "Perbaikan minggu depan"},
                "ANSWERED",
                "Sudah ditanggapi, menunggu pelapor",
            ),
            (
                "complaintComplete",
                officer,
                {"version": 5, "body": "Jembatan diperkuat"},
                "COMPLETED",
                "Selesai",
            ),
        )
        cursor = None
        for mutation, token, values, told, label in steps:
            assert await service.do(mutation, token, done, trackingCode=code, **values) == {"errors": []}
            heard = await event(newsroom)
            assert (heard["type"], heard["trackingCode"]) == (told, code)
            cursor = heard["cursor"]
            await page.goto(f"{service.url}/admin/complaint/details/{code}")
            assert label in await page.inner_text("body")
        text = await page.inner_text("body")
        for written in ("Tim sedang survei", "Perbaikan minggu depan", "Jembatan diperkuat", "Siti Aminah"):
            assert written in text
        # An OPD that is changed in the panel is seen at once through the API.
        await page.goto(f"{service.url}/admin/opd/create")
        await page.locator("[name=code]").fill("UPTD-JBT")
        await page.locator("[name=name]").fill("UPTD Jembatan")
        await page.locator("[name=kind]").select_option("OTHER")
        await page.get_by_role("button", name="Simpan").first.click()
        await page.get_by_text("Tersimpan.", exact=True).wait_for()
        seen = await service.data('{ opd(code: "UPTD-JBT") { name kind active } }')
        assert seen["opd"] == {"name": "UPTD Jembatan", "kind": "OTHER", "active": True}
    assert cursor is not None
    async with socket(service.socket_url, key) as newsroom:
        await subscribe(newsroom, after=cursor)
        await service.dispatched(key="next")
        assert (await event(newsroom))["type"] == "VERIFIED"
