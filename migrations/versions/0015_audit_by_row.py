"""What triggers do with each change costs less: the audit trail, the search's words, the tally"""

import importlib
from collections.abc import Sequence

from alembic import op

revision: str = "0015"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SEARCH, TALLY, AUDIT = (
    importlib.import_module(f"migrations.versions.{name}")
    for name in ("0002_search", "0003_tally", "0008_audit")
)
# What is watched, and how: the triggers' own arguments tell it.
WATCHED = r"""
CREATE FUNCTION audit_watched()
RETURNS TABLE (watched regclass, key text, shown text[], ignored text[], subject text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT tgrelid::regclass, told[1], told[2]::text[], told[3]::text[], told[4]
      FROM pg_trigger, string_to_array(encode(tgargs, 'escape'), '\000') AS told
     WHERE tgname = 'audit_updated'
$$
"""
# One function for each table, that names its columns. Generic ones turned whole rows into JSON to compare them:
# the text of a report and its search vector with every change of its status. A row at a time costs less than
# the tables of a statement, for one row and for a hundred thousand.
# The columns are not named in the triggers' conditions: they could then be neither dropped nor altered.
WATCH = """
CREATE OR REPLACE FUNCTION audit_watch(
    watched regclass, key text, subject text, shown text[], ignored text[] DEFAULT '{}'
) RETURNS void LANGUAGE plpgsql AS $watch$
DECLARE
    name text := (SELECT relname FROM pg_catalog.pg_class WHERE oid = watched);
    told text := format('(%L, %L, %L, %L)', key, shown, ignored, subject);
    comparing text;
    old_image text;
    new_image text;
BEGIN
    SELECT coalesce(string_agg(
               CASE WHEN attname = ANY (shown) THEN format(
                   'IF OLD.%1$I IS DISTINCT FROM NEW.%1$I THEN
                        was := was || jsonb_build_object(%2$L, OLD.%1$I);
                        is_now := is_now || jsonb_build_object(%2$L, NEW.%1$I);
                    END IF;', attname, attname)
               ELSE format(
                   'IF OLD.%1$I IS DISTINCT FROM NEW.%1$I THEN unshown := unshown || %2$L::text; END IF;',
                   attname, attname) END, E'\\n' ORDER BY attname), ''),
           coalesce(string_agg(format('%2$L, OLD.%1$I', attname, attname), ', ' ORDER BY attnum)
                    FILTER (WHERE attname = ANY (shown)), ''),
           coalesce(string_agg(format('%2$L, NEW.%1$I', attname, attname), ', ' ORDER BY attnum)
                    FILTER (WHERE attname = ANY (shown)), '')
      INTO comparing, old_image, new_image
      FROM pg_catalog.pg_attribute
     WHERE attrelid = watched AND attnum > 0 AND NOT attisdropped AND attname <> ALL (ignored);

    EXECUTE format($define$
        CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
        DECLARE
            was jsonb := '{}';
            is_now jsonb := '{}';
            unshown text[] := '{}';
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.%3$I = NEW.%3$I THEN
                %5$s
                IF is_now <> '{}' OR unshown <> '{}' THEN
                    INSERT INTO audit_entry
                           (actor, table_name, operation, row_key, subject, before, after, hidden)
                    VALUES (audit_actor(), %2$L, 'UPDATE', NEW.%3$I, NEW.%4$I,
                            nullif(was, '{}'), nullif(is_now, '{}'), nullif(unshown, '{}'));
                END IF;
                RETURN NULL;
            END IF;
            -- A row whose key was changed is one that has gone and one that has come.
            IF TG_OP <> 'INSERT' THEN
                INSERT INTO audit_entry (actor, table_name, operation, row_key, subject, before)
                VALUES (audit_actor(), %2$L, 'DELETE', OLD.%3$I, OLD.%4$I,
                        jsonb_strip_nulls(jsonb_build_object(%6$s)));
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO audit_entry (actor, table_name, operation, row_key, subject, after)
                VALUES (audit_actor(), %2$L, 'INSERT', NEW.%3$I, NEW.%4$I,
                        jsonb_strip_nulls(jsonb_build_object(%7$s)));
            END IF;
            RETURN NULL;
        END
        $body$
        $define$, 'audit_of_' || name, name, key, subject, comparing, old_image, new_image);
    -- Who may make a trigger of it may write into the trail what they like.
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I() FROM PUBLIC', 'audit_of_' || name);
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_inserted AFTER INSERT ON %s
                    FOR EACH ROW EXECUTE FUNCTION %I', watched, 'audit_of_' || name) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_updated AFTER UPDATE ON %s
                    FOR EACH ROW EXECUTE FUNCTION %I', watched, 'audit_of_' || name) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_deleted AFTER DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION %I', watched, 'audit_of_' || name) || told;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_emptied AFTER TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_emptied()', watched);
END
$watch$
"""
# For the columns that a migration has added since, which are then recorded as changed, or has dropped.
WATCH_AGAIN = """
CREATE FUNCTION audit_watch_again() RETURNS void LANGUAGE sql AS $$
    SELECT audit_watch(w.watched, w.key, w.subject, w.shown, w.ignored) FROM audit_watched() AS w
$$
"""
DROP_FUNCTIONS = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT 'audit_of_' || relname FROM audit_watched() JOIN pg_class ON oid = watched LOOP
        EXECUTE format('DROP FUNCTION %I()', name);
    END LOOP;
