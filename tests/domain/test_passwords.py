"""Which passwords are taken, and which would others try first?"""

import pytest

from domain import passwords
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("sebelas.huruf"[:11], "password_short"),
        ("x" * 201, "too_long"),
        ("passwordpassword", "password_known"),
        ("Password-2026!!", "password_known"),
        ("123456789012", "password_known"),
        ("qwertyuiopasdf", "password_known"),
        ("aaaaaaaaaaaaaaab", "password_known"),
        ("abcdefghijklmnop", "password_known"),
        ("siti-aminah-2026", "password_known"),
        ("siti@cilegon.go.id", "password_known"),
        ("AduanCilegon2026", "password_known"),
    ],
)
def test_what_others_would_try_first_is_refused(password: str, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        passwords.check(password, name="Siti Aminah", email="siti@cilegon.go.id")
    assert (refused.value.key, refused.value.field) == (key, "password")


@pytest.mark.parametrize(
    "password", ["kata sandi yang panjang", "kuda baterai jepit benar", "b7kq-x2mw-p9ft", "пароль из слов"]
)
def test_any_characters_are_taken(password: str) -> None:
    passwords.check(password, name="Siti Aminah", email="siti@cilegon.go.id")


async def test_the_same_characters_from_another_keyboard_are_the_same_password() -> None:
    stored = await passwords.hashed("kafe\u0301 di ujung jalan")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches("kaf\u00e9 di ujung jalan", stored)
    assert not await passwords.matches("kafe di ujung jalan", stored)
    assert not await passwords.matches("nobody has this password", None)


def test_a_temporary_one_passes_its_own_check() -> None:
    made = {passwords.temporary() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password, name="Siti Aminah", email="siti@cilegon.go.id")
