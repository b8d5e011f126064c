"""How people sign in: attempts, limits of sessions, the second factor, limits of API clients"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column(
        "account", sa.Column("password_standing", sa.String(32), nullable=False, server_default="OWN")
    )
    op.create_check_constraint(
        op.f("ck_account_password_standing_word"),
        "account",
        "password_standing IN ('OWN', 'GIVEN', 'PRINTED')",
    )
    op.add_column("account", sa.Column("totp_secret", sa.LargeBinary))
    op.add_column("account", sa.Column("totp_confirmed_at", _MOMENT))
    op.add_column("account", sa.Column("totp_last_step", sa.BigInteger))
    op.create_check_constraint(
        op.f("ck_account_totp_has_secret"), "account", "totp_confirmed_at IS NULL OR totp_secret IS NOT NULL"
    )
    op.add_column("staff_session", sa.Column("kind", sa.String(32), nullable=False, server_default="API"))
    op.create_check_constraint(
        op.f("ck_staff_session_kind_word"), "staff_session", "kind IN ('PANEL', 'API')"
    )
    op.add_column(
        "staff_session",
        sa.Column("idle_limit", sa.Interval, nullable=False, server_default=sa.text("'01:00:00'::interval")),
    )
    # Their use was not noted before: who is signed in stays so.
    op.execute(
        "UPDATE staff_session SET last_used_at = now() WHERE revoked_at IS NULL AND expires_at > now()"
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("used_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_code_account_id_code_hash")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("account_key", sa.LargeBinary, nullable=False),
        sa.Column("address_key", sa.LargeBinary),
        sa.Column("at", _MOMENT, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_account_key_at"), "sign_in_attempt", ["account_key", "at"])
    op.create_index(op.f("ix_sign_in_attempt_address_key_at"), "sign_in_attempt", ["address_key", "at"])
    op.create_index(op.f("ix_sign_in_attempt_at"), "sign_in_attempt", ["at"])
    op.add_column(
        "api_client", sa.Column("requests_per_minute", sa.Integer, nullable=False, server_default="120")
    )
    op.add_column(
        "api_client", sa.Column("cost_per_minute", sa.Integer, nullable=False, server_default="100000")
    )
    op.create_check_constraint(
        op.f("ck_api_client_rates"), "api_client", "requests_per_minute > 0 AND cost_per_minute > 0"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_api_client_rates"), "api_client")
    op.drop_column("api_client", "cost_per_minute")
    op.drop_column("api_client", "requests_per_minute")
    op.drop_table("sign_in_attempt")
    op.drop_table("recovery_code")
    op.drop_constraint(op.f("ck_staff_session_kind_word"), "staff_session")
    op.drop_column("staff_session", "idle_limit")
    op.drop_column("staff_session", "kind")
    op.drop_constraint(op.f("ck_account_totp_has_secret"), "account")
    op.drop_constraint(op.f("ck_account_password_standing_word"), "account")
    for column in ("totp_last_step", "totp_confirmed_at", "totp_secret", "password_standing"):
        op.drop_column("account", column)
