"""The first schema"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


WORKING_CALENDAR = """
CREATE FUNCTION refresh_working_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO working_calendar (day, ordinal)
    SELECT d::date,
           count(*) FILTER (WHERE extract(isodow FROM d) < 6 AND h.date IS NULL) OVER (ORDER BY d)
      FROM generate_series('2010-01-01'::timestamp, '2059-12-31', '1 day') AS d
      LEFT JOIN holiday AS h ON h.date = d::date
    ON CONFLICT (day) DO UPDATE SET ordinal = excluded.ordinal
     WHERE working_calendar.ordinal <> excluded.ordinal;
    RETURN NULL;
END
$$
"""
WORKING_CALENDAR_TRIGGER = """
CREATE TRIGGER refresh_working_calendar AFTER INSERT OR UPDATE OR DELETE ON holiday
    FOR EACH STATEMENT EXECUTE FUNCTION refresh_working_calendar()
"""


def upgrade() -> None:
    op.create_table(
        "api_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "scopes <@ ARRAY['read','submit','events','webhooks']", name=op.f("ck_api_client_scopes_words")
        ),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_api_client_name_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_client_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_api_client_name")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "DISTRICT", "VILLAGE", name="kind_word", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'DISTRICT') = (parent_id IS NULL)", name=op.f("ck_area_village_has_district")
        ),
        sa.CheckConstraint(
            "length(btrim(code)) > 0 AND length(code) <= 32", name=op.f("ck_area_code_length")
        ),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_area_name_length")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_index(op.f("ix_area_parent_id"), "area", ["parent_id"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "NATIONAL",
                "JOINT_LEAVE",
                "LOCAL",
                name="kind_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_holiday_name_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("date", name=op.f("uq_holiday_date")),
    )
    op.create_table(
        "opd",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "SECRETARIAT",
                "INSPECTORATE",
                "AGENCY",
                "BOARD",
                "DISTRICT",
                "VILLAGE",
                "HOSPITAL",
                "ENTERPRISE",
                "OTHER",
                name="kind_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'", name=op.f("ck_opd_code_form")),
        sa.CheckConstraint("active_until >= active_from", name=op.f("ck_opd_active_period")),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_opd_name_length")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_opd_parent_is_another")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_opd_successor_is_another")),
        sa.ForeignKeyConstraint(["parent_id"], ["opd.id"], name=op.f("fk_opd_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["opd.id"], name=op.f("fk_opd_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opd")),
        sa.UniqueConstraint("code", name=op.f("uq_opd_code")),
    )
    op.create_index(op.f("ix_opd_parent_id"), "opd", ["parent_id"], unique=False)
    op.create_table(
        "sla_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "clock",
            sa.Enum(
                "VERIFICATION",
                "FOLLOW_UP",
                "RESOLUTION",
                "REPORTER_REPLY",
                name="clock_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "classification",
            sa.Enum(
                "COMPLAINT",
                "ASPIRATION",
                "INFORMATION_REQUEST",
                name="classification_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("supervised", sa.Boolean(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("legal_source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "length(btrim(legal_source)) > 0 AND length(legal_source) <= 500",
            name=op.f("ck_sla_rule_legal_source_length"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_sla_rule_valid_period")),
        sa.CheckConstraint("working_days BETWEEN 1 AND 365", name=op.f("ck_sla_rule_working_days_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_rule")),
        sa.UniqueConstraint(
            "clock",
            "classification",
            "supervised",
            "valid_from",
            name=op.f("uq_sla_rule_clock_classification_supervised_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "working_calendar",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_calendar")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ADMIN",
                "OFFICE",
                "OFFICER",
                "AUDITOR",
                name="role_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_signed_in_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'OFFICER') = (opd_id IS NOT NULL)", name=op.f("ck_account_officer_has_opd")
        ),
        sa.CheckConstraint(
            "email = lower(email) AND length(email) <= 254", name=op.f("ck_account_email_form")
        ),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_account_name_length")
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_account_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index(op.f("ix_account_opd_id"), "account", ["opd_id"], unique=False)
    op.create_table(
        "category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("default_opd_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'", name=op.f("ck_category_code_form")),
        sa.CheckConstraint(
            "length(btrim(name)) > 0 AND length(name) <= 200", name=op.f("ck_category_name_length")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_category_parent_is_another")),
        sa.ForeignKeyConstraint(["default_opd_id"], ["opd.id"], name=op.f("fk_category_default_opd_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_index(op.f("ix_category_default_opd_id"), "category", ["default_opd_id"], unique=False)
    op.create_index(op.f("ix_category_parent_id"), "category", ["parent_id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opd_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_client.id"], name=op.f("fk_webhook_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_client_id"), "webhook", ["client_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tracking_code", sa.Text(), nullable=False),
        sa.Column("external_tracking_id", sa.Text(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "LAPOR_WEB",
                "LAPOR_APP",
                "SMS_1708",
                "CITY_APP",
                "WHATSAPP",
                "PHONE",
                "WALK_IN",
                "LETTER",
                "SOCIAL_MEDIA",
                name="channel_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "classification",
            sa.Enum(
                "COMPLAINT",
                "ASPIRATION",
                "INFORMATION_REQUEST",
                name="classification_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "privacy",
            sa.Enum(
                "PUBLIC",
                "ANONYMOUS",
                "CONFIDENTIAL",
                name="privacy_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
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
                name="status_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "held_from",
            sa.Enum(
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
                name="held_from_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("submitted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("verified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("dispatched_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("first_responded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("requested_opd_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("supporter_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reopened_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rating_comment", sa.Text(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("access_token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("import_fingerprint", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status = 'COMPLETED') = (completed_at IS NOT NULL)", name=op.f("ck_complaint_completed")
        ),
        sa.CheckConstraint(
            "(status = 'MERGED') = (merged_into_id IS NOT NULL)", name=op.f("ck_complaint_merged")
        ),
        sa.CheckConstraint("(status = 'ON_HOLD') = (held_from IS NOT NULL)", name=op.f("ck_complaint_held")),
        sa.CheckConstraint(
            "status NOT IN ('DISPATCHED','IN_PROGRESS','ANSWERED') OR opd_id IS NOT NULL",
            name=op.f("ck_complaint_held_by_opd"),
        ),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_complaint_position"),
        ),
        sa.CheckConstraint(
            "length(btrim(body)) > 0 AND length(body) <= 10000", name=op.f("ck_complaint_body_length")
        ),
        sa.CheckConstraint(
            "length(btrim(title)) > 0 AND length(title) <= 200", name=op.f("ck_complaint_title_length")
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_complaint_merged_into_another")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_complaint_rating_range")),
        sa.CheckConstraint(
            "supporter_count >= 0 AND reopened_count >= 0", name=op.f("ck_complaint_counts_not_negative")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_complaint_version_positive")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_complaint_area_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_complaint_category_id")),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_complaint_client_id")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["complaint.id"], name=op.f("fk_complaint_merged_into_id")
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_complaint_opd_id")),
        sa.ForeignKeyConstraint(["requested_opd_id"], ["opd.id"], name=op.f("fk_complaint_requested_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("access_token_hash", name=op.f("uq_complaint_access_token_hash")),
        sa.UniqueConstraint("external_tracking_id", name=op.f("uq_complaint_external_tracking_id")),
        sa.UniqueConstraint("tracking_code", name=op.f("uq_complaint_tracking_code")),
    )
    op.create_index(op.f("ix_complaint_area_id"), "complaint", ["area_id"], unique=False)
    op.create_index(op.f("ix_complaint_category_id"), "complaint", ["category_id"], unique=False)
    op.create_index(
        "ix_complaint_due",
        "complaint",
        [sa.literal_column("coalesce(due_at, 'infinity')"), "id"],
        unique=False,
    )
    op.create_index(op.f("ix_complaint_merged_into_id"), "complaint", ["merged_into_id"], unique=False)
    op.create_index(
        op.f("ix_complaint_opd_id_submitted_at"), "complaint", ["opd_id", "submitted_at"], unique=False
    )
    op.create_index(
        op.f("ix_complaint_status_submitted_at"), "complaint", ["status", "submitted_at"], unique=False
    )
    op.create_index(op.f("ix_complaint_submitted_at_id"), "complaint", ["submitted_at", "id"], unique=False)
    op.create_index(
        op.f("ix_complaint_supporter_count_id"), "complaint", ["supporter_count", "id"], unique=False
    )
    op.create_index(op.f("ix_complaint_updated_at_id"), "complaint", ["updated_at", "id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "last_used_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False)
    op.create_table(
        "action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "NOTE",
                "PROGRESS",
                "ANSWER",
                "COMPLETION",
                "RETURN",
                "HOLD",
                "REPORTER_REPLY",
                "SYSTEM",
                name="kind_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "visibility",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                name="visibility_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=True),
        sa.Column(
            "from_status",
            sa.Enum(
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
                name="from_status_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
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
                name="to_status_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(btrim(body)) > 0 AND length(body) <= 10000", name=op.f("ck_action_body_length")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_action_author_id")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_action_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_action_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(
        op.f("ix_action_complaint_id_created_at_id"),
        "action",
        ["complaint_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_action_opd_id"), "action", ["opd_id"], unique=False)
    op.create_table(
        "complaint_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "SUBMITTED",
                "VERIFIED",
                "HELD",
                "DISPATCHED",
                "RETURNED",
                "STARTED",
                "ANSWERED",
                "REPLIED",
                "COMPLETED",
                "REOPENED",
                "TRANSFERRED",
                "ARCHIVED",
                "MERGED",
                "ACTION_ADDED",
                "RATED",
                name="type_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_version", sa.Integer(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column(
            "from_status",
            sa.Enum(
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
                name="from_status_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
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
                name="to_status_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "audience",
            sa.Enum(
                "PUBLIC",
                "REPORTER",
                "STAFF",
                name="audience_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_event_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_complaint_event_opd_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_event")),
        sa.UniqueConstraint(
            "complaint_id",
            "complaint_version",
            name=op.f("uq_complaint_event_complaint_id_complaint_version"),
        ),
    )
    op.create_index(
        op.f("ix_complaint_event_complaint_id_xid_id"),
        "complaint_event",
        ["complaint_id", "xid", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_complaint_event_xid_id"), "complaint_event", ["xid", "id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "clock",
            sa.Enum(
                "VERIFICATION",
                "FOLLOW_UP",
                "RESOLUTION",
                "REPORTER_REPLY",
                name="clock_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("paused_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("due_at > started_at", name=op.f("ck_deadline_due_after_start")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_deadline_period")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_deadline_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["sla_rule.id"], name=op.f("fk_deadline_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    op.create_index(
        op.f("ix_deadline_complaint_id_clock_started_at"),
        "deadline",
        ["complaint_id", "clock", "started_at"],
        unique=False,
    )
    op.create_index(op.f("ix_deadline_rule_id"), "deadline", ["rule_id"], unique=False)
    op.create_index(
        "uq_deadline_running",
        "deadline",
        ["complaint_id", "clock"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("opd_name", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=True),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "COMPLETED",
                "RETURNED",
                "MOVED",
                "TRANSFERRED",
                "MERGED",
                "ARCHIVED",
                name="outcome_word",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("suggested_opd_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_disposition_ended")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_disposition_period")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_disposition_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_disposition_opd_id")),
        sa.ForeignKeyConstraint(
            ["suggested_opd_id"], ["opd.id"], name=op.f("fk_disposition_suggested_opd_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_index(
        op.f("ix_disposition_complaint_id_started_at"),
        "disposition",
        ["complaint_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_disposition_opd_id_complaint_id"), "disposition", ["opd_id", "complaint_id"], unique=False
    )
    op.create_index(
        "uq_disposition_open",
        "disposition",
        ["complaint_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "identity_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "read_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_identity_reading_account_id")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_identity_reading_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_reading")),
    )
    op.create_index(op.f("ix_identity_reading_account_id"), "identity_reading", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_identity_reading_complaint_id"), "identity_reading", ["complaint_id"], unique=False
    )
    op.create_table(
        "reporter",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_reporter_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_reporter")),
    )
    op.create_table(
        "supporter",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_supporter_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("complaint_id", "key_hash", name=op.f("pk_supporter")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "num_nonnulls(complaint_id, action_id) <= 1", name=op.f("ck_attachment_one_owner")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size_positive")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_attachment_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_attachment_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_action_id"), "attachment", ["action_id"], unique=False)
    op.create_index(op.f("ix_attachment_complaint_id"), "attachment", ["complaint_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_idempotency_key_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_idempotency_key_complaint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scope", "key_hash", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_action_id"), "idempotency_key", ["action_id"], unique=False)
    op.create_index(
        op.f("ix_idempotency_key_complaint_id"), "idempotency_key", ["complaint_id"], unique=False
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("delivered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("failed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["complaint_event.id"],
            name=op.f("fk_webhook_delivery_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "event_id", name=op.f("uq_webhook_delivery_webhook_id_event_id")),
    )
    op.create_index(op.f("ix_webhook_delivery_event_id"), "webhook_delivery", ["event_id"], unique=False)
    op.execute(WORKING_CALENDAR)
    op.execute(WORKING_CALENDAR_TRIGGER)
    # The trigger fires for a statement that touches no row, too: this fills the calendar.
    op.execute("DELETE FROM holiday")


def downgrade() -> None:
    op.execute("DROP TRIGGER refresh_working_calendar ON holiday")
    op.execute("DROP FUNCTION refresh_working_calendar()")
    op.drop_index(op.f("ix_webhook_delivery_event_id"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_index(op.f("ix_idempotency_key_complaint_id"), table_name="idempotency_key")
    op.drop_index(op.f("ix_idempotency_key_action_id"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_index(op.f("ix_attachment_complaint_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_action_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_table("supporter")
    op.drop_table("reporter")
    op.drop_index(op.f("ix_identity_reading_complaint_id"), table_name="identity_reading")
    op.drop_index(op.f("ix_identity_reading_account_id"), table_name="identity_reading")
    op.drop_table("identity_reading")
    op.drop_index(
        "uq_disposition_open", table_name="disposition", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(op.f("ix_disposition_opd_id_complaint_id"), table_name="disposition")
    op.drop_index(op.f("ix_disposition_complaint_id_started_at"), table_name="disposition")
    op.drop_table("disposition")
    op.drop_index("uq_deadline_running", table_name="deadline", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_deadline_rule_id"), table_name="deadline")
    op.drop_index(op.f("ix_deadline_complaint_id_clock_started_at"), table_name="deadline")
    op.drop_table("deadline")
    op.drop_index(op.f("ix_complaint_event_xid_id"), table_name="complaint_event")
    op.drop_index(op.f("ix_complaint_event_complaint_id_xid_id"), table_name="complaint_event")
    op.drop_table("complaint_event")
    op.drop_index(op.f("ix_action_opd_id"), table_name="action")
    op.drop_index(op.f("ix_action_complaint_id_created_at_id"), table_name="action")
    op.drop_table("action")
    op.drop_index(op.f("ix_staff_session_account_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_complaint_updated_at_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_supporter_count_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_submitted_at_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_status_submitted_at"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_opd_id_submitted_at"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_merged_into_id"), table_name="complaint")
    op.drop_index("ix_complaint_due", table_name="complaint")
    op.drop_index(op.f("ix_complaint_category_id"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_area_id"), table_name="complaint")
    op.drop_table("complaint")
    op.drop_index(op.f("ix_webhook_client_id"), table_name="webhook")
    op.drop_table("webhook")
    op.drop_index(op.f("ix_category_parent_id"), table_name="category")
    op.drop_index(op.f("ix_category_default_opd_id"), table_name="category")
    op.drop_table("category")
    op.drop_index(op.f("ix_account_opd_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("working_calendar")
    op.drop_table("sla_rule")
    op.drop_index(op.f("ix_opd_parent_id"), table_name="opd")
    op.drop_table("opd")
    op.drop_table("holiday")
    op.drop_index(op.f("ix_area_parent_id"), table_name="area")
    op.drop_table("area")
    op.drop_table("api_client")
