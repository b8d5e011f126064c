"""What does a cell say: a text, a moment, a number, yes or no, one word of a vocabulary?"""

import re
from collections.abc import Mapping
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import TypeVar

from domain import text as texts
from domain.calendar import FIRST_DAY, JAKARTA
from domain.errors import Refusal
from domain.importing.problems import Wrong
from domain.importing.table import Cell
from domain.words import Locale

Word = TypeVar("Word")

_MOMENT = re.compile(
    r"(?:(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})|(?P<iso>\d{4}-\d{2}-\d{2}))"
    r"(?:[T\s]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?)?"
    r"(?:\s*(?:WIB|\+07:?00))?"
)
_NUMBER = re.compile(r"[-+]?\d{1,9}(?:[.,]\d+)?")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_YES = frozenset({"ya", "y", "yes", "true", "benar", "1"})
_NO = frozenset({"tidak", "t", "tdk", "no", "n", "false", "salah", "0", "-", ""})
_REMEDIES = {
    "required": "Isi sel ini.",
    "too_long": "Persingkat isinya.",
    "control_characters": "Simpan ulang berkas sebagai CSV UTF-8.",
}


def shown(cell: Cell) -> str:
    """The cell as people write it: what the file of rejected rows has, and what is read as text."""
    match cell:
        case str():
            return cell
        case bool():
            return "Ya" if cell else "Tidak"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return f"{_whole_second(cell):%d/%m/%Y %H:%M:%S}".removesuffix(":00")
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return str(cell)


def quoted(cell: Cell) -> str:
    """A cell as a message quotes it."""
    found = " ".join(shown(cell).split())
    return f"“{found[:60]}…”" if len(found) > 60 else f"“{found}”"


def _whole_second(moment: datetime) -> datetime:
    """Excel counts days in fractions: the nearest second is what was meant."""
    upwards = moment.microsecond >= 500_000 and moment.year < MAXYEAR
    return moment.replace(microsecond=0) + timedelta(seconds=upwards)


def optional(cell: Cell, most: int) -> str | None:
    """Text of at most so many characters; its lines end alike whichever program wrote them."""
    try:
        return texts.optional("", shown(cell).replace("\r\n", "\n").replace("\r", "\n"), most)
    except Refusal as refusal:
        raise Wrong(refusal.message(Locale.ID), _REMEDIES[refusal.key]) from refusal


def required(cell: Cell, most: int) -> str:
    found = optional(cell, most)
    if found is None:
        raise Wrong("Isian wajib diisi.", _REMEDIES["required"])
    return found


def identifier(cell: Cell) -> str:
    """A number or code that is compared as it is written; a spreadsheet's decimals are dropped."""
    found = required(cell, 64)
    if _ROUNDED.fullmatch(found):
        message = f"{quoted(cell)} sudah dibulatkan oleh lembar kerja."
        raise Wrong(
            message,
            "Ubah format kolom menjadi Teks, isi ulang.",
        )
    whole = _WHOLE.fullmatch(found)
    return whole[1] if whole else found


def moment(cell: Cell) -> datetime | None:
    """A moment in Cilegon, to the second."""
    if isinstance(cell, datetime):
        return _in_time(_whole_second(cell))
    if isinstance(cell, date):
        return _in_time(datetime.combine(cell, time()))
    written = shown(cell).strip()
    if not written:
        return None
    found = None if isinstance(cell, float) else _MOMENT.fullmatch(written)
    local = _local(found) if found else None
    if local is None:
        message = f"{quoted(cell)} bukan tanggal."
        raise Wrong(message, "Tulis dd/mm/yyyy hh:mm, misalnya 31/01/2023 14:05.")
    return _in_time(local)


def _local(found: re.Match[str]) -> datetime | None:
    """The moment that was written; None where the calendar or the clock has no such moment."""
    try:
        day = (
            date.fromisoformat(found["iso"])
            if found["iso"]
            else date(int(found["year"]), int(found["month"]), int(found["day"]))
        )
        hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
        return datetime.combine(day, time(hour, minute, second))
    except ValueError:
        return None


def _in_time(local: datetime) -> datetime:
    if local.date() < FIRST_DAY:
        message = f"{local:%d/%m/%Y} terlalu lama: sebelum {FIRST_DAY:%d/%m/%Y}."
        raise Wrong(message, "Periksa tahunnya.")
    return local.replace(tzinfo=JAKARTA).astimezone(UTC)


def number(cell: Cell) -> float | None:
    """A number, with a decimal point or comma."""
    if isinstance(cell, float):
        return cell
    written = shown(cell).strip()
    if not written:
        return None
    if not _NUMBER.fullmatch(written):
        message = f"{quoted(cell)} bukan angka."
        raise Wrong(message, "Tulis dalam derajat desimal, misalnya -6.012345.")
    return float(written.replace(",", "."))


def rating(cell: Cell) -> int | None:
    """One to five."""
    written = shown(cell).strip()
    if not written:
        return None
    whole = _WHOLE.fullmatch(written)
    found = whole[1] if whole else written
    if found not in {"1", "2", "3", "4", "5"}:
        message = f"{quoted(cell)} bukan rating."
        raise Wrong(message, "Tulis angka 1 sampai 5, atau kosongkan.")
    return int(found)


def yes(cell: Cell) -> bool:
    """Yes or no; nothing means no."""
    written = shown(cell).strip().casefold()
    if written in _YES:
        return True
    if written in _NO:
        return False
    message = f"{quoted(cell)} bukan Ya atau Tidak."
    raise Wrong(message, "Tulis Ya atau Tidak.")


def bare(name: str) -> str:
    """A name without case, spaces and punctuation, as names are compared."""
    return "".join(character for character in name.casefold() if character.isalnum())


def word(cell: Cell, names: Mapping[str, Word], accepted: str) -> Word:
    """The word of a vocabulary that a cell names; `accepted` tells which there are."""
    written = shown(cell)
    if not written.strip():
        raise Wrong("Isian wajib diisi.", f"Pilih salah satu: {accepted}.")
    try:
        return names[bare(written)]
    except KeyError:
        message = f"{quoted(cell)} tidak dikenal."
        raise Wrong(message, f"Pilih salah satu: {accepted}.") from None
