"""Search: stems, the words that occur, and places"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SEARCH = (
    "setweight(to_tsvector('indonesian'::regconfig, title), 'A') ||"
    " setweight(to_tsvector('indonesian'::regconfig, body), 'B')"
)
SKELETON = "left(word, 1) || regexp_replace(substr(word, 2), '[aeiou]', '', 'g')"
KEEP_WORDS = """
CREATE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In the order of the words, so that two who bring the same new ones never wait for each other.
    INSERT INTO search_word (word)
    SELECT DISTINCT lexeme
      FROM new_rows, unnest(to_tsvector('simple'::regconfig, title || ' ' || body))
     WHERE length(lexeme) BETWEEN 2 AND 40 AND lexeme ~ '^[[:alpha:]]+$'
       AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme)
     ORDER BY lexeme
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    """CREATE TRIGGER keep_search_words_of_new AFTER INSERT ON complaint
       REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words()""",
    """CREATE TRIGGER keep_search_words_of_changed AFTER UPDATE ON complaint
       REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words()""",
)
SEARCH_QUERY = """
CREATE FUNCTION search_query(words text[], every boolean) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsquery('indonesian'::regconfig,
                      string_agg('(' || spellings || ')', CASE WHEN every THEN ' & ' ELSE ' | ' END))
      FROM unnest(words) AS asked (word),
           LATERAL (SELECT string_agg(quote_literal(word), ' | ') AS spellings
                      FROM (SELECT asked.word
                             UNION
                            (SELECT likely.word
                               FROM search_word AS likely,
                                    LATERAL (SELECT left(asked.word, 1)
                                                    || regexp_replace(substr(asked.word, 2), '[aeiou]', '', 'g')
                                                    AS skeleton,
                                                    EXISTS (SELECT FROM search_word
                                                             WHERE word = asked.word) AS known) AS a
                              WHERE length(asked.word) > 2
                                AND ((likely.skeleton = a.skeleton AND (NOT a.known OR a.skeleton = asked.word))
                                     OR (NOT a.known AND likely.word % asked.word
                                         AND similarity(likely.word, asked.word) >= 0.4))
                              ORDER BY similarity(likely.word, asked.word) DESC, likely.word
                              LIMIT 8)) AS spelling) AS s
$$
"""
FILL = """
INSERT INTO search_word (word)
SELECT DISTINCT lexeme FROM complaint, unnest(to_tsvector('simple'::regconfig, title || ' ' || body))
 WHERE length(lexeme) BETWEEN 2 AND 40 AND lexeme ~ '^[[:alpha:]]+$'
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("skeleton", sa.Text(), sa.Computed(SKELETON, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index(op.f("ix_search_word_skeleton"), "search_word", ["skeleton"])
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.execute(
        f"ALTER TABLE complaint ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS ({SEARCH}) STORED"
    )
    op.create_index(op.f("ix_complaint_search"), "complaint", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_complaint_title_trigrams",
        "complaint",
        ["title"],
        postgresql_using="gin",
        postgresql_ops={"title": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_complaint_latitude_longitude"), "complaint", ["latitude", "longitude"])
    op.execute(KEEP_WORDS)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute(SEARCH_QUERY)
    op.execute(FILL)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_search_words_of_new ON complaint")
    op.execute("DROP TRIGGER keep_search_words_of_changed ON complaint")
    op.execute("DROP FUNCTION keep_search_words()")
    op.execute("DROP FUNCTION search_query(text[], boolean)")
    op.drop_index(op.f("ix_complaint_latitude_longitude"), "complaint")
    op.drop_index("ix_complaint_title_trigrams", "complaint")
    op.drop_index(op.f("ix_complaint_search"), "complaint")
    op.drop_column("complaint", "search")
    op.drop_table("search_word")
