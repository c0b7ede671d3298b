"""Every fault of Yahoo that docs/data.md tells of, by the real yfinance on real sockets."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from collect_support import REPO, SESSION, request
from yahoo_loopback import NO_CRUMB, FakeYahoo, Reply, Row

from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Fetched
from newsletter.collect.providers.yahoo import Yahoo
from newsletter.errors import DataUnavailable

DOCUMENT = (REPO / "docs" / "data.md").read_text()
DAYS = tuple(
    dt.date(2026, month, day)
    for month, days in ((6, (22, 23, 24, 25, 26, 29, 30)), (7, (1, 2)))
    for day in days
)
"""Nine sessions; Friday 19 June and 3 July 2026 are holidays."""

HOLE = DAYS[3]
ASKED = request(("SPY", "IWM", "^VIX"), explicit_members=())


def rows(first: float, days: tuple[dt.date, ...] = DAYS) -> list[Row]:
    return [(day, first + i, first + i - 0.5, 1000 + i) for i, day in enumerate(days)]


def stamp(day: dt.date, hour: int = 9, minute: int = 30, zone: str = "America/New_York") -> int:
    return int(dt.datetime(*day.timetuple()[:3], hour, minute, tzinfo=ZoneInfo(zone)).timestamp())


GOOD = {day: 200.0 + i for i, day in enumerate(DAYS)}
"""Closes of IWM, the symbol that has the fault."""


@dataclass
class Seen:
    """What a run under a fault gave."""

    server: FakeYahoo
    slept: list[float]
    fetched: Fetched

    @property
    def iwm(self) -> dict[dt.date, float]:
        """Closes of IWM as an edition has them."""
        bars = freeze(SESSION, self.fetched).bars
        bars = bars[bars["symbol"] == "IWM"]
        return {d.date(): c for d, c in zip(bars["date"], bars["close"], strict=True)}

    @property
    def notes(self) -> list[str]:
        return [note.message for note in self.fetched.notes]

    @property
    def actions(self) -> list[tuple[Any, ...]]:
        assert self.fetched.actions is not None
        return list(self.fetched.actions.itertuples(index=False, name=None))


Check = Callable[[Seen], None]


@dataclass(frozen=True)
class Fault:
    """What is done to Yahoo, and what is looked for in what the run then gave."""

    made: Callable[[FakeYahoo], None]
    check: Check
    settings: dict[str, Any] = field(default_factory=dict)


def read(sleeps: int = 0, *, most: int | None = None, asked: int | None = None) -> Check:
    """All is as without the fault, after so many rounds more, or after at most so many."""

    def check(seen: Seen) -> None:
        assert (seen.iwm, seen.notes, seen.fetched.missing) == (GOOD, [], ())
        assert sleeps <= len(seen.slept) <= (sleeps if most is None else most)
        assert asked is None or seen.server.asked["IWM"] == asked

    return check


def left_out(sleeps: int, asked: int | None = None) -> Check:
    """The symbol is missing, and nothing but it."""

    def check(seen: Seen) -> None:
        assert (seen.iwm, seen.fetched.missing) == ({}, ("IWM",))
        assert set(seen.fetched.bars["symbol"]) == {"SPY", "^VIX"}
        assert len(seen.slept) == sleeps
        assert asked is None or seen.server.asked["IWM"] == asked

    return check


def without(*days: dt.date, told: str = "", asked: int = 2) -> Check:
    """The days are missing, were asked for again once, and perhaps editors are told."""

    def check(seen: Seen) -> None:
        assert seen.iwm == {day: close for day, close in GOOD.items() if day not in days}
        assert seen.fetched.missing == ()
        assert seen.server.asked["IWM"] == asked
        assert seen.slept == []
        assert len(seen.notes) == bool(told)
        for note in seen.notes:
            assert told in note
            assert note.endswith(".")

    return check


def acted(*actions: tuple[dt.date, str, float], asked: int = 1) -> Check:
    def check(seen: Seen) -> None:
        assert seen.iwm == GOOD
        assert seen.actions == [("IWM", pd.Timestamp(d), kind, v) for d, kind, v in actions]
        assert seen.server.asked["IWM"] == asked
        assert seen.notes == []

    return check


def always(code: int, body: Any, kind: str = "application/json") -> Callable[[FakeYahoo], None]:
    return lambda server: server.always.update({"IWM": (code, body, kind)})


def once(*replies: Reply) -> Callable[[FakeYahoo], None]:
    return lambda server: server.replies.update({"IWM": list(replies)})


def row(place: int, *values: Any) -> Callable[[FakeYahoo], None]:
    """Put other values into a row of IWM."""

    def made(server: FakeYahoo) -> None:
        day = server.rows["IWM"][place][0]
        server.rows["IWM"][place] = (day, *values)

    return made


def more(*rows: Row) -> Callable[[FakeYahoo], None]:
    return lambda server: server.rows["IWM"].extend(rows)


def about(**facts: Any) -> Callable[[FakeYahoo], None]:
    return lambda server: server.meta.update({"IWM": facts})


def event(kind: str, day: dt.date, **facts: Any) -> dict[str, Any]:
    return {kind: {str(stamp(day)): {"date": stamp(day), **facts}}}


def events(found: dict[str, Any], lost: tuple[dt.date, ...] = ()) -> Callable[[FakeYahoo], None]:
    def made(server: FakeYahoo) -> None:
        server.events["IWM"] = found
        server.dropped["IWM"] = set(lost)

    return made


def clock(hour: int, minute: int) -> Callable[[FakeYahoo], None]:
    return lambda server: server.stamps.update({"IWM": lambda day: stamp(day, hour, minute)})


def eve(server: FakeYahoo) -> None:
    """Midnight by the other half-year's clock: an hour early, and so on the day before."""
    server.stamps["IWM"] = lambda day: stamp(day - dt.timedelta(days=1), 23, 0)


