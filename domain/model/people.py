"""Who signs in: staff accounts with their sessions, and the API clients of third parties."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.model.base import Keyed, not_blank, word
from domain.model.master import Opd
from domain.words import StaffRole


class Account(Keyed):
    """A person of Diskominfo or of an OPD: signs in to the panel and to the API alike."""

    __tablename__ = "account"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.CheckConstraint("email = lower(email) AND length(email) <= 254", name="email_form"),
        not_blank("name", 200),
        sa.CheckConstraint("(role = 'OFFICER') = (opd_id IS NOT NULL)", name="officer_has_opd"),
        sa.Index(None, "opd_id"),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[StaffRole] = mapped_column(word(StaffRole, "role"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    password_hash: Mapped[str]
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
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    revoked_at: Mapped[datetime | None]


class ApiClient(Keyed):
    """A program of a third party, known by its API key, which is stored hashed."""

    __tablename__ = "api_client"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("key_hash"),
        not_blank("name", 200),
        sa.CheckConstraint("scopes <@ ARRAY['read','submit','events','webhooks']", name="scopes_words"),
    )

    name: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
