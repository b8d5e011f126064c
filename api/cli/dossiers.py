"""How is what is held of a reporter written to files that nobody else can read: `aduan privacy export`?"""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cryptography.fernet import InvalidToken

from api.attachments.desk import store_of
from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database
from api.operator_error import OperatorError
from api.secret_keys import vault_of
from api.settings import settings
from domain.attachments.store import Store, StoreFailure
from domain.auditing.who import command
from domain.privacy.dossier import Dossier, File, export
from domain.tracking import read_code

INDEX = "data.json"
MISSING = "(isi berkas ini tidak ada lagi di penyimpanan)"


def run_export(code: str, out: Path | None, *, force: bool) -> None:
    """`aduan privacy export`."""
    path = out or Path(f"{read_code(code) or 'laporan'}.json")
    _require_free(path, force=force)
    if not path.absolute().parent.is_dir():
        message = f"{path.absolute().parent} is no folder: choose another --out"
        raise OperatorError(message)
    vault, store = vault_of(settings()), store_of(settings())

    async def work(database: Database) -> Dossier:
        # Committed before anything is written: what was handed out is known in any case.
        async with database.write(command("privacy export")) as session:
            return await export(session, vault, code)

    try:
        dossier = on_database(work)
    except InvalidToken as error:
        message = (
            "the secret keys do not open this identity: put the earlier ones behind the newest in"
            " ADUAN_SECRET_KEYS"
        )
        raise OperatorError(message) from error
    if path.suffix == ".json":
        with _in_place(path) as made, _private(made) as file:
            file.write(_text(dossier))
        said = f" without the contents of its {len(dossier.files)} attachments" if dossier.files else ""
    else:
        missing = (_write_zip if path.suffix == ".zip" else _write_folder)(path, dossier, store)
        said = f" with {len(dossier.files) - missing} attachments"
        said += f"; {missing} were not in the store" if missing else ""
    say(f"All that is held of the reporter of {dossier.tracking_code} is in {path},{said or ' whole'}.")


def _require_free(path: Path, *, force: bool) -> None:
    """Refuses to write over anything, and even with `force` over a folder that no export has made."""
    folder = path.is_dir() and not path.is_symlink()
    if not os.path.lexists(path) or (folder and not any(path.iterdir())):
        return
    if folder and not (path / INDEX).is_file():
        message = f"{path} has other files in it: choose another --out"
        raise OperatorError(message)
    if not force:
        message = f"{path} is there already: choose another --out, or replace it with --force"
        raise OperatorError(message)


def _text(dossier: Dossier) -> bytes:
    return json.dumps(dossier.content, ensure_ascii=False, indent=2).encode() + b"\n"


def _contents(store: Store, files: Sequence[File]) -> Iterator[tuple[str, bytes | None]]:
    """Each attachment's name and content, None where that is not there."""
    for file in files:
        try:
            yield file.name, store.content(file.stored_as)
        except FileNotFoundError:
            yield file.name, None
        except StoreFailure as error:
            message = f"the store of attachments cannot be read ({error}): correct ADUAN_ATTACHMENTS_URL"
            raise OperatorError(message) from error


def _write_zip(path: Path, dossier: Dossier, store: Store) -> int:
    missing = 0
    with _in_place(path) as made, _private(made) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(INDEX, _text(dossier), zipfile.ZIP_DEFLATED)
        for name, content in _contents(store, dossier.files):
            missing += content is None
            archive.writestr(name, MISSING.encode() if content is None else content)
    return missing


def _write_folder(path: Path, dossier: Dossier, store: Store) -> int:
    missing = 0
    with _in_place(path) as made:
        made.mkdir(mode=0o700)
        with _private(made / INDEX) as file:
            file.write(_text(dossier))
        for name, content in _contents(store, dossier.files):
            missing += content is None
            (made / name).parent.mkdir(mode=0o700, exist_ok=True)
            with _private(made / name) as file:
                file.write(MISSING.encode() if content is None else content)
    return missing


@contextmanager
def _in_place(path: Path) -> Iterator[Path]:
    """Where to write what then takes its place whole: what fails half way leaves and replaces nothing."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield made
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        made.replace(path)
    finally:
        if made.is_dir():
            shutil.rmtree(made)
        else:
            made.unlink(missing_ok=True)


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
