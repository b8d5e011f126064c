"""Does the panel speak Indonesian, as officers write it?"""

import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqladmin
from babel.messages.mofile import read_mo

from admin import constraints, wording
from admin.indonesian import SENTENCES
from admin.panel import VIEWS
from domain.model.tables import metadata
from domain.words import StaffRole
from tests.admin.desk import PanelDesk, words

ENGLISH = re.compile(
    r"\b(Save|Cancel|Delete|Edit|Search|Login|Logout|Password|Username|Show|Page|next|prev|Filters?|Yes|No|"
    r"Error|Not Found|Forbidden|Invalid|All|List|Details|New|Actions|None|True|False)\b"
)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2023, 1, 3, 12, 0, tzinfo=UTC), "3 Januari 2023 19.00 WIB"),
        (datetime(2026, 12, 31, 17, 5, tzinfo=UTC), "1 Januari 2027 00.05 WIB"),
    ],
)
def test_moments(value: datetime, said: str) -> None:
    assert wording.moment(value) == said
    assert wording.day(date(2026, 8, 17)) == "17 Agustus 2026"


@pytest.mark.parametrize(
    ("left", "said", "tone"),
    [
        (-3, "terlambat 3 hari kerja", "late"),
        (-1, "terlambat 1 hari kerja", "late"),
        (0, "jatuh tempo hari ini", "soon"),
        (1, "sisa 1 hari kerja", "soon"),
        (2, "sisa 2 hari kerja", "ample"),
    ],
)
def test_deadlines(left: int, said: str, tone: str) -> None:
    due = wording.Due.of(datetime(2026, 1, 1, tzinfo=UTC), left)
    assert (due.words, due.tone) == (said, tone)


def test_every_sentence_of_the_library_has_its_indonesian() -> None:
    catalogue = Path(inspect.getfile(sqladmin)).parent / "translations/de/LC_MESSAGES/admin.mo"
    with catalogue.open("rb") as file:
        known = {str(message.id) for message in read_mo(file) if message.id}
    assert known - set(SENTENCES) == set()
    for english, indonesian in SENTENCES.items():
        assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", indonesian))


def test_every_constraint_of_what_the_panel_writes_has_a_sentence() -> None:
    written = {"opd", "area", "category", "sla_rule", "holiday", "account"}
    dialect_names = {
        str(constraint.name)
        for table in metadata.tables.values()
        if table.name in written
        for constraint in table.constraints
        if str(constraint.name).startswith(("uq_", "ck_"))
    }
    # Words are chosen from lists, and an OPD's successor and a secret are not typed in the panel.
    silent = {name for name in dialect_names if name.endswith("_word")} | {
        "ck_opd_successor_is_another",
        "ck_account_totp_has_secret",
    }
    assert dialect_names - silent == set(constraints.SENTENCES)


def test_every_column_has_a_label() -> None:
    for view in VIEWS:
        names = {*view.column_list, *view.column_details_list}
        assert names <= set(view.column_labels), view


@pytest.mark.parametrize("language", ["en-US,en;q=0.9", "de"])
async def test_no_page_falls_back_to_english(panel: PanelDesk, language: str) -> None:
    admin = await panel.visitor(StaffRole.ADMIN)
    admin.http.headers["accept-language"] = language
    await panel.reported()
    for path in (
        "/",
        "/login",
        "/complaint/list",
        "/complaint/list?search=tidakada",
        *(f"/{view.identity}/list?lang=en" for view in VIEWS),
        *(f"/{name}/create" for name in ("opd", "area", "category", "sla-rule", "holiday", "account")),
        "/tidakada/list",
        "/complaint/create",
    ):
        page = words(await admin.get(path))
        assert not ENGLISH.findall(page), (path, ENGLISH.findall(page))
