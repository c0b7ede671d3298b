"""The tables of the schedule."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.store.models import Base, UtcDateTime


class DueRow(Base):
    """What came of an edition that was due: one row each, whoever looked first wrote it."""

    __tablename__ = "due"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    turn: Mapped[str] = mapped_column(sa.String(16), index=True)
    by: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)


class LookRow(Base):
    """When the schedule was first and last looked at by any process; one row."""

    __tablename__ = "looks"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
