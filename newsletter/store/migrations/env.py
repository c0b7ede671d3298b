"""Alembic's entry: run the migrations on the connection the store hands in."""

from alembic import context

from newsletter.store import models_desk, models_public  # noqa: F401 - tables of the metadata
from newsletter.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
