"""What the tests of reports share: a database with editions, readers, copies, and its intake."""

import contextlib
import datetime as dt

from newsletter.send.events import Event, What
from newsletter.store.audience import Audience
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryBook
from newsletter.store.models import DeliveryRow, EditionRow
from newsletter.store.reports import SqlReports
from newsletter.store.suppressions import SqlSuppressions

NOW = dt.datetime(2026, 7, 20, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OLD, KEY = b"old" * 8, b"new" * 8


def alias(email):
    return "reader 0123456789ab"


class World:
    """A house of tables only."""

    def __init__(self, url, keys=(KEY,)):
        self.database = Database(url)
        self.suppressions = SqlSuppressions(self.database, keys, alias)
        self.reports = SqlReports(self.database, self.suppressions, alias)
        self.audience = Audience(self.database, self.suppressions)
        self.book = SqlDeliveryBook(self.database, self.suppressions)
        self.audit = AuditLog(self.database)

    def reader(self, email="ada@readers.example", list_name="evening"):
        return self.audience.add(email, "", list_name, {}, SENT)[0]

    def sent(self, reader, number=1, state="accepted", reply="250 ok", at=None):
        """Put a copy of an edition into the ledger; return the edition's key."""
        edition = f"2026-07-{number:02}.XNYS.evening"
        at = at or SENT + (number - 1) * DAY
        with self.database.begin() as session:
            if session.get(EditionRow, edition) is None:
                times = {"created_at": at, "expires_at": at}
                session.add(EditionRow(key=edition, state="sent", revision=1, **times))
                session.flush()
            session.add(
                DeliveryRow(edition=edition, subscriber=reader.id, state=state, attempts=1,
                            reply=reply, at=at, message_id=name(edition, reader))
            )  # fmt: skip
        return edition

    def state(self, edition, reader):
        return str(self.book.row(edition, reader.id).state)

    def actions(self):
        return [entry.action for entry in self.audit.entries()]


def name(edition, reader):
    return f"{edition}.{reader.id}@news.example.com"


def event(what=What.BOUNCED, id="1", source="ses", at=NOW, **about):
    return Event(id, source, what, at, **about)


@contextlib.contextmanager
def world(folder, keys=(KEY,)):
    made = World(f"sqlite:///{folder / 'news.db'}", keys)
    try:
        yield made
    finally:
        made.database.close()
