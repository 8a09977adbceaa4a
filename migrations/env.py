"""How Alembic runs here: always on the connection that memory.migrate hands over."""

from __future__ import annotations

from alembic import context

from memory.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=False,
    transaction_per_migration=False,
)
context.run_migrations()
