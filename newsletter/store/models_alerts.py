"""The tables of what is wrong: alerts, the letters that tell of them, and who looked when."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.store.models import Base, UtcDateTime


class AlertRow(Base):
    """What stands or stood: one row for each kind and subject, however often it came."""

    __tablename__ = "alerts"
    kind: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(32), index=True)
    episode: Mapped[int]
    mark: Mapped[str] = mapped_column(sa.String(80))
    edition: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(120))
    words: Mapped[str] = mapped_column(sa.Text)
    mend: Mapped[str] = mapped_column(sa.Text)
    level: Mapped[str] = mapped_column(sa.String(8))
    step: Mapped[int]
    worst: Mapped[int]
    noticed: Mapped[bool]
    ends_told: Mapped[bool]
    began_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    calm_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)


class AlertLetterRow(Base):
    """What one recipient is told of an alert, once for each change, and how the telling fares."""

    __tablename__ = "alert_letters"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject", "episode", "change", "step", "recipient"),
        sa.Index("ix_alert_letters_state_next_at", "state", "next_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(200))
    episode: Mapped[int]
    change: Mapped[str] = mapped_column(sa.String(8))
    step: Mapped[int]
    recipient: Mapped[str] = mapped_column(sa.String(254))
    edition: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(120))
    words: Mapped[str] = mapped_column(sa.Text)
    mend: Mapped[str] = mapped_column(sa.Text)
    level: Mapped[str] = mapped_column(sa.String(8))
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class AlertPostRow(Base):
    """Letters that were, or may have been, sent to somebody: an hour has only so many."""

    __tablename__ = "alert_posts"
    letter: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    recipient: Mapped[str] = mapped_column(sa.String(254), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AlarmRow(Base):
    """When something is looked at next, by whatever process, and since when it ever was."""

    __tablename__ = "alarms"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    looked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    looking: Mapped[bool]
