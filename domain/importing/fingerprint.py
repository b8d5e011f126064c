"""How does an import know again what it wrote: whether the row has changed, or the complaint since?"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from domain.importing.catalogue import Named
from domain.importing.rows import Report
from domain.secrecy import Vault

_VERSION_BYTES = 4


class Fingerprints:
    """Marks what an import leaves: the complaint's version, then a digest of the row.

    The digest is keyed. A plain one would let whoever reads the table try names until one fits.
    """

    def __init__(self, vault: Vault) -> None:
        self._keys = [Vault((key,)).derived("import-fingerprint") for key in vault.keys]

    def mark(self, report: Report, version: int) -> bytes:
        """What is stored with the complaint, by the newest key."""
        return version.to_bytes(_VERSION_BYTES, "big") + next(self._digests(report))

    def same_row(self, mark: bytes, report: Report) -> bool:
        """Whether the row is the one that left the mark, by whichever key."""
        return any(hmac.compare_digest(mark[_VERSION_BYTES:], digest) for digest in self._digests(report))

    def _digests(self, report: Report) -> Iterator[bytes]:
        content = json.dumps([_plain(getattr(report, field.name)) for field in fields(report)]).encode()
        for key in self._keys:
            yield hmac.new(key, content, hashlib.sha256).digest()


def version_left(mark: bytes) -> int:
    """The complaint's version when the import left it; another one means that somebody has worked on it."""
    return int.from_bytes(mark[:_VERSION_BYTES], "big")


def _plain(value: object) -> object:
    """A value as JSON has it: master data by its code, which survives a change of the name."""
    if isinstance(value, Named):
        return value.code
    return value.isoformat() if isinstance(value, datetime) else value
