"""Attachments: what was uploaded, by whom, and what is still to be removed of those that are gone"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNUSED = "complaint_id IS NULL AND action_id IS NULL"
NOTE_REMOVAL = """
CREATE FUNCTION note_attachment_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO attachment_removal (folder) SELECT folder FROM gone_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
"""
TRIGGER = """
CREATE TRIGGER note_attachment_removal AFTER DELETE ON attachment
REFERENCING OLD TABLE AS gone_rows FOR EACH STATEMENT EXECUTE FUNCTION note_attachment_removal()
"""
# Until now nothing could be uploaded: these have a name, and no content. They stay as they are told of.
EARLIER = "UPDATE attachment SET stored_at = created_at, digest = sha256(id::text::bytea)"


def upgrade() -> None:
    op.add_column("attachment", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column(
        "attachment",
        sa.Column("folder", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.add_column("attachment", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.add_column("attachment", sa.Column("stored_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("attachment", sa.Column("thumbnail_size", sa.Integer(), nullable=True))
    op.execute(EARLIER)
    op.create_unique_constraint(op.f("uq_attachment_folder"), "attachment", ["folder"])
    op.create_check_constraint(
        op.f("ck_attachment_stored"), "attachment", "(stored_at IS NULL) = (digest IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_attachment_attached_is_stored"), "attachment", f"stored_at IS NOT NULL OR ({UNUSED})"
    )
    op.create_index("ix_attachment_unused", "attachment", ["created_at"], postgresql_where=sa.text(UNUSED))
    op.create_table(
        "attachment_removal",
        sa.Column("folder", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_attachment_removal")),
    )
    op.execute(NOTE_REMOVAL)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER note_attachment_removal ON attachment")
    op.execute("DROP FUNCTION note_attachment_removal()")
    op.drop_table("attachment_removal")
    op.drop_index("ix_attachment_unused", "attachment")
    op.drop_constraint(op.f("ck_attachment_attached_is_stored"), "attachment")
    op.drop_constraint(op.f("ck_attachment_stored"), "attachment")
    op.drop_constraint(op.f("uq_attachment_folder"), "attachment")
    for name in ("thumbnail_size", "stored_at", "digest", "folder", "owner_id"):
        op.drop_column("attachment", name)
