"""Somebody's own second factor: an authenticator app is set up, confirmed with a code, and turned off."""

from collections.abc import Mapping

import segno
from markupsafe import Markup
from sqladmin.authentication import login_required
from starlette.requests import Request
from starlette.responses import Response

from admin.frame import Panel
from admin.people.own import own_account
from admin.posting import read_genuine_form
from admin.visitor import visitor_of
from domain import passwords, second_factor, sessions
from domain.errors import InvalidInput, Refusal
from domain.model.people import Account
from domain.secrecy import Vault
from domain.words import Locale


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """What the second factor is and how it stands; each of its buttons leads back here."""
    error = None
    if request.method == "POST":
        posted = await read_genuine_form(request, visitor_of(request))
        try:
            codes = await _act(panel, request, posted)
        except Refusal as refusal:
            error = refusal.message(Locale.ID)
        else:
            if codes:
                return await panel.page(request, "panel/me_codes.html", {"codes": codes})
            done = "/me#faktor-dimatikan" if posted.get("act") == "off" else "/me/second-factor"
            return panel.go(request, done)
    account = visitor_of(request).account
    pending = account.totp_secret is not None and account.totp_confirmed_at is None
    context = {
        "account": account,
        "error": error,
        "picture": picture(panel.vault, account) if pending else None,
        "secret": second_factor.secret_of(panel.vault, account) if pending else None,
    }
    return await panel.page(request, "panel/me_second_factor.html", context, 400 if error else 200)


async def _act(panel: Panel, request: Request, posted: Mapping[str, str]) -> list[str]:
    """Does what a button says; the recovery codes where there are new ones. Raises refusals."""
    act, visitor = posted.get("act"), visitor_of(request)
    async with panel.writing_desk(request) as desk:
        account, session = await own_account(desk), desk.session
        if act == "begin" and account.totp_confirmed_at is None:
            second_factor.begin(panel.vault, account)
        elif act == "confirm" and account.totp_confirmed_at is None:
            codes = await second_factor.confirm(session, panel.vault, account, posted.get("code", ""))
            await sessions.end_all(session, account.id, but=visitor.session.id)
            return codes
        elif act == "off":
            if not await passwords.matches(posted.get("password", ""), account.password_hash):
                raise InvalidInput("password_wrong", field="password")
            await second_factor.turn_off(session, account)
    return []


def picture(vault: Vault, account: Account) -> Markup:
    """The address for the app as a QR code."""
    code = segno.make(second_factor.address_of(vault, account), error="m")
    return Markup(code.svg_inline(scale=5, border=3, light="#fff"))  # noqa: S704 - made of squares alone
