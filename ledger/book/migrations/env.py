"""What Alembic runs: every step on the connection that ledger.book.migrate hands over."""

from alembic import context

from ledger.book.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
