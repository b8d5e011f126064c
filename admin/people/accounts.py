"""How an administrator keeps the accounts of staff: what they may do, their OPD, their password."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import links, wording
from admin.desk import Desk
from admin.editing import EditableView
from admin.filters import by_flag, by_word
from admin.forms import YES, Control, Field, Problem, Typed, Values, words
from admin.master.opds import opd_choices, opd_code
from admin.people.account_acts import ACTS
from domain import accounts, lookup, passwords, sessions, text, throttle
from domain.actor import Actor
from domain.errors import InvalidInput
from domain.model.master import Opd
from domain.model.people import Account
from domain.words import PasswordStanding, StaffRole


def _active(account: Account, *_: object) -> Markup:
    if account.active:
        return Markup('<span class="state state-on">Aktif</span>')
    return Markup('<span class="state state-off">Nonaktif</span>')


def _signed_in(account: Account, *_: object) -> Markup:
    return wording.two_lines(account.last_signed_in_at)


def _opd(account: Account, _: str, request: Request) -> Markup:
    name = request.state.opd_names.get(account.opd_id)
    return links.anchor(links.row(request, "opd", account.opd_id), name) if name else wording.NONE


class AccountView(EditableView, model=Account):
    """The accounts: one whose person has left is switched off, and keeps what it did."""

    name = "Akun"
    name_plural = "Akun"
    noun = "akun"
    icon = "fa-solid fa-user-shield"
    menu_group = "Pengelolaan"
    about = "Orang-orang Diskominfo dan OPD yang dapat masuk ke panel dan ke API."
    search_label = "Cari nama atau surel"
    read_permission = "account:edit"
    write_permission = "account:edit"

    column_list = ("name", "email", "role", "opd", "active", "last_signed_in_at")
    column_details_list = (
        "name",
        "email",
        "role",
        "opd_id",
        "active",
        "totp_confirmed_at",
        "created_at",
        "last_signed_in_at",
    )
    column_labels: ClassVar[dict[Any, str]] = {
        "name": "Nama",
        "email": "Surel",
        "role": "Peran",
        "opd": "OPD",
        "opd_id": "OPD",
        "active": "Keadaan",
        "totp_confirmed_at": "Autentikator sejak",
        "created_at": "Dibuat",
        "last_signed_in_at": "Terakhir masuk",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {"active": _active, "last_signed_in_at": _signed_in}
    column_formatters_detail: ClassVar[dict[Any, Any]] = {"active": _active, "opd_id": _opd}
    acts = ACTS
    column_searchable_list = ("name", "email")
    column_sortable_list = ("name", "email", "last_signed_in_at")
    column_default_sort = "name"
    column_filters: ClassVar[Sequence[Any]] = (
        by_word(Account.role, "Peran", StaffRole),
        by_flag("active", "Keadaan", Account.active.is_(True), "Aktif", "Nonaktif"),
    )

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:  # noqa: ARG002
        names = await desk.session.execute(sa.select(Opd.id, Opd.name))
        desk.request.state.opd_names = dict(names.all())

    async def around(self, desk: Desk, row: Account) -> dict[str, Any]:
        stays = await sessions.of_account(desk.session, row.id)
        said = [f"Sedang masuk di {len(stays)} tempat." if stays else "Sedang tidak masuk."]
        if row.password_standing is not PasswordStanding.OWN:
            said.append("Kata sandinya sementara: harus diganti saat masuk.")
        offered = ["temporary-password"]
        locked_until = await throttle.account_locked_until(desk.session, desk.vault, row.email)
        if locked_until is not None:
            said.append(
                f"Terkunci sampai {wording.hour(locked_until)} karena terlalu banyak percobaan masuk."
            )
            offered.insert(0, "unlock")
        if row.totp_confirmed_at is not None:
            offered.append("second-factor-off")
        if row.id == desk.actor.id:
            offered = []
        acts = [(ACTS[name].verb, f"/account/acts/{name}/{row.id}") for name in offered]
        return {"note": " ".join(said), "acts": acts}

    async def fields(self, desk: Desk, row: Account | None) -> Sequence[Field]:
        opds = await opd_choices(desk.session)
        return (
            Field("name", "Nama", required=True, most=200),
            Field("email", "Surel", Control.EMAIL, "Dipakai untuk masuk.", required=True, most=254),
            Field(
                "role", "Peran", Control.CHOICE, required=True, choices=[("", "Pilih…"), *words(StaffRole)]
            ),
            Field(
                "opd",
                "OPD",
                Control.CHOICE,
                "Hanya untuk petugas OPD.",
                choices=opds,
            ),
            *([] if row else [_PASSWORD]),
            *([Field("active", "Akun aktif", Control.CHECK, _INACTIVE)] if row else []),
        )

    async def values(self, desk: Desk, row: Account) -> Values:
        return {
            "name": row.name,
            "email": row.email,
            "role": row.role.value,
            "opd": await opd_code(desk.session, row.opd_id),
            "active": YES if row.active else "",
        }

    async def add(self, desk: Desk, typed: Typed) -> Account:
        return await accounts.create(
            desk.session,
            email=typed.raw("email"),
            name=typed.raw("name"),
            role=typed.word("role", StaffRole),
            opd_code=typed.raw("opd") or None,
            password=typed.raw("password"),
            standing=PasswordStanding.GIVEN,
        )

    async def change(self, desk: Desk, row: Account, typed: Typed) -> None:
        session = desk.session
        role, active = typed.word("role", StaffRole), typed.flag("active")
        opd = await lookup.opd(session, typed.optional("opd", 32), "opd")
        accounts.require_opd_of_role(role, has_opd=opd is not None)
        await _keep_an_administrator(session, desk.actor, row, role, active=active)
        address = text.email("email", typed.raw("email"))
        if address is None:
            raise InvalidInput("required", field="email")
        if await session.scalar(sa.select(Account.id).where(Account.email == address, Account.id != row.id)):
            raise InvalidInput("email_taken", field="email")
        before = (row.role, row.opd_id, row.active)
        row.name, row.email = typed.required("name", 200), address
        row.role, row.opd_id, row.active = role, opd.id if opd else None, active
        if before != (row.role, row.opd_id, row.active):
            await sessions.end_all(session, row.id)


_PASSWORD = Field(
    "password",
    "Kata sandi sementara",
    Control.PASSWORD,
    f"Paling sedikit {passwords.LEAST} karakter. Pemilik akun harus menggantinya saat pertama masuk.",
    required=True,
    most=passwords.MOST,
    autocomplete="new-password",
)
_INACTIVE = "Akun yang nonaktif tidak dapat masuk, dan langsung keluar dari semua perangkat."
_ADMINISTRATORS_LOCK = 0x6164_6D69_6E
"""The advisory lock's number: the letters of "admin"."""


async def _keep_an_administrator(
    session: AsyncSession, actor: Actor, account: Account, role: StaffRole, *, active: bool
) -> None:
    """Nobody locks themselves out, nor two administrators each other: one is always left to let others in."""
    if account.id == actor.id and not active:
        raise Problem("Anda tidak dapat menonaktifkan akun sendiri. Mintalah administrator lain.", "active")
    if account.id == actor.id and role is not account.role:
        raise Problem("Anda tidak dapat mengganti peran sendiri. Mintalah administrator lain.", "role")
    if account.role is StaffRole.ADMIN and not (active and role is StaffRole.ADMIN):
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADMINISTRATORS_LOCK)))
        if not await session.scalar(
            sa.select(Account.active & (Account.role == StaffRole.ADMIN)).where(Account.id == actor.id)
        ):
            raise Problem("Anda sendiri bukan administrator lagi.")
