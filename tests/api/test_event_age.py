"""Is a follower whose cursor is too old told so, and from where to go on, however they follow?"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pydantic
import pytest
import sqlalchemy as sa

from api.settings import Settings
from api.worker.archiving import archive_events
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.model.event import ArchivedEvent, ComplaintEvent
from domain.model.webhook import Webhook
from domain.webhooks import spreading
from domain.words import ClientScope
from tests.api.test_restored import AHEAD, cursor, order
from tests.commands import told
from tests.following import EVENTS, event, message, socket, subscribe
from tests.service import VAULT, Service
from tests.steps import done, merged, verified

NOW = datetime.now(UTC)
LIST = "query ($after: String) { events(first: 100, after: $after) { nodes { cursor type trackingCode } } }"
OWN = """subscription ($c: String!, $t: String, $after: String) {
  complaintStatusChanged(trackingCode: $c, accessToken: $t, after: $after) { type cursor } }"""
REPLAY = "mutation ($i: WebhookReplayInput!) { webhookReplay(input: $i) { errors { code } } }"


def job(service: Service, days: int = 400) -> Callable[[float], Awaitable[int]]:
    """The worker's job, so many days from now."""
    tools = Tools(partial(service.database.write, CLOCK), VAULT, Settings(events_days=days))
    return lambda later: archive_events(tools, NOW + timedelta(days=later))


async def listed(service: Service, after: str | None = None) -> list[dict[str, Any]]:
    found = await service.data(LIST, await service.office(), after=after)
    nodes: list[dict[str, Any]] = found["events"]["nodes"]
    return nodes


async def numbers(service: Service) -> tuple[int, int]:
    """Events that are offered or may still be read, and archived ones."""
    async with service.database.write() as session:
        hot, old = [
            await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (ComplaintEvent, ArchivedEvent)
        ]
    return hot, old


async def expired(service: Service, token: str, after: str, made: dict[str, Any]) -> list[Any]:
    """What is told of a cursor on each way."""
    found = [(await service.ask(LIST, token, after=after))["errors"]]
    async with socket(service.socket_url, token) as follower:
        await subscribe(follower, after=after)
        given = {"c": made["trackingCode"], "t": made["accessToken"]}
        first = await message(follower)
        if first["type"] == "next":
            assert (await message(follower))["type"] == "complete"
        await subscribe(follower, OWN, "2", after=after, **given)
        both = (first, await message(follower))
        found += [each["payload"] if each["type"] == "error" else each["payload"]["errors"] for each in both]
    headers = {"accept": "text/event-stream", "last-event-id": after, "authorization": f"Bearer {token}"}
    answer = await service.http.post("/graphql", json={"query": EVENTS}, headers=headers)
    (event,) = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    found.append(json.loads(event.removeprefix("data: "))["errors"])
    return [errors[0] for errors in found]


