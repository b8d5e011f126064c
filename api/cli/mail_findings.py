"""What does the checkup say of e-mail: set up or not, taken by its server or not, and with what waiting?"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg

from api.cli.finding import Finding, State, fine
from api.mail.line import Line, ServerTrouble
from api.mail.server import Mail, mail_of
from api.settings import Settings

_REMEDIES = {
    "SMTPAuthenticationError": "Correct the user and the password in ADUAN_SMTP_URL.",
    "SSLCertVerificationError": (
        "Write the name that is in its certificate, or install the certificate of whoever signed it."
    ),
}
_REMEDY = "Correct ADUAN_SMTP_URL, or have the mail server let this machine in."


def mail_findings(current: Settings) -> Iterator[Finding]:
    """Whether e-mail is set up, and whether its server greets us. Raises OperatorError."""
    mail = mail_of(current)
    if mail is None:
        yield Finding(
            State.NOTE,
            "E-mail: not set up (ADUAN_SMTP_URL), so there are notices in the panel only.",
            "Set ADUAN_SMTP_URL and ADUAN_MAIL_FROM to have reminders, and news for reporters, sent.",
        )
        return
    yield asyncio.run(_server(mail))
    if mail.head is None:
        yield Finding(
            State.NOTE,
            "E-mail: nobody gets the digest for the head of the office.",
            "Set ADUAN_HEAD_EMAIL.",
        )
    if mail.tracking_url is None:
        yield Finding(
            State.NOTE,
            "E-mail: letters to reporters have their tracking code, and no link to their report.",
            "Set ADUAN_TRACKING_URL to the page of a front-end, as https://lapor.cilegon.go.id/lacak/{code}.",
        )


async def _server(mail: Mail) -> Finding:
    """Connects, encrypts and signs in, and sends nothing."""
    line = Line(mail.server, mail.sender.domain)
    try:
        await line.connect()
    except ServerTrouble as trouble:
        code = f", {trouble.code}" if trouble.code else ""
        matter = f"E-mail: {mail.server.shown} does not take us ({trouble.reason}{code})."
        return Finding(State.WRONG, matter, _REMEDIES.get(trouble.reason, _REMEDY))
    finally:
        await line.close()
    return fine(f"E-mail: {mail.server.shown} takes letters from {mail.sender.addr_spec}.")


_LETTERS = """
SELECT count(*) FILTER (WHERE ended_at IS NULL) AS waiting,
       count(*) FILTER (WHERE ended_at IS NULL AND attempts > 0) AS tried,
       (array_agg(smtp_code ORDER BY next_attempt_at DESC)
         FILTER (WHERE ended_at IS NULL AND smtp_code IS NOT NULL))[1] AS code,
       count(*) FILTER (WHERE outcome IN ('REFUSED', 'UNDELIVERABLE', 'TOO_OLD')) AS given_up
  FROM letter
 WHERE ended_at IS NULL OR ended_at > now() - interval '7 days'
"""


async def letter_findings(connection: "asyncpg.Connection[Any]") -> AsyncIterator[Finding]:
    """How many letters wait, and how many were given up in the last days."""
    row = await connection.fetchrow(_LETTERS)
    assert row is not None
    if row["tried"]:
        code = f"; the last answer was {row['code']}" if row["code"] else ""
        yield Finding(
            State.NOTE,
            f"Letters: {row['waiting']} wait, {row['tried']} of them after an attempt that failed{code}.",
            "They are tried again for three days. docs/email.md says what the answers mean.",
        )
    elif row["waiting"]:
        yield fine(f"Letters: {row['waiting']} wait; a worker sends them, if e-mail is set up.")
    else:
        yield fine("Letters: none waits.")
    if row["given_up"]:
        yield Finding(
            State.NOTE,
            f"Letters: {row['given_up']} were given up in the last 7 days.",
            "`aduan mail list` tells which and why; docs/email.md says what to do.",
        )
