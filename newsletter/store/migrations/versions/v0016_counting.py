"""Opens and clicks of readers who agreed to be counted."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables and columns."""
    no = sa.false()
    op.add_column(
        "subscribers", sa.Column("counted", sa.Boolean, nullable=False, server_default=no)
    )
    for name, length in (("counting", 40), ("counting_hash", 64)):
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("wishes", column)
    op.create_table(
        "hits",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column(
            "subscriber", sa.String(32), sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("link", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("machine", sa.Boolean, primary_key=True),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_index("ix_hits_subscriber", "hits", ["subscriber"])
    op.create_table(
        "tallies",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("link", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("machine", sa.Boolean, primary_key=True),
        sa.Column("readers", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
