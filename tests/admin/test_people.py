"""How does an administrator keep accounts and API clients?"""

import re

import sqlalchemy as sa

from domain import clients
from domain.model.people import Account, ApiClient
from domain.words import ClientScope, StaffRole
from tests.admin.desk import PASSWORD, PanelDesk, Visitor, fields, words

NEW = {
    "name": "Siti Aminah",
    "email": "Siti@Cilegon.go.id",
    "role": "OFFICER",
    "opd": "DLH",
    "password": "kata sandi panjang sekali",
}


async def test_an_account_is_made_and_its_password_never_shown(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    for typed, sentence in (
        ({"password": "pendek"}, "Kata sandi paling sedikit 12 karakter."),
        ({"opd": ""}, "Petugas OPD harus memiliki OPD."),
        ({"role": "AUDITOR"}, "Hanya petugas OPD yang memiliki OPD."),
        ({"email": admin.actor.email or ""}, "Surel sudah dipakai akun lain."),
    ):
        answer = await admin.save("/account/create", **NEW | typed)
        assert (answer.status_code, sentence in words(answer)) == (400, True), sentence
        assert fields(answer)["password"] == ""
        assert fields(answer)["name"] == "Siti Aminah"
    added = await admin.save("/account/create", **NEW)
    assert added.status_code == 303
    account = await panel.key(Account, email="siti@cilegon.go.id")
    stored = await panel.value(sa.select(Account.password_hash).where(Account.email == "siti@cilegon.go.id"))
    for path in ("/account/list", f"/account/details/{account}", f"/account/edit/{account}"):
        page = (await admin.get(path)).text
        assert "Siti Aminah" in page
        assert stored not in page
        assert "argon2" not in page
    came_in = await panel.browser().post(
        "/admin/login", data={"email": "siti@cilegon.go.id", "password": NEW["password"]}
    )
    assert came_in.status_code == 303


async def test_another_role_opd_or_password_and_the_end_of_an_account_end_its_sessions(
    panel: PanelDesk,
) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    path = f"/account/edit/{officer.actor.id}"
    assert (await admin.save(path, name="Nama Baru")).status_code == 303
    assert "Nama Baru" in await officer.text("/")
    opened = fields(await admin.get(path))
    del opened["active"]
    for change in ({"opd": "DLH"}, {"role": "AUDITOR", "opd": ""}, None):
        again = await panel.signed_in(officer.actor.id)
        assert (await again.get("/")).status_code == 200
        if change is None:
            del opened["active"]
            assert (await admin.http.post(f"/admin{path}", data=opened)).status_code == 303
        else:
            assert (await admin.save(path, **change)).status_code == 303
        opened = fields(await admin.get(path))
        assert (await again.get("/")).status_code == 303, change
    assert not await panel.value(sa.select(Account.active).where(Account.id == officer.actor.id))


async def test_a_lost_password_is_made_up_shown_once_and_changed_at_its_first_use(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    path = f"/account/acts/temporary-password/{officer.actor.id}"
    assert "Kata sandi lama langsung tidak berlaku" in await admin.text(path)
    assert (await officer.get("/")).status_code == 200
    shown = await admin.post(path)
    made = re.search(r'id="rahasia">([a-z0-9-]{23})<', shown.text)
    assert made is not None
    assert (await officer.get("/")).status_code == 303
    assert made[1] not in (await admin.get(f"/account/details/{officer.actor.id}")).text

    browser = panel.browser()
    given = {"email": officer.actor.email or "", "password": made[1]}
    assert (await browser.post("/admin/login", data=given)).status_code == 303
    came = Visitor(browser, officer.actor)
    for elsewhere in ("/", "/complaint/list", "/me", "/me/second-factor"):
        assert (await came.get(elsewhere)).headers["location"] == "/admin/me/password"
    assert (await came.post("/opd/create")).headers["location"] == "/admin/me/password"
    assert "/complaint/list" not in (await came.get("/me/password")).text
    for typed, sentence in (
        ({"present": "salah", "password": NEW["password"]}, "Kata sandi sekarang salah."),
        ({"present": made[1], "password": made[1]}, "harus berbeda dari yang sekarang"),
        ({"present": made[1], "password": "pendek"}, "paling sedikit 12 karakter"),
        ({"present": made[1], "password": "petugas-officer-dpupr"}, "mudah ditebak"),
    ):
        answer = await came.save("/me/password", **typed)
        assert (answer.status_code, sentence in words(answer)) == (400, True), sentence
    on_a_phone = await panel.signed_in(officer.actor.id)
    typed = {"present": made[1], "password": NEW["password"]}
    assert (await came.save("/me/password", **typed)).headers["location"] == "/admin/#sandi-diganti"
    assert (await came.get("/")).status_code == 200
    assert (await on_a_phone.get("/")).status_code == 303
    for nobody in (officer.actor.id, admin.actor.id):
        refused = await (came if nobody == officer.actor.id else admin).post(f"/account/acts/unlock/{nobody}")
        assert refused.status_code == 403


async def test_a_locked_account_is_unlocked(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    account = await panel.hire(StaffRole.OFFICE)
    door = panel.browser()
    given = {"email": account.email, "password": "salah"}
    told = [(await door.post("/admin/login", data=given)).status_code for _ in range(6)]
    assert told == [401] * 5 + [429]
    locked = await door.post("/admin/login", data=given | {"password": PASSWORD})
    assert "Terlalu banyak percobaan masuk. Coba lagi pukul" in words(locked)
    assert 0 < int(locked.headers["retry-after"]) <= 900
    assert "Terkunci sampai" in await admin.text(f"/account/details/{account.id}")
    unlocked = await admin.post(f"/account/acts/unlock/{account.id}")
    assert unlocked.headers["location"] == f"/admin/account/details/{account.id}#kunci-dibuka"
    assert (await door.post("/admin/login", data=given | {"password": PASSWORD})).status_code == 303


async def test_somebody_ends_their_own_sessions_and_nobody_elses(panel: PanelDesk) -> None:
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    forgotten, stranger = await panel.signed_in(officer.actor.id), await panel.visitor(StaffRole.OFFICE)
    page = (await officer.get("/me")).text
    ends = re.findall(r'action="/admin(/me/sessions/[0-9a-f-]+)"', page)
    assert len(ends) == 1
    await stranger.post(ends[0])
    assert (await forgotten.get("/")).status_code == 200
    assert (await officer.post(ends[0])).headers["location"] == "/admin/me#sesi-diakhiri"
    assert (await forgotten.get("/")).status_code == 303
    assert (await officer.get("/")).status_code == 200
    assert (await officer.post("/me/sessions/x")).status_code == 404


async def test_an_administrator_cannot_lock_themselves_out(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    path = f"/account/edit/{admin.actor.id}"
    opened = fields(await admin.get(path))
    demoted = await admin.save(path, role="AUDITOR")
    assert (demoted.status_code, "mengganti peran sendiri" in words(demoted)) == (400, True)
    del opened["active"]
    off = await admin.http.post(f"/admin{path}", data=opened)
    assert (off.status_code, "menonaktifkan akun sendiri" in words(off)) == (400, True)
    own = await admin.post(f"/account/acts/temporary-password/{admin.actor.id}")
    assert (own.status_code, "akun Anda sendiri" in words(own)) == (403, True)


async def test_an_api_client_is_revoked_once_and_stays_listed(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    async with panel.database.write() as session:
        _, secret = await clients.create(session, name="Portal", scopes=[ClientScope.READ])
    key = await panel.key(ApiClient, name="Portal")
    page = await admin.get(f"/api-client/details/{key}")
    assert "membaca" in words(page)
    assert secret not in page.text
    limits = f"/api-client/edit/{key}"
    assert (await admin.save(limits, requests_per_minute="0")).status_code == 400
    assert (await admin.save(limits, requests_per_minute="7", cost_per_minute="70")).status_code == 303
    found = await panel.value(sa.select(ApiClient.requests_per_minute + ApiClient.cost_per_minute))
    assert found == 77
    assert (await admin.post(f"/api-client/remove/{key}")).headers["location"] == (
        "/admin/api-client/list#dicabut"
    )
    assert "Dicabut" in await admin.text("/api-client/list")
    assert (await admin.post(f"/api-client/remove/{key}")).status_code == 409


async def test_sign_in_works_with_the_password_of_the_tests(panel: PanelDesk) -> None:
    account = await panel.hire(StaffRole.AUDITOR)
    answer = await panel.browser().post(
        "/admin/login", data={"email": account.email.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 303
