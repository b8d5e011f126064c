"""Are the settings of e-mail checked before anything begins, and told by `doctor` without the password?"""

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from api.app import create_app
from api.cli.finding import State
from api.cli.mail_findings import letter_findings, mail_findings
from api.database import Database
from api.mail.server import Encryption, mail_of
from api.operator_error import OperatorError
from api.settings import Settings
from tests.mail.letters import post, with_letters
from tests.mailroom import FROM, PUBLIC_URL, Mailroom
from tests.service import VAULT
from tests.worker.processes import command

PASSWORD = "rahasia-sekali"
GOOD: dict[str, Any] = {
    "smtp_url": f"smtp://aduan:{PASSWORD}@surat.contoh.id",
    "mail_from": FROM,
    "public_url": PUBLIC_URL,
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"smtp_url": f"http://aduan:{PASSWORD}@surat.contoh.id"}, "ADUAN_SMTP_URL"),
        ({"smtp_url": f"smtp://aduan:{PASSWORD}@surat.contoh.id:surat"}, "ADUAN_SMTP_URL"),
        ({"smtp_url": f"smtp://aduan:{PASSWORD}#x@surat.contoh.id"}, "ADUAN_SMTP_URL"),
        ({"smtp_url": f"smtp://aduan:{PASSWORD}@"}, "ADUAN_SMTP_URL"),
        ({"smtp_url": "smtp://aduan@surat.contoh.id"}, "password"),
        ({"smtp_url": f"smtp+plain://aduan:{PASSWORD}@surat.contoh.id"}, "unencrypted"),
        ({"mail_from": None}, "ADUAN_MAIL_FROM"),
        ({"mail_from": "Aduan Cilegon"}, "ADUAN_MAIL_FROM"),
        ({"mail_from": "Aduan\r\nBcc: x@contoh.id <a@contoh.id>"}, "ADUAN_MAIL_FROM"),
        ({"mail_reply_to": "halo@"}, "ADUAN_MAIL_REPLY_TO"),
        ({"head_email": "Kepala"}, "ADUAN_HEAD_EMAIL"),
        ({"public_url": None}, "ADUAN_PUBLIC_URL"),
        ({"public_url": "aduan.cilegon.go.id"}, "ADUAN_PUBLIC_URL"),
        ({"public_url": "https://aduan.cilegon.go.id/ <a>"}, "ADUAN_PUBLIC_URL"),
        ({"tracking_url": "https://lapor.contoh.id/lacak"}, "ADUAN_TRACKING_URL"),
    ],
)
def test_what_could_not_work_is_refused_with_its_name(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(OperatorError, match=named) as refused:
        create_app(Settings(**GOOD | changed), "postgresql://nowhere/aduan", VAULT)
    assert PASSWORD not in str(refused.value)


def test_an_address_of_a_server_is_read_in_its_three_ways() -> None:
    mail = mail_of(Settings(**GOOD))
    assert mail is not None
    assert PASSWORD not in f"{mail} {Settings(**GOOD)} {mail.server.shown}"
    server = mail.server
    assert (server.host, server.port, server.encryption) == ("surat.contoh.id", 587, Encryption.STARTTLS)
    assert (server.user, server.password) == ("aduan", PASSWORD)
    within = mail_of(Settings(**GOOD | {"smtp_url": "smtps://a%40b:p%2Fw@[::1]:1465"}))
    assert within is not None
    assert (within.server.host, within.server.port, within.server.password) == ("::1", 1465, "p/w")
    assert mail_of(Settings()) is None


async def test_the_doctor_says_whether_the_server_takes_us_and_what_waits(
    database: Database, database_url: str, room: Mailroom
) -> None:
    async def found(settings: Settings) -> list[tuple[State, str]]:
        told = await asyncio.to_thread(lambda: list(mail_findings(settings)))
        assert all((finding.remedy is None) == (finding.state is State.FINE) for finding in told)
        return [(finding.state, finding.matter) for finding in told]

    [(state, matter)] = await found(Settings())
    assert (state, "not set up" in matter) == (State.NOTE, True)
    everything = {"head_email": "kepala@cilegon.go.id", "tracking_url": "https://contoh.id/{code}"}
    [(state, matter)] = await found(room.settings(**everything))
    assert state is State.FINE
    assert f"127.0.0.1:{room.port}" in matter
    assert [state for state, _ in await found(room.settings())] == [State.FINE, State.NOTE, State.NOTE]
    gone = Mailroom()  # it does not listen
    [(state, matter)] = await found(gone.settings(**everything))
    gone.close()
    assert (state, "does not take us (SMTPConnectError)" in matter) == (State.WRONG, True)

    connection = await asyncpg.connect(database_url)
    assert [finding.state async for finding in letter_findings(connection)] == [State.FINE]
    await with_letters(database, "ani@contoh.id", "budi@contoh.id", "cici@contoh.id")
    room.to_recipients = {"ani@contoh.id": ["550 5.1.1 no"], "budi@contoh.id": ["451 4.2.0 later"]}
    assert await post(database, room.mail()) == 1
    matters = [finding.matter async for finding in letter_findings(connection)]
    assert matters == [
        "Letters: 1 wait, 1 of them after an attempt that failed; the last answer was 451.",
        "Letters: 1 were given up in the last 7 days.",
    ]
    await connection.close()


async def test_an_operator_can_try_e_mail_and_see_what_was_given_up(
    database: Database, database_url: str, room: Mailroom
) -> None:
    await with_letters(database, "ani@contoh.id")
    room.to_recipients = {"ani@contoh.id": ["550 5.1.1 no"]}
    await post(database, room.mail())
    with (
        command(database_url, "mail", "test", "siti@cilegon.go.id", **room.variables()) as trial,
        command(database_url, "mail", "list", **room.variables()) as listing,
    ):
        said, _ = await asyncio.to_thread(trial.communicate)
        listed, _ = await asyncio.to_thread(listing.communicate)
    assert (trial.returncode, listing.returncode) == (0, 0), said + listed
    assert "took a letter to siti@cilegon.go.id" in said
    [letter] = room.to("siti@cilegon.go.id")
    assert "Percobaan" in letter.message["Subject"]
    assert PUBLIC_URL in letter.plain
    assert PUBLIC_URL in letter.page
    assert re.search(r"REPORTER_NEWS +reporter of CLG-\S{11} +REFUSED, attempt 1, answer 550\n", listed)
    assert "contoh.id" not in listed
