"""How does an administrator keep accounts and API clients?"""

import sqlalchemy as sa

from domain import clients
from domain.model.people import Account, ApiClient, StaffSession
from domain.words import ClientScope, StaffRole
from tests.admin.desk import PASSWORD, PanelDesk, fields, words

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


async def test_deactivating_and_a_new_password_end_every_session(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    path = f"/account/edit/{officer.actor.id}"
    assert (await admin.save(path, name="Nama Baru")).status_code == 303
    assert "Nama Baru" in await officer.text("/")
    assert (await admin.save(path, password="kata sandi lain sekali")).status_code == 303
    assert (await officer.get("/")).status_code == 303
    assert await panel.value(
        sa.select(StaffSession.revoked_at).where(StaffSession.account_id == officer.actor.id)
    )
    opened = fields(await admin.get(path))
    del opened["active"]
    assert (await admin.http.post(f"/admin{path}", data=opened)).status_code == 303
    assert not await panel.value(sa.select(Account.active).where(Account.id == officer.actor.id))


async def test_an_administrator_cannot_lock_themselves_out(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    path = f"/account/edit/{admin.actor.id}"
    opened = fields(await admin.get(path))
    demoted = await admin.save(path, role="AUDITOR")
    assert (demoted.status_code, "mengganti peran sendiri" in words(demoted)) == (400, True)
    del opened["active"]
    off = await admin.http.post(f"/admin{path}", data=opened)
    assert (off.status_code, "menonaktifkan akun sendiri" in words(off)) == (400, True)
    own = await admin.save(path, password="kata sandi lain sekali")
    assert own.headers["location"] == "/admin/login#masuk-lagi"


async def test_an_api_client_is_revoked_once_and_stays_listed(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    async with panel.database.write() as session:
        _, secret = await clients.create(session, name="Portal", scopes=[ClientScope.READ])
    key = await panel.key(ApiClient, name="Portal")
    page = await admin.get(f"/api-client/details/{key}")
    assert "membaca" in words(page)
    assert secret not in page.text
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
