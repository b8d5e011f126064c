"""How is a message handed to the mail server, and what does its answer mean?"""

import asyncio
import re
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from api.mail.message import Message
from api.mail.server import Encryption, Server

CONNECT_SECONDS = 20.0
SEND_SECONDS = 60.0
_OF_POLICY = re.compile(r"5\.7\.")
"""An enhanced status code (RFC 3463) that is about who we are, and not about the recipient."""


class NotTaken(Exception):
    """The server did not take a message; `code` is its answer, if it gave one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Refused(NotTaken):
    """It never will: there is no such mailbox, or the message is not to its liking."""


class NotNow(NotTaken):
    """It may take this message later; others are not affected."""


class Interrupted(NotTaken):
    """The connection was lost over this message; another one may do."""


class ServerTrouble(NotTaken):
    """It takes no message at all: it does not answer, or does not know us."""


@dataclass
class Line:
    """A connection to the mail server, made when the first message goes out, and anew where it was lost."""

    server: Server
    host_name: str
    """The name by which we greet it."""
    _client: SMTP | None = None

    async def connect(self) -> None:
        """Greets the server, encrypted and signed in as the settings say. Raises ServerTrouble."""
        server = self.server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.encryption is Encryption.TLS,
            start_tls=server.encryption is Encryption.STARTTLS,
            username=server.user,
            password=server.password,
            local_hostname=self.host_name,
            timeout=CONNECT_SECONDS,
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            client.close()
            raise ServerTrouble(type(error).__name__, _code(error)) from None
        self._client = client

    async def send(self, message: Message) -> None:
        """Hands a message over. Raises Refused, NotNow, Interrupted and ServerTrouble."""
        if self._client is None or not self._client.is_connected:
            await self.connect()
        assert self._client is not None
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._client.sendmail(message.sender, [message.recipient], message.content)
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            # Its words go no further: they may quote the address.
            raise _meaning(error) from None

    async def close(self) -> None:
        """Takes leave of the server, if it still listens."""
        if self._client is None:
            return
        try:
            async with asyncio.timeout(2):
                await self._client.quit()
        except (SMTPException, OSError, TimeoutError):
            self._client.close()
        self._client = None


def _code(error: Exception) -> int | None:
    return error.code if isinstance(error, SMTPResponseException) else None


def _meaning(error: Exception) -> NotTaken:
    """What an error means for the message that was being sent."""
    name = type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        refused = error.recipients[0]
        return _of_answer(name, refused.code, refused.message)
    if isinstance(error, SMTPDataError):
        return _of_answer(name, error.code, error.message)
    if isinstance(error, SMTPNotSupported):  # an address in letters that this server does not know
        return Refused(name)
    if isinstance(error, SMTPSenderRefused) and error.code >= 500:
        return ServerTrouble(name, error.code)
    return Interrupted(name, _code(error))


def _of_answer(reason: str, code: int, text: str) -> NotTaken:
    if code == 421:  # it says that it will close the connection
        return Interrupted(reason, code)
    if code < 500:
        return NotNow(reason, code)
    if code in (530, 535) or _OF_POLICY.match(text):
        return ServerTrouble(reason, code)
    return Refused(reason, code)