END
$$
"""
OPERATIONS = ("inserted", "updated", "deleted")
# Table, key, key of what it hangs on, what is recorded as it is, what is no change: where that is decided anew.
# Of the second factor everything but its secret; the last code's time changes whenever somebody signs in.
DECIDED = (
    (
        "account",
        "id",
        "id",
        "role,opd_id,active,password_standing,totp_confirmed_at",
        "last_signed_in_at,totp_last_step",
    ),
    ("api_client", "id", "id", "scopes,requests_per_minute,cost_per_minute,revoked_at", "last_used_at"),
    (
        "attachment",
        "id",
        "complaint_id",
        "complaint_id,action_id,owner_id,content_type,size,stored_at,thumbnail_size",
        "",
    ),
    (
        "deadline",
        "id",
        "complaint_id",
        "complaint_id,clock,rule_id,started_at,due_at,paused_at,ended_at,pauses",
        "",
    ),
)
BEFORE = (
    ("account", "id", "id", "role,opd_id,active", "last_signed_in_at"),
    ("api_client", "id", "id", "scopes,revoked_at", "last_used_at"),
    ("attachment", "id", "complaint_id", "complaint_id,action_id,content_type,size", ""),
    ("deadline", "id", "complaint_id", "complaint_id,clock,rule_id,started_at,due_at,paused_at,ended_at", ""),
)
# Most changes of a report are neither of its text nor of what it is counted by.
SAME_TEXT = "(o.id, o.title, o.body) = (n.id, n.title, n.body)"
KEEP_WORDS = f"""
CREATE FUNCTION keep_search_words_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In the order of the words, so that two who bring the same new ones never wait for each other.
    -- Materialised: all rows would otherwise be taken apart before those with the same text are left out.
    INSERT INTO search_word (word)
    WITH changed AS MATERIALIZED (
        SELECT title, body FROM new_rows AS n WHERE NOT EXISTS (SELECT FROM old_rows AS o WHERE {SAME_TEXT}))
    SELECT DISTINCT lexeme
      FROM changed, unnest(to_tsvector('simple'::regconfig, title || ' ' || body))
     WHERE length(lexeme) BETWEEN 2 AND 40 AND lexeme ~ '^[[:alpha:]]+$'
       AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme)
     ORDER BY lexeme
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
"""
WORDS_OF_CHANGED = """
CREATE OR REPLACE TRIGGER keep_search_words_of_changed AFTER UPDATE ON complaint
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION keep_search_words_of_changed()
"""
CELL = "status, privacy, verified_at IS NULL, opd_id, channel, category_id, area_id, rating, submitted_at"
SAME_CELL = "o.id = n.id AND ({}) IS NOT DISTINCT FROM ({})".format(
    *(", ".join(f"{row}.{column}" for column in CELL.split(", ")) for row in "on")
)
GONE, COME = (
    f"(SELECT {row}.* FROM {rows} AS {row} WHERE NOT EXISTS (SELECT FROM {others} AS {other} WHERE {SAME_CELL}))"
    for row, rows, other, others in (("o", "old_rows", "n", "new_rows"), ("n", "new_rows", "o", "old_rows"))
)
KEEP_TALLY = TALLY.KEEP_TALLY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
KEEP_TALLY_OF_MOVED = KEEP_TALLY.replace(
    TALLY.cells("old_rows", "-") + " UNION ALL " + TALLY.cells("new_rows"),
    TALLY.cells(GONE, "-") + " UNION ALL " + TALLY.cells(COME),
)
assert KEEP_TALLY_OF_MOVED != KEEP_TALLY


def _watch(tables: Sequence[tuple[str, str, str, str, str]]) -> None:
    for table, key, subject, shown, ignored in tables:
        op.execute(f"SELECT audit_watch('{table}', '{key}', '{subject}', '{{{shown}}}', '{{{ignored}}}')")


def upgrade() -> None:
    op.execute(KEEP_WORDS)
    op.execute(WORDS_OF_CHANGED)
    op.execute(KEEP_TALLY_OF_MOVED)
    op.execute(WATCHED)
    op.execute(WATCH)
    op.execute(WATCH_AGAIN)
    op.execute("SELECT audit_watch_again()")
    _watch(DECIDED)
    for operation in OPERATIONS:
        op.execute(f"DROP FUNCTION audit_{operation}()")
    op.execute("DROP FUNCTION audit_unshown(regclass, text[])")


def downgrade() -> None:
    op.execute(AUDIT.HIDDEN)
    for function in (AUDIT.INSERTED, AUDIT.UPDATED, AUDIT.DELETED):
        op.execute(function)
    for operation in OPERATIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION audit_{operation}() FROM PUBLIC")
    op.execute(AUDIT.WATCH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute("SELECT audit_watch_again()")
    _watch(BEFORE)
    op.execute(DROP_FUNCTIONS)
    op.execute("DROP FUNCTION audit_watch_again()")
    op.execute("DROP FUNCTION audit_watched()")
    op.execute(KEEP_TALLY)
    op.execute(SEARCH.TRIGGERS[1].replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"))
    op.execute("DROP FUNCTION keep_search_words_of_changed()")
