"""The editors' desk: who is let in, what they say there, whom it tells, what is planned."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables, empty: nobody has a password until they are invited."""
    _people()
    _doors()
    _talk()
    _programs()


def _people() -> None:
    op.create_table(
        "credentials",
        sa.Column("editor", sa.String(80), sa.ForeignKey("editors.name"), primary_key=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("totp_generation", sa.Integer, nullable=False),
        sa.Column("totp_on", sa.Boolean, nullable=False),
        sa.Column("totp_last", sa.Integer, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("editor", sa.String(80), sa.ForeignKey("editors.name"), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "editor", sa.String(80), sa.ForeignKey("editors.name"), nullable=False, index=True
        ),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False, index=True),
        sa.Column("agent", sa.String(120), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
    )


def _doors() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Index("ix_attempts_what_who_at", "what", "who", "at"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "editor", sa.String(80), sa.ForeignKey("editors.name"), nullable=False, index=True
        ),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )
    op.create_table(
        "approve_links",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("edition", sa.String(64), nullable=False, index=True),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("editor", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
    )


def _talk() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("edition", sa.String(64), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("part", sa.String(120), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("answers", sa.Integer, sa.ForeignKey("comments.id")),
        sa.Column("resolved_by", sa.String(80)),
        sa.Column("resolved_at", UtcDateTime),
    )
    op.create_table(
        "presence",
        sa.Column("edition", sa.String(64), primary_key=True),
        sa.Column("editor", sa.String(80), primary_key=True),
        sa.Column("part", sa.String(120), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "plans",
        sa.Column("edition", sa.String(64), primary_key=True),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("send_at", UtcDateTime, nullable=False, index=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _programs() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("owner", sa.String(80), nullable=False, index=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("used_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
    )
    op.create_table(
        "idempotency",
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("disabled_at", UtcDateTime),
    )
    op.create_table(
        "webhook_log",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "webhook", sa.String(32), sa.ForeignKey("webhooks.id"), nullable=False, index=True
        ),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("next_at", UtcDateTime),
        sa.Index("ix_webhook_log_state_next_at", "state", "next_at"),
    )
