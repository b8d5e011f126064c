"""What every table shares: naming of constraints, keys, and how words are stored."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """The declarative base; timestamps always carry their zone."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: TIMESTAMP(timezone=True), str: sa.Text()}  # noqa: RUF012


class Keyed(Base):
    """A row with a UUIDv7 key: sortable by creation, and nothing to guess from its neighbours."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)


def word(enum: type[StrEnum], column: str) -> sa.Enum:
    """A closed vocabulary, stored as text that a check constraint of the column holds to its words."""
    return sa.Enum(
        enum,
        name=f"{column}_word",
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda words: [member.value for member in words],
    )


def not_blank(column: str, most: int) -> sa.CheckConstraint:
    """Text that says something and has a bound."""
    return sa.CheckConstraint(
        f"length(btrim({column})) > 0 AND length({column}) <= {most}", name=f"{column}_length"
    )
