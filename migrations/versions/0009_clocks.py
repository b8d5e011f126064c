"""Pauses of deadlines, and their recalculation"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PAUSES_SO_FAR = """
WITH turn AS (
    SELECT complaint_id, from_status, to_status, occurred_at,
           lead(occurred_at) OVER (PARTITION BY complaint_id ORDER BY complaint_version) AS until
      FROM complaint_event
     WHERE from_status IS DISTINCT FROM to_status
       AND complaint_id IN (SELECT complaint_id FROM complaint_event WHERE to_status = 'ON_HOLD')
), pause AS (
    SELECT d.id, range_agg(tstzrange(t.occurred_at, t.until)) AS pauses
      FROM deadline AS d
      JOIN turn AS t ON t.complaint_id = d.complaint_id AND t.to_status = 'ON_HOLD'
     WHERE d.clock = 'RESOLUTION' AND t.occurred_at >= d.started_at AND t.occurred_at < t.until
       AND t.until <= coalesce(d.ended_at, t.until)
     GROUP BY d.id
)
UPDATE deadline SET pauses = pause.pauses FROM pause WHERE pause.id = deadline.id
"""


def upgrade() -> None:
    op.add_column(
        "deadline",
        sa.Column("pauses", postgresql.TSTZMULTIRANGE(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(PAUSES_SO_FAR)
    op.execute("ALTER TABLE deadline ALTER CONSTRAINT fk_deadline_rule_id DEFERRABLE INITIALLY IMMEDIATE")
    op.create_table(
        "deadline_recalculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "happened_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("newly_overdue", sa.Integer(), nullable=False),
        sa.Column("no_longer_overdue", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length(btrim(cause)) > 0 AND length(cause) <= 500",
            name=op.f("ck_deadline_recalculation_cause_length"),
        ),
        sa.CheckConstraint(
            "changed >= 0 AND newly_overdue >= 0 AND no_longer_overdue >= 0",
            name=op.f("ck_deadline_recalculation_counts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_deadline_recalculation_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_recalculation")),
    )
    op.create_index(
        op.f("ix_deadline_recalculation_happened_at_id"), "deadline_recalculation", ["happened_at", "id"]
    )


def downgrade() -> None:
    op.drop_table("deadline_recalculation")
    op.execute("ALTER TABLE deadline ALTER CONSTRAINT fk_deadline_rule_id NOT DEFERRABLE")
    op.drop_column("deadline", "pauses")
