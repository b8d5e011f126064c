"""Lists: the rows of an OPD, status, category, area or channel in the order of time, however few they are"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES = {
    "ix_complaint_of_status": ("status",),
    "ix_complaint_of_opd": ("opd_id", "status"),
    "ix_complaint_of_category": ("category_id", "status"),
    "ix_complaint_of_area": ("area_id", "status"),
    "ix_complaint_of_channel": ("channel", "status"),
}
FORMER = {
    "ix_complaint_status_submitted_at": ["status", "submitted_at"],
    "ix_complaint_category_id": ["category_id"],
    "ix_complaint_area_id": ["area_id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        by_time = (sa.text("submitted_at NULLS FIRST"), sa.text("id NULLS FIRST"))
        op.create_index(name, "complaint", [*columns, *by_time])
    for name in FORMER:
        op.drop_index(name, table_name="complaint")


def downgrade() -> None:
    for name, columns in FORMER.items():
        op.create_index(op.f(name), "complaint", columns)
    for name in INDEXES:
        op.drop_index(name, table_name="complaint")
