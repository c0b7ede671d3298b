"""Alembic's entry: run the migrations on the connection the store hands in."""

from alembic import context

from newsletter.store import models_desk  # noqa: F401 - its tables stand in the metadata
from newsletter.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
