"""The real yfinance code against a Yahoo on loopback."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
import yfinance as yf
from collect_support import DAYS, SESSION, request
from yahoo_loopback import FakeYahoo, Loopback, Row

from newsletter.collect.normalise import freeze
from newsletter.collect.providers.yahoo import Yahoo
from newsletter.collect.providers.yahoo.manners import forget_zone
from newsletter.errors import DataUnavailable


def _rows(price: float, days: tuple[dt.date, ...] = DAYS) -> list[Row]:
    return [(day, price + i, price + i - 0.5, 1000 + i) for i, day in enumerate(days)]


@pytest.fixture
def server() -> Iterator[FakeYahoo]:
    with FakeYahoo({"SPY": _rows(600.0), "IWM": _rows(230.0), "^VIX": _rows(16.0)}) as yahoo:
        yield yahoo
        for symbol in yahoo.rows:
            forget_zone(symbol)  # what one test says of a clock is not the next one's


def _yahoo(server: FakeYahoo, **changes: Any) -> tuple[Yahoo, list[float]]:
    slept: list[float] = []
    settings: dict[str, Any] = {"session": server.session(), "sleep": slept.append} | changes
    return Yahoo(**settings), slept


ASKED = request(explicit_members=())


def test_a_good_evening(server: FakeYahoo) -> None:
    yahoo, slept = _yahoo(server)
    snapshot = freeze(SESSION, yahoo.fetch(ASKED))
    spy = snapshot.bars[snapshot.bars["symbol"] == "SPY"].reset_index(drop=True)
    assert [stamp.date() for stamp in spy["date"]] == list(DAYS[:4])
    assert spy.loc[3, "open":"volume"].tolist() == [602.5, 604.0, 602.0, 603.0, 602.5, 1003.0]
    assert slept == []
    assert "licensed feed" in snapshot.sources[0].licence


def test_yahoo_is_not_asked_past_the_session(server: FakeYahoo) -> None:
    yahoo, _ = _yahoo(server)
    yahoo.fetch(ASKED)
    midnight = pd.Timestamp("2026-07-03", tz="America/New_York")
    assert {end for _, end in server.ranges} == {int(midnight.timestamp())}


def test_an_unknown_symbol_is_missing_and_not_asked_for_again(server: FakeYahoo) -> None:
    yahoo, slept = _yahoo(server)
    fetched = yahoo.fetch(request(("SPY", "NOSUCH"), explicit_members=("GONE",)))
    assert fetched.missing == ("GONE", "NOSUCH")
    assert slept == []


def test_a_symbol_without_a_row_is_asked_for_once_more_and_missing(server: FakeYahoo) -> None:
    server.rows["HOLLOW"] = []
    server.rows["BLANK"] = [(day, None, None, None) for day in DAYS]
    yahoo, slept = _yahoo(server)
    assert yahoo.fetch(request(("SPY", "HOLLOW", "BLANK"), explicit_members=())).missing == (
        "BLANK",
        "HOLLOW",
    )
    assert slept == [1.0]
    assert (server.asked["HOLLOW"], server.asked["BLANK"], server.asked["SPY"]) == (2, 2, 1)


def test_a_last_bar_of_nothing_is_dropped_not_kept_as_a_hole(server: FakeYahoo) -> None:
    server.rows["IWM"][3] = (DAYS[3], None, None, None)
    yahoo, _ = _yahoo(server)
    found = yahoo.fetch(ASKED).bars
    assert found[found["symbol"] == "IWM"]["date"].max() == pd.Timestamp(DAYS[2])


def test_a_row_of_a_volume_alone_is_dropped(server: FakeYahoo) -> None:
    server.rows["IWM"][3] = (DAYS[3], None, None, 5000)
    yahoo, _ = _yahoo(server)
    found = yahoo.fetch(ASKED).bars
    assert len(found[found["symbol"] == "IWM"]) == 3


def test_after_a_refusal_only_what_is_missing_is_asked_for_again(server: FakeYahoo) -> None:
    server.always_refused = {"IWM"}
    yahoo, slept = _yahoo(server, retries=2, threads=1)
    fetched = yahoo.fetch(ASKED)
    assert fetched.missing == ("IWM",)
    assert slept == [5.0, 10.0]
    assert (server.asked["SPY"], server.asked["^VIX"]) == (1, 1)


def test_a_passing_refusal_heals(server: FakeYahoo) -> None:
    server.refusals = 4
    yahoo, slept = _yahoo(server, threads=1)
    assert yahoo.fetch(ASKED).missing == ()
    assert slept


def test_a_lasting_refusal_is_one_sentence(server: FakeYahoo) -> None:
    server.always_refused = {"SPY", "IWM", "^VIX"}
    yahoo, slept = _yahoo(server, retries=1)
    with pytest.raises(DataUnavailable, match=r"refuses to answer \(too many requests\); wait"):
        yahoo.fetch(ASKED)
    assert slept == [5.0]


def test_a_garbled_answer_is_asked_for_again_past_the_cache(server: FakeYahoo) -> None:
    server.broken = {"IWM"}
    yahoo, slept = _yahoo(server)
    assert yahoo.fetch(ASKED).missing == ()
    assert slept == [1.0]
    assert (server.asked["IWM"], server.asked["SPY"]) == (2, 1)


def test_a_dead_network_is_one_sentence(server: FakeYahoo) -> None:
    session = server.session()
    session.port = 9  # nobody answers there
    yahoo, slept = _yahoo(server, session=session, retries=1)
    with pytest.raises(DataUnavailable, match=r"Yahoo Finance cannot be reached \(.+\); check"):
        yahoo.fetch(ASKED)
    assert slept == [1.0]


def test_nothing_known_is_one_sentence(server: FakeYahoo) -> None:
    server.rows["HOLLOW"] = []
    yahoo, _ = _yahoo(server)
    with pytest.raises(DataUnavailable, match="no prices for any of the 1 symbols asked for"):
        yahoo.fetch(request(("HOLLOW",), explicit_members=()))


def test_chunks_are_paced_and_progress_is_told(server: FakeYahoo) -> None:
    seen: list[tuple[int, int, str]] = []
    yahoo, slept = _yahoo(server, chunk=1, pause_seconds=0.25)
    yahoo.fetch(ASKED, lambda *step: seen.append(step))
    assert slept == [0.25, 0.25]
    told = [step for step in dict.fromkeys(seen) if step[0]]  # signs of life repeat the last
    assert told == [(1, 3, "yahoo"), (2, 3, "yahoo"), (3, 3, "yahoo")]


def test_settings_of_yfinance_are_put_back(server: FakeYahoo) -> None:
    level, hidden = logging.getLogger("yfinance").level, yf.config.debug.hide_exceptions
    yahoo, _ = _yahoo(server)
    yahoo.fetch(ASKED)
    assert logging.getLogger("yfinance").level == level
    assert yf.config.debug.hide_exceptions == hidden


def test_of_what_is_kept_only_the_overlap_and_the_rest_are_asked_for(server: FakeYahoo) -> None:
    yahoo, _ = _yahoo(server)
    have = {"SPY": DAYS[2], "IWM": DAYS[3], "^VIX": dt.date(2025, 6, 2)}
    fetched = yahoo.fetch(request(explicit_members=(), have=have, overlap=2))
    asked = {symbol: (first, last) for symbol, first, last in server.spans}
    after = SESSION.date + dt.timedelta(days=1)
    assert asked == {
        "SPY": (DAYS[1], after),  # 30 June and 1 July are kept, and compared
        "IWM": (DAYS[2], after),
        "^VIX": (dt.date(2026, 1, 1), after),  # too old to be of use: all from the start
    }
    assert fetched.bars.groupby("symbol").size().to_dict() == {"SPY": 3, "IWM": 2, "^VIX": 4}


def test_without_overlap_what_came_after_is_asked_for(server: FakeYahoo) -> None:
    yahoo, _ = _yahoo(server)
    yahoo.fetch(request(("SPY",), explicit_members=(), have={"SPY": DAYS[1]}, overlap=0))
    assert [first for _, first, _ in server.spans] == [DAYS[2]]


def test_a_session_lost_since_what_is_kept_is_seen_although_no_bar_stands_before(
    server: FakeYahoo,
) -> None:
    server.lost = {"IWM": {DAYS[1]}}
    yahoo, _ = _yahoo(server)
    fetched = yahoo.fetch(request(explicit_members=(), have={"IWM": DAYS[1]}, overlap=1))
    assert [note.symbol for note in fetched.notes] == ["IWM"]
    assert str(DAYS[1]) in fetched.notes[0].message


def test_holes_of_members_share_one_line(server: FakeYahoo) -> None:
    server.rows |= {name: _rows(50.0) for name in ("AAA", "BBB", "CCC")}
    server.lost = {name: {DAYS[1]} for name in ("AAA", "CCC")}
    yahoo, _ = _yahoo(server)
    fetched = yahoo.fetch(request(explicit_members=("AAA", "BBB", "CCC")))
    (note,) = fetched.notes
    assert note.symbol == "sp500"
    assert note.message == (
        "2 members lack closes of sessions of the last year at Yahoo Finance: AAA, CCC."
    )


def test_an_interruption_leaves_an_answer_that_never_comes(server: FakeYahoo) -> None:
    """What ends the fetch is the next sign of life, not Yahoo and not the timeout."""
    server.stalled = {"IWM"}

    def progress(*_: object) -> None:
        if server.waiting.is_set():
            raise KeyboardInterrupt

    yahoo, slept = _yahoo(server, timeout_seconds=600)
    with pytest.raises(KeyboardInterrupt):
        yahoo.fetch(ASKED, progress)
    assert slept == []
    assert not server.release.is_set()


def test_an_interruption_ends_the_wait_after_a_refusal(server: FakeYahoo) -> None:
    server.always_refused = {"SPY", "IWM", "^VIX"}
    seen: list[object] = []

    def progress(*step: object) -> None:
        seen.append(step)
        if len(seen) > 2:
            raise KeyboardInterrupt

    yahoo, _ = _yahoo(server, sleep=None, retries=8)  # some twenty minutes of waiting
    with pytest.raises(KeyboardInterrupt):
        yahoo.fetch(ASKED, progress)


def test_an_index_of_chicago_keeps_the_exchanges_days_and_one_of_tokyo_its_own(
    server: FakeYahoo,
) -> None:
    server.rows["^N225"] = _rows(40_000.0)
    server.meta = {
        "^VIX": {"exchangeTimezoneName": "America/Chicago", "gmtoffset": -18000},
        "^N225": {"exchangeTimezoneName": "Asia/Tokyo", "gmtoffset": 32400},
    }
    server.lost = {"^VIX": {DAYS[1]}, "^N225": {DAYS[1]}}
    yahoo, _ = _yahoo(server)
    fetched = yahoo.fetch(request(("SPY", "^VIX", "^N225"), explicit_members=()))
    assert [note.symbol for note in fetched.notes] == ["^VIX"]
    assert (server.asked["^VIX"], server.asked["^N225"]) == (2, 1)


def test_every_request_has_the_patience_that_is_configured(monkeypatch):
    given, mine = [], []
    real = Loopback.request

    def request_(self, method, url, *args, **kwargs):
        # A thread that an interrupted fetch left behind may still be asking another server.
        if self in mine and "/v8/finance/chart/" in url:
            given.append(kwargs["timeout"])
        return real(self, method, url, *args, **kwargs)

    monkeypatch.setattr(Loopback, "request", request_)
    with FakeYahoo({"SPY": _rows(600.0)}) as server:
        mine.append(server.session())
        yahoo = Yahoo(session=mine[0], sleep=lambda _: None, timeout_seconds=3.5)
        yahoo.fetch(request(("SPY", "GONE"), explicit_members=()))
    assert len(given) >= 3  # a time zone and bars, and of a symbol that is unknown the first alone
    assert set(given) == {3.5}
