"""A true market, the servers that tell of it evening by evening, and what they may do wrong."""

import datetime as dt
import gzip
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from feed_servers import Answer
from shelf_support import CALENDAR, World, sessions
from yahoo_loopback import NO_CRUMB, FakeYahoo

INSTRUMENTS = ("SPY", "^VIX", "^GSPC", "IWM", "XLK")
MEMBERS = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ")
SYMBOLS = (*INSTRUMENTS, *MEMBERS)
SHARES = 840_000
"""Traded a day, before any split: whole after each of them."""

OPEN, HIGH, LOW = 0.99, 1.02, 0.97
"""Of the close: so that a split divides all four alike."""

FRED_AT = "fred.stlouisfed.org/graph/fredgraph.csv"
CBOE_AT = "cdn.cboe.com/api/global/us_indices/daily_prices/VIX_History.csv"
LIST_AT = "www.ishares.com/iwm.csv"
RSS_AT = "wire.example.com/rss"
WEIGHTS = {"FTAI": 60.5, "BF-B": 39.0}
SETTINGS = {"session": 20, "slow": 0.5}


@dataclass
class TrueYahoo(FakeYahoo):
    """Tells of a world as it stands on a day, splits and dividends of the range asked for."""

    world: World = field(default_factory=lambda: World({}))
    today: dt.date = dt.date.min

    def result(self, symbol: str, query: dict[str, str]) -> dict[str, Any]:
        found = super().result(symbol, query)
        quote = found["indicators"]["quote"][0]
        for name, part in (("open", OPEN), ("high", HIGH), ("low", LOW)):
            if "close" in quote:
                quote[name] = [close and close * part for close in quote["close"]]
        since, told = int(query.get("period1", 0)), found.get("events", {})
        for day, value in self.world.dividends.get(symbol, {}).items():
            paid = value / self.world.shares(symbol, day, self.today)
            _add(told, "dividends", since, self.today, day, {"amount": paid})
        for day, ratio in self.world.splits.get(symbol, {}).items():
            facts = {"numerator": ratio, "denominator": 1, "splitRatio": f"{ratio:g}:1"}
            _add(told, "splits", since, self.today, day, facts)
        return found | ({"events": told} if told else {})


def _add(told: dict, kind: str, since: int, until: dt.date, day: dt.date, facts: dict) -> None:
    at = stamp(day)
    if at >= since and day <= until:
        told.setdefault(kind, {})[str(at)] = {"date": at, **facts}


def stamp(day: dt.date, hour: int = 9, minute: int = 30) -> int:
    """Return an hour in New York as Yahoo writes it."""
    there = dt.datetime(*day.timetuple()[:3], hour, minute, tzinfo=CALENDAR.zone)
    return int(there.timestamp())


def truth(chance: random.Random) -> World:
    """Draw a market of some weeks: small steps, dividends, and in some symbols a split."""
    days = sessions(chance.randint(10, 24))
    world = World({})
    for symbol in SYMBOLS:
        level, closes = chance.uniform(40, 300), {}
        for day in days:
            level *= math.exp(chance.gauss(0, 0.006))
            closes[day] = round(level, 2)
        world.raw[symbol] = closes
    world.raw["^GSPC"] = {day: 10 * close for day, close in world.raw["SPY"].items()}
    for symbol in chance.sample([s for s in SYMBOLS if not s.startswith("^")], 7):
        near = days[-4:] if chance.random() < 0.7 else days[2:]
        if chance.random() < 0.6:
            world.dividends[symbol] = {chance.choice(near): round(chance.uniform(0.05, 0.4), 2)}
        elif symbol != "SPY":
            ratio, ex = chance.choice((2.0, 3.0, 4.0, 0.5)), chance.choice(near)
            world.splits[symbol] = {ex: ratio}
            for day in days:
                world.raw[symbol][day] /= ratio if day >= ex else 1.0
    return world


def bar(world: World, symbol: str, day: dt.date, until: dt.date) -> dict[str, float]:
    """Return a true bar, adjusted close apart, in the units of a day."""
    close = world.close(symbol, day, until)
    return {
        "open": close * OPEN,
        "high": close * HIGH,
        "low": close * LOW,
        "close": close,
        "volume": SHARES * world.shares(symbol, day, until),
    }


