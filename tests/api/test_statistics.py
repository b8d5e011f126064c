"""Are figures exact whatever happens to complaints, and do they keep confidential reports to themselves?"""

import asyncio
import datetime as dt
from typing import Any

import asyncpg
import sqlalchemy as sa

from api.cli.upkeep import import_into
from api.worker.tallying import fold_tally
from api.worker.tools import Tools
from domain.calendar import local_day
from domain.seed import SAMPLE
from domain.words import ClientScope
from tests.service import VAULT, Service

YEARS = 'period: {from: "2020-01-01", until: "2099-12-31"}'
CELLS = """SELECT cube, month, status, published, confidential, opd_id, channel, category_id, area_id, sum(n),
  sum(rating_sum), sum(rated) FROM complaint_tally GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  HAVING sum(n) <> 0 OR sum(rating_sum) <> 0 OR sum(rated) <> 0"""
BULK = """INSERT INTO complaint (id, tracking_code, channel, classification, title, body, privacy, status,
  opd_id, submitted_at, verified_at, updated_at)
  SELECT gen_random_uuid(), 'UJI-' || n, 'CITY_APP', 'COMPLAINT', 'Uji', 'Uji',
  (ARRAY['PUBLIC','ANONYMOUS','CONFIDENTIAL'])[1 + n % 3], 'DISPATCHED',
  (SELECT id FROM opd WHERE code = 'DLH'),
  timestamptz '2024-01-31 16:59+00' + n * interval '1 hour', now(), now() FROM generate_series(1, 60) AS n"""
CHANGES = (
    BULK,
    """UPDATE complaint SET status = 'COMPLETED', completed_at = now(), rating = 4
        WHERE tracking_code LIKE 'UJI-_'""",
    "UPDATE complaint SET rating = 1 WHERE tracking_code = 'UJI-7'",
    "UPDATE complaint SET submitted_at = submitted_at - interval '2 hours' WHERE tracking_code LIKE 'UJI-1_'",
    """UPDATE complaint SET category_id = (SELECT id FROM category LIMIT 1), privacy = 'CONFIDENTIAL',
        area_id = (SELECT id FROM area LIMIT 1), channel = 'PHONE' WHERE tracking_code LIKE 'UJI-2_'""",
    """UPDATE complaint SET status = 'MERGED',
        merged_into_id = (SELECT id FROM complaint WHERE tracking_code = 'UJI-1')
        WHERE tracking_code LIKE 'UJI-3_'""",
    "UPDATE complaint SET supporter_count = supporter_count + 1",
    "DELETE FROM complaint WHERE tracking_code LIKE 'UJI-4_'",
)


async def test_the_tally_is_what_counting_anew_would_give(service: Service) -> None:
    """After each change, within the transaction that makes it; folded or not."""
    connection = await asyncpg.connect(service.database.url)
    for statement in CHANGES:
        async with connection.transaction():
            await connection.execute(statement)
            kept = set(await connection.fetch(CELLS))
            await connection.execute("SELECT rebuild_complaint_tally()")
            assert kept == set(await connection.fetch(CELLS)), statement
            assert kept
            await connection.execute("UPDATE complaint SET rating = 2 WHERE tracking_code = 'UJI-9'")
            await connection.execute("UPDATE complaint SET rating = NULL WHERE tracking_code = 'UJI-9'")
    before, rows = set(await connection.fetch(CELLS)), "SELECT count(*) FROM complaint_tally"
    unfolded = await connection.fetchval(rows)
    tools = Tools(service.database.write, VAULT, None)  # type: ignore[arg-type]  # it reads no setting
    assert await fold_tally(tools, dt.datetime.now(dt.UTC)) == unfolded - await connection.fetchval(rows) > 0
    assert set(await connection.fetch(CELLS)) == before
    assert await connection.fetchval(rows) == len(before)
    await connection.execute("TRUNCATE complaint CASCADE")
    assert await connection.fetchval(rows) == 0
    await connection.close()


async def test_writers_and_who_folds_do_not_wait_for_each_other(service: Service) -> None:
    setting = {"lock_timeout": "2s"}
    writers = await asyncio.gather(
        *(asyncpg.connect(service.database.url, server_settings=setting) for _ in range(20))
    )
    await writers[0].execute(BULK)
    for number, writer in enumerate(writers, 1):  # all stay open in the same cells
        await writer.execute("BEGIN")
        statement = "UPDATE complaint SET status = 'IN_PROGRESS' WHERE tracking_code = $1"
        await writer.execute(statement, f"UJI-{number}")
    folder = await asyncpg.connect(service.database.url, server_settings=setting)
    for writer in writers:
        await folder.fetchval("SELECT fold_complaint_tally()")
        await writer.execute("COMMIT")
    await folder.fetchval("SELECT fold_complaint_tally()")
    counted = "SELECT status, sum(n) FROM complaint_tally WHERE cube = 'ALL' GROUP BY 1 ORDER BY 1"
    assert [tuple(row) for row in await folder.fetch(counted)] == [("DISPATCHED", 40), ("IN_PROGRESS", 20)]
    for connection in (*writers, folder):
        await connection.close()


