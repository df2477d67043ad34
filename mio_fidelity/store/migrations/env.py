"""Alembic's entry: runs the steps on the connection it was handed."""

from alembic import context

from mio_fidelity.store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
