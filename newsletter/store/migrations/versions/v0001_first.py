"""The first schema: artefacts, editions, audit, people, deliveries, executors."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "artefacts",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("approved_by", sa.String(80)),
        sa.Column("approved_at", UtcDateTime),
        sa.Column("approved_content", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("snapshot", sa.String(80), nullable=False),
        sa.Column("ledger", sa.String(80), nullable=False),
        sa.Column("draft", sa.String(80), nullable=False),
        sa.Column("rendered", sa.String(80), nullable=False),
        sa.Column("report", sa.String(80), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False, index=True),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    _people()
    op.create_table(
        "deliveries",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("subscriber", sa.String(32), primary_key=True),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "executors",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "editors",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("disabled_at", UtcDateTime),
    )
    op.create_table(
        "subscribers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("list", sa.String(32), nullable=False, index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("email", "list"),
    )
