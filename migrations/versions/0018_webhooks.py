"""Webhooks: their place in the sequence of events, what they are stopped by, and the log of deliveries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision: str = "0018"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = postgresql.TIMESTAMP(timezone=True)
STOPS = "'PAUSED', 'GONE', 'FAILING'"
FAULTS = "'NAME_UNKNOWN', 'ADDRESS_FORBIDDEN', 'UNREACHABLE', 'INSECURE', 'TIMEOUT', 'BROKEN_OFF'"
SHOWN = "{client_id,types,opd_codes,active,stopped_because}"
IGNORED = "{xid,event_id,failing_since,wait_until,last_delivered_at}"


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def _watch(shown: str, ignored: str) -> None:
    op.execute(f"SELECT audit_watch('webhook', 'id', 'id', '{shown}', '{ignored}')")


def upgrade() -> None:
    # Nothing could make a webhook before: both tables are empty.
    op.add_column("webhook", sa.Column("former_secret", sa.LargeBinary(), nullable=True))
    op.add_column("webhook", sa.Column("former_secret_until", _MOMENT, nullable=True))
    op.add_column("webhook", sa.Column("stopped_because", sa.String(32), nullable=True))
    op.add_column(
        "webhook",
        sa.Column(
            "xid",
            TransactionId(),
            server_default=sa.text("pg_snapshot_xmin(pg_current_snapshot())"),
            nullable=False,
        ),
    )
    op.add_column("webhook", sa.Column("event_id", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("webhook", sa.Column("failing_since", _MOMENT, nullable=True))
    op.add_column("webhook", sa.Column("wait_until", _MOMENT, nullable=True))
    op.add_column("webhook", sa.Column("last_delivered_at", _MOMENT, nullable=True))
    op.create_check_constraint(
        op.f("ck_webhook_stopped_because_word"), "webhook", f"stopped_because IN ({STOPS})"
    )
    op.create_check_constraint(op.f("ck_webhook_stopped"), "webhook", "(stopped_because IS NULL) = active")
    op.add_column("webhook_delivery", sa.Column("last_attempt_at", _MOMENT, nullable=True))
    op.add_column("webhook_delivery", sa.Column("last_status", sa.SmallInteger(), nullable=True))
    op.add_column("webhook_delivery", sa.Column("last_fault", sa.String(32), nullable=True))
    op.create_check_constraint(
        op.f("ck_webhook_delivery_last_fault_word"), "webhook_delivery", f"last_fault IN ({FAULTS})"
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["webhook_id", "next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_failed",
        "webhook_delivery",
        ["webhook_id"],
        postgresql_where=sa.text("failed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_ended", "webhook_delivery", [sa.text("coalesce(delivered_at, failed_at)")]
    )
    _watch(SHOWN, IGNORED)


def downgrade() -> None:
    op.drop_index("ix_webhook_delivery_ended", table_name="webhook_delivery")
    op.drop_index("ix_webhook_delivery_failed", table_name="webhook_delivery")
    op.drop_index("ix_webhook_delivery_due", table_name="webhook_delivery")
    for column in ("last_fault", "last_status", "last_attempt_at"):
        op.drop_column("webhook_delivery", column)
    op.drop_constraint(op.f("ck_webhook_stopped"), "webhook")
    for column in (
        "last_delivered_at",
        "wait_until",
        "failing_since",
        "event_id",
        "xid",
        "stopped_because",
        "former_secret_until",
        "former_secret",
    ):
        op.drop_column("webhook", column)
    _watch("{client_id,types,opd_codes,active}", "{}")
