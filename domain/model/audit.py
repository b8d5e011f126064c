"""The audit trail: what was changed, by whom, and the chain that shows whether the trail itself was."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base
from domain.model.event import TransactionId


class AuditEntry(Base):
    """One change of one row, written by a trigger of its table in the transaction that made it.

    The columns of a table are recorded as values, or only as changed (`hidden`) where they may tell who
    somebody is; migrations decide with `audit_watch`, and what they do not name is hidden. After each
    migration the triggers' functions are written anew for the columns of then (`audit_watch_again`).
    """

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index(None, "xid", "id"), sa.Index(None, "subject"))

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    xid: Mapped[Any] = mapped_column(
        TransactionId, server_default=sa.text("pg_current_xact_id()"), nullable=False
    )
    at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    actor: Mapped[str]
    """Who, as `domain.auditing.who` writes it."""
    database_user: Mapped[str] = mapped_column(server_default=sa.text("SESSION_USER"))
    table_name: Mapped[str]
    operation: Mapped[str]
    row_key: Mapped[str | None]
    subject: Mapped[str | None]
    """The key of the row whose history it belongs to: the complaint, of what hangs on one; else its own."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    hidden: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text()))


class AuditSeal(Base):
    """An entry's place in the chain, and the hash over it and everything before it."""

    __tablename__ = "audit_seal"
    __table_args__ = (sa.UniqueConstraint("entry_id"),)

    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(sa.BigInteger)
    """No foreign key: a seal must outlive the entry that somebody took away."""
    hash: Mapped[bytes]


class AuditHead(Base):
    """Where the chain ended when some of it was sealed, signed with a key that is not in the database."""

    __tablename__ = "audit_head"
    __table_args__ = (sa.Index(None, "position"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    position: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes]
    signature: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
