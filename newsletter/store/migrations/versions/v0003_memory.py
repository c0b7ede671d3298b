"""The house's memory: views, calls and triggers, and what came of them.

The database itself keeps these rows as they are: a call that turned out badly is not one
that was never made.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.store.models import UtcDateTime

revision = "0003"
down_revision = "0002"

KEPT = {
    "views": "edition",
    "calls": "edition number",
    "triggers": "edition number",
    "marks": "edition number session",
    "firings": "edition number session",
}
"""Tables whose rows are only ever added, with their keys."""


def upgrade() -> None:
    """Add the tables, empty: what was sent before was not recorded in this form."""
    op.create_table(
        "views",
        sa.Column("edition", sa.String(64), sa.ForeignKey("editions.key"), primary_key=True),
        sa.Column("session", sa.Date, nullable=False, index=True),
        sa.Column("theme", sa.String(40), nullable=False),
        sa.Column("stance", sa.String(16), nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("dek", sa.Text, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "calls",
        *_of_view(),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("direction", sa.String(8), nullable=False),
        sa.Column("horizon", sa.String(8), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("trailing", sa.String(40)),
    )
    op.create_table(
        "triggers",
        *_of_view(),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("lapses", sa.Date, nullable=False),
    )
    op.create_table(
        "marks",
        *_of("calls"),
        sa.Column("value", sa.String(40)),
        sa.Column("start", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "firings", *_of("triggers"), sa.Column("recorded_at", UtcDateTime, nullable=False)
    )
    _keep()


def _of_view() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("edition", sa.String(64), sa.ForeignKey("views.edition"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("session", sa.Date, nullable=False),
    )


def _of(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("edition", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("session", sa.Date, primary_key=True),
        sa.ForeignKeyConstraint(["edition", "number"], [f"{table}.edition", f"{table}.number"]),
    )


def _keep() -> None:
    """Let the database refuse to change or remove what is on record."""
    keep = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for table, key in KEPT.items():
        keep(table, key)


def _postgresql(table: str, _key: str) -> None:
    op.execute(
        "create or replace function kept() returns trigger language plpgsql as "
        "$$ begin raise exception 'rows of % are only added', tg_table_name; end $$"
    )
    for act, each in (("update or delete", "row"), ("truncate", "statement")):
        op.execute(
            f"create trigger {table}_no_{act.split()[0]} before {act} on {table} "
            f"for each {each} execute function kept()"
        )


def _sqlite(table: str, key: str) -> None:
    same = " and ".join(f"{name} = new.{name}" for name in key.split())
    # `insert or replace` removes a row without asking the trigger that guards deletes.
    guards = {
        "update": "",
        "delete": "",
        "insert": f"when exists (select 1 from {table} where {same})",  # noqa: S608 - own names
    }
    for act, when in guards.items():
        op.execute(
            f"create trigger {table}_no_{act} before {act} on {table} {when} "
            f"begin select raise(abort, 'rows of {table} are only added'); end"
        )
