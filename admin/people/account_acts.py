"""What an administrator does for somebody who cannot sign in."""

from starlette.exceptions import HTTPException

from admin.desk import Desk
from admin.editing import Act
from admin.forms import Typed
from domain import accounts, second_factor, throttle
from domain.model.people import Account


def _somebody_else(desk: Desk, account: Account) -> None:
    if account.id == desk.actor.id:
        raise HTTPException(403, "own_account")


async def _temporary_password(desk: Desk, account: Account, _: Typed) -> str:
    _somebody_else(desk, account)
    return await accounts.give_temporary_password(desk.session, account)


async def _unlock(desk: Desk, account: Account, _: Typed) -> None:
    _somebody_else(desk, account)
    await throttle.forgive_account(desk.session, desk.vault, account.email)


async def _turn_off_second_factor(desk: Desk, account: Account, _: Typed) -> None:
    _somebody_else(desk, account)
    await second_factor.take_away(desk.session, account)


ACTS = {
    "temporary-password": Act(
        "Buat kata sandi sementara",
        "Kata sandi lama langsung tidak berlaku, dan akun ini keluar dari semua perangkat. Kata sandi"
        " sementara ditampilkan satu kali; pemilik akun harus menggantinya saat pertama masuk.",
        _temporary_password,
        secret="Kata sandi sementara",  # noqa: S106 - what it is called
        secret_note="Beritahukan langsung kepada pemilik akun; ia harus menggantinya saat pertama masuk.",  # noqa: S106
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
