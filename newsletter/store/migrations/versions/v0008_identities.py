"""Single sign-on: which identity of which provider is which editor."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table, empty: an identity is bound when its owner first signs in."""
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(300), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column(
            "editor", sa.String(80), sa.ForeignKey("editors.name"), nullable=False, index=True
        ),
        sa.Column("bound_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("issuer", "editor"),
    )
