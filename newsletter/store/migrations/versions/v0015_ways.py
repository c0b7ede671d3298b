"""Deliveries know the way of a pool that had them, and each way how much it was handed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("deliveries", sa.Column("way", sa.String(32)))
    op.create_table(
        "handed_over",
        sa.Column("way", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("copies", sa.Integer, nullable=False),
    )
    op.create_index("ix_handed_over_edition", "handed_over", ["edition"])
