"""What is a good password, and how is one kept?

NIST SP 800-63B: long, not well known, nothing of its person's in it, and no rules of composition. Kept as
Argon2id, which takes a tenth of a second of one core and 64 MiB.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from pwdlib import PasswordHash

from domain.errors import InvalidInput

T = TypeVar("T")
LEAST = 12
MOST = 200
_EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"
_LEFT_AT_LEAST = 5
"""Letters and digits of a password that no well-known word, and nothing of its person's, accounts for."""
_DIFFERENT_AT_LEAST = 5
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_WELL_KNOWN = [
    "admin",
    "administrator",
    "aduan",
    "bismillah",
    "cilegon",
    "diskominfo",
    "indonesia",
    "jakarta",
    "katasandi",
    "kominfo",
    "lapor",
    "login",
    "masuk",
    "merdeka",
    "operator",
    "password",
    "passw0rd",
    "p4ssword",
    "petugas",
    "qwerty",
    "rahasia",
    "sandi",
    "sayang",
    "selamat",
    "semangat",
    "terserah",
    "welcome",
    "iloveyou",
    "letmein",
    "changeme",
    "banten",
]

_hasher = PasswordHash.recommended()
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")
"""More at once would starve everyone else."""


def temporary() -> str:
    """A password for somebody to come in with once: 98 random bits, to be read out and typed."""
    return "-".join("".join(secrets.choice(_EASY_TO_READ) for _ in range(5)) for _ in range(4))


def check(password: str, *, name: str, email: str, field: str = "password") -> None:
    """Raises InvalidInput for a password that is short, or that others would try first."""
    if len(password) < LEAST:
        raise InvalidInput("password_short", field=field, least=LEAST)
    if len(password) > MOST:
        raise InvalidInput("too_long", field=field, most=MOST)
    said = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", password).casefold())
    own = [word for word in re.split(r"[\W_]+", f"{name} {email}".casefold()) if len(word) > 2]
    left = said
    for word in sorted({*own, *_WELL_KNOWN}, key=len, reverse=True):
        left = left.replace(word, "")
    is_run = any(said in run or said in run[::-1] for run in _RUNS) if said else False
    if len(left) < _LEFT_AT_LEAST or len(set(said)) < _DIFFERENT_AT_LEAST or is_run:
        raise InvalidInput("password_known", field=field)


async def hashed(password: str) -> str:
    """What is stored of a password, worked out beside the event loop."""
    return await _beside(_hasher.hash, _bytes(password))


async def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; it takes as long where there is none."""
    known = stored or await _beside(_nobodys)
    right = await _beside(_hasher.verify, _bytes(password[:MOST]), known)
    return right and stored is not None


async def _beside(work: Callable[..., T], *values: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *values)


@cache
def _nobodys() -> str:
    """What an unknown person's password is compared with; hashed at the first sign-in, not at each start."""
    return _hasher.hash("nobody has this password")


def _bytes(password: str) -> bytes:
    """The same bytes from whatever keyboard the same characters came."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
