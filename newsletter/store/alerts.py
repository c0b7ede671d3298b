"""What stands, written by every process that looks, each change told once."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from newsletter.review.alert import CALM, Change, Level, Raised, Standing, Unsure
from newsletter.review.events import Event
from newsletter.review.notice import Fate
from newsletter.send.addresses import redact
from newsletter.store.database import Database
from newsletter.store.models_alerts import AlarmRow, AlertLetterRow, AlertRow
from newsletter.store.outbox import put

KEPT: Final = dt.timedelta(days=60)
"""How long what is over is remembered."""
AFRESH: Final = dt.timedelta(minutes=5)
"""Words that changed and nothing else are written no oftener than this."""
LOOKING: Final = dt.timedelta(minutes=2)
"""How long a look belongs to the process that makes it."""
LONGEST: Final = 600

Told = Callable[[Raised], Collection[str]]
_Key = tuple[str, str]


class SqlAlerts:
    """Alerts on a database.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- who looks ---------------------------------------------------------------------------

    def turn(self, alarm: str, now: dt.datetime, *, now_all: bool = False) -> dt.datetime | None:
        """Take the turn of looking at something; None where it is not due, or another's.

        Parameters
        ----------
        alarm : str
            Its id.
        now : datetime.datetime
            The present instant.
        now_all : bool
            Take it although it is not due, unless somebody is at it.

        Returns
        -------
        datetime.datetime or None
            Since when it is looked at in this workspace.
        """
        with self._database.begin() as session:
            row = session.get(AlarmRow, alarm)
            if row is not None and not _due(row, now, now_all):
                return None  # most of the time: no writers' lock is taken for it
        with self._database.begin(writing=True) as session:
            row = session.get(AlarmRow, alarm)
            if row is None:
                row = AlarmRow(id=alarm, since=now, looked_at=None, next_at=now, looking=False)
                session.add(row)
            elif not _due(row, now, now_all):
                return None
            row.next_at, row.looking = now + LOOKING, True
            return row.since

    def looked(self, alarm: str, now: dt.datetime, next_at: dt.datetime) -> None:
        """Note that a look is done, and when the next one is due."""
        change = sa.update(AlarmRow).where(AlarmRow.id == alarm)
        with self._database.begin(writing=True) as session:
            session.execute(change.values(looked_at=now, next_at=next_at, looking=False))
            old = (AlertRow.ended_at < now - KEPT, AlertRow.source == alarm)
            session.execute(sa.delete(AlertRow).where(*old))
            session.execute(
                sa.delete(AlertLetterRow).where(
                    AlertLetterRow.state != str(Fate.WAITING), AlertLetterRow.made_at < now - KEPT
                )
            )

    def looked_at(self) -> dt.datetime | None:
        """Return when anything was last looked at, or None."""
        with self._database.begin() as session:
            return session.scalar(sa.select(sa.func.max(AlarmRow.looked_at)))

    # -- what stands -------------------------------------------------------------------------

    def standing(self) -> list[Standing]:
        """Return what stands, the urgent first, then the oldest."""
        query = sa.select(AlertRow).where(AlertRow.ended_at.is_(None)).order_by(
            AlertRow.level != str(Level.URGENT), AlertRow.began_at, AlertRow.kind, AlertRow.subject
        )  # fmt: skip
        with self._database.begin() as session:
            return [_standing(row) for row in session.scalars(query)]

    def note(
        self, source: str, seen: Iterable[Raised | Unsure], now: dt.datetime, told: Told
    ) -> bool:
        """Write down what a look found; letters and events go into their outboxes with it.

        Parameters
        ----------
        source : str
            Whose look: what it raised before and does not find any more calms down.
        seen : iterable of Raised or Unsure
            What it found.
        now : datetime.datetime
            When.
        told : callable
            Returns who gets a letter about something.

        Returns
        -------
        bool
            Whether something calms down and should be looked at again soon.
        """
        unsure, raised = set[_Key](), dict[_Key, Raised]()
        for one in seen:
            if isinstance(one, Unsure):
                unsure.add((one.kind, one.subject[:200]))
            else:
                raised.setdefault((one.kind, one.subject[:200]), one)
        with self._database.begin() as session:
            if not self._changes(session, source, raised, unsure, now):
                return _calming(session, source)
        with self._database.begin(writing=True) as session:
            for key, one in raised.items():
                _rise(session, source, key, one, now, told)
            for row in _standing_rows(session, source):
                if (row.kind, row.subject) not in raised.keys() | unsure:
                    _calm(session, row, now)
            session.flush()
            return _calming(session, source)

    def _changes(
        self, session: Session, source: str, raised: dict[_Key, Raised], unsure: set[_Key],
        now: dt.datetime,
    ) -> bool:  # fmt: skip
        """Tell whether there is anything to write: a look finds mostly what it found before."""
        rows = {(row.kind, row.subject): row for row in _standing_rows(session, source)}
        if raised.keys() - rows.keys():
            return True
        for key, row in rows.items():
            one = raised.get(key)
            if one is None:
                gone = row.calm_at is None or now - row.calm_at >= CALM
                if gone and key not in unsure:
                    return True
            elif row.calm_at is not None or _differs(row, one, now):
                return True
        return False


