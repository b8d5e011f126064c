"""Somebody's own account: their password, and where they are signed in."""

from collections.abc import Mapping
from uuid import UUID

from sqladmin.authentication import login_required
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin import editing, forms
from admin.desk import Desk
from admin.editing import Form
from admin.forms import Control, EarlierSession, Field, Problem
from admin.frame import Panel
from admin.posting import is_genuine, read_form, read_genuine_form
from admin.visitor import visitor_of
from domain import accounts, passwords, second_factor, sessions
from domain.errors import Refusal
from domain.model.people import Account
from domain.words import PasswordStanding

PASSWORD_FIELDS = (
    Field(
        "present",
        "Kata sandi sekarang",
        Control.PASSWORD,
        required=True,
        most=passwords.MOST,
        autocomplete="current-password",
    ),
    Field(
        "password",
        "Kata sandi baru",
        Control.PASSWORD,
        f"Paling sedikit {passwords.LEAST} karakter, misalnya beberapa kata yang mudah Anda ingat. Tanpa nama"
        " atau surel Anda.",
        required=True,
        most=passwords.MOST,
        autocomplete="new-password",
    ),
)


async def own_account(desk: Desk) -> Account:
    """The visitor's account, locked."""
    key = visitor_of(desk.request).account.id
    found: Account = await desk.session.get_one(Account, key, with_for_update=True)
    return found


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """What there is to know of one's own account."""
    visitor = visitor_of(request)
    async with panel.desk(request) as desk:
        context = {
            "stays": await sessions.of_account(desk.session, visitor.account.id),
            "codes_left": await second_factor.codes_left(desk.session, visitor.account),
        }
    return await panel.page(request, "panel/me.html", context)


@login_required
async def password(panel: Panel, request: Request) -> Response:
    """The form of another password."""
    must = visitor_of(request).account.password_standing is not PasswordStanding.OWN
    form = Form(PASSWORD_FIELDS, {}, "")
    if request.method == "POST":
        posted = await read_form(request)
        try:
            await _change_password(panel, request, posted)
        except Problem as problem:
            form = editing.redrawn(form, posted, problem)
        else:
            return panel.go(request, "/#sandi-diganti" if must else "/me#sandi-diganti")
    context = {"form": form, "must": must}
    status_code = form.problem.status_code if form.problem else 200
    return await panel.page(request, "panel/me_password.html", context, status_code)


async def _change_password(panel: Panel, request: Request, posted: Mapping[str, str]) -> None:
    """Raises Problem."""
    visitor = visitor_of(request)
    if not is_genuine(visitor, posted):
        raise EarlierSession
    try:
        async with panel.writing_desk(request) as desk:
            account = await own_account(desk)
            present, wanted = posted.get("present", ""), posted.get("password", "")
            await accounts.change_own_password(desk.session, account, present, wanted, visitor.session)
    except Refusal as refusal:
        raise forms.problem_of(refusal) from refusal


@login_required
async def end_session(panel: Panel, request: Request) -> Response:
    """Signs somebody out elsewhere."""
    visitor = visitor_of(request)
    await read_genuine_form(request, visitor)
    try:
        key = UUID(request.path_params["key"])
    except ValueError as error:
        raise HTTPException(404) from error
    async with panel.writing_desk(request) as desk:
        await sessions.end_one(desk.session, visitor.account.id, key)
    return panel.go(request, "/me#sesi-diakhiri")
