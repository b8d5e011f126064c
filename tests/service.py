"""A running service for a test: the real application on a real port, and people who use it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from api.database import Database
from api.server_config import server_config
from api.settings import Settings
from domain import accounts, clients
from domain.secrecy import Vault
from domain.words import ClientScope, StaffRole

PASSWORD = "kata sandi yang panjang"
VAULT = Vault(("kunci-untuk-pengujian-0123456789",))


@dataclass
class Service:
    """The service as its users reach it."""

    url: str
    app: Starlette
    database: Database
    http: httpx.AsyncClient
    attachments: Path
    """The folder of the store."""
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    async def ask(self, query: str, token: str | None = None, /, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        found: dict[str, Any] = answer.json()
        return found

    async def data(self, query: str, token: str | None = None, /, **variables: Any) -> dict[str, Any]:
        """The data of an operation that has no errors."""
        answer = await self.ask(query, token, **variables)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    async def do(self, mutation: str, token: str | None, selection: str, /, **values: Any) -> dict[str, Any]:
        """A mutation's payload."""
        type_ = f"{mutation[0].upper()}{mutation[1:]}Input!"
        document = f"mutation ($input: {type_}) {{ {mutation}(input: $input) {{ {selection} }} }}"
        found: dict[str, Any] = (await self.data(document, token, input=values))[mutation]
        return found

    async def staff(self, role: StaffRole, opd: str | None = None) -> str:
        """The session token of a member of staff, who is hired at the first call."""
        key = f"{role.value}-{opd or ''}".lower().rstrip("-")
        if key not in self._tokens:
            email = f"{key}@cilegon.go.id"
            async with self.database.write() as session:
                await accounts.create(
                    session, email=email, name=f"Petugas {key}", role=role, opd_code=opd, password=PASSWORD
                )
            payload = await self.do(
                "sessionCreate", None, "token errors { code }", email=email, password=PASSWORD
            )
            self._tokens[key] = payload["token"]
        return self._tokens[key]

    async def office(self) -> str:
        return await self.staff(StaffRole.OFFICE)

    async def officer(self, opd: str) -> str:
        return await self.staff(StaffRole.OFFICER, opd)

    async def client(self, name: str, *scopes: ClientScope) -> str:
        """A new API key."""
        async with self.database.write() as session:
            _, key = await clients.create(session, name=name, scopes=scopes)
        return key

    async def submitted(self, key: str = "k", **values: Any) -> dict[str, Any]:
        """A new report, with its code, version and token."""
        given = {
            "idempotencyKey": f"uji-{key}-0001",
            "title": "Jalan rusak di Citangkil",
            "body": "Lubang besar di depan pasar, sudah dua bulan.",
            "classification": "COMPLAINT",
            "categoryCode": "JALAN",
        } | values
        payload = await self.do(
            "complaintSubmit",
            None,
            "accessToken complaint { id trackingCode version status } errors { code message field }",
            **given,
        )
        assert payload["errors"] == []
        made: dict[str, Any] = payload["complaint"]
        return made | {"accessToken": payload["accessToken"]}

    async def dispatched(self, opd: str = "DPUPR", key: str = "k", **values: Any) -> dict[str, Any]:
        """A new report that is with an OPD."""
        made, office = await self.submitted(key, **values), await self.office()
        code = made["trackingCode"]
        await self.do("complaintVerify", office, "errors { code }", trackingCode=code, version=1)
        payload = await self.do(
            "complaintDispatch",
            office,
            "complaint { version status } errors { code message }",
            trackingCode=code,
            version=2,
            opdCode=opd,
        )
        assert payload["errors"] == []
        moved: dict[str, Any] = payload["complaint"]
        return made | moved


@asynccontextmanager
async def running_service(database_url: str, **settings: Any) -> AsyncIterator[Service]:
    """The service on a free port, stopped at the end; its attachments lie in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with _running(database_url, Path(folder), settings) as service:
            yield service


@asynccontextmanager
async def _running(database_url: str, folder: Path, settings: dict[str, Any]) -> AsyncIterator[Service]:
    app = create_app(Settings(**{"data_dir": folder} | settings), database_url, VAULT)
    server = uvicorn.Server(server_config(app, grace_seconds=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the service did not start"
        await asyncio.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    database = Database(database_url, size=3)
    try:
        async with httpx.AsyncClient(base_url=url, timeout=60) as http:
            yield Service(url, app, database, http, folder / "attachments")
    finally:
        await database.close()
        server.should_exit = True
        await serving
