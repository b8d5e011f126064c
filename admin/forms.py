"""What a form asks, what was typed into it, and what is wrong with that."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from domain import text
from domain.errors import InvalidInput, Refusal
from domain.words import Locale, label

Word = TypeVar("Word", bound=StrEnum)
Choice = tuple[str, str]
Values = dict[str, str]
YES = "ya"


class Control(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    URL = "url"
    DATE = "date"
    NUMBER = "number"
    PASSWORD = "password"  # noqa: S105  # an input's type
    AREA = "area"
    CHOICE = "choice"
    CHECK = "check"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    control: Control = Control.TEXT
    hint: str = ""
    required: bool = False
    most: int | None = None
    choices: Sequence[Choice] = ()
    autocomplete: str = "off"

    def offers(self, value: str) -> bool:
        """A value is among the choices."""
        return value in dict(self.choices)

    def shown(self, value: str) -> str:
        """A value of this field in words."""
        if self.control is Control.CHECK:
            return "Ya" if value == YES else "Tidak"
        return dict(self.choices).get(value, value) or "(kosong)"


class Problem(Exception):
    """Why a form cannot be saved: a sentence, beside a field or above the form."""

    status_code = 400

    def __init__(
        self, message: str, field: str | None = None, *, way_on: tuple[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.way_on = way_on
        """Where it can be put right: a path of the panel, and what the link says."""


class Stale(Problem):
    """Somebody else has saved the row since the form was opened; `now` is what it holds."""

    status_code = 409

    def __init__(self, now: Values) -> None:
        super().__init__(
            "Belum disimpan: data ini sudah diubah orang lain sejak Anda membukanya. Nilai yang tersimpan"
            " sekarang tertulis di bawah isian yang berbeda."
        )
        self.now = now


class EarlierSession(Problem):
    """The form was drawn before its officer signed in again: shown again, rather than thrown away."""

    status_code = 403

    def __init__(self) -> None:
        super().__init__(
            "Belum disimpan: formulir ini dibuka sebelum Anda masuk kembali. Periksa isian, lalu simpan lagi."
        )


def problem_of(refusal: Refusal) -> Problem:
    """A domain's refusal beside the field that it names; the domain names fields as the public API does."""
    field = refusal.field and re.sub(r"(?<=[a-z])[A-Z]", lambda m: "_" + m[0].lower(), refusal.field)
    return Problem(refusal.message(Locale.ID), field)


def digest(values: Values) -> str:
    """What tells whether a row still has the values that a form was opened with."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def words(enum: type[StrEnum]) -> list[Choice]:
    """A vocabulary as choices."""
    return [(word.value, label(word)) for word in enum]


class Typed:
    """What was typed, read field by field; each reader raises InvalidInput or Problem beside its field."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def raw(self, name: str) -> str:
        return self.values.get(name, "")

    def optional(self, name: str, most: int) -> str | None:
        return text.optional(name, self.raw(name), most)

    def required(self, name: str, most: int) -> str:
        return text.required(name, self.raw(name), most)

    def flag(self, name: str) -> bool:
        return self.raw(name) == YES

    def word(self, name: str, enum: type[Word]) -> Word:
        chosen = self.optional_word(name, enum)
        if chosen is None:
            raise InvalidInput("required", field=name)
        return chosen

    def optional_word(self, name: str, enum: type[Word]) -> Word | None:
        value = self.raw(name)
        if not value:
            return None
        try:
            return enum(value)
        except ValueError as error:
            raise Problem("Pilih salah satu dari daftar.", name) from error

    def day(self, name: str) -> date:
        given = self.optional_day(name)
        if given is None:
            raise InvalidInput("required", field=name)
        return given

    def optional_day(self, name: str) -> date | None:
        value = self.raw(name).strip()
        if not value:
            return None
        try:
            given = date.fromisoformat(value)
        except ValueError as error:
            raise Problem("Tulis tanggal sebagai tahun-bulan-hari, misalnya 2026-08-17.", name) from error
        if not 1945 <= given.year <= 2200:
            raise Problem("Periksa tahunnya: antara 1945 dan 2200.", name)
        return given

    def number(self, name: str, least: int, most: int) -> int:
        value = self.raw(name).strip()
        if not value:
            raise InvalidInput("required", field=name)
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            sentence = f"Tulis bilangan bulat dari {least} sampai {most}."
            raise Problem(sentence, name)
        return int(value)