def all_lack(server: FakeYahoo) -> None:
    server.lost = {symbol: {HOLE} for symbol in server.rows}


def _tokyo(server: FakeYahoo) -> None:
    """Every stamp is right, and the zone that dates are made with is another country's."""
    server.meta["IWM"] = {"exchangeTimezoneName": "Asia/Tokyo"}


def _sydney(server: FakeYahoo) -> None:
    """Zone and offset agree with each other, and a listing in New York is not there."""
    server.meta["IWM"] = {"exchangeTimezoneName": "Australia/Sydney", "gmtoffset": 36000}


CUT = '{"chart": {"result": [{"meta": {"currency": "USD", "symbol": "IWM"'
HTML = "<!doctype html><html><body>We will be right with you</body></html>"
DIVIDEND = event("dividends", SESSION.date, amount=0.75)
SPLIT = event("splits", SESSION.date, numerator=2, denominator=1, splitRatio="2:1")

FAULTS: dict[str, Fault] = {
    "429-once": Fault(lambda s: setattr(s, "refusals", 4), read(2), {"threads": 1}),
    "429": Fault(lambda s: s.always_refused.add("IWM"), left_out(3), {"threads": 1}),
    # Whether yfinance renews the crumb at once depends on the way it last took for its cookie.
    "401": Fault(lambda s: setattr(s, "crumbs", 2), read(most=1), {"threads": 1}),
    "401-for-ever": Fault(always(*NO_CRUMB), left_out(3)),
    "500": Fault(once((500, "oh", "text/plain")), read(0, asked=2)),
    "500-for-ever": Fault(always(500, "oh", "text/plain"), left_out(3)),
    "empty": Fault(lambda s: s.rows.update(IWM=[]), left_out(1, asked=2)),
    "no-result": Fault(always(200, {"chart": {"result": [], "error": None}}), left_out(3)),
    "unknown": Fault(lambda s: s.rows.pop("IWM"), left_out(0)),
    "html": Fault(always(200, HTML, "text/html"), left_out(3, asked=4)),
    "truncated": Fault(once((200, CUT, "cut")), read(1)),
    "truncated-json": Fault(once((200, CUT, "application/json")), read(1, asked=2)),
    "slow": Fault(
        lambda s: s.stalled.add("IWM"), left_out(1), {"timeout_seconds": 0.3, "retries": 1}
    ),
    "nan-last": Fault(row(-1, None, None, None), without(DAYS[-1])),
    "volume-only": Fault(row(-1, None, None, 5000), without(DAYS[-1])),
    "zero": Fault(row(3, 0.0, 0.0, 10), without(HOLE, told=f"IWM has no close on {HOLE}")),
    "negative": Fault(row(3, -7.0, -7.0, 10), without(HOLE, told=f"no close on {HOLE} at")),
    "infinite": Fault(row(3, float("inf"), 1.0, 10), without(HOLE, told="figures that need it")),
    "missing-session": Fault(lambda s: s.dropped.update(IWM={HOLE}), read(asked=2)),
    "lost-session": Fault(
        lambda s: s.lost.update(IWM={HOLE}), without(HOLE, told="also when asked again")
    ),
    "nobody-has-it": Fault(all_lack, without(HOLE, told="exchange may have been closed", asked=1)),
    "duplicate": Fault(more((DAYS[3], 203.0, 202.5, 1003)), read(asked=1)),
    "said-twice": Fault(more((DAYS[-1], 208.0, 207.5, 1100)), read(asked=1)),
    "future": Fault(more((dt.date(2026, 7, 6), 999.0, 999.0, 1)), read(asked=1)),
    "holiday": Fault(more((dt.date(2026, 6, 19), 199.0, 199.0, 0)), read(asked=1)),
    "half-day": Fault(clock(13, 0), read(asked=1)),
    "dst": Fault(eve, read(asked=1)),
    "zone": Fault(_tokyo, left_out(3)),
    "zone-elsewhere": Fault(_sydney, left_out(3)),
    "zone-unknown": Fault(about(exchangeTimezoneName="Mars/Olympus"), left_out(3)),
    "dividend": Fault(events(DIVIDEND), acted((SESSION.date, "dividend", 0.75))),
    "split": Fault(events(SPLIT), acted((SESSION.date, "split", 2.0))),
    "action-in-hole": Fault(
        events(event("dividends", HOLE, amount=0.4), (HOLE,)),
        acted((HOLE, "dividend", 0.4), asked=2),
    ),
    "absurd-action": Fault(
        events(event("splits", HOLE, numerator=1e9, denominator=1, splitRatio="?")),
        lambda seen: (
            acted()(Seen(seen.server, seen.slept, _quiet(seen.fetched))),
            _said(seen, f"a split on {HOLE} of IWM that cannot be true"),
        )[0],
    ),
}


