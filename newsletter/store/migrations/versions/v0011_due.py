"""Deliveries know since when a copy waits, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns and what finds due rows."""
    op.add_column("deliveries", sa.Column("queued_at", UtcDateTime))
    op.add_column("deliveries", sa.Column("due_at", UtcDateTime))
    op.create_index(
        "ix_deliveries_edition_state_due_at", "deliveries", ["edition", "state", "due_at"]
    )
