"""Revisions keep their mail's subject: an archive is listed without opening mails. Indexes."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column and fill it from the mails that are kept."""
    op.add_column(
        "revisions", sa.Column("subject", sa.String(400), nullable=False, server_default="")
    )
    op.create_index("ix_audit_actor", "audit", ["actor"])
    op.create_index("ix_audit_action", "audit", ["action"])
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    revisions = sa.table("revisions", sa.column("rendered"), sa.column("subject"))
    mails = sa.table("artefacts", sa.column("kind"), sa.column("id"), sa.column("data"))
    # One by one: a mail has a few hundred kilobytes, and there may be a thousand.
    for mail in connection.scalars(sa.select(revisions.c.rendered).distinct()).all():
        found = sa.select(mails.c.data).where(mails.c.kind == "rendered", mails.c.id == mail)
        data = connection.scalar(found)
        if data is not None:
            subject = str(json.loads(data)["subject"])[:400]
            same = revisions.c.rendered == mail
            connection.execute(sa.update(revisions).where(same).values(subject=subject))
