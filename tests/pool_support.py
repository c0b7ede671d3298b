"""What the tests of pools share: small mail, servers with ways to them, and ledgers of editions."""

import contextlib
import datetime as dt
import threading
from pathlib import Path

from send_servers import Inbox, smtp_server
from send_support import APPROVED_AT, EDITION, frozen, rendered, signer, sql_book

from newsletter.pooling import WarmUp
from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.send.deliver import freeze_audience
from newsletter.send.pool import Pool, Way
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.database import Database
from newsletter.store.models import EditionRow
from newsletter.store.ways import HandedOver, SqlWayBook

SMALL = rendered(html=f'<p>Up</p><a href="{UNSUBSCRIBE_URL}">Leave</a>', images=False)
NEXT = "2026-07-03.XNYS.evening"
GOOD = (Path(__file__).resolve().parents[1] / "config.yaml").read_text()
EVENING = "holidays are followed\n    sender: "
POOLED = """\
senders:
  readers:
    transport: pool
    from_name: A
    from_address: n@news.example.com
    ways:
      - {sender: relay, weight: 3}
      - {sender: fresh}
  relay: {transport: smtp, from_name: A, from_address: n@news.example.com}
  fresh:
    transport: smtp
    from_name: A
    from_address: n@news.example.com
    warm_up: {start: 2026-12-01, first_day: 200, growth: 1.5}
  box: {transport: maildir, from_name: A, from_address: n@news.example.com}
"""
WHOLE = GOOD.replace("senders:\n", POOLED, 1).replace(f"{EVENING}mailbox", f"{EVENING}readers", 1)


def by_smtp(port, connections=2):
    return SmtpTransport(
        "127.0.0.1", port, security="none", timeout_seconds=10, connections=connections
    )


@contextlib.contextmanager
def pool(file, *ways):
    """Open a pool on a ledger of its own, as another process would: (name, weight, transport)."""
    database, turn = Database(f"sqlite:///{file}"), threading.Lock()

    def way(name, weight, transport, warm_up=None):
        book = SqlWayBook(database, None, name, warm_up, dt.datetime.date, turn)
        return Way(name, weight, transport, None, book, warm_up is not None)

    try:
        yield Pool([way(*each) for each in ways])
    finally:
        database.close()


def warming(first_day):
    return WarmUp(start=APPROVED_AT.date(), first_day=first_day, growth=1.5)


@contextlib.contextmanager
def ledger(file, readers, clock, *editions):
    """Open a ledger in which editions are frozen for readers."""
    with sql_book(file, readers) as book:
        database = Database(f"sqlite:///{file}")
        with database.begin() as session:
            for key in editions:
                if session.get(EditionRow, key) is None:
                    times = {"created_at": APPROVED_AT, "expires_at": APPROVED_AT}
                    session.add(EditionRow(key=key, state="sending", revision=1, **times))
        database.close()
        for key in editions or (EDITION,):
            freeze_audience(frozen(SMALL, edition=key), readers, signer(), book, clock)
        yield book


def handed_over(file, edition=EDITION):
    database = Database(f"sqlite:///{file}")
    try:
        return HandedOver(database).of(edition)
    finally:
        database.close()


@contextlib.contextmanager
def servers(count):
    """Run mail servers; yield their inboxes and their ports."""
    with contextlib.ExitStack() as stack:
        inboxes = [Inbox() for _ in range(count)]
        yield inboxes, [stack.enter_context(smtp_server(inbox)) for inbox in inboxes]
