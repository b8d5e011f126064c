"""A real mail server for a test: it keeps what it takes, and refuses what the test has it refuse."""

import asyncio
import email
import email.policy
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from api.mail.server import Mail, mail_of
from api.settings import Settings

FROM = "Aduan Cilegon <aduan@cilegon.go.id>"
PUBLIC_URL = "https://aduan.cilegon.go.id"


@dataclass
class Letter:
    """What the server took."""

    to: str
    message: EmailMessage

    @property
    def plain(self) -> str:
        return self._part("plain")

    @property
    def page(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        text: str = part.get_content()
        return text.replace("\r\n", "\n")


@dataclass
class Hold:
    """Keeps the server from answering to the next message until the test lets it."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Mailroom:
    """What came in, and how the server answers."""

    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    to_recipients: dict[str, list[str]] = field(default_factory=dict)
    """What it answers to an address, one time after the other, before it takes mail for it."""
    hold: Hold | None = None
    """It has the next message in hand, and does not say so until this is released."""
    port: int = field(init=False)
    _place: socket.socket = field(init=False)
    _server: asyncio.Server | None = None
    _sessions: list[SMTP] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 - the library's names, as below
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answers := self.to_recipients.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(envelope.rcpt_tos[0], message))
        if self.hold is not None:
            hold, self.hold = self.hold, None
            hold.reached.set()
            await hold.released.wait()
        return "250 taken"

    def settings(self, **changed: Any) -> Settings:
        """The settings of a service that sends its mail here."""
        given = {
            "smtp_url": f"smtp+plain://127.0.0.1:{self.port}",
            "mail_from": FROM,
            "public_url": PUBLIC_URL,
        }
        return Settings(**given | changed)

    def mail(self, **changed: Any) -> Mail:
        """E-mail set up on this server."""
        mail = mail_of(self.settings(**changed))
        assert mail is not None
        return mail

    def variables(self) -> dict[str, str]:
        """The settings for a process of its own."""
        return {
            "ADUAN_SMTP_URL": f"smtp+plain://127.0.0.1:{self.port}",
            "ADUAN_MAIL_FROM": FROM,
            "ADUAN_PUBLIC_URL": PUBLIC_URL,
        }

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.to == address]

    def __post_init__(self) -> None:
        # Its port stays its own while it does not listen: nobody else on this machine is given it.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        self.port = self._place.getsockname()[1]

    async def start(self, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        """Listens, on the same port each time."""

        def session() -> SMTP:
            made = SMTP(self, hostname="surat.uji", loop=loop, **options)
            self._sessions.append(made)
            return made

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(session, "127.0.0.1", self.port, ssl=tls, reuse_address=True)

    async def stop(self) -> None:
        """Listens no more, and hangs up."""
        assert self._server is not None
        self._server.close()
        for each in self._sessions:
            if each.transport is not None:
                each.transport.close()
        self._sessions.clear()
        await self._server.wait_closed()

    def close(self) -> None:
        """Gives its port back."""
        self._place.close()


@asynccontextmanager
async def mailroom(**options: Any) -> AsyncIterator[Mailroom]:
    """The server, on a port of its own."""
    room = Mailroom()
    await room.start(**options)
    try:
        yield room
    finally:
        await room.stop()
        room.close()
