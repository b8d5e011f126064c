"""How secrets are made, hashed and kept: access tokens, session tokens, API keys, reporters' identity."""

import hashlib
import hmac
import secrets
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

TOKEN_BYTES = 20
"""160 bits: not to be guessed, so a plain digest of it is safe to store."""
IDENTITY = "identity"
"""The purpose for which a reporter's fields are sealed."""


def new_token(prefix: str) -> str:
    """An opaque token; the prefix tells people (and secret scanners) what it is."""
    return prefix + b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def mac(key: bytes, payload: bytes) -> bytes:
    """What only a holder of the key can make of a payload; `secrecy_sql.mac_sql` makes it in the database.

    Nested, and not HMAC, because PostgreSQL has SHA-256 and no HMAC without an extension.
    """
    inner = hashlib.sha256(key + payload).digest()
    return hashlib.sha256(key + inner).digest()


def base64url(data: bytes) -> str:
    """Bytes as they may stand in an address."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def _derived(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


@cache
def _fernets(keys: tuple[str, ...], purpose: str) -> list[Fernet]:
    """What encrypts for a purpose, by each key."""
    return [Fernet(urlsafe_b64encode(_derived(key, purpose))) for key in keys]


@dataclass(frozen=True)
class Vault:
    """The service's keys: the first one is used, the others still read what they wrote."""

    keys: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Vault":
        """Keys separated by commas or white space, newest first; each of 16 characters or more."""
        keys = tuple(text.replace(",", " ").split())
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("secret keys: at least one, each of 16 characters or more")
        return cls(keys)

    @staticmethod
    def new_key() -> str:
        return secrets.token_urlsafe(32)

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose, so that none is used for two things."""
        return _derived(self.keys[0], purpose)

    def derivations(self, purpose: str) -> list[bytes]:
        """The key for one purpose from each of the service's keys, newest first."""
        return [_derived(key, purpose) for key in self.keys]

    def _fernet(self, purpose: str) -> MultiFernet:
        return MultiFernet(_fernets(self.keys, purpose))

    def seal(self, text: str | None, purpose: str = IDENTITY) -> bytes | None:
        """Encrypts a field of a reporter's identity, or another secret for its own purpose."""
        return None if text is None else self._fernet(purpose).encrypt(text.encode())

    def unseal(self, sealed: bytes, purpose: str = IDENTITY) -> str:
        return self._fernet(purpose).decrypt(sealed).decode()

    def is_by_newest(self, sealed: bytes, purpose: str) -> bool:
        """Whether the newest key has sealed it."""
        try:
            _fernets(self.keys, purpose)[0].decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: bytes, purpose: str) -> bytes:
        """The same, sealed by the newest key. Raises InvalidToken where none of the keys has sealed it."""
        return self._fernet(purpose).rotate(sealed)

    def unseal_fresh(self, sealed: str, purpose: str, seconds: int) -> str | None:
        """What was sealed at most so many seconds ago; None for anything else."""
        try:
            return self._fernet(purpose).decrypt(sealed.encode(), ttl=seconds).decode()
        except (InvalidToken, UnicodeEncodeError):
            return None

    def access_tokens(self, scope: str, idempotency_key: str, fingerprint: bytes) -> list[str]:
        """The access token that a submission gets, by each key, newest first.

        It is derived, not drawn, so that a client whose answer was lost gets the same one when it
        repeats the submission with the same idempotency key and input.
        """
        message = b"\0".join([scope.encode(), idempotency_key.encode(), fingerprint])
        return [
            "ack_"
            + b32encode(
                hmac.new(_derived(key, "access-token"), message, hashlib.sha256).digest()[:TOKEN_BYTES]
            )
            .decode()
            .lower()
            for key in self.keys
        ]
