"""Tracking codes: how they are drawn, checked, shown, and read from what people type."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U."""
CHECK_ALPHABET = ALPHABET + "*~$=U"
"""Crockford's check symbols, modulo 37."""
LENGTH = 8
_LOOK_ALIKES = str.maketrans("OIL", "011")


def _check_value(body: str) -> int:
    number = 0
    for character in body:
        number = number * 32 + ALPHABET.index(character)
    return number % 37


def _shown(body: str) -> str:
    return f"CLG-{body[:4]}-{body[4:]}-{CHECK_ALPHABET[_check_value(body)]}"


def new_code() -> str:
    """A code that nobody can guess from another, as `CLG-XXXX-XXXX-X`.

    Bodies whose check symbol would be a sign are drawn again: a code is letters and digits, easy to say
    on the phone.
    """
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _check_value(body) < 32:
            return _shown(body)


def read_code(text: str) -> str | None:
    """The code that somebody means, or None where it cannot be one.

    Case, hyphens, spaces and look-alikes (O for 0, I or L for 1) are forgiven; a wrong check character
    is not.
    """
    letters = re.sub(r"[\s\-]+", "", text[:64]).upper()
    if letters.startswith("CLG") and len(letters) == LENGTH + 4:
        letters = letters[3:]
    letters = letters.translate(_LOOK_ALIKES)
    if len(letters) != LENGTH + 1 or any(c not in ALPHABET for c in letters):
        return None
    shown = _shown(letters[:LENGTH])
    return shown if shown[-1] == letters[-1] else None
