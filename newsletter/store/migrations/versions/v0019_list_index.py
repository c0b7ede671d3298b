"""The index by which a list is walked, where a database of 0012 was made before that had it."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make it where it is missing, and drop the one that it replaces."""
    op.drop_index("ix_subscribers_list", "subscribers", if_exists=True)
    op.create_index(
        "ix_subscribers_list_mailbox", "subscribers", ["list", "mailbox", "id"], if_not_exists=True
    )
