"""The audit trail: every change with who, when, what before and after, sealed into a chain; why an identity was read"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


# What every one of the functions below has in common: they write as the trail's owner, whoever makes the
# change, and find their tables whatever search_path that one has set.
WRITES = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

ACTOR = """
CREATE FUNCTION audit_actor() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('aduan.actor', true), ''), 'DATABASE:' || session_user)
$$
"""
HIDDEN = """
CREATE FUNCTION audit_unshown(changed regclass, shown text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(attname::text ORDER BY attnum), '{}')
      FROM pg_catalog.pg_attribute
     WHERE attrelid = changed AND attnum > 0 AND NOT attisdropped AND attname <> ALL (shown)
$$
"""
INSERTED = f"""
CREATE FUNCTION audit_inserted() RETURNS trigger {WRITES} AS $$
DECLARE
    by_whom text := audit_actor();
    unshown text[] := audit_unshown(TG_RELID, TG_ARGV[1]::text[]);
BEGIN
    INSERT INTO audit_entry (actor, table_name, operation, row_key, subject, after)
    SELECT by_whom, TG_TABLE_NAME, 'INSERT', r ->> TG_ARGV[0], r ->> TG_ARGV[3],
           jsonb_strip_nulls(r - unshown)
      FROM (SELECT to_jsonb(n) AS r FROM new_rows AS n) AS rows;
    RETURN NULL;
END
$$
"""
DELETED = f"""
CREATE FUNCTION audit_deleted() RETURNS trigger {WRITES} AS $$
DECLARE
    by_whom text := audit_actor();
    unshown text[] := audit_unshown(TG_RELID, TG_ARGV[1]::text[]);
BEGIN
    INSERT INTO audit_entry (actor, table_name, operation, row_key, subject, before)
    SELECT by_whom, TG_TABLE_NAME, 'DELETE', r ->> TG_ARGV[0], r ->> TG_ARGV[3],
           jsonb_strip_nulls(r - unshown)
      FROM (SELECT to_jsonb(o) AS r FROM old_rows AS o) AS rows;
    RETURN NULL;
END
$$
"""
# A row whose key was changed is one that has gone and one that has come.
UPDATED = f"""
CREATE FUNCTION audit_updated() RETURNS trigger {WRITES} AS $$
DECLARE
    by_whom text := audit_actor();
    unshown text[] := audit_unshown(TG_RELID, TG_ARGV[1]::text[]);
    ignored text[] := TG_ARGV[2]::text[];
BEGIN
    INSERT INTO audit_entry (actor, table_name, operation, row_key, subject, before, after, hidden)
    SELECT by_whom, TG_TABLE_NAME,
           CASE WHEN o IS NULL THEN 'INSERT' WHEN n IS NULL THEN 'DELETE' ELSE 'UPDATE' END,
           coalesce(n, o) ->> TG_ARGV[0], coalesce(n, o) ->> TG_ARGV[3],
           CASE WHEN n IS NULL THEN jsonb_strip_nulls(o - unshown) ELSE d.before END,
           CASE WHEN o IS NULL THEN jsonb_strip_nulls(n - unshown) ELSE d.after END,
           d.hidden
      FROM (SELECT to_jsonb(old_rows) AS o FROM old_rows) AS o
      FULL JOIN (SELECT to_jsonb(new_rows) AS n FROM new_rows) AS n ON o ->> TG_ARGV[0] = n ->> TG_ARGV[0]
     CROSS JOIN LATERAL (
           SELECT jsonb_object_agg(key, o -> key) FILTER (WHERE key <> ALL (unshown)) AS before,
                  jsonb_object_agg(key, n -> key) FILTER (WHERE key <> ALL (unshown)) AS after,
                  array_agg(key ORDER BY key) FILTER (WHERE key = ANY (unshown)) AS hidden
             FROM jsonb_object_keys(o) AS key
            WHERE n IS NOT NULL AND key <> ALL (ignored) AND o -> key IS DISTINCT FROM n -> key) AS d
     WHERE o IS NULL OR n IS NULL OR d.before IS NOT NULL OR d.hidden IS NOT NULL;
    RETURN NULL;
END
$$
"""
EMPTIED = f"""
CREATE FUNCTION audit_emptied() RETURNS trigger {WRITES} AS $$
BEGIN
    INSERT INTO audit_entry (actor, table_name, operation) VALUES (audit_actor(), TG_TABLE_NAME, 'TRUNCATE');
    RETURN NULL;
