"""How are those named who may do something, when somebody else is refused?"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from domain.words import Locale, StaffRole
from domain.workflow import Party

_NAMES: dict[StrEnum, dict[Locale, str]] = {
    StaffRole.ADMIN: {Locale.ID: "administrator", Locale.EN: "administrators"},
    StaffRole.OFFICE: {Locale.ID: "Diskominfo", Locale.EN: "Diskominfo"},
    StaffRole.OFFICER: {Locale.ID: "petugas OPD", Locale.EN: "officers of OPDs"},
    StaffRole.AUDITOR: {Locale.ID: "auditor", Locale.EN: "auditors"},
    Party.HOLDER: {
        Locale.ID: "petugas OPD yang memegang laporan ini",
        Locale.EN: "officers of the OPD that has the complaint",
    },
    Party.REPORTER: {Locale.ID: "pelapornya", Locale.EN: "its reporter"},
}
_OFFICE = (StaffRole.OFFICE, StaffRole.ADMIN)


def named(who: Iterable[Any], locale: Locale) -> str:
    """Roles and capacities in words, always in one order."""
    wanted = set(who)
    if Party.OFFICE in wanted:
        wanted.update(_OFFICE)
    found = [names[locale] for each, names in _NAMES.items() if each in wanted]
    return ", ".join(sorted(found, key=str.lower))