def yahoo(world: World, today: dt.date) -> TrueYahoo:
    """Return a Yahoo without a fault."""
    rows = {
        symbol: [
            (day, made["close"], world.adjusted(symbol, day, today), int(made["volume"]))
            for day in closes
            if day <= today and (made := bar(world, symbol, day, today))
        ]
        for symbol, closes in world.raw.items()
    }
    return TrueYahoo(rows, world=world, today=today)


def macro(day: dt.date) -> float:
    """Return the yield of a day."""
    return round(4 + (day.toordinal() % 97) / 100, 2)


def headline(day: dt.date) -> str:
    return f"Stocks close mixed on day {day.toordinal()}"


def pages(world: World, today: dt.date) -> dict[str, Answer]:
    """Return what the other publishers have on an evening, without a fault."""
    days = [day for day in world.raw["SPY"] if day <= today]
    fred = "".join(f"{day},{macro(day)}\n" for day in days)
    vix = [(day, bar(world, "^VIX", day, today)) for day in days]
    cboe = "".join(
        f"{day:%m/%d/%Y},{b['open']!r},{b['high']!r},{b['low']!r},{b['close']!r}\n"
        for day, b in vix
    )
    held = "".join(
        f'"{name.replace("-", "")}","A NAME","Sector","Equity","1.00","{weight}","1","1","1"\n'
        for name, weight in WEIGHTS.items()
    )
    columns = "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price"
    made = f'A fund\nFund Holdings as of,"{days[-2]:%b %d, %Y}"\n\n{columns}\n{held}'
    items = "".join(
        f"<item><title>{headline(day)}</title><link>https://wire.example.com/{day}</link>"
        f"<pubDate>{day:%a, %d %b %Y} 20:30:00 GMT</pubDate></item>"
        for day in days
    )
    rss = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
    return {
        FRED_AT: Answer(f"observation_date,DGS10\n{fred}".encode()),
        CBOE_AT: Answer(f"DATE,OPEN,HIGH,LOW,CLOSE\n{cboe}".encode()),
        LIST_AT: Answer(made.encode()),
        RSS_AT: Answer(rss.encode(), kind="application/rss+xml; charset=utf-8"),
    }


# -- what one symbol suffers: server, symbol, one of the last sessions ---------------------

Harm = Callable[[TrueYahoo, str, dt.date], object]
HTML = "<!doctype html><html><body>We will be right with you</body></html>"
CUT = '{"chart": {"result": [{"meta": {"currency": "USD", "symbol": "IWM"'


def _always(code: int, body: Any, kind: str = "application/json") -> Harm:
    return lambda server, symbol, _: server.always.update({symbol: (code, body, kind)})


def _once(code: int, body: Any, kind: str = "application/json") -> Harm:
    return lambda server, symbol, _: server.replies.update({symbol: [(code, body, kind)]})


def _row(close: float | None, volume: int | None = 10) -> Harm:
    """Put something that is no price where a close was."""

    def made(server: TrueYahoo, symbol: str, day: dt.date) -> None:
        server.rows[symbol] = [
            (d, close, close, volume) if d == day else (d, c, a, v)
            for d, c, a, v in server.rows[symbol]
        ]

    return made


def scaled(by: float) -> Harm:
    """Give a close that could be one and is not."""

    def made(server: TrueYahoo, symbol: str, day: dt.date) -> None:
        server.rows[symbol] = [
            (d, c * by, a * by, v) if d == day else (d, c, a, v)
            for d, c, a, v in server.rows[symbol]
        ]

    return made


def _more(when: Callable[[TrueYahoo, dt.date], dt.date]) -> Harm:
    def made(server: TrueYahoo, symbol: str, day: dt.date) -> None:
        extra = when(server, day)
        server.rows[symbol] = sorted([*server.rows[symbol], (extra, 999.0, 999.0, 1)])

    return made


def _twice(server: TrueYahoo, symbol: str, day: dt.date) -> None:
    again = [row for row in server.rows[symbol] if row[0] == day]
    server.rows[symbol] = sorted([*server.rows[symbol], *again])


def _stamps(at: Callable[[dt.date], int]) -> Harm:
    return lambda server, symbol, _: server.stamps.update({symbol: at})


def _about(**facts: Any) -> Harm:
    return lambda server, symbol, _: server.meta.update({symbol: facts})


def _absurd(server: TrueYahoo, symbol: str, day: dt.date) -> None:
    split = {"date": stamp(day), "numerator": 1e9, "denominator": 1, "splitRatio": "?"}
    server.events[symbol] = {"splits": {str(stamp(day)): split}}


