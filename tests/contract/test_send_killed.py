"""A real sender process, a real mail server, a real database, and ``kill -9``.

Run as a program, this file is the sender: it delivers over SMTP from a ledger in SQLite
and kills itself at the named moment of the second message.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from send_servers import Inbox, smtp_server
from send_support import EDITION, clock, frozen, reader, signer, sql_book

from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.delivery import DeliveryState
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.deliveries import SqlDeliveryBook

READERS = 4


def kill_at(moment):
    """Make the second message deadly, just before or just after a step."""
    seen = Counter()

    def deadly(owner, method, when):
        real = getattr(owner, method)

        def wrapped(*args, **options):
            seen[method] += 1
            if when == "before" and seen[method] == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **options)
            if when == "after" and seen[method] == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, method, wrapped)

    owner, method, when = {
        "claim": (SqlDeliveryBook, "claim", "after"),
        "dot": (SqlDeliveryBook, "dot_sent", "before"),
        "dot_sent": (SqlDeliveryBook, "dot_sent", "after"),
        "accepted": (SqlDeliveryBook, "settle", "before"),
        "settled": (SqlDeliveryBook, "settle", "after"),
    }[moment]
    deadly(owner, method, when)


def deliver(file, port):
    with sql_book(file) as book:
        transport = SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=10)
        return deliver_batch(frozen(), signer(), transport, book, clock())


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["claim", "dot", "dot_sent", "accepted", "settled"])
def test_a_killed_sender_doubles_nobody_and_loses_nobody_in_silence(tmp_path, moment):
    inbox, file = Inbox(), tmp_path / "books.db"
    readers = [reader(n) for n in range(1, READERS + 1)]
    with sql_book(file, readers) as book:
        freeze_audience(frozen(), readers, signer(), book, clock())
    with smtp_server(inbox) as port:
        tests = Path(__file__).resolve().parents[1]
        died = subprocess.run(
            [sys.executable, __file__, str(file), str(port), moment],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)])},
            timeout=60,
            check=False,
        )
        assert died.returncode == -signal.SIGKILL
        progress = deliver(file, port)
        again = deliver(file, port)
    got = Counter(inbox.recipients)
    with sql_book(file) as book:
        doubt = {row.subscriber.email for row in book.in_doubt(EDITION)}
    everybody = {each.email for each in readers}
    assert max(got.values()) == 1
    assert everybody - set(got) <= doubt
    assert len(doubt) == (moment in {"dot_sent", "accepted"})
    assert progress.counts[DeliveryState.ACCEPTED] == READERS - len(doubt)
    assert progress.finished
    assert again.handled == 0


if __name__ == "__main__":
    kill_at(sys.argv[3])
    deliver(Path(sys.argv[1]), int(sys.argv[2]))
