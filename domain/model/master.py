"""Master data that Diskominfo keeps: OPDs, areas, categories, deadlines' rules, the calendar."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import ColumnElement

from domain.model.base import Base, Keyed, not_blank, word
from domain.words import AreaKind, Classification, Clock, HolidayKind, OpdKind


class Opd(Keyed):
    """Organisasi perangkat daerah: a city agency that complaints are dispatched to."""

    __tablename__ = "opd"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'", name="code_form"),
        not_blank("name", 200),
        sa.CheckConstraint("parent_id <> id", name="parent_is_another"),
        sa.CheckConstraint("successor_id <> id", name="successor_is_another"),
        sa.CheckConstraint("active_until >= active_from", name="active_period"),
        sa.Index(None, "parent_id"),
    )

    code: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str | None]
    kind: Mapped[OpdKind] = mapped_column(word(OpdKind, "kind"))
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    address: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    website: Mapped[str | None]
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]
    successor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now(), onupdate=sa.func.now())

    @hybrid_property
    def called(self) -> str:
        """What people call it."""
        return self.short_name or self.name

    @called.inplace.expression
    @classmethod
    def _called(cls) -> ColumnElement[str]:
        return sa.func.coalesce(cls.short_name, cls.name)

    def __str__(self) -> str:
        return self.called


class Area(Keyed):
    """A kecamatan or kelurahan, by its official Kemendagri code."""

    __tablename__ = "area"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        not_blank("code", 32),
        not_blank("name", 200),
        sa.CheckConstraint("(kind = 'DISTRICT') = (parent_id IS NULL)", name="village_has_district"),
        sa.Index(None, "parent_id"),
    )

    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[AreaKind] = mapped_column(word(AreaKind, "kind"))
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("area.id"))

    def __str__(self) -> str:
        return self.name


class Category(Keyed):
    """What a complaint is about, and which OPD it goes to as a rule."""

    __tablename__ = "category"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'", name="code_form"),
        not_blank("name", 200),
        sa.CheckConstraint("parent_id <> id", name="parent_is_another"),
        sa.Index(None, "parent_id"),
        sa.Index(None, "default_opd_id"),
    )

    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("category.id"))
    default_opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())

    def __str__(self) -> str:
        return self.name


class SlaRule(Keyed):
    """How many working days a clock gives, for which complaints, by which law, from when to when."""

    __tablename__ = "sla_rule"
    __table_args__ = (
        sa.CheckConstraint("working_days BETWEEN 1 AND 365", name="working_days_range"),
        sa.CheckConstraint("valid_until >= valid_from", name="valid_period"),
        not_blank("legal_source", 500),
        sa.UniqueConstraint(
            "clock", "classification", "supervised", "valid_from", postgresql_nulls_not_distinct=True
        ),
    )

    clock: Mapped[Clock] = mapped_column(word(Clock, "clock"))
    classification: Mapped[Classification | None] = mapped_column(word(Classification, "classification"))
    supervised: Mapped[bool | None]
    working_days: Mapped[int]
    legal_source: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    confirmed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Holiday(Keyed):
    """A weekday on which nobody works: a national holiday, joint leave or a local one."""

    __tablename__ = "holiday"
    __table_args__ = (sa.UniqueConstraint("date"), not_blank("name", 200))

    date: Mapped[date]
    name: Mapped[str]
    kind: Mapped[HolidayKind] = mapped_column(word(HolidayKind, "kind"))


class WorkingCalendar(Base):
    """Each day with the number of working days up to and including it; a trigger on `holiday` keeps it.

    The working days between two days are the difference of two rows: exact, and cheap over a million
    complaints.
    """

    __tablename__ = "working_calendar"

    day: Mapped[date] = mapped_column(primary_key=True)
    ordinal: Mapped[int]


class Recalculation(Keyed):
    """That open deadlines were worked out anew when a rule or a holiday changed: why, by whom, how many."""

    __tablename__ = "deadline_recalculation"
    __table_args__ = (
        not_blank("cause", 500),
        sa.CheckConstraint(
            "changed >= 0 AND newly_overdue >= 0 AND no_longer_overdue >= 0", name="counts_not_negative"
        ),
        sa.Index(None, "happened_at", "id"),
    )

    happened_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    author_name: Mapped[str | None]
    """Who did it, by the name that they had then; nobody where it was the command line."""
    cause: Mapped[str]
    changed: Mapped[int]
    newly_overdue: Mapped[int]
    no_longer_overdue: Mapped[int]