END
$$
"""
# For this migration and for those to come, that add a table or decide on a new column: `shown` are recorded
# as values, `ignored` are no change at all, every other one is recorded as changed, without its value. `subject`
# names the row that this one hangs on, whose history it belongs to.
WATCH = """
CREATE FUNCTION audit_watch(watched regclass, key text, subject text, shown text[], ignored text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told text := format('(%L, %L, %L, %L)', key, shown, ignored, subject);
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_inserted', watched) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_updated AFTER UPDATE ON %s
                    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_updated', watched) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_deleted', watched) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_emptied AFTER TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_emptied()', watched);
END
$$
"""
REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""
FUNCTIONS = (ACTOR, HIDDEN, INSERTED, UPDATED, DELETED, EMPTIED, WATCH, REFUSE)
TRAIL = ("audit_entry", "audit_seal", "audit_head")
# Table, key, key of what it hangs on, what is recorded as it is, what is no change.
WATCHED = (
    (
        "opd",
        "id",
        "id",
        "code,name,short_name,kind,parent_id,website,active_from,active_until,successor_id",
        "updated_at",
    ),
    ("area", "id", "id", "code,name,kind,parent_id", ""),
    ("category", "id", "id", "code,name,parent_id,default_opd_id,active", ""),
    (
        "sla_rule",
        "id",
        "id",
        "clock,classification,supervised,working_days,legal_source,valid_from,valid_until,confirmed",
        "",
    ),
    ("holiday", "id", "id", "date,name,kind", ""),
    (
        "complaint",
        "id",
        "id",
        (
            "tracking_code,external_tracking_id,channel,classification,supervised,category_id,privacy,status,held_from,"
            "submitted_at,verified_at,dispatched_at,first_responded_at,answered_at,completed_at,version,area_id,opd_id,"
            "requested_opd_id,due_at,reopened_count,rating,merged_into_id,client_id"
        ),
        "search,updated_at,supporter_count,import_fingerprint",
    ),
    ("reporter", "complaint_id", "complaint_id", "", ""),
    (
        "action",
        "id",
        "complaint_id",
        "complaint_id,kind,visibility,opd_id,author_id,from_status,to_status,created_at",
        "",
    ),
    (
        "disposition",
        "id",
        "complaint_id",
        "complaint_id,opd_id,started_at,ended_at,outcome,suggested_opd_id",
        "",
    ),
    ("deadline", "id", "complaint_id", "complaint_id,clock,rule_id,started_at,due_at,paused_at,ended_at", ""),
    ("attachment", "id", "complaint_id", "complaint_id,action_id,content_type,size", ""),
    ("identity_reading", "id", "complaint_id", "complaint_id,account_id,read_at", ""),
    ("account", "id", "id", "role,opd_id,active", "last_signed_in_at"),
    ("api_client", "id", "id", "scopes,revoked_at", "last_used_at"),
    ("webhook", "id", "id", "client_id,types,opd_codes,active", ""),
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("database_user", sa.Text(), server_default=sa.text("SESSION_USER"), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("hidden", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_xid_id"), "audit_entry", ["xid", "id"])
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"])
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_index(op.f("ix_audit_head_position"), "audit_head", ["position"])
    op.add_column("identity_reading", sa.Column("reason", sa.Text(), nullable=True))
    for function in FUNCTIONS:
        op.execute(function)
    for name in ("inserted", "updated", "deleted", "emptied"):
        # Who may make a trigger of it may write into the trail what they like.
        op.execute(f"REVOKE EXECUTE ON FUNCTION audit_{name}() FROM PUBLIC")
    for table in TRAIL:
        op.execute(
            f"CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
    for table, key, subject, shown, ignored in WATCHED:
        op.execute(f"SELECT audit_watch('{table}', '{key}', '{subject}', '{{{shown}}}', '{{{ignored}}}')")


def downgrade() -> None:
    for table, *_ in WATCHED:
        for trigger in ("audit_inserted", "audit_updated", "audit_deleted", "audit_emptied"):
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.drop_column("identity_reading", "reason")
    for table in TRAIL:
        op.drop_table(table)
    for name in ("inserted", "updated", "deleted", "emptied", "refuse", "actor"):
        op.execute(f"DROP FUNCTION audit_{name}()")
    op.execute("DROP FUNCTION audit_unshown(regclass, text[])")
    op.execute("DROP FUNCTION audit_watch(regclass, text, text, text[], text[])")
