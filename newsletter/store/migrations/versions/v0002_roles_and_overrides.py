"""Editors get roles; findings can be overridden, and an approval binds what was."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is new; who was an editor before stays one."""
    op.add_column(
        "editors", sa.Column("role", sa.String(16), nullable=False, server_default="editor")
    )
    op.add_column("editions", sa.Column("approved_overrides", sa.String(64)))
    op.create_table(
        "overrides",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("finding", sa.String(16), primary_key=True),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("editor", sa.String(80), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("report", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
