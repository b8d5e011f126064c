"""Are the secret keys found, made once, kept from others, and never made up where that would be dangerous?"""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.operator_error import OperatorError
from api.secret_keys import vault_of
from api.settings import Mode, Settings

KEY = "kunci-rahasia-0123456789"
DATABASE = "postgresql://localhost/aduan"


def settings(folder: Path, **values: object) -> Settings:
    given = {"data_dir": folder, "database_url": None, "secret_keys": None} | values
    return Settings.model_validate(given)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    vault = vault_of(settings(tmp_path, secret_keys=f"{KEY}, lama-{KEY}"))

    assert vault.keys == (KEY, f"lama-{KEY}")
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as threads:
        vaults = list(threads.map(lambda _: vault_of(settings(folder)), range(8)))

    assert len({vault.keys for vault in vaults}) == 1
    assert [path.name for path in folder.iterdir()] == ["secret-keys"]
    assert stat.S_IMODE((folder / "secret-keys").stat().st_mode) == 0o600
    assert len(vaults[0].keys[0]) >= 43


def test_development_with_a_database_keeps_them_in_the_data_folder(tmp_path: Path) -> None:
    made = vault_of(settings(tmp_path, database_url=DATABASE))

    assert vault_of(settings(tmp_path)) == made


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"database_url": DATABASE, "mode": Mode.PRODUCTION}, "ADUAN_SECRET_KEYS is not set"),
        ({"secret_keys": "pendek"}, "ADUAN_SECRET_KEYS: secret keys: at least one"),
    ],
)
def test_keys_that_cannot_be_used(tmp_path: Path, values: dict[str, object], message: str) -> None:
    with pytest.raises(OperatorError, match=message):
        vault_of(settings(tmp_path, **values))
    assert list(tmp_path.iterdir()) == []


def test_an_emptied_file_is_no_reason_to_make_new_keys(tmp_path: Path) -> None:
    (tmp_path / "secret-keys").touch(0o600)

    with pytest.raises(OperatorError, match="secret-keys: secret keys: at least one"):
        vault_of(settings(tmp_path))
