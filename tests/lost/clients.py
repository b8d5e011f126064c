"""Those who use the service while it fails: reporters who try again, and one who follows with a cursor."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
from websockets.exceptions import WebSocketException

from tests.following import event, socket, subscribe

FULL = os.environ.get("LOST") == "full"
"""`make test-lost`: the numbers that the service is judged by; else a few seconds' worth."""
SUBMIT = """mutation ($i: ComplaintSubmitInput!) {
  complaintSubmit(input: $i) { complaint { trackingCode } errors { code } } }"""
FOLLOW = """subscription ($after: String) {
  complaintEvents(after: $after, filter: {type: [SUBMITTED]}) { cursor trackingCode } }"""
AWAY = (httpx.TransportError, OSError, TimeoutError, WebSocketException, EOFError)


async def submitted(http: httpx.AsyncClient, number: int, address: str) -> str | None:
    """The code of a report; None where no answer came, or that of a fault: the client has to try again."""
    given = {
        "idempotencyKey": f"laporan-{number}",
        "title": f"Laporan {number}",
        "body": "Isi",
        "classification": "COMPLAINT",
    }
    try:
        answer = await http.post(f"{address}/graphql", json={"query": SUBMIT, "variables": {"i": given}})
    except httpx.TransportError:
        return None
    found = answer.json()
    if "errors" in found:
        return None
    made = found["data"]["complaintSubmit"]
    assert made["errors"] == []
    return str(made["complaint"]["trackingCode"])


async def insistent(http: httpx.AsyncClient, address: Callable[[], str], number: int) -> str:
    """The code of a report that is sent again until there is an answer."""
    while (code := await submitted(http, number, address())) is None:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.05)
    return code


async def signed_in(address: str, email: str, password: str) -> str:
    """A session's token."""
    query = "mutation ($i: SessionCreateInput!) { sessionCreate(input: $i) { token errors { code } } }"
    variables = {"i": {"email": email, "password": password}}
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        answer = await http.post("/graphql", json={"query": query, "variables": variables})
    return str(answer.json()["data"]["sessionCreate"]["token"])


async def followed(
    address: Callable[[], str], token: str, cursor: str, count: int, seen: list[dict[str, Any]]
) -> None:
    """Follows until so many were seen, and connects again with the last cursor as often as it has to."""
    while len(seen) < count:
        try:
            async with socket(address().replace("http", "ws", 1) + "/graphql", token) as connection:
                await subscribe(connection, FOLLOW, after=cursor)
                while len(seen) < count:
                    seen.append(await event(connection, 30))
                    cursor = seen[-1]["cursor"]
        except AWAY:
            await asyncio.sleep(0.05)


async def stored(dsn: str) -> tuple[list[str], int]:
    """The codes of all reports, in the order of their events; and how many events there are."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        """SELECT tracking_code FROM complaint_event JOIN complaint ON complaint.id = complaint_id
            WHERE type = 'SUBMITTED' ORDER BY xid, complaint_event.id"""
    )
    number = await connection.fetchval("SELECT count(*) FROM complaint")
    await connection.close()
    return [row["tracking_code"] for row in rows], number
