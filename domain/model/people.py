"""Who signs in: staff accounts with what they sign in by, and the API clients of third parties."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.model.base import Base, Keyed, not_blank, word
from domain.model.master import Opd
from domain.words import PasswordStanding, SessionKind, StaffRole


class Account(Keyed):
    """A person of Diskominfo or of an OPD: signs in to the panel and to the API alike."""

    __tablename__ = "account"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.CheckConstraint("email = lower(email) AND length(email) <= 254", name="email_form"),
        not_blank("name", 200),
        sa.CheckConstraint("(role = 'OFFICER') = (opd_id IS NOT NULL)", name="officer_has_opd"),
        sa.CheckConstraint("totp_confirmed_at IS NULL OR totp_secret IS NOT NULL", name="totp_has_secret"),
        sa.Index(None, "opd_id"),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[StaffRole] = mapped_column(word(StaffRole, "role"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    password_hash: Mapped[str]
    password_standing: Mapped[PasswordStanding] = mapped_column(
        word(PasswordStanding, "password_standing"), default=PasswordStanding.OWN, server_default="OWN"
    )
    totp_secret: Mapped[bytes | None]
    """Sealed; in force once it is confirmed."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The half minute of the last code that was taken: no code of that time or earlier counts again."""
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    last_signed_in_at: Mapped[datetime | None]

    opd: Mapped[Opd | None] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


class StaffSession(Keyed):
    """One signed-in stay, of the panel or of the API; its token is stored hashed."""

    __tablename__ = "staff_session"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "account_id"))

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes]
    kind: Mapped[SessionKind] = mapped_column(
        word(SessionKind, "kind"), default=SessionKind.API, server_default="API"
    )
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    expires_at: Mapped[datetime]
    idle_limit: Mapped[timedelta] = mapped_column(
        sa.Interval, default=timedelta(hours=1), server_default=sa.text("'01:00:00'::interval")
    )
    """How long it lasts after its last use."""
    last_used_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    revoked_at: Mapped[datetime | None]


class RecoveryCode(Keyed):
    """One of the codes by which somebody signs in who has lost their authenticator app; each counts once."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("account_id", "code_hash"),)

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes]
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """An attempt to sign in that has failed, or is being looked at; the account need not exist."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index(None, "account_key", "at"),
        sa.Index(None, "address_key", "at"),
        sa.Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    account_key: Mapped[bytes]
    address_key: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())


class ApiClient(Keyed):
    """A program of a third party, known by its API key, which is stored hashed."""

    __tablename__ = "api_client"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("key_hash"),
        not_blank("name", 200),
        sa.CheckConstraint("scopes <@ ARRAY['read','submit','events','webhooks']", name="scopes_words"),
        sa.CheckConstraint("requests_per_minute > 0 AND cost_per_minute > 0", name="rates"),
    )

    name: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    requests_per_minute: Mapped[int] = mapped_column(default=120, server_default="120")
    cost_per_minute: Mapped[int] = mapped_column(default=100_000, server_default="100000")
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
