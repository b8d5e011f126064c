"""Made-up complaints in any number, made by PostgreSQL itself: what the comparisons read."""

import asyncio

import asyncpg

from api.database import Database
from api.migrate import migrate
from domain.seed import seed

_COMPLAINTS = """
INSERT INTO complaint (id, tracking_code, channel, classification, category_id, title, body, privacy, status,
                       submitted_at, verified_at, dispatched_at, first_responded_at, completed_at, updated_at,
                       version, area_id, opd_id, due_at, supporter_count, rating, latitude, longitude)
SELECT md5('complaint' || n)::uuid, 'CLG-' || lpad(to_hex(n), 8, '0'),
       (ARRAY['LAPOR_WEB','LAPOR_APP','SMS_1708','CITY_APP'])[1 + n % 4],
       (ARRAY['COMPLAINT','COMPLAINT','ASPIRATION','INFORMATION_REQUEST'])[1 + n % 4],
       (ARRAY(SELECT id FROM category ORDER BY code))[1 + n % 25],
       (ARRAY['Jalan rusak','Lampu jalan padam','Sampah menumpuk','Saluran air tersumbat'])[1 + n % 4]
         || ' di RT ' || n % 40 || ' nomor ' || n,
       'Sudah ' || n % 30 || ' hari belum ditangani, mohon segera ditindaklanjuti oleh petugas setempat.',
       CASE WHEN n % 13 = 0 THEN 'CONFIDENTIAL' WHEN n % 5 = 0 THEN 'ANONYMOUS' ELSE 'PUBLIC' END, s.status,
       s.at, s.at + '1 day', s.at + '2 days', CASE WHEN s.status <> 'DISPATCHED' THEN s.at + '4 days' END,
       CASE WHEN s.status = 'COMPLETED' THEN s.at + '12 days' END, s.at + '12 days',
       4, (ARRAY(SELECT id FROM area ORDER BY code))[1 + n % 51],
       (ARRAY(SELECT id FROM opd ORDER BY code))[1 + n % 37],
       CASE WHEN s.status <> 'COMPLETED' THEN s.at + '20 days' END, n % 7,
       CASE WHEN s.status = 'COMPLETED' THEN 1 + n % 5 END,
       -6.0 + (n % 100) / 1000.0, 106.0 + (n % 77) / 1000.0
  FROM generate_series(1, $1::int) AS n,
       LATERAL (SELECT timestamptz '2020-01-01' + n * (interval '6 years' / $1::int) AS at,
                       (ARRAY['DISPATCHED','IN_PROGRESS','COMPLETED','COMPLETED','COMPLETED'])[1 + n % 5]
                         AS status) AS s
"""
_ACTIONS = """
INSERT INTO action (id, complaint_id, kind, visibility, body, opd_id, author_name, created_at)
SELECT md5('action' || k || c.id)::uuid, c.id, 'PROGRESS',
       CASE WHEN k = 3 AND right(c.id::text, 1) = '0' THEN 'INTERNAL' ELSE 'PUBLIC' END,
       'Tim sudah turun ke lapangan, penanganan tahap ' || k, c.opd_id, 'Petugas',
       c.submitted_at + k * interval '2 days'
  FROM complaint c, generate_series(1, 3) AS k
"""
_DISPOSITIONS = """
INSERT INTO disposition (id, complaint_id, opd_id, opd_name, started_at, ended_at, outcome)
SELECT md5('stay' || c.id)::uuid, c.id, c.opd_id, o.name, c.dispatched_at, c.completed_at,
       CASE WHEN c.completed_at IS NOT NULL THEN 'COMPLETED' END
  FROM complaint c JOIN opd o ON o.id = c.opd_id
"""
_DEADLINES = """
INSERT INTO deadline (id, complaint_id, clock, rule_id, started_at, due_at, ended_at)
SELECT md5('clock' || c.id)::uuid, c.id, 'RESOLUTION', r.id, c.verified_at, c.verified_at + '18 days',
       c.completed_at
  FROM complaint c, LATERAL (SELECT id FROM sla_rule WHERE clock = 'RESOLUTION' ORDER BY id LIMIT 1) r
"""


async def make(url: str, complaints: int) -> None:
    """Migrates, seeds and fills a database."""
    await migrate(url)
    database = Database(url, size=2)
    async with database.write() as session:
        await seed(session)
    await database.close()
    connection = await asyncpg.connect(url)
    await connection.execute(_COMPLAINTS.replace("$1::int", str(int(complaints))))
    for statement in (_ACTIONS, _DISPOSITIONS, _DEADLINES):
        await connection.execute(statement)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def make_now(url: str, complaints: int) -> None:
    """`make` for callers that run no event loop."""
    asyncio.run(make(url, complaints))
