"""What the public pages keep: wishes to be a reader, and consents."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "wishes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("lists", sa.Text, nullable=False),
        sa.Column("tickers", sa.Text, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("wording", sa.String(40), nullable=False),
        sa.Column("wording_hash", sa.String(64), nullable=False),
        sa.Column("page", sa.String(80), nullable=False),
        sa.Column("ip", sa.String(45), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", UtcDateTime),
    )
    op.create_index("ix_wishes_email", "wishes", ["email"])
    op.create_index("ix_wishes_state_next_at", "wishes", ["state", "next_at"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "subscriber", sa.String(32), sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("wording", sa.String(40), nullable=False),
        sa.Column("wording_hash", sa.String(64), nullable=False),
        sa.Column("page", sa.String(80), nullable=False),
        sa.Column("ip", sa.String(45), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=False),
    )  # fmt: skip
    op.create_index("ix_consents_subscriber", "consents", ["subscriber"])
