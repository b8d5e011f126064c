"""Which open deadlines are not as the rules and holidays say? `clocks.due` for all, in one statement."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import END_OF_DAY, local_day_sql
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule, WorkingCalendar
from domain.rules_sql import rule_in_force
from domain.words import Clock

FOUND = sa.Table(
    "deadline_change",
    sa.MetaData(),
    sa.Column("id", sa.Uuid()),
    sa.Column("complaint_id", sa.Uuid()),
    sa.Column("clock", sa.Enum(Clock, native_enum=False, length=32)),
    sa.Column("paused_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("rule_before", sa.Uuid()),
    sa.Column("rule_after", sa.Uuid()),
    sa.Column("before", sa.TIMESTAMP(timezone=True)),
    sa.Column("after", sa.TIMESTAMP(timezone=True)),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
"""The changes that this transaction has found: to be told of and to be made, they are worked out once."""


async def find_changes(session: AsyncSession) -> None:
    """Fills FOUND anew."""
    await session.execute(CreateTable(FOUND, if_not_exists=True))
    await session.execute(sa.text("TRUNCATE deadline_change"))
    await session.execute(sa.insert(FOUND).from_select([column.name for column in FOUND.c], changes()))
    await session.execute(sa.text("ANALYZE deadline_change"))


def changes() -> sa.Select[Any]:
    """Deadlines that would be due at another time or by another rule: `before` and `after`, `rule_after`."""
    worked_out = _worked_out().subquery("worked_out")
    return sa.select(worked_out).where(
        sa.or_(
            worked_out.c.after != worked_out.c.before,
            worked_out.c.rule_after.is_distinct_from(worked_out.c.rule_before),
        )
    )


def _worked_out() -> sa.Select[Any]:
    run = _runs().cte("run")
    # Materialised: it would otherwise be looked up for each clock.
    rule_of = _rules(run).cte("rule_of").prefix_with("MATERIALIZED")
    rule = SlaRule.__table__.alias("rule")
    start = WorkingCalendar.__table__.alias("start")
    last = _first_days().cte("last")
    ordinal = start.c.ordinal + rule.c.working_days + _paused_days(run)
    same = [run.c[name] == rule_of.c[name] for name in ("clock", "classification", "supervised", "day")]
    after = sa.func.timezone("Asia/Jakarta", last.c.day + sa.literal(END_OF_DAY, sa.Time()))
    return (
        sa.select(
            run.c.id,
            run.c.complaint_id,
            run.c.clock,
            run.c.paused_at,
            run.c.rule_id.label("rule_before"),
            rule.c.id.label("rule_after"),
            run.c.due_at.label("before"),
            # Beyond the calendar's last day nothing is known: such a deadline stays.
            sa.func.coalesce(after, run.c.due_at).label("after"),
        )
        .join_from(run, rule_of, sa.and_(*same))
        .outerjoin(rule, rule.c.id == rule_of.c.rule_id)
        .outerjoin(start, start.c.day == run.c.day)
        .outerjoin(last, last.c.ordinal == ordinal)
    )


def _runs() -> sa.Select[Any]:
    """The clocks that run or are paused."""
    deadline, complaint = Deadline.__table__, Complaint.__table__
    return (
        sa.select(
            deadline.c.id,
            deadline.c.complaint_id,
            deadline.c.clock,
            deadline.c.rule_id,
            deadline.c.due_at,
            deadline.c.paused_at,
            deadline.c.pauses,
            complaint.c.classification,
            complaint.c.supervised,
            local_day_sql(deadline.c.started_at).label("day"),
        )
        .join(complaint, complaint.c.id == deadline.c.complaint_id)
        .where(deadline.c.ended_at.is_(None))
    )


def _rules(run: FromClause) -> sa.Select[Any]:
    """The rule for each kind of clock and day of start that occurs: far fewer than there are clocks."""
    kind = (
        sa.select(run.c.clock, run.c.classification, run.c.supervised, run.c.day).distinct().subquery("kind")
    )
    found = rule_in_force("id", kind.c.clock, kind.c.classification, kind.c.supervised, kind.c.day)
    return sa.select(kind, found.label("rule_id"))


def _first_days() -> sa.Select[Any]:
    """The working day with each number: the first of the days that count as many."""
    day = WorkingCalendar.__table__
    return sa.select(day.c.ordinal, sa.func.min(day.c.day).label("day")).group_by(day.c.ordinal)


def _paused_days(run: FromClause) -> ColumnElement[int]:
    """`clocks.paused_days`; most clocks have never paused."""
    pause = sa.func.unnest(run.c.pauses).table_valued("pause").render_derived(name="pauses")
    start, end = WorkingCalendar.__table__.alias(), WorkingCalendar.__table__.alias()
    moment = sa.TIMESTAMP(timezone=True)
    lasted = (
        sa.select(sa.func.coalesce(sa.func.sum(end.c.ordinal - start.c.ordinal), 0))
        .select_from(pause)
        .join(start, start.c.day == local_day_sql(sa.func.lower(pause.c.pause, type_=moment)))
        .join(end, end.c.day == local_day_sql(sa.func.upper(pause.c.pause, type_=moment)))
        .correlate(run)
        .scalar_subquery()
    )
    return sa.case((sa.func.isempty(run.c.pauses), 0), else_=lasted)
