"""Lists: what the public sees is counted from an index; the latest deadline first, none last"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_complaint_due_last", "complaint", [sa.text("coalesce(due_at, '-infinity')"), "id"])
    op.create_index(
        "ix_complaint_public",
        "complaint",
        ["opd_id", "submitted_at", "id"],
        postgresql_where=sa.text(
            "verified_at IS NOT NULL AND status <> 'ARCHIVED' AND privacy <> 'CONFIDENTIAL'"
            " AND status <> 'MERGED'"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_complaint_public", table_name="complaint")
    op.drop_index("ix_complaint_due_last", table_name="complaint")
