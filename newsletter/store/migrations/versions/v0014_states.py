"""Deliveries are found by edition and state together: an index of states alone only cost time."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Drop the index that every change of a row had to keep."""
    op.drop_index("ix_deliveries_state", "deliveries")
