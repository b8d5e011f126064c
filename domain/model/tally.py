"""How many complaints there are of each kind: numbers for statistics, kept by triggers on `complaint`."""

import sqlalchemy as sa

from domain.model.base import Base

TALLY = sa.Table(
    "complaint_tally",
    Base.metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("cube", sa.Text, nullable=False),
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("opd_id", sa.Uuid),
    sa.Column("channel", sa.Text),
    sa.Column("category_id", sa.Uuid),
    sa.Column("area_id", sa.Uuid),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("rating_sum", sa.Integer, nullable=False),
    sa.Column("rated", sa.Integer, nullable=False),
    sa.CheckConstraint("cube IN ('ALL','OPD','CATEGORY','AREA')", name="cube_words"),
    sa.Index(None, "cube", "month"),
    sa.Index(None, "opd_id", "month", postgresql_where=sa.text("cube = 'OPD'")),
)
"""Each complaint counts once in each cube: without more, by OPD and channel, by category, by area.

A change only adds rows, what was with a minus and what is: writers never wait for each other, and the sums
are exact in the writer's own transaction. `fold_complaint_tally()` makes one row of a cell's rows from time
to time; `rebuild_complaint_tally()` counts anew what was loaded without triggers.
"""
