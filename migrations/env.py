"""What Alembic runs: the migrations on the connection that `api.migrate` hands over."""

from alembic import context

from domain.model.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
