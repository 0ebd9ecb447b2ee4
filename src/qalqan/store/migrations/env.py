"""Alembic's way in: runs on the connection that `store.schema` hands over."""

from alembic import context

from qalqan.store.all_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
