"""Privacy: what was done with what is held of a reporter; events and their cursors after a restored dump"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = "kind IN ('EXPORTED', 'ERASED', 'REDACTED')"

# A cursor names an event by its transaction and its number. Of another cluster's it still names the event by
# the number, if that was in the dump; what was lost with the rest of that cluster has given its numbers away.
NATIVE = """EXISTS (SELECT FROM complaint_event WHERE id = number AND xid = transaction)
             OR NOT EXISTS (SELECT FROM event_restore)"""
PRESENT_ID = f"""
CREATE FUNCTION present_event_id(transaction xid8, number bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN {NATIVE} THEN number
           ELSE coalesce((SELECT max(id) FROM complaint_event
                           WHERE id <= coalesce((SELECT min(last_id) FROM event_restore WHERE last_id < number),
                                                number)), 0) END
$$
"""
PRESENT_XID = f"""
CREATE FUNCTION present_event_xid(transaction xid8, number bigint) RETURNS xid8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN {NATIVE} THEN transaction
           ELSE coalesce((SELECT xid FROM complaint_event
                           WHERE id = present_event_id(transaction, number)), '0'::xid8) END
$$
"""


def upgrade() -> None:
    op.create_table(
        "privacy_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_privacy_act_kind_word")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_privacy_act_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_act")),
    )
    op.create_index(op.f("ix_privacy_act_complaint_id"), "privacy_act", ["complaint_id"])
    op.execute("SELECT audit_watch('privacy_act', 'id', 'complaint_id', '{complaint_id,kind,at}')")
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"])
    op.create_table(
        "event_restore",
        sa.Column("last_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("last_id", name=op.f("pk_event_restore")),
    )
    op.execute(PRESENT_ID)
    op.execute(PRESENT_XID)


def downgrade() -> None:
    op.execute("DROP FUNCTION present_event_xid(xid8, bigint)")
    op.execute("DROP FUNCTION present_event_id(xid8, bigint)")
    op.drop_table("event_restore")
    op.drop_index(op.f("ix_idempotency_key_created_at"), "idempotency_key")
    op.drop_table("privacy_act")
