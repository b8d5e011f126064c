"""PostgreSQL is restarted under those who use the service: they are told to ask again, and it goes on.

In order (SIGINT: connections are told 57P01, admin_shutdown) and at once (SIGQUIT, as after a crash). Neither
the service nor its worker is touched.
"""

import asyncio
import itertools
import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from admin.signing import COOKIE
from api.embedded import EmbeddedPostgres
from api.settings import Settings
from api.worker.jobs import Job
from api.worker.run import Worker
from api.worker.tools import Tools
from domain.words import ClientScope
from tests.databases import prepare_template
from tests.following import event, listening, message, socket, subscribe, until
from tests.lost.clients import FOLLOW, SUBMIT, stored
from tests.service import VAULT, Service, running_service
from tests.webhooks.receiver import receiving

SOON = 120
"""Seconds within which all of it works again, on a machine that does much else; alone it is two or three."""
WRITERS = 4
VERIFY = "mutation ($i: ComplaintVerifyInput!) { complaintVerify(input: $i) { errors { code } } }"
READ = "{ complaints(first: 1) { nodes { trackingCode } } }"
LIVE = "subscription { complaintEvents { type } }"
WEBHOOK = "webhook { id } secret errors { code }"


class Writers:
    """Reports that are submitted and verified one after another, each sent again until it is answered."""

    def __init__(self, service: Service, office: str) -> None:
        self._service, self._office = service, office
        self._numbers = itertools.count()
        self.codes: list[str] = []
        self.refused: Counter[tuple[int, str, str | None]] = Counter()
        """Status, code and Retry-After of the answers that said to ask again."""
        self.enough = False

    async def write(self) -> None:
        while not self.enough:
            given = {
                "idempotencyKey": f"laporan-{next(self._numbers)}",
                "title": "Laporan",
                "body": "Isi",
                "classification": "COMPLAINT",
            }
            made = (await self._insistent(SUBMIT, None, given))["complaintSubmit"]
            assert made["errors"] == []
            code = made["complaint"]["trackingCode"]
            verified = await self._insistent(VERIFY, self._office, {"trackingCode": code, "version": 1})
            # What was committed when its answer was lost is a conflict for the repeat.
            assert verified["complaintVerify"]["errors"] in ([], [{"code": "CONFLICT"}])
            self.codes.append(code)

    async def _insistent(self, query: str, token: str | None, given: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        while True:
            body = {"query": query, "variables": {"i": given}}
            answer = await self._service.http.post("/graphql", json=body, headers=headers)
            found = answer.json()
            if "errors" not in found:
                data: dict[str, Any] = found["data"]
                return data
            code = found["errors"][0]["extensions"]["code"]
            self.refused[answer.status_code, code, answer.headers.get("retry-after")] += 1
            await asyncio.sleep(0.05)


async def _closed_with(url: str, token: str | None) -> int | None:
    """The code that the socket of a new follower is closed with."""
    try:
        async with socket(url, token) as late:
            await subscribe(late, LIVE)
            await message(late)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    return None


async def _while_away(service: Service, office: str) -> None:
    """What everybody is told while there is no database."""
    http = service.http
    assert (await http.get("/healthz")).status_code == 200
    unready = await http.get("/readyz")
    assert unready.status_code == 503
    assert unready.json()["reason"] == "database not reachable"
    for query, accept in ((READ, "application/json"), (LIVE, "text/event-stream"), (LIVE, "multipart/mixed")):
        for token in (None, office):
            headers = {"accept": accept} | ({"authorization": f"Bearer {token}"} if token else {})
            answer = await http.post("/graphql", json={"query": query}, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2"), answer.text
            (error,) = answer.json()["errors"]
            assert error["extensions"] == {"code": "SERVICE_UNAVAILABLE", "retryAfter": 2}
            assert "beberapa detik lagi" in error["message"]
    for token in (None, office):
        assert await _closed_with(service.socket_url, token) == 1013
    for page in (
        "/admin/",
        "/admin/complaint/list",
        "/admin/complaint/details/CLG-0000-0000-0",
        "/admin/tidak-ada",
    ):
        shown = await http.get(page, headers={"cookie": f"{COOKIE}={office}"})
        assert (shown.status_code, shown.headers["retry-after"]) == (503, "2")
        assert "Panel sedang tidak dapat dipakai" in shown.text
        assert "Muat ulang" in shown.text
    form = {"email": "office@cilegon.go.id", "password": "kata sandi yang panjang"}
    signing_in = await http.post("/admin/login", data=form)
    assert signing_in.status_code == 503


def _has_grown(count: Callable[[], int], since: int) -> bool:
    return count() > since


async def _back(service: Service, parts: dict[str, Callable[[], int]]) -> None:
    """Waits until the service is ready, and each part of it has gone on."""
    before = {name: count() for name, count in parts.items()}
    async with asyncio.timeout(SOON):
        while (await service.http.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
        for name, goes_on in parts.items():
            await until(partial(_has_grown, goes_on, before[name]), SOON)


@pytest.mark.timeout(400)
async def test_it_goes_on_by_itself_after_a_restart_of_postgresql(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "cluster"
    servers = [EmbeddedPostgres.start(folder)]
    ticks: list[datetime] = []
    heard: list[str] = []

    async def tick(_: Tools, now: datetime) -> int:
        ticks.append(now)
        return 0

    async def follow(url: str, token: str) -> None:
        async with socket(url, token) as follower:
            await subscribe(follower, FOLLOW)
            while True:
                heard.append((await event(follower, 60))["trackingCode"])

    try:
        dsn = servers[0].dsn()
        await asyncio.to_thread(prepare_template, dsn)
        worker = Worker(Settings(), dsn, VAULT, jobs=(Job("tick", "* * * * * *", tick),))
        async with running_service(dsn) as service, receiving() as receiver, worker.running():
            office = await service.office()
            key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
            made = await service.do("webhookCreate", key, WEBHOOK, url=f"{receiver.url}/semua")
            receiver.secrets["semua"] = made["secret"]
            writers = Writers(service, office)
            parts: dict[str, Callable[[], int]] = {
                "clock": lambda: len(ticks),
                "followed": lambda: len(heard),
                "webhook": lambda: len(receiver.got),
                "written": lambda: len(writers.codes),
            }
            following = asyncio.create_task(follow(service.socket_url, office))
            await listening(service)
            writing = asyncio.gather(*(writers.write() for _ in range(WRITERS)))
            try:
                for how in (signal.SIGINT, signal.SIGQUIT):
                    await _back(service, parts)
                    os.kill(servers[-1].pid, how)
                    await asyncio.to_thread(servers[-1].stop)
                    await _while_away(service, office)
                    servers.append(EmbeddedPostgres.start(folder))
                    await _back(service, parts)
                writers.enough = True
                await writing
                told, number = await stored(dsn)
                await until(lambda: len(heard) >= number, SOON)
                await until(
                    lambda: {m["data"]["trackingCode"] for _, m in receiver.of("semua")} >= set(told), SOON
                )
                assert not following.done()
            finally:
                writing.cancel()
                following.cancel()
    finally:
        servers[-1].stop()
    assert heard == told
    assert sorted(writers.codes) == sorted(told)
    assert number == len(told)
    assert set(writers.refused) == {(503, "SERVICE_UNAVAILABLE", "2")}
