"""What the tests of runs under way share: a run as a value, a board in memory, time by hand."""

import datetime as dt

from newsletter.reporter import Report, Reporter
from newsletter.underway import Making

BEGAN = dt.datetime(2026, 7, 2, 20, 30, tzinfo=dt.UTC)
EDITION = "2026-07-02.XNYS.evening"


def making(**changes):
    plain = {"edition": EDITION, "run": "a", "work": "run", "started_at": BEGAN}
    return Making(**{**plain, "updated_at": BEGAN, **changes})


class Hands:
    """Both clocks of a report, moved by hand together."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return BEGAN + dt.timedelta(seconds=self.seconds)

    def clock(self):
        return self.seconds


class Memo:
    """A board that remembers every write, and can break."""

    def __init__(self):
        self.written, self.broken, self.overtaken = [], None, False

    def begin(self, one):
        self._write("begin", one)

    def tell(self, one):
        if self.overtaken:
            return False
        self._write("tell", one)
        return True

    def _write(self, how, one):
        if self.broken:
            raise self.broken
        self.written.append((how, one))

    @property
    def last(self):
        return self.written[-1][1]


def report(board=None, hands=None, secrets=()):
    """Return a report whose turns are taken by hand, with its board and clocks."""
    board, hands = board or Memo(), hands or Hands()
    return Report(board, making(), hands.now, hands.clock, secrets), board, hands


def reporter(board, hands=None, secrets=()):
    hands, names = hands or Hands(), iter("abcdefgh")
    return Reporter(lambda: board, hands.now, hands.clock, lambda: next(names), lambda: secrets)
