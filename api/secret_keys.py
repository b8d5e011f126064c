"""Where do the service's secret keys come from, and who can read them?"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from api.operator_error import OperatorError
from api.settings import Mode, Settings
from domain.secrecy import Vault

FILE = "secret-keys"


def key_file(settings: Settings) -> Path:
    """Where the keys lie when the environment has none."""
    return settings.data_dir / FILE


def vault_of(settings: Settings) -> Vault:
    """The keys of the environment, else those of the data folder, made at first. Raises OperatorError.

    In production with a database of one's own there is no falling back: that machine may be one of many, and
    gone tomorrow, and with its keys what they have sealed.
    """
    if settings.secret_keys is not None:
        return _parse(settings.secret_keys, "ADUAN_SECRET_KEYS")
    if settings.database_url is not None and settings.mode is Mode.PRODUCTION:
        message = (
            "ADUAN_SECRET_KEYS is not set: production needs it. Make a key with "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"` and keep it safe'
        )
        raise OperatorError(message)
    path = key_file(settings)
    try:
        return _parse(_read_or_make(path), str(path))
    except OSError as error:
        message = f"the secret keys in {path} cannot be used ({error.strerror or error}): correct its rights"
        raise OperatorError(message) from error


def _parse(text: str, source: str) -> Vault:
    try:
        return Vault.parse(text)
    except ValueError as error:
        message = f"{source}: {error}"
        raise OperatorError(message) from error


def _read_or_make(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    """Makes the file at once and complete, on the disk before anything is sealed with its key."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(Vault.new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
            if os.geteuid() == 0:  # the folder's owner, too, must be able to run the service later
                owner = path.parent.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        # Never in the place of keys that another process has just made.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