def _due(row: AlarmRow, now: dt.datetime, now_all: bool) -> bool:
    return row.next_at <= now or (now_all and not row.looking)


def _differs(row: AlertRow, one: Raised, now: dt.datetime) -> bool:
    graver = (row.mark, row.step, row.level) != (one.mark[:80], one.step, str(one.level))
    return graver or (row.words != one.words[:LONGEST] and now - row.changed_at >= AFRESH)


def _rise(
    session: Session, source: str, key: _Key, one: Raised, now: dt.datetime, told: Told
) -> None:
    """Write one alert down, and tell of it where it began or got worse."""
    row = session.get(AlertRow, key)
    change: Change | None = None
    if row is None:
        row = AlertRow(kind=key[0], subject=key[1], episode=0)
        session.add(row)
        change = Change.BEGAN
    elif row.ended_at is not None or row.mark != one.mark[:80]:
        change = Change.BEGAN
    elif one.step > row.worst:
        change = Change.WORSE
    elif row.calm_at is None and not _differs(row, one, now):
        return
    row.source, row.mark, row.edition = source, one.mark[:80], one.edition
    row.title, row.words, row.mend = one.title[:120], one.words[:LONGEST], one.mend[:LONGEST]
    row.level, row.step, row.noticed = str(one.level), one.step, one.noticed
    row.ends_told, row.changed_at, row.calm_at, row.ended_at = one.ends_told, now, None, None
    if change is Change.BEGAN:
        row.episode, row.began_at, row.worst = row.episode + 1, now, one.step
    elif change is Change.WORSE:
        row.worst = one.step
    if change is not None:
        _tell(session, row, change, told(one), now)


def _calm(session: Session, row: AlertRow, now: dt.datetime) -> None:
    """Let an alert that is not found any more be over, once that has lasted."""
    if row.calm_at is None:
        row.calm_at = now
    elif now - row.calm_at >= CALM:
        row.ended_at, row.changed_at = now, now
        same = (
            AlertLetterRow.kind == row.kind, AlertLetterRow.subject == row.subject,
            AlertLetterRow.episode == row.episode, AlertLetterRow.state != str(Fate.DROPPED),
        )  # fmt: skip
        known = sa.select(AlertLetterRow.recipient).where(*same).distinct()
        heard = list(session.scalars(known)) if row.ends_told else []
        _tell(session, row, Change.OVER, heard, now)


def _tell(
    session: Session, row: AlertRow, change: Change, recipients: Collection[str], now: dt.datetime
) -> None:
    """Put a change into both outboxes, in the transaction of the change itself."""
    shared: dict[str, Any] = {
        "kind": row.kind, "subject": row.subject, "edition": row.edition, "title": row.title,
        "words": row.words, "mend": row.mend, "level": row.level,
    }  # fmt: skip
    for recipient in sorted(set(recipients)):
        session.add(
            AlertLetterRow(
                **shared, episode=row.episode, change=str(change), step=row.worst,
                recipient=recipient, since=row.began_at, state=str(Fate.WAITING), attempts=0,
                made_at=now, next_at=now, reply="",
            )
        )  # fmt: skip
    event = Event.ALERT_OVER if change is Change.OVER else Event.ALERT
    data = {name: shared[name] for name in ("title", "level")}
    data |= {name: redact(shared[name]) for name in ("subject", "words", "mend")}
    data |= {"alert": row.kind, "change": str(change), "since": row.began_at.isoformat()}
    put(session, event, row.edition, now, data)


def _standing_rows(session: Session, source: str) -> Sequence[AlertRow]:
    query = sa.select(AlertRow).where(AlertRow.source == source, AlertRow.ended_at.is_(None))
    return session.scalars(query).all()


def _calming(session: Session, source: str) -> bool:
    query = sa.select(AlertRow.kind).where(
        AlertRow.source == source, AlertRow.ended_at.is_(None), AlertRow.calm_at.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None


def _standing(row: AlertRow | AlertLetterRow) -> Standing:
    since = row.began_at if isinstance(row, AlertRow) else row.since
    return Standing(
        row.kind, row.subject, row.title, row.words, row.mend, Level(row.level), row.edition, since
    )
