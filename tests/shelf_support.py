"""A world of raw prices and actions, told evening by evening as Yahoo tells it."""

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd
from collect_support import SOURCE, trading_days

from newsletter.clock import Session
from newsletter.collect.kept import Keeping, fetch_kept
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.snapshot import Members
from newsletter.collect.stage import gather
from newsletter.store.bars import BarShelf

CALENDAR = trading_days(dt.date(2026, 12, 31))
FIRST = dt.date(2026, 3, 2)


def sessions(count: int, first: dt.date = FIRST) -> list[dt.date]:
    """Return so many sessions from a day on."""
    found = [first]
    while len(found) < count:
        found.append(CALENDAR.next(found[-1]))
    return found


def evening(date: dt.date) -> dt.datetime:
    """Return an instant two hours after the close."""
    return CALENDAR.close(Session(date, "XNYS")) + dt.timedelta(hours=2)


@dataclass
class World:
    """Raw closes by symbol and date, splits and dividends by symbol and ex-date.

    Dividends are counted in the shares of their ex-date.
    """

    raw: dict[str, dict[dt.date, float]]
    splits: dict[str, dict[dt.date, float]] = field(default_factory=dict)
    dividends: dict[str, dict[dt.date, float]] = field(default_factory=dict)

    def shares(self, symbol: str, since: dt.date, until: dt.date) -> float:
        """Return how many shares one of `since` has become by `until`."""
        number = 1.0
        for day, ratio in self.splits.get(symbol, {}).items():
            number *= ratio if since < day <= until else 1
        return number

    def close(self, symbol: str, day: dt.date, until: dt.date) -> float:
        return self.raw[symbol][day] / self.shares(symbol, day, until)

    def adjusted(self, symbol: str, day: dt.date, until: dt.date) -> float:
        """Return the close less dividends, in raw prices throughout: the oracle."""
        price = self.close(symbol, day, until)
        for ex, paid in self.dividends.get(symbol, {}).items():
            before = [d for d in self.raw[symbol] if d < ex]
            if day < ex <= until and before:
                last = max(before)
                per_old_share = paid * self.shares(symbol, last, ex)
                price *= 1 - per_old_share / self.raw[symbol][last]
        return price


@dataclass
class Teller:
    """A provider that tells of a world what is known on `today`."""

    world: World
    today: dt.date = FIRST
    asked: list[BarRequest] = field(default_factory=list)
    name: str = "yahoo"

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        self.asked.append(request)
        progress(1, 1, self.name)
        bars, actions = [], []
        members = request.configured_members() or Members(request.members, "list", ())
        wanted = sorted({*request.symbols, *members.symbols} & set(self.world.raw))
        for symbol in wanted:
            first = request.start
            if symbol in request.have:
                first = CALENDAR.back(request.have[symbol], request.overlap - 1)
            for day in self.world.raw[symbol]:
                if first <= day <= request.session.date:
                    price = self.world.close(symbol, day, self.today)
                    bars.append(
                        (pd.Timestamp(day), symbol, price, price, price, price, 10_000 / price)
                    )
            for kind, told in (("split", self.world.splits), ("dividend", self.world.dividends)):
                for ex, value in told.get(symbol, {}).items():
                    if first <= ex <= self.today:
                        now = self.world.shares(symbol, ex, self.today)
                        paid = value / now if kind == "dividend" else value
                        actions.append((symbol, pd.Timestamp(ex), kind, paid))
        columns = ["date", "symbol", "open", "high", "low", "close", "volume"]
        return Fetched(
            pd.DataFrame(bars, columns=columns),
            members,
            SOURCE,
            missing=tuple(sorted({*request.symbols} - set(wanted))),
            actions=pd.DataFrame(actions, columns=["symbol", "date", "kind", "value"]),
        )


def collect(teller, shelf: BarShelf, session: dt.date, *, now=None, accepted=(), symbols=None):
    """Collect one session on its evening, or on another one."""
    now = now or evening(session)
    teller.today = now.astimezone(CALENDAR.zone).date()
    request = BarRequest(
        Session(session, "XNYS"), symbols or tuple(sorted(teller.world.raw)), "sp500", FIRST
    )
    keeping = Keeping(shelf, "yahoo", lambda: now, tuple(accepted))
    return fetch_kept(teller, request, keeping, CALENDAR, silent)


def gathered(
    teller, shelf: BarShelf, session: dt.date, universe, *, now=None, order=None, accepted=()
):
    """Gather one session by way of a shelf."""
    now = now or evening(session)
    teller.today = now.astimezone(CALENDAR.zone).date()
    keeping = Keeping(shelf, "yahoo", lambda: now, tuple(accepted))
    return gather(teller, session, universe, CALENDAR, start=FIRST, keeping=keeping, order=order)


def table(fetched: Fetched) -> pd.DataFrame:
    """Return bars by symbol and date."""
    bars = fetched.bars.assign(symbol=fetched.bars["symbol"].astype(str))
    return bars.set_index(["symbol", "date"]).sort_index()
