"""Privacy: what was done with what is held of a reporter; old idempotency keys are found to be forgotten"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = "kind IN ('EXPORTED', 'ERASED', 'REDACTED')"


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


def downgrade() -> None:
    op.drop_index(op.f("ix_idempotency_key_created_at"), "idempotency_key")
    op.drop_table("privacy_act")