YAHOO: dict[str, Harm] = {
    "429": lambda server, symbol, _: server.always_refused.add(symbol),
    "401-for-ever": _always(*NO_CRUMB),
    "500": _once(500, "oh", "text/plain"),
    "500-for-ever": _always(500, "oh", "text/plain"),
    "empty": lambda server, symbol, _: server.rows.update({symbol: []}),
    "no-result": _always(200, {"chart": {"result": [], "error": None}}),
    "unknown": lambda server, symbol, _: server.rows.pop(symbol),
    "html": _always(200, HTML, "text/html"),
    "html-once": lambda server, symbol, _: server.broken.add(symbol),
    "truncated": _once(200, CUT, "cut"),
    "truncated-json": _once(200, CUT),
    "slow": lambda server, symbol, _: server.stalled.add(symbol),
    "nan": _row(None, None),
    "volume-only": _row(None, 5000),
    "zero": _row(0.0),
    "negative": _row(-7.0),
    "infinite": _row(float("inf")),
    "missing": lambda server, symbol, day: server.dropped.update({symbol: {day}}),
    "lost": lambda server, symbol, day: server.lost.update({symbol: {day}}),
    "duplicate": _twice,
    "future": _more(lambda server, _: CALENDAR.next(server.today)),
    "saturday": _more(lambda _, day: day + dt.timedelta(days=5 - day.weekday())),
    "half-day": _stamps(lambda day: stamp(day, 13, 0)),
    "dst": _stamps(lambda day: stamp(day - dt.timedelta(days=1), 23, 0)),
    "zone": _about(exchangeTimezoneName="Asia/Tokyo"),
    "zone-elsewhere": _about(exchangeTimezoneName="Australia/Sydney", gmtoffset=36000),
    "zone-unknown": _about(exchangeTimezoneName="Mars/Olympus"),
    "absurd-action": _absurd,
}

OF_ALL: dict[str, Callable[[TrueYahoo, dt.date], object]] = {
    "429-once": lambda server, _: setattr(server, "refusals", 4),
    "401": lambda server, _: setattr(server, "crumbs", 2),
    "nobody-has-it": lambda server, day: server.lost.update({s: {day} for s in server.rows}),
    "all-429": lambda server, _: server.always_refused.update(server.rows),
    "all-html": lambda server, _: server.always.update(
        dict.fromkeys(server.rows, (200, HTML, "text/html"))
    ),
}

# -- what another publisher's page suffers -------------------------------------------------

REFUSED = Answer(b"slow down", 429, "text/plain")
BOMB = gzip.compress(b"0,0\n" * 1_000_000, 9)


def _last(page: Answer, old: bytes, new: bytes) -> Answer:
    head, _, tail = page.body.rpartition(old)
    return page.changed(body=head + new + tail)


def _line_again(page: Answer, change: bytes = b"") -> Answer:
    last = page.body.rstrip(b"\n").rpartition(b"\n")[2]
    return page.changed(body=page.body.rstrip(b"\n") + b"\n" + last + change + b"\n")


FEEDS: dict[str, Callable[[Answer], Answer | list[Answer]]] = {
    "429-once": lambda page: [REFUSED, page],
    "429": lambda _: REFUSED,
    "500": lambda _: Answer(b"oh", 500),
    "404": lambda _: Answer(b"oh", 404),
    "silent": lambda page: page.changed(stalls=True),
    "truncated": lambda page: page.changed(stated=len(page.body) + 9),
    "unframed": lambda page: page.changed(framed=False),
    "empty": lambda page: page.changed(body=b""),
    "wrong-type": lambda page: page.changed(kind="application/octet-stream"),
    "html": lambda _: Answer(HTML.encode(), kind="text/html"),
    "moved": lambda _: Answer(b"", 302, headers=(("Location", "https://127.0.0.1/latest"),)),
    "huge": lambda page: page.changed(body=b"1,2\n" * 300_000),
    "bomb": lambda page: page.changed(body=BOMB, headers=(("Content-Encoding", "gzip"),)),
    "packed": lambda page: page.packed(),
    "packed-broken": lambda page: page.packed().changed(body=page.packed().body[:-12]),
    "no-number": lambda page: _last(page, b".", b".x"),
    "infinite": lambda page: _last(page, b".", b"1e999."),
    "repeated": _line_again,
    "contradicted": lambda page: _line_again(page, b"7"),
    "half": lambda page: page.changed(body=page.body[: len(page.body) // 2], stated=len(page.body)),
}
