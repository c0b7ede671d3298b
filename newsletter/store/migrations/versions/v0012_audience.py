"""What is known of readers, pauses of subscriptions, saved segments."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns, the index and the table."""
    for column in (
        sa.Column("mailbox", sa.String(254), nullable=False, server_default=""),
        sa.Column("paused_until", sa.Date),
        sa.Column("country", sa.String(2), nullable=False, server_default=""),
        sa.Column("language", sa.String(35), nullable=False, server_default=""),
        sa.Column("source", sa.String(200), nullable=False, server_default=""),
        sa.Column("tickers", sa.Text, nullable=False, server_default=""),
        sa.Column("tags", sa.Text, nullable=False, server_default=""),
        sa.Column("days", sa.String(7), nullable=False, server_default="1234567"),
        sa.Column("custom", sa.JSON, nullable=False, server_default="{}"),
    ):
        op.add_column("subscribers", column)
    # Addresses are kept in ASCII, so that the database's lower() is the one of the program.
    op.execute("update subscribers set mailbox = lower(email)")
    op.create_index("ix_subscribers_mailbox", "subscribers", ["mailbox", "list", "id"])
    op.drop_index("ix_subscribers_list", "subscribers")
    op.create_index("ix_subscribers_list_mailbox", "subscribers", ["list", "mailbox", "id"])
    op.create_table(
        "segments",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
