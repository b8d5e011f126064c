"""Which data do the comparisons read? Made-up complaints in any number, the same ones each time.

PostgreSQL makes them itself, from each one's number. While they are loaded no trigger fires, and the
tables have no indexes but those of their constraints; afterwards both are as the migrations made them, and
the tally of the statistics is counted.
"""

import asyncio
import json

import asyncpg

from api.database import Database
from api.migrate import migrate
from bench.vocabulary import DETAILS, PLACES, PROBLEMS, SYLLABLES
from domain.seed import seed
from domain.tracking import ALPHABET, read_code

ACTIONS_EACH = 3
BLOCK = 10_000
"""Complaints that are written at once: small, so that the table lies in the order of time."""
LOADERS = 2
# A pseudo-random number below `size`, from a complaint's number and the purpose that it is drawn for.
_DRAW = """
CREATE FUNCTION pg_temp.draw(n bigint, purpose bigint, size bigint) RETURNS int IMMUTABLE
RETURN ((hashint8extended(n, purpose) & 9007199254740991) % size)::int
"""
# 37 divides what is multiplied by it, so the check value is the last term: below 32, a letter or digit.
_NUMBER = "37 * ((n * 7919131 + 104729) % 29716215719) + n % 32"
_CHARACTER = f"substr('{ALPHABET}', 1 + (code >> {{shift}} & 31)::int, 1)"
_CODE = " || ".join(
    [
        "'CLG-'",
        *(_CHARACTER.format(shift=shift) for shift in (35, 30, 25, 20)),
        "'-'",
        *(_CHARACTER.format(shift=shift) for shift in (15, 10, 5, 0)),
        "'-'",
        f"substr('{ALPHABET}', 1 + (code % 37)::int, 1)",
    ]
)
# As UUIDv7: in the order of time, and of no meaning.
_KEY = "lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000b' || lpad(to_hex(n), 15, '0')"
_NAME = "syllables[1 + pg_temp.draw(n, {0}, 24)]"
_COMPLAINTS = f"""
INSERT INTO complaint (id, tracking_code, channel, classification, category_id, title, body, privacy, status,
                       submitted_at, verified_at, dispatched_at, first_responded_at, completed_at, updated_at,
                       version, area_id, opd_id, due_at, supporter_count, rating, latitude, longitude)
SELECT ({_KEY})::uuid, {_CODE},
       (ARRAY['LAPOR_WEB','LAPOR_APP','SMS_1708','CITY_APP'])[1 + pg_temp.draw(n, 1, 4)],
       (ARRAY['COMPLAINT','COMPLAINT','ASPIRATION','INFORMATION_REQUEST'])[1 + pg_temp.draw(n, 2, 4)],
       categories[1 + pg_temp.draw(n, 3, cardinality(categories))],
       problems[1 + floor(pow(pg_temp.draw(n, 4, 10000) / 10000.0, 2) * cardinality(problems))::int] || ' di '
         || places[1 + pg_temp.draw(n, 5, cardinality(places))] || ' RT ' || 1 + pg_temp.draw(n, 6, 40),
       'Sudah ' || 2 + pg_temp.draw(n, 7, 30) || ' hari, di dekat warung '
         || {_NAME.format(8)} || {_NAME.format(9)} || {_NAME.format(10)} || '. '
         || details[1 + pg_temp.draw(n, 11, cardinality(details))] || ' '
         || details[1 + pg_temp.draw(n, 12, cardinality(details))],
       (ARRAY['CONFIDENTIAL','ANONYMOUS','ANONYMOUS','PUBLIC','PUBLIC','PUBLIC','PUBLIC','PUBLIC','PUBLIC','PUBLIC'])
         [1 + pg_temp.draw(n, 13, 10)],
       status, at, at + '1 day', at + '2 days', CASE WHEN status <> 'DISPATCHED' THEN at + '4 days' END,
       CASE WHEN status = 'COMPLETED' THEN at + '12 days' END, at + '12 days', 4,
       areas[1 + pg_temp.draw(n, 14, cardinality(areas))], opds[1 + pg_temp.draw(n, 15, cardinality(opds))],
       CASE WHEN status <> 'COMPLETED' THEN at + '20 days' END, pg_temp.draw(n, 16, 7),
       CASE WHEN status = 'COMPLETED' THEN 1 + pg_temp.draw(n, 17, 5) END,
       -6.08 + pg_temp.draw(n, 18, 20000) / 100000.0, 105.93 + pg_temp.draw(n, 19, 16000) / 100000.0
  FROM generate_series($6::bigint, $7::bigint) AS n,
       LATERAL (SELECT {_NUMBER} AS code,
                       timestamptz '2020-01-01' + n * (interval '6 years' / $1::bigint) AS at,
                       (ARRAY['DISPATCHED','IN_PROGRESS','COMPLETED','COMPLETED','COMPLETED'])
                         [1 + pg_temp.draw(n, 20, 5)] AS status) AS drawn,
       (SELECT $2::text[] AS problems, $3::text[] AS places, $4::text[] AS details, $5::text[] AS syllables,
               (SELECT array_agg(id ORDER BY code) FROM category) AS categories,
               (SELECT array_agg(id ORDER BY code) FROM area) AS areas,
               (SELECT array_agg(id ORDER BY code) FROM opd) AS opds) AS from_lists
"""
_ACTIONS = f"""
INSERT INTO action (id, complaint_id, kind, visibility, body, opd_id, author_name, created_at)
SELECT overlay(c.id::text PLACING k::text FROM 18 FOR 1)::uuid, c.id, 'PROGRESS',
       CASE WHEN k = 3 AND c.id::text LIKE '%0' THEN 'INTERNAL' ELSE 'PUBLIC' END,
       'Tim sudah turun ke lapangan, penanganan tahap ' || k, c.opd_id, 'Petugas',
       c.submitted_at + k * interval '2 days'
  FROM complaint c, generate_series(1, {ACTIONS_EACH}) AS k
"""
_DISPOSITIONS = """
INSERT INTO disposition (id, complaint_id, opd_id, opd_name, started_at, ended_at, outcome)
SELECT c.id, c.id, c.opd_id, o.name, c.dispatched_at, c.completed_at,
       CASE WHEN c.completed_at IS NOT NULL THEN 'COMPLETED' END
  FROM complaint c JOIN opd o ON o.id = c.opd_id
"""
_DEADLINES = """
INSERT INTO deadline (id, complaint_id, clock, rule_id, started_at, due_at, ended_at)
SELECT c.id, c.id, 'RESOLUTION', r.id, c.verified_at, c.verified_at + '18 days', c.completed_at
  FROM complaint c, (SELECT id FROM sla_rule WHERE clock = 'RESOLUTION' ORDER BY id LIMIT 1) r
"""
_WORDS = """
INSERT INTO search_word (word)
SELECT DISTINCT lexeme
  FROM (SELECT text FROM unnest($1::text[]) AS t (text)
         UNION ALL
        SELECT a || b || c
          FROM unnest($2::text[]) AS a, unnest($2::text[]) AS b, unnest($2::text[]) AS c) AS said,
       unnest(to_tsvector('simple'::regconfig, text))
 WHERE length(lexeme) BETWEEN 2 AND 40 AND lexeme ~ '^[[:alpha:]]+$'
ON CONFLICT DO NOTHING
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i
 WHERE i.indrelid = ANY (ARRAY['complaint', 'action', 'disposition', 'deadline']::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""


async def make(url: str, complaints: int) -> None:
    """Migrates, seeds and fills a database."""
    await migrate(url)
    database = Database(url, size=2)
    async with database.write() as session:
        await seed(session)
    await database.close()
    pool = asyncpg.create_pool(
        url,
        min_size=1,
        max_size=LOADERS,
        init=lambda connection: connection.execute(_DRAW),
        server_settings={
            "session_replication_role": "replica",
            "maintenance_work_mem": "512MB",
            "jit": "off",
        },
    )
    async with pool:
        indexes = await pool.fetch(_INDEXES)
        for index in indexes:
            await pool.execute(f"DROP INDEX {index['name']}")
        lists = (PROBLEMS, PLACES, DETAILS, SYLLABLES)
        blocks = [(first, min(first + BLOCK - 1, complaints)) for first in range(1, complaints + 1, BLOCK)]
        await asyncio.gather(*(pool.execute(_COMPLAINTS, complaints, *lists, *block) for block in blocks))
        await asyncio.gather(
            *(pool.execute(statement) for statement in (_ACTIONS, _DISPOSITIONS, _DEADLINES))
        )
        await pool.execute(_WORDS, (*PROBLEMS, *PLACES, *DETAILS, "Sudah hari di dekat warung RT"), SYLLABLES)
        await asyncio.gather(*(pool.execute(index["definition"]) for index in indexes))
        await pool.execute("SELECT rebuild_complaint_tally()")
        await pool.execute("VACUUM ANALYZE")
        await pool.execute("CHECKPOINT")


async def codes(url: str, most: int) -> list[str]:
    """The codes of complaints that the public sees, spread over the years."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch(
            """SELECT tracking_code FROM complaint WHERE privacy <> 'CONFIDENTIAL'
                ORDER BY hashtextextended(tracking_code, 0) LIMIT $1""",
            most,
        )
    finally:
        await connection.close()
    drawn = [row["tracking_code"] for row in found]
    wrong = [code for code in drawn if read_code(code) != code]
    if wrong:
        raise ValueError(json.dumps(wrong[:5]))
    return drawn


def make_now(url: str, complaints: int) -> None:
    """`make` for callers that run no event loop."""
    asyncio.run(make(url, complaints))
