"""The panel for a test: mounted on an application of its own, with people who sit at it."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
from pwdlib import PasswordHash
from starlette.applications import Starlette

from admin.panel import create_panel
from admin.posting import form_token
from admin.signing import COOKIE
from api.database import Database
from domain import accounts, handling, sessions, submission
from domain.actor import PUBLIC, Actor
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Opd
from domain.model.people import Account
from domain.secrecy import Vault, new_token
from domain.signing_in import Door
from domain.submission import Submission
from domain.words import Classification, Clock, Privacy, SessionKind, StaffRole

PASSWORD = "kata sandi yang panjang"
HASH = PasswordHash.recommended().hash(PASSWORD)
VAULT = Vault(("kunci-untuk-pengujian-0123456789",))
HOST = "http://panel.test"
TEXT_AREA = re.compile(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', re.DOTALL)
SELECT = re.compile(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)


@dataclass
class Visitor:
    """Somebody at the panel, with a browser's cookie."""

    http: httpx.AsyncClient
    actor: Actor

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"/admin{path}")

    async def text(self, path: str) -> str:
        """The words of a page that opens."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words(answer)

    def token(self) -> str:
        """What this session's forms carry."""
        session = self.http.cookies.get(COOKIE, domain="panel.test")
        return form_token(VAULT, session or "")

    async def post(self, path: str, **values: str) -> httpx.Response:
        """A form sent with its token."""
        return await self.http.post(f"/admin{path}", data={"form_token": self.token(), **values})

    async def save(self, path: str, **values: str) -> httpx.Response:
        """The form at an address, opened, changed and sent."""
        opened = fields(await self.get(path))
        return await self.http.post(f"/admin{path}", data={**opened, **values})


@dataclass
class PanelDesk:
    """The panel and its database."""

    app: Starlette
    database: Database
    changes: list[str] = field(default_factory=list)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def key(self, model: Any, **values: object) -> str:
        """The key in addresses of the row with these values."""
        async with self.database.sessions() as session:
            row = await session.scalar(sa.select(model).filter_by(**values))
        assert row is not None, values
        return str(row.id)

    def browser(self, token: str | None = None) -> httpx.AsyncClient:
        """Somebody's browser, at first without a session."""
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=HOST)
        if token is not None:
            client.cookies.set(COOKIE, token, domain="panel.test", path="/admin")
        self.clients.append(client)
        return client

    async def hire(self, role: StaffRole, opd: str | None = None, name: str = "") -> Account:
        """An account; its password is PASSWORD."""
        async with self.database.write() as session:
            account = Account(
                email=f"{role.lower()}{len(self.clients)}-{new_token('')[:6]}@cilegon.go.id",
                name=name or f"Petugas {role.lower()} {opd or ''}".strip(),
                role=role,
                opd_id=await session.scalar(sa.select(Opd.id).where(Opd.code == opd)) if opd else None,
                password_hash=HASH,
            )
            session.add(account)
        return account

    async def visitor(self, role: StaffRole, opd: str | None = None, name: str = "") -> Visitor:
        """A new account's person, signed in."""
        account = await self.hire(role, opd, name)
        return await self.signed_in(account.id)

    async def signed_in(self, key: UUID | None) -> Visitor:
        """An account's person, signed in once more."""
        async with self.database.write() as session:
            account = await session.get_one(Account, key)
            begun = await sessions.begin(session, account, SessionKind.PANEL, sessions.Lengths())
        return Visitor(self.browser(begun.token), accounts.actor_of(account))

    async def reported(self, title: str = "Jalan rusak", privacy: Privacy = Privacy.PUBLIC) -> Complaint:
        """A new report."""
        given = Submission(
            idempotency_key=new_token("uji"),
            title=title,
            body="Lubang besar di depan pasar, sudah dua bulan.",
            classification=Classification.COMPLAINT,
            category_code="JALAN",
            privacy=privacy,
            reporter_name="Umi Kalsum",
            reporter_email="umi@contoh.id",
            reporter_phone="081234567890",
        )
        async with self.database.write() as session:
            return (await submission.submit(session, PUBLIC, VAULT, given)).complaint

    async def verified(
        self, office: Actor, title: str = "Jalan rusak", privacy: Privacy = Privacy.PUBLIC
    ) -> Complaint:
        """A report that Diskominfo has verified."""
        made = await self.reported(title, privacy)
        async with self.database.write() as session:
            return await handling.verify(session, office, made.tracking_code, 1)

    async def dispatched(
        self, office: Actor, opd: str, title: str = "Jalan rusak", privacy: Privacy = Privacy.PUBLIC
    ) -> Complaint:
        """A report that is with an OPD."""
        made = await self.verified(office, title, privacy)
        async with self.database.write() as session:
            return await handling.dispatch(
                session,
                office,
                made.tracking_code,
                2,
                opd_code=opd,
                instruction="Mohon dicek minggu ini.",
            )

    async def late(self, complaint: Complaint, clock: Clock, days: int) -> None:
        """Puts a running deadline of a complaint so many days into the past."""
        async with self.database.write() as session:
            at = datetime.now(UTC) - timedelta(days=days)
            await session.execute(
                sa.update(Deadline)
                .where(Deadline.complaint_id == complaint.id, Deadline.clock == clock)
                .values(started_at=at - timedelta(days=10), due_at=at)
            )
            await session.execute(sa.update(Complaint).where(Complaint.id == complaint.id).values(due_at=at))

    async def value(self, statement: Any) -> Any:
        """One value of the database as it is now."""
        async with self.database.sessions() as session:
            return await session.scalar(statement)


@asynccontextmanager
async def panel_desk(database_url: str, *, secure_cookies: bool = False) -> AsyncIterator[PanelDesk]:
    """The panel, mounted before any connection is open."""
    database, app = Database(database_url, size=3), Starlette()
    desk = PanelDesk(app, database)
    create_panel(
        app,
        database.engine,
        database.sessions,
        Door(database.write, VAULT),
        secure_cookies=secure_cookies,
        on_change=lambda: desk.changes.append("committed"),
    )
    try:
        yield desk
    finally:
        for client in desk.clients:
            await client.aclose()
        await database.close()


def words(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    body = re.sub(r"<(style|title)[^>]*>.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def links(answer: httpx.Response) -> Iterable[str]:
    """Where a page leads, as paths below the panel."""
    return [
        unescape(href).removeprefix("/admin") for href in re.findall(r'href="(/admin[^"#]*)', answer.text)
    ]


def fields(answer: httpx.Response) -> dict[str, str]:
    """What the page's form would send as it stands; without the form of signing out."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in attributes and (attributes.get("type") != "checkbox" or " checked" in tag):
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, value in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL
    ):
        found[name] = unescape(value)
    for name, options in SELECT.findall(answer.text):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found
