"""Executors tell whether they take queued work, and of which version."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the columns."""
    no = sa.false()
    op.add_column("executors", sa.Column("works", sa.Boolean, nullable=False, server_default=no))
    column = sa.Column("version", sa.String(32), nullable=False, server_default="")
    op.add_column("executors", column)
