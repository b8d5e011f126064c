"""What makes complaints findable: the words that occur in them, kept by a trigger on `complaint`."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base

SEARCH_TEXT = (
    "setweight(to_tsvector('indonesian'::regconfig, title), 'A') ||"
    " setweight(to_tsvector('indonesian'::regconfig, body), 'B')"
)
"""The stems of a complaint's title and body; those of the title weigh more."""
SEARCH_PERIODS = "search_periods(submitted_at)"
"""The day, the 8, the 64 and the 512 days that it was submitted in, as one number each."""
_PERIODS_OF = """
CREATE FUNCTION search_periods(moment timestamptz) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[4 * day, 4 * (day >> 3) + 1, 4 * (day >> 6) + 2, 4 * (day >> 9) + 3]
      FROM (SELECT floor(extract(epoch FROM moment - timestamptz '1970-01-01 00:00+00') / 86400)::integer)
           AS d (day)
$$
"""
# An index is made of it, so it is there before the tables.
sa.event.listen(Base.metadata, "before_create", sa.DDL(_PERIODS_OF))  # type: ignore[no-untyped-call]
SEARCH_TYPE: Any = TSVECTOR


class SearchWord(Base):
    """A word as people have written it, and its consonants: what a misspelt word is compared with.

    Indonesian is abbreviated by leaving out vowels ("jln rsk" for "jalan rusak"): the skeleton finds those,
    trigrams the rest.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        sa.Index(None, "skeleton"),
        sa.Index(
            "ix_search_word_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}
        ),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    skeleton: Mapped[str] = mapped_column(
        sa.Text(),
        sa.Computed("left(word, 1) || regexp_replace(substr(word, 2), '[aeiou]', '', 'g')", persisted=True),
    )
