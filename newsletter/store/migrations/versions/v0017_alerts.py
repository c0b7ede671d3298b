"""Alerts: what stands, the letters about it, who looked when; why a run could not be made."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("progress", sa.Column("cause", sa.String(16), nullable=False, server_default=""))
    op.create_table(
        "alerts",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("mark", sa.String(80), nullable=False),
        *_told(),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("worst", sa.Integer, nullable=False),
        sa.Column("noticed", sa.Boolean, nullable=False),
        sa.Column("ends_told", sa.Boolean, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("calm_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_alerts_source", "alerts", ["source"])
    op.create_index("ix_alerts_ended_at", "alerts", ["ended_at"])
    _letters()
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("looked_at", UtcDateTime),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("looking", sa.Boolean, nullable=False),
    )


def _letters() -> None:
    op.create_table(
        "alert_letters",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("change", sa.String(8), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        *_told(),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("next_at", UtcDateTime),
        sa.UniqueConstraint("kind", "subject", "episode", "change", "step", "recipient"),
    )
    op.create_index("ix_alert_letters_state_next_at", "alert_letters", ["state", "next_at"])
    op.create_table(
        "alert_posts",
        sa.Column("letter", sa.String(32), primary_key=True),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_alert_posts_recipient", "alert_posts", ["recipient"])


def _told() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("edition", sa.String(64), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("mend", sa.Text, nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
    )
