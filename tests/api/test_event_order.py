"""Events of one complaint come in the order of its versions, however its changes overlap in time.

The sequence goes by the numbers of transactions, and PostgreSQL numbers a transaction at its first write. So
each change has to wait for the complaint's row before it writes anything: the later one is numbered later.
"""

import asyncio
from typing import Any

import asyncpg
import sqlalchemy as sa

from domain.model.complaint import Complaint
from tests.following import event, listening, socket, subscribe
from tests.service import Service

WAITING = """SELECT backend_xid::text AS number FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock'"""


async def _waiting(connection: "asyncpg.Connection[Any]") -> list[str | None]:
    """The numbers of the transactions that wait for a lock, once there are any: None for one without."""
    async with asyncio.timeout(60):
        while not (found := await connection.fetch(WAITING)):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
    return [row["number"] for row in found]


async def test_every_change_waits_for_the_complaint_before_it_writes(
    service: Service, database_url: str
) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    made, other = await service.dispatched(key="one"), await service.dispatched(key="two")
    code, token = made["trackingCode"], made["accessToken"]
    body = {"body": "Tim ke lokasi", "idempotencyKey": "urutan-0001"}
    by_staff: dict[str, tuple[str, dict[str, Any]]] = {
        "complaintVerify": (office, {}),
        "complaintHold": (officer, {"reason": "Di mana?"}),
        "complaintDispatch": (office, {"opdCode": "DLH"}),
        "complaintReturn": (officer, {"reason": "Bukan kewenangan kami"}),
        "actionAdd": (officer, body),
        "complaintAnswer": (officer, {"body": "Dijadwalkan"}),
        "complaintComplete": (officer, {"body": "Selesai"}),
        "complaintTransfer": (office, {"institution": "BBWS", "reason": "Sungai nasional"}),
        "complaintArchive": (office, {"reason": "Bukan laporan"}),
        "complaintMerge": (office, {"intoTrackingCode": other["trackingCode"]}),
    }
    by_reporter: dict[str, dict[str, Any]] = {
        "complaintReply": body | {"idempotencyKey": "urutan-0002"},
        "complaintRate": {"rating": 4},
        "complaintReopen": {"reason": "Masih berlubang"},
    }
    changes: list[tuple[str, str | None, dict[str, Any]]] = []
    changes += [(name, by, {"version": 3} | given) for name, (by, given) in by_staff.items()]
    changes += [(name, None, {"accessToken": token} | given) for name, given in by_reporter.items()]
    watcher = await asyncpg.connect(database_url)
    for name, by, given in changes:
        async with service.database.sessions() as holder:
            await holder.execute(
                sa.select(Complaint.id).where(Complaint.tracking_code == code).with_for_update()
            )
            change = asyncio.create_task(service.do(name, by, "errors { code }", trackingCode=code, **given))
            assert await _waiting(watcher) == [None], name
            await holder.rollback()
        await change
    await watcher.close()


async def test_twenty_who_change_one_complaint_at_once_are_told_of_in_order(
    service: Service, database_url: str
) -> None:
    officer, made = await service.officer("DPUPR"), await service.dispatched()
    code = made["trackingCode"]
    async with socket(service.socket_url) as follower:
        await subscribe(follower)
        await listening(service)

        async def write(number: int) -> None:
            version = 3
            while True:
                payload = await service.do(
                    "actionAdd",
                    officer,
                    "errors { code ... on ConflictError { currentVersion } }",
                    trackingCode=code,
                    version=version,
                    body=f"Langkah {number}",
                    visibility="PUBLIC",
                )
                if not payload["errors"]:
                    return
                version = payload["errors"][0]["currentVersion"]

        heard = asyncio.create_task(_events(follower, 20))
        await asyncio.gather(*(write(number) for number in range(20)))
        assert len(await heard) == 20
    connection = await asyncpg.connect(database_url)
    versions = [
        row["complaint_version"]
        for row in await connection.fetch("SELECT complaint_version FROM complaint_event ORDER BY xid, id")
    ]
    await connection.close()
    assert versions == list(range(1, 24))


async def _events(follower: Any, number: int) -> list[dict[str, Any]]:
    return [await event(follower, 60) for _ in range(number)]
