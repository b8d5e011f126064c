"""What Alembic runs: the migrations on the connection that `api.migrate` hands over."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from domain.model.tables import metadata


def watch_again(
    ctx: MigrationContext,
    step: MigrationInfo,  # noqa: ARG001 - Alembic names them all
    heads: Collection[Any],  # noqa: ARG001
    run_args: Mapping[str, Any],  # noqa: ARG001
) -> None:
    """The audit trail knows the columns of the tables as a migration has left them."""
    assert ctx.connection is not None
    if ctx.connection.scalar(sa.text("SELECT to_regprocedure('audit_watch_again()') IS NOT NULL")):
        ctx.connection.execute(sa.text("SELECT audit_watch_again()"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    on_version_apply=watch_again,
)
with context.begin_transaction():
    context.run_migrations()
