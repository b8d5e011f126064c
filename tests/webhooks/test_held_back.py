"""Is nothing sent that must not be, and nothing left out because of what was held back for a while?"""

import asyncio
import time
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from api.settings import Mode, Settings
from api.worker.run import Worker
from domain import clients
from domain.model.event import ComplaintEvent
from domain.model.webhook import Webhook, WebhookDelivery
from domain.webhooks import endpoints, spreading
from domain.words import ClientScope, WebhookStop
from tests.service import VAULT, Service, running_service
from tests.steps import verified
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_webhooks import MADE, made, until_tried, working


async def test_what_is_paused_gets_nothing_and_then_all_of_it_and_who_lost_their_key_nothing(
    service: Service, database_url: str, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    lost = await service.client("Dulu", ClientScope.WEBHOOKS)
    paused = await made(service, key, receiver, "jeda")
    await made(service, lost, receiver, "dulu")
    await made(service, key, receiver, "saksi")
    hook = UUID(paused.partition(":")[2])
    async with service.database.write() as session:
        endpoints.stop(await session.get_one(Webhook, hook), WebhookStop.PAUSED)
        await clients.revoke(session, await clients.by_name(session, "Dulu"))
    async with working(database_url):
        codes = [(await verified(service, f"laporan {n}"))["trackingCode"] for n in range(2)]
        witnessed = await receiver.until("saksi", 2)
        # Deliveries are made for all before any is sent.
        async with service.database.write() as session:
            owners = await session.scalars(sa.select(WebhookDelivery.webhook_id))
            assert len(set(owners)) == 1
        # To be told again from a place that it has not come to yet leaves nothing out.
        ahead = witnessed[-1][1]["data"]["cursor"]
        payload = await service.do("webhookReplay", key, MADE, id=paused, after=ahead)
        assert payload["errors"] == []
        async with service.database.write() as session:
            endpoints.resume(await session.get_one(Webhook, hook))
        told = await receiver.until("jeda", 2)
    assert [message["data"]["trackingCode"] for _, message in told] == codes
    assert receiver.of("dulu") == []


async def test_an_event_that_a_slow_transaction_holds_back_is_not_passed_over(
    service: Service, receiver: Receiver
) -> None:
    key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
    slow = await verified(service, "lambat")
    hook = UUID((await made(service, key, receiver, "semua")).partition(":")[2])
    held = """INSERT INTO complaint_event
                (type, complaint_id, complaint_version, to_status, audience, occurred_at)
              SELECT 'RATED', id, 9, status, 'PUBLIC', now() FROM complaint WHERE tracking_code = :c"""

    async def passed() -> list[str]:
        async with service.database.write() as session:
            await spreading.spread(session, hook, datetime.now(UTC))
            events = sa.select(ComplaintEvent.type).join(
                WebhookDelivery, WebhookDelivery.event_id == ComplaintEvent.id
            )
            return list(await session.scalars(events.order_by(ComplaintEvent.id)))

    async with service.database.sessions() as session:
        await session.execute(sa.text(held), {"c": slow["trackingCode"]})
        await verified(service, "cepat")
        assert await passed() == []
        await session.commit()
    end = time.monotonic() + 30
    while len(seen := await passed()) < 2:  # transactions of other tests on the same cluster may hold it back
        assert time.monotonic() < end, seen
        await asyncio.sleep(0.05)
    assert seen == ["RATED", "VERIFIED"]


async def test_in_production_nothing_goes_to_this_machine(database_url: str, receiver: Receiver) -> None:
    async with running_service(database_url, mode=Mode.PRODUCTION) as service:
        key = await service.client("Redaksi", ClientScope.WEBHOOKS, ClientScope.READ)
        refused = await service.do("webhookCreate", key, MADE, url=f"{receiver.url}/dalam")
        assert [(e["code"], e["field"]) for e in refused["errors"]] == [("INVALID_INPUT", ["input", "url"])]
        payload = await service.do("webhookCreate", key, MADE, url="https://redaksi.example.org/")
        identifier = payload["webhook"]["id"]
        # However the address came there: what it leads to is looked at when it is connected to.
        async with service.database.write() as session:
            await session.execute(sa.update(Webhook).values(url=f"{receiver.url}/dalam"))
        await verified(service)
        worker = Worker(Settings(mode=Mode.PRODUCTION), database_url, VAULT, jobs=())
        async with worker.running():
            await until_tried(service, identifier, None, "ADDRESS_FORBIDDEN")
    assert receiver.got == []
