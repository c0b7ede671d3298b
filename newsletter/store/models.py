"""The tables of the house, as SQLAlchemy models."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """Aware UTC instants on every database; a naive one is a programming error."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: dt.datetime | None,
        dialect: object,  # noqa: ARG002 - the base class's shape
    ) -> dt.datetime | None:
        """Refuse naive instants, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the store keeps aware instants only.")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: object,  # noqa: ARG002
    ) -> dt.datetime | None:
        """Return aware UTC (SQLite gives naive values back)."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Root of the models."""


class ArtefactRow(Base):
    """Contents named by their hash: snapshots, ledgers, drafts, mails, reports."""

    __tablename__ = "artefacts"
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class EditionRow(Base):
    """The present state of each edition."""

    __tablename__ = "editions"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int]
    approved_by: Mapped[str | None] = mapped_column(sa.String(80))
    approved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    approved_content: Mapped[str | None] = mapped_column(sa.String(64))
    approved_overrides: Mapped[str | None] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.Text, default="")


class RevisionRow(Base):
    """Every version of every edition; rows are added, never changed."""

    __tablename__ = "revisions"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    snapshot: Mapped[str] = mapped_column(sa.String(80))
    ledger: Mapped[str] = mapped_column(sa.String(80))
    draft: Mapped[str] = mapped_column(sa.String(80))
    rendered: Mapped[str] = mapped_column(sa.String(80))
    report: Mapped[str] = mapped_column(sa.String(80))
    content: Mapped[str] = mapped_column(sa.String(64))
    blocked: Mapped[bool]
    subject: Mapped[str] = mapped_column(sa.String(400), default="", server_default="")


class OverrideRow(Base):
    """Findings of one revision that somebody answers for; rows are added, never changed."""

    __tablename__ = "overrides"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    finding: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    rule: Mapped[str] = mapped_column(sa.String(16))
    words: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)
    editor: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[str] = mapped_column(sa.String(16))
    report: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """The audit log: each row's hash covers the one before it."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(80), index=True)
    action: Mapped[str] = mapped_column(sa.String(40), index=True)
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    detail: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.String(64))


class EditorRow(Base):
    """People at the desk."""

    __tablename__ = "editors"
    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    role: Mapped[str] = mapped_column(sa.String(16), default="editor", server_default="editor")
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


def _mailbox(context: Any) -> str:
    email: str = context.get_current_parameters()["email"]
    return email.casefold()


class SubscriberRow(Base):
    """Readers. Erasure removes the row.

    `mailbox` is the address as it is compared: case does not make another reader. `tickers` and
    `tags` stand between upright strokes (``|AAPL|MSFT|``), `days` are ISO numbers (``15``).
    `counted` says whether the reader agreed to have opens and clicks counted.
    """

    __tablename__ = "subscribers"
    __table_args__ = (
        sa.UniqueConstraint("email", "list"),
        sa.Index("ix_subscribers_mailbox", "mailbox", "list", "id"),
        # By it a list is walked page by page in order; else each page sorts the whole list.
        sa.Index("ix_subscribers_list_mailbox", "list", "mailbox", "id"),
    )
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    mailbox: Mapped[str] = mapped_column(sa.String(254), default=_mailbox, server_default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    list: Mapped[str] = mapped_column(sa.String(32))
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    consent: Mapped[str] = mapped_column(sa.Text, default="")
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    paused_until: Mapped[dt.date | None]
    country: Mapped[str] = mapped_column(sa.String(2), default="", server_default="")
    language: Mapped[str] = mapped_column(sa.String(35), default="", server_default="")
    source: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    tickers: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    tags: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    days: Mapped[str] = mapped_column(sa.String(7), default="1234567", server_default="1234567")
    custom: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    counted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class SegmentRow(Base):
    """Saved segments: a name for an expression."""

    __tablename__ = "segments"
    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    expression: Mapped[str] = mapped_column(sa.Text)
    by: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DeliveryRow(Base):
    """One row for each reader of an edition; the address is read from the subscriber."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.Index("ix_deliveries_edition_state_due_at", "edition", "state", "due_at"),)
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    subscriber: Mapped[str] = mapped_column(sa.String(32), primary_key=True, index=True)
    message_id: Mapped[str] = mapped_column(sa.String(200), index=True)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    way: Mapped[str | None] = mapped_column(sa.String(32))


class HandedOverRow(Base):
    """How many copies of an edition a way of a pool was handed on a day, complete or in doubt."""

    __tablename__ = "handed_over"
    way: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(
        sa.ForeignKey("editions.key"), primary_key=True, index=True
    )
    copies: Mapped[int]


class ViewRow(Base):
    """What an edition argued, as it was sent; rows are added, never changed or removed."""

    __tablename__ = "views"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    session: Mapped[dt.date] = mapped_column(index=True)
    theme: Mapped[str] = mapped_column(sa.String(40))
    stance: Mapped[str] = mapped_column(sa.String(16))
    headline: Mapped[str] = mapped_column(sa.Text)
    dek: Mapped[str] = mapped_column(sa.Text)
    simulated: Mapped[bool]
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class CallRow(Base):
    """A call that readers were sent; rows are added, never changed or removed."""

    __tablename__ = "calls"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("views.edition"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    session: Mapped[dt.date]
    subject: Mapped[str] = mapped_column(sa.String(80))
    direction: Mapped[str] = mapped_column(sa.String(8))
    horizon: Mapped[str] = mapped_column(sa.String(8))
    due: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(sa.String(16))
    trailing: Mapped[str | None] = mapped_column(sa.String(40))


class TriggerRow(Base):
    """What would change our mind; rows are added, never changed or removed."""

    __tablename__ = "triggers"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("views.edition"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    session: Mapped[dt.date]
    words: Mapped[str] = mapped_column(sa.Text)
    condition: Mapped[str] = mapped_column(sa.Text)
    lapses: Mapped[dt.date]


class MarkRow(Base):
    """How a call ended by a session's facts; rows are added, never changed or removed."""

    __tablename__ = "marks"
    __table_args__ = (
        sa.ForeignKeyConstraint(["edition", "number"], ["calls.edition", "calls.number"]),
    )
    edition: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    session: Mapped[dt.date] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(sa.String(40))
    start: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FiringRow(Base):
    """A session on which a trigger's condition held; rows are added, never changed or removed."""

    __tablename__ = "firings"
    __table_args__ = (
        sa.ForeignKeyConstraint(["edition", "number"], ["triggers.edition", "triggers.number"]),
    )
    edition: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    session: Mapped[dt.date] = mapped_column(primary_key=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ExecutorRow(Base):
    """Processes that run durable work, with their last sign of life."""

    __tablename__ = "executors"
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    host: Mapped[str] = mapped_column(sa.String(255))
    pid: Mapped[int]
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    works: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    version: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")


class SpendingRow(Base):
    """What one call of a language model cost."""

    __tablename__ = "spending"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    model: Mapped[str] = mapped_column(sa.String(200))
    tokens: Mapped[int]
    cost: Mapped[str] = mapped_column(sa.String(40))


class ProgressRow(Base):
    """The run that makes, or last made, an edition; it stands before the edition does."""

    __tablename__ = "progress"
    edition: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    run: Mapped[str] = mapped_column(sa.String(32))
    work: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(16))
    stage: Mapped[str] = mapped_column(sa.String(300))
    stage_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str] = mapped_column(sa.String(300))
    done: Mapped[int]
    total: Mapped[int]
    hand: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    sent: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text)
    cause: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
