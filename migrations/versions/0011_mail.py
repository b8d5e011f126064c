"""Letters (e-mails) on their way, how far the events were read for them, and who wants none"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = postgresql.TIMESTAMP(timezone=True)
KINDS = "'REPORTER_NEWS', 'REMINDER', 'OPD_DIGEST', 'HEAD_DIGEST'"
OUTCOMES = "'SENT', 'REFUSED', 'UNDELIVERABLE', 'TOO_OLD', 'NO_ADDRESS', 'STOPPED', 'POINTLESS'"


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("about", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("next_attempt_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("smtp_code", sa.SmallInteger(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_letter_kind_word")),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("ck_letter_outcome_word")),
        sa.CheckConstraint(
            "num_nonnulls(account_id, complaint_id) <= 1", name=op.f("ck_letter_one_recipient")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_letter_ended")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_letter_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_letter_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("once", name=op.f("uq_letter_once")),
    )
    op.create_index(
        "ix_letter_waiting",
        "letter",
        ["next_attempt_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_letter_outcome_ended_at"), "letter", ["outcome", "ended_at"])
    op.create_index(op.f("ix_letter_account_id"), "letter", ["account_id"])
    op.create_index(op.f("ix_letter_complaint_id"), "letter", ["complaint_id"])
    op.create_table(
        "feed_position",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("xid", TransactionId(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_feed_position")),
    )
    op.add_column("reporter", sa.Column("mail_stopped_at", _MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("reporter", "mail_stopped_at")
    op.drop_table("feed_position")
    op.drop_table("letter")
