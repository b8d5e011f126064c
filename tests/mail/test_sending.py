"""Does every letter go out, once, whatever the mail server does, and is no address left behind?"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from api.database import Database
from api.settings import Settings
from api.worker.mailing import send_letters
from api.worker.tools import Tools
from domain.calendar import JAKARTA
from domain.mail.sending import DELAYS
from domain.words import LetterOutcome
from tests.following import until
from tests.mail.certificates import certified, certify
from tests.mail.letters import due, post, states, waits, with_letters
from tests.mailroom import Hold, Mailroom, mailroom
from tests.service import VAULT

SENT, REFUSED = LetterOutcome.SENT, LetterOutcome.REFUSED
ANI, BUDI, CICI = "ani@contoh.id", "budi@contoh.id", "cici@contoh.id"


async def test_letters_go_out_over_one_connection_and_leave_no_address_behind(
    database: Database, room: Mailroom
) -> None:
    await with_letters(database, ANI, "Budi.Satu@Contoh.ID", "dewi@bücher.example")
    mail = room.mail(mail_reply_to="Diskominfo <halo@cilegon.go.id>")
    with structlog.testing.capture_logs() as logged:
        assert await post(database, mail) == 3
        assert await post(database, mail) == 0
    assert room.connections == 1
    assert {letter.to for letter in room.letters} == {
        ANI,
        "budi.satu@contoh.id",
        "dewi@xn--bcher-kva.example",
    }
    assert await states(database) == [(SENT, None, 1)] * 3

    letter = room.to(ANI)[0].message
    async with database.write() as session:
        key, created = (
            await session.execute(sa.text("SELECT id, created_at FROM letter ORDER BY id LIMIT 1"))
        ).one()
        rows = (await session.execute(sa.text("SELECT letter::text FROM letter"))).scalars().all()
    assert letter["From"] == "Aduan Cilegon <aduan@cilegon.go.id>"
    assert (letter["To"], letter["Reply-To"]) == (ANI, "Diskominfo <halo@cilegon.go.id>")
    assert letter["Message-ID"] == f"<{key}@cilegon.go.id>"
    assert letter["Date"].datetime == created.astimezone(JAKARTA).replace(microsecond=0)
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "id")
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "contoh" not in f"{rows} {logged}"


async def test_a_letter_that_is_put_off_comes_later_and_one_that_is_refused_never(
    database: Database, room: Mailroom
) -> None:
    await with_letters(database, ANI, BUDI, CICI)
    room.to_recipients = {
        ANI: ["451 4.7.1 greylisted, ani@contoh.id", "450 4.2.0 not yet"],
        BUDI: ["550 5.1.1 budi@contoh.id unknown"],
    }
    with structlog.testing.capture_logs() as logged:
        assert await post(database, room.mail()) == 1
        assert await post(database, room.mail()) == 0
        assert await states(database) == [(None, 451, 1), (REFUSED, 550, 1), (SENT, None, 1)]
        [(_, wait)] = await waits(database)
        assert 0.7 * DELAYS[0] < timedelta(seconds=wait) <= 1.2 * DELAYS[0]
        await due(database)
        assert await post(database, room.mail()) == 0
        [(_, wait)] = await waits(database)
        assert 0.7 * DELAYS[1] < timedelta(seconds=wait) <= 1.2 * DELAYS[1]
        await due(database)
        assert await post(database, room.mail()) == 1
    assert await states(database) == [(SENT, None, 3), (REFUSED, 550, 1), (SENT, None, 1)]
    assert [letter.to for letter in room.letters] == [CICI, ANI]
    assert [entry["event"] for entry in logged] == ["mail.not_taken"] * 3
    assert "contoh" not in str(logged)


async def test_letters_wait_for_a_server_that_is_down_or_does_not_know_us(
    database: Database, room: Mailroom
) -> None:
    await with_letters(database, ANI, BUDI)
    await room.stop()
    assert await post(database, room.mail()) == 0
    assert await states(database) == [(None, None, 1), (None, None, 0)]
    assert all(40 < wait < 80 for _, wait in await waits(database))

    await room.start()
    room.to_recipients = {ANI: ["554 5.7.1 relay access denied"]}
    await due(database)
    assert await post(database, room.mail()) == 0
    assert await states(database) == [(None, 554, 2), (None, None, 0)]
    assert all(90 < wait < 150 for _, wait in await waits(database))

    room.hold = hold = Hold()
    await due(database)
    sending = asyncio.create_task(post(database, room.mail()))
    await hold.reached.wait()
    await room.stop()
    assert await sending == 0
    await room.start()
    # The other one was not tried, and does not wait.
    assert await post(database, room.mail()) == 1
    await due(database)
    assert await post(database, room.mail()) == 1
    assert [outcome for outcome, _, _ in await states(database)] == [SENT, SENT]
    copies = [letter.message["Message-ID"] for letter in room.to(ANI)]
    assert len(copies) == 2
    assert len(set(copies)) == 1


async def test_what_waits_too_long_is_given_up_with_a_server_and_without(
    database: Database, room: Mailroom
) -> None:
    await with_letters(database, ANI, BUDI)
    async with database.write() as session:
        await session.execute(sa.text("UPDATE letter SET attempts = 9 WHERE once LIKE 'news:1:%'"))
    without = Tools(database.write, VAULT, Settings())
    assert await send_letters(without, datetime.now(UTC)) == 0
    assert await states(database) == [(None, None, 9), (None, None, 0)]
    await due(database, "interval '3 days 1 minute'")
    with structlog.testing.capture_logs() as logged:
        assert await send_letters(without, datetime.now(UTC)) == 0
    assert await states(database) == [
        (LetterOutcome.UNDELIVERABLE, None, 9),
        (LetterOutcome.TOO_OLD, None, 0),
    ]
    assert [(entry["event"], entry["number"]) for entry in logged] == [("mail.given_up", 2)]
    assert await send_letters(Tools(database.write, VAULT, room.settings()), datetime.now(UTC)) == 0
    assert room.letters == []


async def test_several_that_send_at_once_send_each_letter_once(database: Database, room: Mailroom) -> None:
    addresses = [f"warga{number}@contoh.id" for number in range(12)]
    await with_letters(database, *addresses)
    room.hold = hold = Hold()
    sending = asyncio.gather(*(post(database, room.mail()) for _ in range(3)))
    await hold.reached.wait()
    await until(lambda: room.connections > 1)  # another goes on while one is held
    hold.released.set()
    assert sum(await sending) == 12
    assert sorted(letter.to for letter in room.letters) == sorted(addresses)
    assert room.connections <= 3


async def test_the_way_is_encrypted_and_the_server_is_who_it_says(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certify(tmp_path)
    await with_letters(database, ANI, BUDI)
    async with (
        mailroom(
            tls_context=certified(tmp_path),
            require_starttls=True,
            authenticator=_knows_us,
            auth_required=True,
        ) as starting,
        mailroom(tls=certified(tmp_path), authenticator=_knows_us, auth_require_tls=False) as within,
    ):
        first = f"smtp://aduan%40cilegon:rahasia%2F1@localhost:{starting.port}"
        assert await post(database, starting.mail(smtp_url=first)) == 0  # signed by nobody whom it trusts
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
        await due(database)
        assert await post(database, starting.mail(smtp_url=first.replace("rahasia", "salah"))) == 0
        assert await states(database) == [(None, 535, 2), (None, None, 0)]
        await due(database)
        async with database.write() as session:
            await session.execute(
                sa.text("UPDATE letter SET next_attempt_at = 'infinity' WHERE attempts = 0")
            )
        assert await post(database, starting.mail(smtp_url=first)) == 1
        await due(database)
        second = f"smtps://aduan%40cilegon:rahasia%2F1@localhost:{within.port}"
        assert await post(database, within.mail(smtp_url=second)) == 1
        assert [letter.to for letter in (*starting.letters, *within.letters)] == [ANI, BUDI]
    async with mailroom() as plain:
        await with_letters(database, CICI)
        # One that offers no encryption gets nothing.
        assert await post(database, plain.mail(smtp_url=f"smtp://127.0.0.1:{plain.port}")) == 0
        assert plain.letters == []


def _knows_us(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"aduan@cilegon", b"rahasia/1"), handled=False)
