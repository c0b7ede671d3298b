"""Nights of a schedule: a workspace whose clock is set by hand, and timekeepers that look at it.

The days on which exchanges are closed are worked out here from what they publish, not from the
calendar that the product asks.
"""

import datetime as dt

import yaml
from dateutil.easter import easter

from newsletter import assets
from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.operating.timekeeper import Timekeeper
from newsletter.review.edition import EditionKey, Revision

DAY = dt.timedelta(days=1)


def utc(text):
    """Return an instant written without its zone, which is UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def nth(year, month, weekday, number):
    """Return the so manieth weekday of a month; the last one for -1."""
    days = [
        day for n in range(31)
        if (day := dt.date(year, month, 1) + n * DAY).month == month and day.weekday() == weekday
    ]  # fmt: skip
    return days[number - 1 if number > 0 else number]


def kept_on(day):
    """Return when New York keeps a holiday that may fall on a weekend."""
    return day + {5: -1, 6: 1}.get(day.weekday(), 0) * DAY


def new_york(year):
    """Return the days of a year on which New York is closed, and those on which it closes at 13."""
    thanksgiving = nth(year, 11, 3, 4)
    new_year = dt.date(year, 1, 1)
    closed = {
        nth(year, 1, 0, 3), nth(year, 2, 0, 3), easter(year) - 2 * DAY, nth(year, 5, 0, -1),
        kept_on(dt.date(year, 6, 19)), kept_on(dt.date(year, 7, 4)), nth(year, 9, 0, 1),
        thanksgiving, kept_on(dt.date(year, 12, 25)),
    }  # fmt: skip
    if new_year.weekday() != 5:  # a Saturday's is not kept on the last day of the old year
        closed.add(kept_on(new_year))
    early = {thanksgiving + DAY}
    eves = [(dt.date(year, 7, 3), dt.date(year, 7, 4)), (dt.date(year, 12, 24),
                                                          dt.date(year, 12, 25))]  # fmt: skip
    early |= {eve for eve, day in eves if eve.weekday() < 4 and day.weekday() < 5}
    return closed, early


def weekdays(first, last, closed):
    """Return the days from one to another that are no weekend and not closed."""
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in closed]


class Nights:
    """A workspace, its clock, and what its timekeepers began.

    Parameters
    ----------
    folder : pathlib.Path
        Where it is made.
    at : str
        When it begins, in UTC.
    change : callable, optional
        Takes the configuration as it is read and changes it.
    """

    def __init__(self, folder, at, change=lambda plain: None):
        folder.mkdir(exist_ok=True)
        plain = yaml.safe_load(assets.find("config.yaml").read_text(encoding="utf-8"))
        change(plain)
        (folder / "config.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
        self.folder, self.clock = folder, FixedClock(utc(at))
        self.house = House(folder / "config.yaml", clock=self.clock)
        self.began, self.said, self.fails = [], [], {}
        self.timekeeper = self.another()

    def another(self):
        """Return one more timekeeper: another scheduler, or the same one after a restart."""
        return Timekeeper(self.house, self._start, self.said.append)

    def _start(self, key):
        self.began.append((self.clock.now(), key))
        if failure := self.fails.get(key):
            raise failure
        self.make(key)

    def make(self, key):
        """Put an edition before the editors, as a run does at its end."""
        same = ["x"] * 5
        revision = Revision(1, "house", self.clock.now(), *same, content=f"c-{key}", blocked=False)
        self.house.desk.submit(EditionKey.parse(key), revision, dt.timedelta(hours=14))

    def look(self, at=None, timekeeper=None):
        """Let an timekeeper look, at an instant; return the keys that were begun by then."""
        if at is not None:
            self.clock.instant = utc(at) if isinstance(at, str) else at
        before = len(self.began)
        (timekeeper or self.timekeeper).look()
        return [key for _, key in self.began[before:]]

    def turn(self, key):
        """Return how far an edition is, and why."""
        found = self.house.due.find(key)
        return (str(found.turn), found.reason) if found else None

    def close(self):
        """Close the workspace."""
        self.house.close()


def evening(day):
    """Return the key of the evening of a New York session."""
    return f"{day}.XNYS.evening"


__all__ = ["DAY", "EditionKey", "Nights", "evening", "new_york", "nth", "utc", "weekdays"]
