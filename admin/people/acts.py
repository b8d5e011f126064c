"""What an administrator does for somebody who cannot sign in; each is asked about first."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqladmin.authentication import login_required
from sqladmin.authorization import Action
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from admin import editing
from admin.desk import Desk
from admin.frame import Panel
from admin.posting import read_genuine_form
from admin.visitor import visitor_of
from domain import accounts, second_factor, throttle
from domain.model.people import Account


class Act(NamedTuple):
    """One of them in words, and how it is done; what it gives is shown once."""

    verb: str
    question: str
    carry_out: Callable[[Desk, Account], Awaitable[str | None]]
    done: str


async def _temporary_password(desk: Desk, account: Account) -> str:
    return await accounts.give_temporary_password(desk.session, account)


async def _unlock(desk: Desk, account: Account) -> None:
    await throttle.forgive_account(desk.session, desk.vault, account.email)


async def _turn_off_second_factor(desk: Desk, account: Account) -> None:
    await second_factor.take_away(desk.session, account)


ACTS = {
    "temporary-password": Act(
        "Buat kata sandi sementara",
        "Kata sandi lama langsung tidak berlaku, dan akun ini keluar dari semua perangkat. Kata sandi"
        " sementara ditampilkan satu kali; pemilik akun harus menggantinya saat pertama masuk.",
        _temporary_password,
        "",
    ),
    "unlock": Act(
        "Buka kunci",
        "Akun ini terkunci karena terlalu banyak percobaan masuk yang gagal. Pastikan dahulu bahwa pemiliknya"
        " sendiri yang mencobanya.",
        _unlock,
        "kunci-dibuka",
    ),
    "second-factor-off": Act(
        "Matikan autentikator",
        "Pastikan dahulu bahwa yang meminta benar pemilik akun. Setelah ini ia masuk dengan kata sandi saja,"
        " dan keluar dari semua perangkat.",
        _turn_off_second_factor,
        "faktor-dimatikan",
    ),
}


@login_required
async def page(panel: Panel, request: Request) -> Response:
    """Asks whether it shall be done, and does it once that was answered."""
    request.path_params["identity"] = "account"
    view = panel.editable(request, Action.EDIT)
    act, key = ACTS.get(request.path_params["act"]), request.path_params["key"]
    if act is None:
        raise HTTPException(404)
    if request.method != "POST":
        async with panel.desk(request) as desk:
            account = await editing.row(view, desk, key)
        return await panel.page(
            request, "panel/act.html", {"act": act, "view": view, "row": account, "key": key}
        )
    await read_genuine_form(request, visitor_of(request))
    async with panel.writing_desk(request) as desk:
        account = await editing.row(view, desk, key, lock=True)
        if account.id == desk.actor.id:
            raise HTTPException(403, "own_account")
        secret = await act.carry_out(desk, account)
    if secret is None:
        return panel.go(request, f"/account/details/{key}#{act.done}")
    context = {"row": account, "secret": secret, "key": key}
    return await panel.page(request, "panel/shown_once.html", context)
