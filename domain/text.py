"""What may be written in a field: each check gives the clean value, or says what is wrong and the remedy."""

import re
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from domain.errors import InvalidInput

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PHONE = re.compile(r"\+?[0-9]{6,20}")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")


def optional(field: str, value: str | None, most: int) -> str | None:
    """Text without its outer white space; nothing but white space counts as absent."""
    if value is None:
        return None
    if _UNSTORABLE.search(value):
        raise InvalidInput("control_characters", field=field)
    clean = value.strip()
    if len(clean) > most:
        raise InvalidInput("too_long", field=field, most=most)
    return clean or None


def required(field: str, value: str | None, most: int) -> str:
    """Text that must say something."""
    clean = optional(field, value, most)
    if clean is None:
        raise InvalidInput("required", field=field)
    return clean


def email(field: str, value: str | None) -> str | None:
    """An address that mail could reach, in lower case; nothing is looked up."""
    clean = optional(field, value, 254)
    if clean is None:
        return None
    try:
        return validate_email(clean, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidInput("bad_email", field=field) from error


def phone(field: str, value: str | None) -> str | None:
    """A phone number as people write it, kept as its digits."""
    clean = optional(field, value, 40)
    if clean is None:
        return None
    digits = re.sub(r"[\s().\-/]", "", clean)
    if not _PHONE.fullmatch(digits):
        raise InvalidInput("bad_phone", field=field)
    return digits


def website(field: str, value: str | None) -> str | None:
    """A web address with its scheme."""
    clean = optional(field, value, 500)
    if clean is None:
        return None
    try:
        parts = urlsplit(clean)
    except ValueError as error:
        raise InvalidInput("bad_url", field=field) from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput("bad_url", field=field)
    return clean


def code(field: str, value: str | None) -> str:
    """A short stable code, in capitals."""
    clean = required(field, value, 32).upper()
    if not _CODE.fullmatch(clean):
        raise InvalidInput("bad_code", field=field)
    return clean


def position(latitude: float | None, longitude: float | None) -> None:
    """Both coordinates or none, on this planet."""
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or not (-90 <= latitude <= 90) or not (-180 <= longitude <= 180):
        raise InvalidInput("bad_position", field="longitude" if latitude is not None else "latitude")
