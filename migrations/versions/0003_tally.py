"""Statistics: a tally of the complaints of each month, and indexes that hold what figures are made of"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CELL = "cube, month, status, published, confidential, opd_id, channel, category_id, area_id"
NUMBERS = "n, rating_sum, rated"
SUMS = "sum(n), sum(rating_sum), sum(rated)"
CHANGED = "sum(n) <> 0 OR sum(rating_sum) <> 0 OR sum(rated) <> 0"


def cells(rows: str, sign: str = "") -> str:
    """What each of some complaints counts for: one cell in each cube."""
    return f"""SELECT cube, date_trunc('month', c.submitted_at AT TIME ZONE 'Asia/Jakarta')::date AS month, c.status,
           c.verified_at IS NOT NULL AND c.status NOT IN ('ARCHIVED', 'MERGED') AS published,
           c.privacy = 'CONFIDENTIAL' AS confidential,
           k.opd_id, k.channel, k.category_id, k.area_id,
           {sign}1 AS n, {sign}coalesce(c.rating, 0) AS rating_sum, {sign}num_nonnulls(c.rating) AS rated
      FROM {rows} AS c,
           LATERAL (VALUES ('ALL', NULL::uuid, NULL::text, NULL::uuid, NULL::uuid),
                           ('OPD', c.opd_id, c.channel, NULL, NULL),
                           ('CATEGORY', NULL, NULL, c.category_id, NULL),
                           ('AREA', NULL, NULL, NULL, c.area_id))
                   AS k (cube, opd_id, channel, category_id, area_id)"""


def added(counted: str, having: str = CHANGED) -> str:
    """Writes the sums of what was counted, in the order of time."""
    return f"""INSERT INTO complaint_tally ({CELL}, {NUMBERS})
    SELECT {CELL}, {SUMS} FROM ({counted}) AS counted GROUP BY {CELL} HAVING {having} ORDER BY cube, month"""


KEEP_TALLY = f"""
CREATE FUNCTION keep_complaint_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        {added(cells("new_rows"))};
    WHEN 'UPDATE' THEN
        {added(cells("old_rows", "-") + " UNION ALL " + cells("new_rows"))};
    WHEN 'DELETE' THEN
        {added(cells("old_rows", "-"))};
    WHEN 'TRUNCATE' THEN
        DELETE FROM complaint_tally;
    END CASE;
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    """CREATE TRIGGER keep_complaint_tally_of_new AFTER INSERT ON complaint
       REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_complaint_tally()""",
    """CREATE TRIGGER keep_complaint_tally_of_changed AFTER UPDATE ON complaint
       REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION keep_complaint_tally()""",
    """CREATE TRIGGER keep_complaint_tally_of_gone AFTER DELETE ON complaint
       REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_complaint_tally()""",
    """CREATE TRIGGER keep_complaint_tally_of_none AFTER TRUNCATE ON complaint
       FOR EACH STATEMENT EXECUTE FUNCTION keep_complaint_tally()""",
)
# One statement reads and writes, so that nobody ever sees a row neither folded nor unfolded. Writers only add
# rows and are not waited for; of two who fold the second leaves it to the first.
FOLD = f"""
CREATE FUNCTION fold_complaint_tally() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    folded bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('complaint_tally', 0)) THEN
        RETURN 0;
    END IF;
    WITH crowded AS (
        SELECT unnest(array_agg(id)) AS id FROM complaint_tally GROUP BY {CELL} HAVING count(*) > 1
    ), gone AS (
        DELETE FROM complaint_tally USING crowded WHERE complaint_tally.id = crowded.id
        RETURNING complaint_tally.*
    ), kept AS (
        {added("SELECT * FROM gone")}
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO folded;
    RETURN folded;
END
$$
"""
# Writers wait, so that what is counted and what they add do not overlap.
REBUILD = f"""
CREATE FUNCTION rebuild_complaint_tally() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('complaint_tally', 0));
    LOCK TABLE complaint IN SHARE MODE;
    DELETE FROM complaint_tally;
    {added(cells("complaint"), "true")};
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "complaint_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cube", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cube IN ('ALL','OPD','CATEGORY','AREA')", name=op.f("ck_complaint_tally_cube_words")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_tally")),
    )
    op.create_index(op.f("ix_complaint_tally_cube_month"), "complaint_tally", ["cube", "month"])
    op.create_index(
        op.f("ix_complaint_tally_opd_id_month"),
        "complaint_tally",
        ["opd_id", "month"],
        postgresql_where=sa.text("cube = 'OPD'"),
    )
    op.create_index(
        "ix_complaint_figures",
        "complaint",
        ["submitted_at"],
        postgresql_include=[
            *("id", "status", "privacy", "channel", "opd_id", "category_id", "area_id", "rating"),
            *("verified_at", "dispatched_at", "first_responded_at", "completed_at", "due_at"),
        ],
    )
    op.create_index(
        "ix_complaint_unpublished",
        "complaint",
        ["submitted_at"],
        postgresql_where=sa.text("verified_at IS NULL OR status = 'ARCHIVED'"),
    )
    op.create_index(
        "ix_deadline_resolution",
        "deadline",
        ["complaint_id"],
        postgresql_include=["ended_at", "due_at"],
        postgresql_where=sa.text("clock = 'RESOLUTION'"),
    )
    op.execute(KEEP_TALLY)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute(FOLD)
    op.execute(REBUILD)
    op.execute("SELECT rebuild_complaint_tally()")


def downgrade() -> None:
    for name in ("new", "changed", "gone", "none"):
        op.execute(f"DROP TRIGGER keep_complaint_tally_of_{name} ON complaint")
    op.execute("DROP FUNCTION keep_complaint_tally()")
    op.execute("DROP FUNCTION fold_complaint_tally()")
    op.execute("DROP FUNCTION rebuild_complaint_tally()")
    op.drop_index("ix_deadline_resolution", "deadline")
    op.drop_index("ix_complaint_unpublished", "complaint")
    op.drop_index("ix_complaint_figures", "complaint")
    op.drop_table("complaint_tally")
