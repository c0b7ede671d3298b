"""A real sender process, a real mail server, a real database, and ``kill -9``.

Run as a program, this file is the sender: it delivers over SMTP from a ledger in SQLite
and kills itself at a commit of its ledger. `tests/drill.py` kills one that uses several
connections, at random instants and among faults.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from lengths import some
from send_servers import Inbox, smtp_server
from send_support import EDITION, clock, frozen, reader, signer, sql_book

from newsletter.send.deliver import deliver_batch, freeze_audience
from newsletter.send.delivery import DeliveryState
from newsletter.send.transports.smtp import SmtpTransport
from newsletter.store.deliveries import SqlDeliveryBook

READERS = 4
TESTS = Path(__file__).resolve().parents[1]


def kill_at(when, number):
    """Make a commit of the clerk's deadly, just before it or just after it."""
    real, seen = SqlDeliveryBook.together, count(1)

    @contextlib.contextmanager
    def deadly(self):
        at = next(seen)
        with real(self) as given:
            yield given
            if (when, at) == ("before", number):
                os.kill(os.getpid(), signal.SIGKILL)
        if (when, at) == ("after", number):
            os.kill(os.getpid(), signal.SIGKILL)

    SqlDeliveryBook.together = deadly


def deliver(file, port):
    with sql_book(file) as book:
        transport = SmtpTransport("127.0.0.1", port, security="none", timeout_seconds=10)
        return deliver_batch(frozen(), signer(), transport, book, clock())


COMMITS = [(when, number) for number in (2, 3, 1, 4, 5, 6) for when in ("before", "after")]
"""The first claims a row; each later one settles a copy, crosses its dot, claims the next."""


@pytest.mark.slow
@pytest.mark.parametrize(("when", "number"), some(3, *COMMITS))
def test_a_killed_sender_doubles_nobody_and_loses_nobody_in_silence(tmp_path, when, number):
    inbox, file = Inbox(), tmp_path / "books.db"
    readers = [reader(n) for n in range(1, READERS + 1)]
    with sql_book(file, readers) as book:
        freeze_audience(frozen(), readers, signer(), book, clock())
    with smtp_server(inbox) as port:
        died = subprocess.run(
            [sys.executable, __file__, str(file), str(port), when, str(number)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
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
    assert len(doubt) <= 1
    assert progress.counts[DeliveryState.ACCEPTED] == READERS - len(doubt)
    assert progress.finished
    assert again.handled == 0


LONG = ["--kills", "300", "--messages", "2000"]
SHORT = ["--kills", "6", "--messages", "60", "--life", "0.2"]
FAULTS = ["drop=0.02", "421=0.02", "4xx=0.02", "5xx=0.02", "after=0.03", "lost=0.02"]
OURS = ["full=0.15", "locked=0.1", "stall=0.01"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param([*SHORT, *FAULTS, *OURS], id="short"),
        pytest.param([*LONG, *FAULTS, *OURS], id="faults", marks=pytest.mark.drill),
        pytest.param(LONG, id="kills", marks=pytest.mark.drill),
    ],
)
def test_several_connections_killed_at_random_instants_double_nobody(given):
    """The drill itself tells its seed and what is wrong: twice, lost, left open, too much doubt."""
    command = [sys.executable, str(TESTS / "drill.py"), *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["kills"] > 0
    assert figures["accepted"] + figures["refused"] + figures["in_doubt"] == figures["messages"]


if __name__ == "__main__":
    kill_at(sys.argv[3], int(sys.argv[4]))
    deliver(Path(sys.argv[1]), int(sys.argv[2]))
