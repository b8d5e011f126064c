"""Who gets into the panel, and how do they leave it?"""

import pytest
import sqlalchemy as sa

from admin.signing import COOKIE
from domain import clients
from domain.model.people import StaffSession
from domain.words import ClientScope, StaffRole
from tests.admin.desk import PASSWORD, PanelDesk, panel_desk, words


async def test_staff_sign_in_and_out_and_the_server_forgets_them(panel: PanelDesk) -> None:
    account = await panel.hire(StaffRole.OFFICE)
    browser = panel.browser()
    turned_away = await browser.get("/admin/opd/list?kind=AGENCY")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"] == "/admin/login?next=%2Fadmin%2Fopd%2Flist%3Fkind%3DAGENCY"

    came_in = await browser.post(
        "/admin/login",
        data={"email": account.email, "password": PASSWORD, "next": "/admin/opd/list?kind=AGENCY"},
    )
    assert (came_in.status_code, came_in.headers["location"]) == (303, "/admin/opd/list?kind=AGENCY")
    cookie = came_in.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=ses_")
    assert all(part in cookie for part in ("HttpOnly", "Path=/admin", "SameSite=lax"))
    assert "Secure" not in cookie
    assert (await browser.get("/admin/opd/list")).status_code == 200

    token = browser.cookies[COOKIE]
    form_token = (await browser.get("/admin/")).text.split('name="form_token" value="')[1].split('"')[0]
    left = await browser.post("/admin/logout", data={"form_token": form_token})
    assert (left.status_code, left.headers["location"]) == (303, "/admin/login#keluar")
    assert COOKIE not in browser.cookies
    assert await panel.value(sa.select(StaffSession.revoked_at).where(StaffSession.account_id == account.id))
    assert (await panel.browser(token).get("/admin/")).status_code == 303


@pytest.mark.parametrize("password", ["salah", "", "x" * 60_000, "kata\x00sandi"])
async def test_a_wrong_password_says_so_and_keeps_the_address(panel: PanelDesk, password: str) -> None:
    account = await panel.hire(StaffRole.OFFICE)
    answer = await panel.browser().post(
        "/admin/login", data={"email": account.email, "password": password, "next": ""}
    )
    assert answer.status_code == 401
    assert "Surel atau kata sandi salah." in words(answer)
    assert f'value="{account.email}"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_an_inactive_account_does_not_get_in(panel: PanelDesk) -> None:
    visitor = await panel.visitor(StaffRole.OFFICE)
    async with panel.database.write() as session:
        await session.execute(sa.text("UPDATE account SET active = false"))
    assert (await visitor.get("/")).status_code == 303


async def test_api_keys_and_made_up_tokens_open_nothing(panel: PanelDesk) -> None:
    async with panel.database.write() as session:
        _, key = await clients.create(session, name="Portal", scopes=[ClientScope.READ])
    for token in (key, "ses_tidakada", "ses_", "", "\x7f"):
        assert (await panel.browser(token).get("/admin/")).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "/adminx", "/admin/../graphql", "/"],
)
async def test_signing_in_never_leads_out_of_the_panel(panel: PanelDesk, elsewhere: str) -> None:
    account = await panel.hire(StaffRole.OFFICE)
    answer = await panel.browser().post(
        "/admin/login", data={"email": account.email, "password": PASSWORD, "next": elsewhere}
    )
    assert answer.headers["location"] == "/admin/"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://jahat.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://panel.test"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_of_another_site_does_not_sign_in(panel: PanelDesk, headers: dict[str, str]) -> None:
    account = await panel.hire(StaffRole.OFFICE)
    answer = await panel.browser().post(
        "/admin/login", data={"email": account.email, "password": PASSWORD}, headers=headers
    )
    assert answer.status_code == 403
    assert "dikirim dari situs lain" in words(answer)
    assert "set-cookie" not in answer.headers


async def test_leaving_needs_a_form_of_this_session(panel: PanelDesk) -> None:
    visitor = await panel.visitor(StaffRole.OFFICE)
    other = await panel.visitor(StaffRole.AUDITOR)
    assert (await visitor.get("/logout")).status_code == 405
    for token in ("", "x", other.token()):
        assert (await visitor.http.post("/admin/logout", data={"form_token": token})).status_code == 403
    assert (await visitor.get("/")).status_code == 200


async def test_every_answer_is_guarded(panel: PanelDesk) -> None:
    visitor = await panel.visitor(StaffRole.OFFICE)
    answers = [await visitor.get(path) for path in ("/", "/opd/list", "/nope", "/account/list")]
    answers.append(await panel.browser().get("/admin/login"))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert not [tag for tag in ('onclick="', 'style="') if tag in answer.text]
    style = await visitor.http.get("/admin/assets/panel.css")
    assert (style.status_code, style.headers["cache-control"]) == (200, "public, max-age=86400")


async def test_the_cookie_is_secure_where_asked(database_url: str) -> None:
    async with panel_desk(database_url, secure_cookies=True) as panel:
        account = await panel.hire(StaffRole.OFFICE)
        answer = await panel.browser().post(
            "/admin/login", data={"email": account.email, "password": PASSWORD}
        )
    assert "; Secure" in answer.headers["set-cookie"]
