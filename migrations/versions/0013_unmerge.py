"""What undoing a merge gives back: what the complaint was, and what came by its code meanwhile"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATUSES = (
    "SUBMITTED",
    "ON_HOLD",
    "VERIFIED",
    "DISPATCHED",
    "IN_PROGRESS",
    "ANSWERED",
    "COMPLETED",
    "TRANSFERRED",
    "ARCHIVED",
    "MERGED",
)


def _status(name: str) -> sa.Enum:
    return sa.Enum(*STATUSES, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "complaint_merge",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", _status(op.f("ck_complaint_merge_status_word")), nullable=False),
        sa.Column("held_from", _status(op.f("ck_complaint_merge_held_from_word")), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_merge_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_merge")),
    )
    for table in ("action", "supporter"):
        op.add_column(table, sa.Column("sent_to_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_sent_to_id"), table, "complaint", ["sent_to_id"], ["id"], ondelete="SET NULL"
        )
        op.create_index(
            op.f(f"ix_{table}_sent_to_id"),
            table,
            ["sent_to_id"],
            postgresql_where=sa.text("sent_to_id IS NOT NULL"),
        )


def downgrade() -> None:
    for table in ("supporter", "action"):
        op.drop_index(op.f(f"ix_{table}_sent_to_id"), table)
        op.drop_constraint(op.f(f"fk_{table}_sent_to_id"), table, type_="foreignkey")
        op.drop_column(table, "sent_to_id")
    op.drop_table("complaint_merge")
