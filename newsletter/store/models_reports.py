"""The tables of what became of mails: reports, suppressed addresses, what nobody could read."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.store.models import Base, UtcDateTime


class SuppressionRow(Base):
    """Addresses that get no mail, as keyed hashes: they outlive the reader."""

    __tablename__ = "suppressions"
    mark: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    cause: Mapped[str] = mapped_column(sa.String(16))
    detail: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class EventRow(Base):
    """Reports about mails, each once; addresses do not stand in them."""

    __tablename__ = "events"
    __table_args__ = (sa.Index("ix_events_edition_what", "edition", "what"),)
    source: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(16))
    verdict: Mapped[str] = mapped_column(sa.String(16))
    edition: Mapped[str] = mapped_column(sa.String(64))
    subscriber: Mapped[str] = mapped_column(sa.String(32), index=True)
    status: Mapped[str] = mapped_column(sa.String(12), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class UnreadRow(Base):
    """Mails to the bounce address of which no report could be made; a person looks at them."""

    __tablename__ = "unread_reports"
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[str] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class FetchedRow(Base):
    """Mails of a mailbox that were read, by the numbers IMAP gives them."""

    __tablename__ = "fetched"
    mailbox: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    validity: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    uid: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