SHOWN = """total notFollowedUp byStatus { count } byChannel { count } byMonth { total } byCategory { total }
  byOpd { total notFollowedUp overdue meanRating onTimeRate } overdue meanRating onTimeRate
  medianFirstResponseDays medianResolutionDays meanFirstResponseDays"""


async def _figures(service: Service, asked: str, token: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (await service.data(f"{{ statistics({asked}) {{ {SHOWN} }} }}", token))[
        "statistics"
    ]
    return found


async def test_no_figure_but_a_year_of_the_city_tells_of_a_confidential_report(service: Service) -> None:
    """What the public could subtract: cells, filters, periods, an OPD's own figures, and measures."""
    today = local_day(dt.datetime.now(dt.UTC))
    lately = max(today - dt.timedelta(days=3), today.replace(month=1, day=2))
    asked = {
        "without the year's first day": f'period: {{from: "{today.year}-01-02", until: "2099-12-31"}}',
        "until yesterday": f'period: {{from: "2020-01-01", until: "{today - dt.timedelta(days=1)}"}}',
        "these days": f'period: {{from: "{lately}", until: "{max(today, lately)}"}}',
        "an OPD": f'{YEARS}, filter: {{opd: ["DPUPR"]}}',
        "a category": f'{YEARS}, filter: {{category: ["JALAN"]}}',
        "a channel": f"{YEARS}, filter: {{channel: [CITY_APP, LAPOR_WEB]}}",
        "an OPD and a category": f'{YEARS}, filter: {{opd: ["DPUPR"], category: ["JALAN"]}}',
    }
    in_opd = f'{{ opd(code: "DPUPR") {{ statistics({YEARS}) {{ {SHOWN} }} }} }}'
    await service.dispatched(key="a")
    office, key = await service.office(), await service.client("Kabar", ClientScope.READ)
    before = {name: await _figures(service, values) for name, values in asked.items()}
    own, whole = await service.data(in_opd), await _figures(service, YEARS)
    await service.dispatched("DPUPR", key="b", privacy="CONFIDENTIAL")
    await service.dispatched("DLH", key="c", privacy="CONFIDENTIAL", categoryCode="SAMPAH")
    async with service.database.write() as session:
        late = "due_at = now() - interval '1 day', rating = 1, first_responded_at = now()"
        await session.execute(sa.text(f"UPDATE complaint SET {late} WHERE privacy = 'CONFIDENTIAL'"))
    for token in (None, key):
        for name, values in asked.items():
            assert await _figures(service, values, token) == before[name], name
        assert await service.data(in_opd, token) == own
        now = await _figures(service, YEARS, token)
        changed = {"total": 3, "notFollowedUp": 3, "byStatus": [{"count": 3}]}
        assert now == whole | changed
        upto = f'period: {{from: "{today.year}-01-01", until: "{today}"}}'
        assert (await _figures(service, upto, token))["total"] == 3
    for token in (office, await service.officer("DINKES")):
        seen = await _figures(service, YEARS, token)
        assert (seen["total"], [opd["total"] for opd in seen["byOpd"]], seen["overdue"]) == (3, [1, 2], 2)
        assert seen["meanRating"] == 1


async def test_the_figures_that_the_city_published_for_2023(service: Service) -> None:
    """For everybody; the 11 confidential reports among them are in no cell that the public sees."""
    await import_into(service.database.url, VAULT, SAMPLE)
    query = """{ statistics(period: {from: "2023-01-01", until: "2023-12-31"}) {
      total notFollowedUp inProgress completed followedUp
      byOpd { total } byChannel { total: count } byMonth { total } byCategory { total } } }"""
    for token, listed in ((None, 131), (await service.office(), 142)):
        seen = (await service.data(query, token))["statistics"]
        summed = {
            name: sum(cell["total"] for cell in seen.pop(name)) for name in list(seen) if name[:2] == "by"
        }
        assert list(seen.values()) == [142, 2, 10, 130, 140]
        assert list(summed.values()) == [listed] * 4