def _quiet(fetched: Fetched) -> Fetched:
    return Fetched(fetched.bars, fetched.members, fetched.source, actions=fetched.actions)


def _said(seen: Seen, told: str) -> None:
    (note,) = seen.notes
    assert told in note


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_becomes_what_the_document_says(name: str) -> None:
    fault = FAULTS[name]
    slept: list[float] = []
    good = {"SPY": rows(600.0), "IWM": rows(200.0), "^VIX": rows(16.0)}
    with FakeYahoo(good) as server:
        fault.made(server)
        settings = {"session": server.session(), "sleep": slept.append} | fault.settings
        fetched = Yahoo(**settings).fetch(ASKED)
        assert fetched.bars["date"].max() <= pd.Timestamp(SESSION.date)
        assert "127.0.0.1" not in "".join(note.message for note in fetched.notes)
        fault.check(Seen(server, slept, fetched))


def test_every_fault_of_the_document_is_a_case_and_every_case_stands_there() -> None:
    stands = re.findall(r"^\|.*\| `yahoo\.([a-z0-9-]+)` \|$", DOCUMENT, re.MULTILINE)
    assert len(stands) == len(set(stands))
    assert sorted(stands) == sorted([*FAULTS, *OF_ALL])


OF_ALL: dict[str, tuple[Callable[[FakeYahoo], None], str]] = {
    "all-429": (lambda s: s.always_refused.update(s.rows), "too many requests"),
    "all-401": (lambda s: s.always.update(dict.fromkeys(s.rows, NO_CRUMB)), "cannot be reached"),
    "all-unread": (
        lambda s: s.always.update(dict.fromkeys(s.rows, (200, HTML, "text/html"))),
        "its answer cannot be read",
    ),
    "all-slow": (lambda s: s.stalled.update(s.rows), "no answer in time"),
    "all-empty": (lambda s: s.rows.update({name: [] for name in s.rows}), "has no prices for any"),
}
"""Where not one symbol comes there is no edition, and one sentence."""


@pytest.mark.parametrize("name", OF_ALL)
def test_with_nothing_there_is_one_sentence(name: str) -> None:
    made, told = OF_ALL[name]
    with FakeYahoo({"SPY": rows(600.0), "IWM": rows(200.0)}) as server:
        made(server)
        yahoo = Yahoo(
            session=server.session(), sleep=lambda _: None, retries=1, timeout_seconds=0.3
        )
        with pytest.raises(DataUnavailable) as caught:
            yahoo.fetch(request(("SPY", "IWM"), explicit_members=()))
    assert told in str(caught.value)
    assert re.fullmatch(r"[^\n]{20,250}\.", str(caught.value))
    assert "127.0.0.1" not in str(caught.value)
