"""Is a third party told of everything that it may know, whatever becomes of its receiver or of our worker?"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError
from starlette.responses import RedirectResponse, Response

from api.settings import Settings
from api.webhooks.sending import AT_ONCE
from api.worker.deliveries import forget_deliveries
from api.worker.run import Worker
from api.worker.tools import Tools
from domain.model.webhook import Webhook, WebhookDelivery
from domain.webhooks import endpoints, outcomes
from domain.webhooks.outcomes import DELAYS, Outcome
from domain.words import ClientScope, WebhookStop
from tests.service import VAULT, Service
from tests.steps import done, verified
from tests.webhooks.receiver import Receiver
from tests.worker.processes import workers

MADE = "webhook { id url active types pending failed lastDeliveredAt } secret errors { code field message }"


@asynccontextmanager
async def working(database_url: str, seconds: int = 30) -> AsyncIterator[None]:
    """A worker without the jobs of the clock, whose webhooks have so many seconds to answer."""
    worker = Worker(Settings(webhook_seconds=seconds), database_url, VAULT, jobs=())
    async with worker.running():
        yield


async def made(service: Service, key: str, receiver: Receiver, path: str, **values: Any) -> str:
    """A new webhook of a path of the receiver: its identifier."""
    payload = await service.do("webhookCreate", key, MADE, url=f"{receiver.url}/{path}", **values)
    assert payload["errors"] == []
    receiver.secrets[path] = payload["secret"]
    identifier: str = payload["webhook"]["id"]
    return identifier


async def shown(service: Service, key: str, identifier: str) -> dict[str, Any]:
    """The webhook as its client sees it."""
    found: dict[str, Any] = (
        await service.data(
            "query ($id: ID!) { node(id: $id) { ... on Webhook { active pending failed lastDeliveredAt } } }",
            key,
            id=identifier,
        )
    )["node"]
    return found


async def until(service: Service, key: str, identifier: str, **state: Any) -> dict[str, Any]:
    """Looks again and again whether its client sees it so."""
    end = time.monotonic() + 120
    while not state.items() <= (seen := await shown(service, key, identifier)).items():
        assert time.monotonic() < end, seen
        await asyncio.sleep(0.05)
    return seen


async def due_now(service: Service, identifier: str) -> None:
    """Has what a webhook waits for be due at once."""
    async with service.database.write() as session:
        key = UUID(identifier.partition(":")[2])
        now = datetime.now(UTC)
        await session.execute(sa.update(Webhook).where(Webhook.id == key).values(wait_until=None))
        await session.execute(
            sa.update(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == key, WebhookDelivery.next_attempt_at.is_not(None))
            .values(next_attempt_at=now)
        )


async def until_tried(service: Service, identifier: str, status: int | None, fault: str | None) -> None:
    """Looks again and again whether this came of the last attempt of its one delivery."""
    end = time.monotonic() + 120
    while True:
        async with service.database.write() as session:
            rows = await session.scalars(
                sa.select(WebhookDelivery).where(
                    WebhookDelivery.webhook_id == UUID(identifier.partition(":")[2])
                )
            )
            seen = [(row.last_status, row.last_fault) for row in rows]
        if seen == [(status, fault)]:
            return
        assert time.monotonic() < end, seen
        await asyncio.sleep(0.05)


async def test_a_receiver_is_told_in_order_signed_and_without_personal_data(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.EVENTS, ClientScope.READ)
    all_of_it = await made(service, key, receiver, "semua")
    await made(service, key, receiver, "pilihan", types=["COMPLETED"], opd=["dpupr"])
    of_others = await made(service, key, receiver, "lain", opd=["DLH"])
    report = await verified(service, reporterName="Siti Rahayu", reporterPhone="081234567890")
    code, office = report["trackingCode"], await service.office()
    await done(service, office, "complaintDispatch", code, opdCode="DPUPR")
    officer = await service.officer("DPUPR")
    await done(service, officer, "complaintAnswer", code, body="Sudah ditambal")
    await done(service, officer, "complaintComplete", code, body="Selesai")
    secret = await verified(service, "rahasia", privacy="CONFIDENTIAL")
    under_way, most = 0, 0

    async def take_time() -> Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.1)
        under_way -= 1
        return Response(status_code=204)

    receiver.behave["semua"] = take_time
    async with working(database_url):
        told = await receiver.until("semua", 4)
        chosen = await receiver.until("pilihan", 1)
        seen = await until(service, key, all_of_it, pending=0)
        await until(service, key, of_others, pending=0)
    # All were due at once, and went one after another: they are of one report.
    assert most == 1
    assert receiver.of("lain") == []
    assert seen["active"]
    assert seen["failed"] == 0
    assert seen["lastDeliveredAt"] is not None
    messages = [message for _, message in told]
    assert [message["type"] for message in messages] == [
        "complaint.verified", "complaint.dispatched", "complaint.answered", "complaint.completed",
    ]  # fmt: skip
    assert [message["data"]["version"] for message in messages] == sorted(
        message["data"]["version"] for message in messages
    )
    assert all(message["data"]["trackingCode"] == code for message in messages)
    assert [message["data"]["opd"] for message in messages] == [None, "DPUPR", "DPUPR", "DPUPR"]
    assert [message["type"] for _, message in chosen] == ["complaint.completed"]
    written = str(messages)
    for personal in ("Siti", "81234567890", report["accessToken"], "Citangkil", secret["trackingCode"]):
        assert personal not in written
    # Its cursors are those of the one sequence.
    later = await service.data(
        "query ($after: String) { events(after: $after) { nodes { type } } }",
        key,
        after=messages[1]["data"]["cursor"],
    )
    assert [event["type"] for event in later["events"]["nodes"]] == ["ANSWERED", "COMPLETED"]


async def test_it_is_told_again_from_a_cursor_on_and_by_the_new_secret(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Ombudsman", ClientScope.WEBHOOKS, ClientScope.READ)
    identifier = await made(service, key, receiver, "lagi")
    async with working(database_url):
        report = await verified(service)
        await done(
            service, await service.office(), "complaintDispatch", report["trackingCode"], opdCode="DPUPR"
        )
        first = await receiver.until("lagi", 2)
        await until(service, key, identifier, pending=0)
        former = receiver.secrets["lagi"]
        async with service.database.write() as session:
            webhook = await session.get_one(Webhook, UUID(identifier.partition(":")[2]))
            receiver.secrets["lagi"] = endpoints.rotate(webhook, VAULT, datetime.now(UTC))
        assert receiver.secrets["lagi"] != former
        receiver.former["lagi"] = former
        after = first[0][1]["data"]["cursor"]
        payload = await service.do("webhookReplay", key, MADE, id=identifier, after=after)
        assert payload["errors"] == []
        again = await receiver.until("lagi", 3)
        await until(service, key, identifier, pending=0)
    assert [identifier for identifier, _ in again] == [first[0][0], first[1][0], first[1][0]]
    assert again[2][1] == first[1][1]
    bad = await service.ask(
        "mutation ($input: WebhookReplayInput!) { webhookReplay(input: $input) { errors { code } } }",
        key,
        input={"id": identifier, "after": "x" + after},
    )
    assert bad["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
    async with service.database.write() as session:
        webhook = await session.get_one(Webhook, UUID(identifier.partition(":")[2]))
        now = datetime.now(UTC)
        assert endpoints.signing_secrets(webhook, VAULT, now) == [receiver.secrets["lagi"], former]
        assert endpoints.signing_secrets(webhook, VAULT, now + timedelta(hours=25)) == [
            receiver.secrets["lagi"]
        ]


async def test_a_receiver_that_fails_is_tried_again_and_holds_up_nobody(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    paths = ("baik", "galat", "diam", "pindah", "pergi", "nanti")
    hooks = {path: await made(service, key, receiver, path) for path in paths}
    payload = await service.do("webhookCreate", key, MADE, url="http://127.0.0.1:9/")
    hooks["mati"] = payload["webhook"]["id"]

    async def answer(response: Response) -> Response:
        return response

    async def hang() -> Response:
        await asyncio.sleep(3600)
        return Response()

    receiver.behave |= {
        "galat": lambda: answer(Response(status_code=500)),
        "diam": hang,
        "pindah": lambda: answer(RedirectResponse(f"{receiver.url}/baik")),
        "pergi": lambda: answer(Response(status_code=410)),
        "nanti": lambda: answer(Response(status_code=503, headers={"retry-after": "3600"})),
    }
    async with working(database_url, seconds=3):
        await verified(service)
        await receiver.until("baik", 1)
        for path in paths[1:]:
            await receiver.until(path, 1)
        await until(service, key, hooks["pergi"], active=False)
        await until_tried(service, hooks["diam"], None, "TIMEOUT")
        await until_tried(service, hooks["galat"], 500, None)
        await until_tried(service, hooks["pindah"], 307, None)
        await until_tried(service, hooks["nanti"], 503, None)
        await until_tried(service, hooks["mati"], None, "UNREACHABLE")
        del receiver.behave["galat"]
        await due_now(service, hooks["galat"])
        twice = await receiver.until("galat", 2)
        await until(service, key, hooks["galat"], pending=0, failed=0)
    assert twice[0] == twice[1]
    assert len(receiver.of("baik")) == 1
    async with service.database.write() as session:
        patient = await session.get_one(Webhook, UUID(hooks["nanti"].partition(":")[2]))
        assert patient.wait_until is not None
        assert timedelta(minutes=55) < patient.wait_until - datetime.now(UTC) <= timedelta(hours=1)
        assert patient.active


async def test_what_a_receiver_says_holds_for_all_that_waits(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    hooks = {path: await made(service, key, receiver, path) for path in ("sabar", "hapus", "aneh", "baik")}

    async def be_patient() -> Response:
        until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        return Response(status_code=429, headers={"retry-after": until})

    async def take_away() -> Response:
        await service.do("webhookDelete", key, "errors { code }", id=hooks["hapus"])
        return Response(status_code=204)

    async def no_moment() -> Response:
        when = "Mon, 01 Jan 2035 00:00:00 +99999999999999999999"
        return Response(status_code=503, headers={"retry-after": when})

    receiver.behave |= {"sabar": be_patient, "hapus": take_away, "aneh": no_moment}
    for number in range(AT_ONCE + 3):
        await verified(service, f"laporan {number}")
    async with working(database_url):
        await receiver.until("baik", AT_ONCE + 3)
        await receiver.until("aneh", AT_ONCE + 3)
        tried = sa.select(WebhookDelivery.attempts, WebhookDelivery.last_status).where(
            WebhookDelivery.webhook_id == UUID(hooks["aneh"].partition(":")[2])
        )
        end = time.monotonic() + 120
        while True:
            async with service.database.write() as session:
                attempts = [tuple(row) for row in await session.execute(tried)]
            if attempts == [(1, 503)] * (AT_ONCE + 3):
                break
            assert time.monotonic() < end, attempts
            await asyncio.sleep(0.05)
    # What was on its way already may have come; nothing after it.
    assert 0 < len(receiver.of("sabar")) <= AT_ONCE
    assert 0 < len(receiver.of("hapus")) <= AT_ONCE


async def test_the_schedule_ends_in_a_dead_letter_and_five_days_in_a_stop(
    service: Service, receiver: Receiver, database_url: str
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    identifier = await made(service, key, receiver, "galat")
    hook = UUID(identifier.partition(":")[2])

    async def fail() -> Response:
        return Response(status_code=500)

    receiver.behave["galat"] = fail
    async with working(database_url):
        await verified(service)
        await receiver.until("galat", 1)
    start = datetime.now(UTC)
    now = start
    async with service.database.write() as session:
        delivery = await session.scalar(
            sa.select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == hook)
        )
        assert delivery is not None
        row = await session.get_one(WebhookDelivery, delivery)
        for delay in DELAYS[row.attempts :]:
            assert await outcomes.settle(session, hook, delivery, Outcome(status=500), now) is None
            assert row.next_attempt_at is not None
            assert 0.89 * delay <= row.next_attempt_at - now <= 1.11 * delay
            now = row.next_attempt_at
        await outcomes.settle(session, hook, delivery, Outcome(status=500), now)
        assert row.next_attempt_at is None
        assert row.failed_at == now
    assert (await shown(service, key, identifier)) | {"active": True} == {
        "active": True, "pending": 0, "failed": 1, "lastDeliveredAt": None,
    }  # fmt: skip
    async with service.database.write() as session:
        nearly = start + timedelta(days=4, hours=23)
        assert await outcomes.settle(session, hook, delivery, Outcome(status=500), nearly) is None
        late = start + timedelta(days=5, minutes=1)
        stopped = await outcomes.settle(session, hook, delivery, Outcome(status=500), late)
        assert stopped is WebhookStop.FAILING
    assert not (await shown(service, key, identifier))["active"]
    # One that came through in between, and it is not five days.
    async with service.database.write() as session:
        endpoints.resume(await session.get_one(Webhook, hook))
        for days, status in ((0, 500), (3, 204), (6, 500)):
            moment = late + timedelta(days=days)
            assert await outcomes.settle(session, hook, delivery, Outcome(status=status), moment) is None


def test_attempts_are_those_of_the_specification_each_a_little_earlier_or_later() -> None:
    hours = [2, 5, 10, 14, 20, 24]
    assert [delay.total_seconds() for delay in DELAYS] == [5, 5 * 60, 30 * 60, *(h * 3600 for h in hours)]
    now = datetime.now(UTC)
    assert len({outcomes.next_attempt(2, None, now) for _ in range(20)}) > 1
    for asked, kept in ((timedelta(hours=3), 3), (timedelta(days=9), 24)):
        assert outcomes.next_attempt(1, asked, now) == now + timedelta(hours=kept)
    assert outcomes.next_attempt(len(DELAYS) + 1, timedelta(hours=3), now) is None


async def test_a_worker_that_is_killed_between_sending_and_writing_it_down_sends_again(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    identifier = await made(service, key, receiver, "mati")
    with workers(database_url) as (process,):

        async def kill() -> Response:
            os.kill(process.pid, signal.SIGKILL)
            return Response(status_code=204)

        receiver.behave["mati"] = kill
        await verified(service)
        await receiver.until("mati", 1)
        await asyncio.to_thread(process.communicate, timeout=120)
    assert (await shown(service, key, identifier))["pending"] == 1
    del receiver.behave["mati"]
    async with service.database.write() as session:
        # As if the time that a silent worker is waited for had passed.
        await session.execute(sa.text("UPDATE jobs.pgqueuer SET heartbeat = now() - interval '1 minute'"))
    async with working(database_url):
        told = await receiver.until("mati", 2)
        await until(service, key, identifier, pending=0, failed=0)
    assert told[0] == told[1]


async def test_the_log_forgets_what_ended_long_ago(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    identifier = await made(service, key, receiver, "lama")
    async with working(database_url):
        await service.dispatched()
        await receiver.until("lama", 2)
        await until(service, key, identifier, pending=0)
    tools = Tools(service.database.write, VAULT, Settings())
    now = datetime.now(UTC)
    assert await forget_deliveries(tools, now + outcomes.KEPT - timedelta(hours=1)) == 0
    async with service.database.write() as session:
        deliveries = sa.select(WebhookDelivery).order_by(WebhookDelivery.event_id)
        first, second = await session.scalars(deliveries)
        second.delivered_at, second.next_attempt_at = None, now
    assert await forget_deliveries(tools, now + outcomes.KEPT + timedelta(hours=1)) == 1
    async with service.database.write() as session:
        assert [row.id for row in await session.scalars(deliveries)] == [second.id]
        assert first.id != second.id
        noted = sa.text("SELECT count(*) FROM jobs.pgqueuer_log")
        assert await session.scalar(noted) == 0


async def test_whose_webhooks_they_are(service: Service, receiver: Receiver) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    other = await service.client("Lain", ClientScope.WEBHOOKS, ClientScope.READ)
    reader = await service.client("Pembaca", ClientScope.READ)
    identifier = await made(service, key, receiver, "milik")

    async def code(who: str | None, mutation: str, **values: Any) -> str:
        payload = await service.do(mutation, who, MADE, **values)
        found: str = payload["errors"][0]["code"]
        return found

    url = f"{receiver.url}/x"
    assert await code(None, "webhookCreate", url=url) == "UNAUTHENTICATED"
    assert await code(reader, "webhookCreate", url=url) == "FORBIDDEN"
    assert await code(await service.office(), "webhookCreate", url=url) == "FORBIDDEN"
    assert await code(key, "webhookCreate", url="https://10.0.0.1/") == "INVALID_INPUT"
    assert await code(key, "webhookCreate", url=url, opd=["TIDAK-ADA"]) == "INVALID_INPUT"
    assert await code(other, "webhookDelete", id=identifier) == "NOT_FOUND"
    assert await code(key, "webhookDelete", id="Webhook:bukan-nomor") == "NOT_FOUND"
    assert await shown(service, other, identifier) is None
    assert (await shown(service, key, identifier))["active"]
    many = [service.do("webhookCreate", key, MADE, url=f"{receiver.url}/{number}") for number in range(25)]
    refused = [payload["errors"] for payload in await asyncio.gather(*many) if payload["errors"]]
    assert len(refused) == 25 - (endpoints.MOST_OF_A_CLIENT - 1)
    assert (await service.do("webhookDelete", key, MADE, id=identifier))["errors"] == []
    assert await shown(service, key, identifier) is None


def test_the_library_refuses_what_we_did_not_sign() -> None:
    """So that the receiver of these tests proves something."""
    headers = {"webhook-id": "x", "webhook-timestamp": str(int(datetime.now(UTC).timestamp()))}
    with pytest.raises(WebhookVerificationError):
        Verifier(endpoints.new_secret()).verify("{}", headers | {"webhook-signature": "v1,AAAA"})