async def test_an_expired_cursor_says_from_where_to_go_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.EVENTS, ClientScope.READ)
    payload = await service.do(
        "webhookCreate", key, "webhook { id } errors { code }", url="https://redaksi.example.org/a"
    )
    webhook = payload["webhook"]["id"]
    office = await service.office()
    old = [await verified(service, f"lama{number}") for number in range(2)]
    await merged(service, old[0], old[1])
    before, run = await listed(service), job(service)
    assert await run(0) == 0  # the mark of today
    new = await verified(service, "baru")
    await done(service, office, "complaintDispatch", old[1]["trackingCode"], opdCode="DPUPR")
    everything = await listed(service)
    offered = [each["cursor"] for each in everything[len(before) :]]
    assert len(offered) == 3

    assert await run(399) == 0
    assert await listed(service) == everything
    assert await job(service, days=0)(4_000) == 0
    assert await listed(service) == everything
    # The floor comes a day before anything is moved: who is in the midst of reading is not cut off.
    assert await run(400) == 0
    assert await numbers(service) == (len(everything), 0)
    assert [each["cursor"] for each in await listed(service)] == offered
    # A webhook that is behind keeps what it has not read, and reads all of it.
    assert await run(401) == 0
    async with service.database.write() as session:
        (row,) = await session.scalars(sa.select(Webhook))
        assert await spreading.spread(session, row.id, NOW) == len(everything)
    on_their_way = sum(each["type"] != "SUBMITTED" for each in everything)
    async with service.database.write() as session:
        waiting = await session.scalar(sa.text("SELECT count(*) FROM webhook_delivery"))
        assert waiting == on_their_way
    # What is on its way stays as well; that it is delivered is told here by hand.
    assert await run(402) == len(before) - 1 - sum(e["type"] != "SUBMITTED" for e in before[:-1])
    async with service.database.write() as session:
        await session.execute(
            sa.text("UPDATE webhook_delivery SET next_attempt_at = NULL, delivered_at = now()")
        )
    await run(403)
    assert await numbers(service) == (len(offered) + 1, len(before) - 1)

    # The newest that is left out is the floor's own: from there on nothing is missing.
    resume = before[-1]["cursor"]
    assert [each["cursor"] for each in await listed(service, resume)] == offered
    refusals = await expired(service, office, before[0]["cursor"], old[0])
    answer = await service.ask(REPLAY, key, i={"id": webhook, "after": before[0]["cursor"]})
    for error in (*refusals, answer["errors"][0]):
        assert error["extensions"] == {
            "code": "CURSOR_EXPIRED",
            "before": f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
            "resumeFrom": resume,
        }
        assert error["message"].startswith(f"Peristiwa sebelum {NOW:%Y-%m-%d}")
    english = await service.http.post(
        "/graphql",
        json={"query": LIST, "variables": {"after": before[0]["cursor"]}},
        headers={"accept-language": "en"},
    )
    assert english.json()["errors"][0]["message"].startswith(f"Events before {NOW:%Y-%m-%d}")
    async with socket(service.socket_url, office) as follower:
        await subscribe(follower, after=resume)
        assert [(await event(follower))["cursor"] for _ in offered] == offered
    # Who follows a merged report hears of the other one, though the merge itself lies in the archive.
    async with socket(service.socket_url) as follower:
        given = {"c": old[0]["trackingCode"], "t": old[0]["accessToken"]}
        await subscribe(follower, OWN, after=resume, **given)
        assert (await event(follower))["type"] == "DISPATCHED"
    assert "errors" not in await service.ask(REPLAY, key, i={"id": webhook, "after": resume})
    async with service.database.write() as session:
        assert await spreading.spread(session, row.id, NOW) == len(offered)
        place = await spreading.place_before(session, NOW - timedelta(days=900))
        assert place is not None
        await spreading.replay(session, await session.get_one(Webhook, row.id), *place)
        assert await spreading.spread(session, row.id, NOW) == len(offered)
    assert new["trackingCode"] in {each["trackingCode"] for each in await listed(service, resume)}

    # One statement, expired or not.
    statements: list[str] = []
    reads = service.app.state.services.reads
    original = reads._run

    async def run_one(method: Any, query: str, values: tuple[Any, ...]) -> Any:
        statements.append(query)
        return await original(method, query, values)

    monkeypatch.setattr(reads, "_run", run_one)
    for after in (None, resume, before[0]["cursor"]):
        statements.clear()
        await service.ask(LIST, after=after)
        assert len(statements) == 1, after


async def test_a_restored_dump_keeps_the_floor(service: Service, database_url: str) -> None:
    run = job(service)
    for number in range(2):
        await verified(service, f"lama{number}")
    await run(0)
    old = await order(service)
    await verified(service, "baru")
    new = [number for number in await order(service) if number not in old]
    for later in (400, 401):
        await run(later)
    assert await numbers(service) == (3, 3)
    async with service.database.write() as session:
        for table in ("complaint_event", "complaint_event_archive", "event_mark"):
            ahead = f"UPDATE {table} SET xid = (xid::text::bigint + {AHEAD})::text::xid8"
            await session.execute(sa.text(ahead))
    assert "3 events are in their order again" in await told(service, database_url, "events", "repair")
    assert [each["cursor"] for each in await listed(service)] == [
        cursor(xid, number) for number, xid in (await order(service)).items() if number in new
    ]
    *archived, last = [cursor(xid + AHEAD, number) for number, xid in old.items()]
    assert len(await listed(service, last)) == len(new)
    for each in archived:
        (error,) = (await service.ask(LIST, await service.office(), after=each))["errors"]
        assert error["extensions"]["code"] == "CURSOR_EXPIRED"
        assert len(await listed(service, error["extensions"]["resumeFrom"])) == len(new)


def test_a_setting_too_short_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match=r"0 .for always. or at least 7"):
        Settings(events_days=6)
