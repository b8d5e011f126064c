"""Old events: marks by which a time becomes a place in the sequence, the floor, and the archive"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision: str = "0016"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = postgresql.TIMESTAMP(timezone=True)
STATUSES = (
    "'SUBMITTED', 'ON_HOLD', 'VERIFIED', 'DISPATCHED', 'IN_PROGRESS', 'ANSWERED', 'COMPLETED',"
    " 'TRANSFERRED', 'ARCHIVED', 'MERGED'"
)
WORDS = {
    "type": "'SUBMITTED', 'VERIFIED', 'HELD', 'DISPATCHED', 'RETURNED', 'STARTED', 'ANSWERED', 'REPLIED',"
    " 'COMPLETED', 'REOPENED', 'TRANSFERRED', 'ARCHIVED', 'MERGED', 'ACTION_ADDED', 'RATED'",
    "from_status": STATUSES,
    "to_status": STATUSES,
    "audience": "'PUBLIC', 'REPORTER', 'STAFF'",
}
# The detail is a cursor's payload and a moment: the service makes of it what a client is told.
OFFERED = """
CREATE FUNCTION offered_event_xid(transaction xid8, number bigint) RETURNS xid8
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    here xid8 := present_event_xid(transaction, number);
    floor_xid xid8;
    floor_id bigint;
    floor_at timestamptz;
BEGIN
    SELECT xid, event_id, at INTO floor_xid, floor_id, floor_at FROM event_mark WHERE floor;
    IF FOUND AND (here, present_event_id(transaction, number)) < (floor_xid, floor_id) THEN
        RAISE EXCEPTION 'events before the floor are not offered' USING ERRCODE = 'AD001',
            DETAIL = format('%s|%s %s', floor_xid, floor_id,
                            to_char(floor_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
    END IF;
    RETURN here;
END
$$
"""


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "complaint_event_archive",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("xid", TransactionId(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_version", sa.Integer(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("from_status", sa.String(32), nullable=True),
        sa.Column("to_status", sa.String(32), nullable=True),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("occurred_at", _MOMENT, nullable=False),
        *(
            sa.CheckConstraint(
                f"{column} IN ({words})", name=op.f(f"ck_complaint_event_archive_{column}_word")
            )
            for column, words in WORDS.items()
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_event_archive_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_complaint_event_archive_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_event_archive")),
    )
    op.create_index(
        op.f("ix_complaint_event_archive_complaint_id"), "complaint_event_archive", ["complaint_id"]
    )
    op.create_table(
        "event_mark",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("xid", TransactionId(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("floor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_mark")),
    )
    op.create_index(
        "uq_event_mark_floor", "event_mark", ["floor"], unique=True, postgresql_where=sa.text("floor")
    )
    op.execute(OFFERED)


def downgrade() -> None:
    op.execute("DROP FUNCTION offered_event_xid(xid8, bigint)")
    op.drop_table("event_mark")
    # Before there was an archive, every event was offered.
    op.execute("INSERT INTO complaint_event OVERRIDING SYSTEM VALUE SELECT * FROM complaint_event_archive")
    op.drop_table("complaint_event_archive")
