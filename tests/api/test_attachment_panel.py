"""An officer looks at what was attached to a report, in the panel."""

from functools import partial

import pytest
from playwright.async_api import ConsoleMessage, FilePayload

from tests.attachments import picture, uploaded
from tests.browser import CHROMIUM, DESK, becomes, browsing
from tests.service import PASSWORD, Service
from tests.steps import actions, done


def _note(wrong: list[str], said: ConsoleMessage) -> None:
    wrong.append(said.text)


LOADED = """number => {
  const pictures = [...document.querySelectorAll('.pictures img')]
  return pictures.length === number && pictures.every(i => i.complete && i.naturalWidth === 400)
}"""


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
async def test_the_panel_shows_pictures_to_those_who_may_see_them(service: Service) -> None:
    document = await uploaded(service, b"%PDF-1.7\n%%EOF\n", "application/pdf", name="surat.pdf")
    first = await uploaded(service, picture(size=(900, 600)), name="jalan <b>.jpg")
    made = await service.dispatched(attachmentIds=[first, document])
    code, holder = made["trackingCode"], await service.officer("DPUPR")
    await service.officer("DLH")
    inside = await uploaded(service, who=holder, name="rapat.jpg")
    given = {"body": "Rapat", "kind": "NOTE", "visibility": "INTERNAL", "attachmentIds": [inside]}
    await done(service, holder, "actionAdd", code, **given)
    async with browsing() as browser:
        for officer, seen in (("dpupr", 2), ("dlh", 1)):
            context = await browser.new_context(viewport=DESK)
            page = await context.new_page()
            wrong: list[str] = []
            page.on("console", partial(_note, wrong))
            await page.goto(f"{service.url}/admin")
            await page.get_by_label("Surel").fill(f"officer-{officer}@cilegon.go.id")
            await page.get_by_label("Kata sandi").fill(PASSWORD)
            await page.get_by_role("button", name="Masuk").click()
            await page.goto(f"{service.url}/admin/complaint/details/{code}")
            await becomes(page, LOADED, seen)
            assert wrong == []
            # The picture opens, alone and as a picture.
            async with context.expect_page() as opening:
                await page.get_by_role("link", name="jalan <b>.jpg").click()
            shown = await opening.value
            await shown.wait_for_load_state()
            await becomes(shown, "document.images[0]?.naturalWidth === 900")
            async with page.expect_download() as saving:
                await page.get_by_role("link", name="surat.pdf").click()
            assert (await saving.value).suggested_filename == "surat.pdf"
            await context.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
async def test_an_officer_adds_files_to_what_they_did(service: Service) -> None:
    made = await service.dispatched()
    await service.officer("DPUPR")
    good = FilePayload(name="lokasi.png", mimeType="image/png", buffer=picture("PNG"))
    bad = FilePayload(name="catatan.pdf", mimeType="application/pdf", buffer=b"bukan PDF")
    async with browsing() as browser:
        page = await browser.new_page(viewport=DESK)
        await page.goto(f"{service.url}/admin")
        await page.get_by_label("Surel").fill("officer-dpupr@cilegon.go.id")
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await page.goto(f"{service.url}/admin/complaint/details/{made['trackingCode']}")
        await page.get_by_label("Apa yang dikerjakan").fill("Survei di lokasi.")
        await page.locator("#langkah-act-files").set_input_files([good, bad])
        await page.get_by_role("button", name="Catat tindak lanjut").click()
        # What was wrong with one of them stands beside them; the other need not be chosen again.
        await page.locator(".field-error", has_text="catatan.pdf").wait_for()
        assert await page.get_by_label("lokasi.png").is_checked()
        assert await page.get_by_label("Apa yang dikerjakan").input_value() == "Survei di lokasi."
        await page.get_by_role("button", name="Catat tindak lanjut").click()
        await page.get_by_text("Tindak lanjut sudah dicatat.", exact=True).wait_for()
        assert await page.get_by_role("link", name="lokasi.png").is_visible()
        assert await page.get_by_role("link", name="catatan.pdf").count() == 0
    assert [action[2] for action in await actions(service, made["trackingCode"])] == ["Survei di lokasi."]
