"""Reminders of deadlines, digests, and the panel's notices of both"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

RUNGS = "rung IN ('DUE_TOMORROW', 'DUE_TODAY', 'OVERDUE', 'OVERDUE_OFFICE')"


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("rung", sa.String(length=32), nullable=False),
        moment("due_at"),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("to_office", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        moment("at"),
        sa.CheckConstraint(RUNGS, name=op.f("ck_reminder_rung_word")),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_reminder_deadline_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_reminder_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "deadline_id",
            "rung",
            "due_at",
            "opd_id",
            name=op.f("uq_reminder_deadline_id_rung_due_at_opd_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_reminder_batch"), "reminder", ["batch"])
    op.create_table(
        "digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        moment("at"),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("kind IN ('DAILY', 'WEEKLY')", name=op.f("ck_digest_kind_word")),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_digest_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "kind",
            "opd_id",
            "day",
            name=op.f("uq_digest_kind_opd_id_day"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_digest_at"), "digest", ["at"])
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=True),
        sa.Column("digest_id", sa.Uuid(), nullable=True),
        moment("at"),
        moment("read_at", nullable=True),
        sa.CheckConstraint(
            "(reminder_id IS NULL) <> (digest_id IS NULL)", name=op.f("ck_notice_of_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminder.id"], name=op.f("fk_notice_reminder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digest.id"], name=op.f("fk_notice_digest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("reminder_id", "account_id", name=op.f("uq_notice_reminder_id_account_id")),
        sa.UniqueConstraint("digest_id", "account_id", name=op.f("uq_notice_digest_id_account_id")),
    )
    op.create_index(op.f("ix_notice_account_id_id"), "notice", ["account_id", "id"])
    op.create_index("ix_notice_unread", "notice", ["account_id"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_index(op.f("ix_notice_at"), "notice", ["at"])


def downgrade() -> None:
    for table in ("notice", "digest", "reminder"):
        op.drop_table(table)
