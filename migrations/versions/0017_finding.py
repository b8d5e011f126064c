"""Finding: words are looked up in the latest days first, and spellings only of words that do not occur"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The periods that a moment lies in: a day, 8 days, 64, 512; each a number with its kind in the last two bits.
PERIODS = """
CREATE FUNCTION search_periods(moment timestamptz) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[4 * day, 4 * (day >> 3) + 1, 4 * (day >> 6) + 2, 4 * (day >> 9) + 3]
      FROM (SELECT floor(extract(epoch FROM moment - timestamptz '1970-01-01 00:00+00') / 86400)::integer) AS d (day)
$$
"""
# Few periods that cover a stretch of time, and not much more than it; none for one that never begins or ends.
WINDOW = """
CREATE FUNCTION search_window(since timestamptz, until timestamptz) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    first integer;
    last integer;
    kind integer := 0;
BEGIN
    IF NOT isfinite(since) OR NOT isfinite(until) THEN
        RETURN '{}';
    END IF;
    first := floor(extract(epoch FROM since - timestamptz '1970-01-01 00:00+00') / 86400);
    last := floor(extract(epoch FROM until - timestamptz '1970-01-01 00:00+00') / 86400);
    WHILE kind < 3 AND last - first > 8 LOOP
        first := first >> 3;
        last := last >> 3;
        kind := kind + 1;
    END LOOP;
    RETURN ARRAY(SELECT 4 * period + kind FROM generate_series(first, last) AS period);
END
$$
"""
SKELETON = "left(asked.word, 1) || regexp_replace(substr(asked.word, 2), '[aeiou]', '', 'g')"
QUERY = f"""
CREATE OR REPLACE FUNCTION search_query(words text[], every boolean) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsquery('indonesian'::regconfig,
                      string_agg('(' || spellings || ')', CASE WHEN every THEN ' & ' ELSE ' | ' END))
      FROM (SELECT word, {SKELETON} AS skeleton, EXISTS (SELECT FROM search_word WHERE word = asked.word) AS known
              FROM unnest(words) AS asked (word) OFFSET 0) AS asked,
           LATERAL (SELECT string_agg(quote_literal(word), ' | ') AS spellings
                      FROM (SELECT asked.word
                             UNION
                            (SELECT likely.word
                               FROM (SELECT alike.word
                                       FROM search_word AS alike
                                      WHERE length(asked.word) > 2
                                        AND alike.skeleton = asked.skeleton
                                        AND (NOT asked.known OR asked.skeleton = asked.word)
                                      UNION
                                     SELECT alike.word
                                       FROM search_word AS alike
                                      WHERE length(asked.word) > 2 AND NOT asked.known
                                        AND alike.word % asked.word
                                        AND similarity(alike.word, asked.word) >= 0.4) AS likely
                              ORDER BY similarity(likely.word, asked.word) DESC, likely.word
                              LIMIT 8)) AS spelling) AS s
$$
"""


def upgrade() -> None:
    op.execute(PERIODS)
    op.execute(WINDOW)
    op.execute(QUERY)
    op.drop_index("ix_complaint_title_trigrams", "complaint")
    op.drop_index("ix_complaint_search", "complaint")
    op.create_index(
        "ix_complaint_search",
        "complaint",
        ["search", sa.text("search_periods(submitted_at)")],
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.create_index(
        "ix_complaint_title_trigrams",
        "complaint",
        ["title"],
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.drop_index("ix_complaint_search", "complaint")
    op.create_index("ix_complaint_search", "complaint", ["search"], postgresql_using="gin")
    op.execute("DROP FUNCTION search_window(timestamptz, timestamptz)")
    op.execute("DROP FUNCTION search_periods(timestamptz)")
