"""The tables of the public pages. What belongs to a reader goes with the reader's row."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.store.models import Base, UtcDateTime

_OWNER = "subscribers.id"


class WishRow(Base):
    """Somebody asked for mail to an address; kept until it is answered, two days at most."""

    __tablename__ = "wishes"
    __table_args__ = (sa.Index("ix_wishes_state_next_at", "state", "next_at"),)
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    lists: Mapped[str] = mapped_column(sa.Text)
    tickers: Mapped[str] = mapped_column(sa.Text, default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    wording: Mapped[str] = mapped_column(sa.String(40))
    wording_hash: Mapped[str] = mapped_column(sa.String(64))
    page: Mapped[str] = mapped_column(sa.String(80))
    ip: Mapped[str] = mapped_column(sa.String(45), default="")
    counting: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    counting_hash: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class HitRow(Base):
    """What was counted of a reader's mail: link 0 is its opening, the others its links from 1.

    From where and with which program is not kept. `machine` tells what programs asked for
    from what a person did.
    """

    __tablename__ = "hits"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    subscriber: Mapped[str] = mapped_column(
        sa.ForeignKey(_OWNER, ondelete="CASCADE"), primary_key=True, index=True
    )
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    machine: Mapped[bool] = mapped_column(primary_key=True)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(default=1)


class TallyRow(Base):
    """What was counted of an edition whose readers' rows are removed; it names nobody.

    Link -1 is whichever of its links: a reader who followed two is one reader there.
    """

    __tablename__ = "tallies"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    machine: Mapped[bool] = mapped_column(primary_key=True)
    readers: Mapped[int]
    count: Mapped[int]


class ConsentRow(Base):
    """What a reader consented to, one row for each purpose; rows are added, never changed.

    The address of the machine is the exception: it is wiped when its time has come.
    """

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber: Mapped[str] = mapped_column(sa.ForeignKey(_OWNER, ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(80))
    wording: Mapped[str] = mapped_column(sa.String(40))
    wording_hash: Mapped[str] = mapped_column(sa.String(64))
    page: Mapped[str] = mapped_column(sa.String(80))
    ip: Mapped[str] = mapped_column(sa.String(45), default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
