"""What Yahoo tells beside bars, read by the real yfinance from loopback."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
import yahoo_pages as pages
from collect_support import SESSION, request
from hypothesis import given
from hypothesis import strategies as st
from lengths import some
from test_provider_yahoo import _rows
from yahoo_loopback import FakeYahoo

from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Fetched
from newsletter.collect.providers.yahoo import Yahoo
from newsletter.collect.providers.yahoo.words import LIMITS, link, number, words
from newsletter.collect.snapshot import Snapshot

EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
REFUSED = (429, "Too Many Requests", "text/plain")


def _fetch(
    found: dict[str, Any],
    *tables: str,
    symbols: tuple[str, ...] = ("SPY", "^VIX"),
    now: dt.datetime = EVENING,
) -> Fetched:
    with FakeYahoo({"SPY": _rows(600.0), "AAPL": _rows(200.0), "^VIX": _rows(16.0)}) as server:
        server.meta = {"AAPL": {"instrumentType": "EQUITY"}, "^VIX": {"instrumentType": "INDEX"}}
        server.pages = found
        yahoo = Yahoo(
            session=server.session(), sleep=lambda _: None, tables=tables, now=lambda: now
        )
        return yahoo.fetch(request(symbols, explicit_members=("AAPL",)))


def _rows_of(snapshot: Snapshot, table: str) -> list[tuple[Any, ...]]:
    frame = snapshot.tables[table].drop(columns="known")
    assert set(snapshot.tables[table]["known"]) == {pd.Timestamp(SESSION.date)}
    return list(frame.itertuples(index=False, name=None))


def _notes(fetched: Fetched) -> str:
    text = " ".join(note.message for note in fetched.notes)
    assert "127.0.0.1" not in text
    assert "crumb" not in text
    return text


AAPL = {
    "symbol": "AAPL", "currency": "USD", "trailingPE": 31.5, "forwardPE": 27.25,
    "marketCap": 3_100_000_000_000, "priceToBook": 44.0, "dividendYield": 0.5,
    "regularMarketPrice": 203.0, "epsTrailingTwelveMonths": 6.44, "sharesOutstanding": 15e9,
}  # fmt: skip


def test_quotes_become_fundamentals_and_no_share_count() -> None:
    spy = {"symbol": "SPY", "currency": "USD", "trailingPE": 27.5, "marketCap": 7e11}
    fetched = _fetch({pages.QUOTE: pages.quotes(AAPL, spy)}, "fundamentals")
    snapshot = freeze(SESSION, fetched)
    assert set(_rows_of(snapshot, "fundamentals")) == {
        ("AAPL", "trailing_pe", 31.5),
        ("AAPL", "forward_pe", 27.25),
        ("AAPL", "market_cap", 3.1e12),
        ("AAPL", "price_to_book", 44.0),
        ("AAPL", "dividend_yield", 0.5),
        ("AAPL", "price", 203.0),
        ("AAPL", "eps_trailing", 6.44),
        ("SPY", "trailing_pe", 27.5),
        ("SPY", "market_cap", 7e11),
    }
    assert _notes(fetched) == ""
    assert [(s.covers, s.as_of) for s in snapshot.sources] == [
        ("bars", "2026-07-02"),
        ("fundamentals", "2026-07-02"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"trailingPE": 1e300}, {"trailingPE": "Infinity"}, {"marketCap": -1},
        {"dividendYield": 5000}, {"trailingPE": [1]}, {"trailingPE": True},
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_true_is_left_out_and_told(wrong: dict[str, Any]) -> None:
    fetched = _fetch({pages.QUOTE: pages.quotes(AAPL | wrong)}, "fundamentals")
    (key,) = wrong
    field = {"trailingPE": "trailing_pe", "marketCap": "market_cap"}.get(key, "dividend_yield")
    rows = _rows_of(freeze(SESSION, fetched), "fundamentals")
    assert len(rows) == 6
    assert field not in {row[1] for row in rows}
    assert "fundamentals (1 figures) cannot be used (they cannot be true)" in _notes(fetched)


def test_what_nobody_asked_for_and_other_money_is_left_out() -> None:
    others = ({"symbol": "EVIL", "trailingPE": 9.0}, AAPL | {"currency": "JPY"}, {})
    assert "fundamentals" not in _fetch({pages.QUOTE: pages.quotes(*others)}, "fundamentals").tables


def test_todays_figures_stay_out_of_an_earlier_sessions_edition() -> None:
    later = dt.datetime(2026, 7, 6, 15, 0, tzinfo=dt.UTC)  # Monday, in trading hours
    found = {pages.QUOTE: pages.quotes(AAPL)}
    assert freeze(SESSION, _fetch(found, "fundamentals", now=later)).tables == {}
    weekend = dt.datetime(2026, 7, 4, 15, 0, tzinfo=dt.UTC)
    assert "fundamentals" in freeze(SESSION, _fetch(found, "fundamentals", now=weekend)).tables


def test_funds_give_weights_and_the_valuation_of_their_holdings() -> None:
    sectors = {"technology": 0.34, "realestate": 0.02, "financial_services": 0.13}
    page = pages.fund(sectors, {"NVDA": 0.08, "AAPL": 0.065, "<b>": 0.01})
    fetched = _fetch({pages.SUMMARY + "SPY": page}, "funds")
    snapshot = freeze(SESSION, fetched)
    assert _rows_of(snapshot, "weights") == [
        ("holding", "SPY", "AAPL", pytest.approx(6.5)),
        ("holding", "SPY", "NVDA", pytest.approx(8.0)),
        ("sector", "SPY", "Financial Services", pytest.approx(13.0)),
        ("sector", "SPY", "Real Estate", pytest.approx(2.0)),
        ("sector", "SPY", "Technology", pytest.approx(34.0)),
    ]
    assert _rows_of(snapshot, "fundamentals") == [
        ("SPY", "holdings_pb", 5.0),
        ("SPY", "holdings_pe", 25.0),
    ]
    assert "holdings" not in snapshot.tables  # ten of five hundred are not the fund's list


def test_weights_of_more_than_a_whole_are_none() -> None:
    page = pages.fund({"technology": 0.9, "energy": 0.4}, {"NVDA": 0.08})
    fetched = _fetch({pages.SUMMARY + "SPY": page}, "funds")
    assert [row[0] for row in _rows_of(freeze(SESSION, fetched), "weights")] == ["holding"]
    assert "funds (2 figures) cannot be used" in _notes(fetched)


def test_sectors_give_the_markets_weights_and_their_industries() -> None:
    names = ("A & B", "Energy", "C", "D", "E", "F", "G", "H", "I", "J", "K")
    left = iter(names)

    def answer(path: str, query: dict[str, str]) -> Any:
        name = next(left)
        return pages.sector(name, 0.2 if name == "Energy" else 0.08, {"Oil": 0.6, "Gas": 0.4})

    snapshot = freeze(SESSION, _fetch({pages.SECTORS: answer}, "sectors"))
    rows = _rows_of(snapshot, "weights")
    market = {row[2]: row[3] for row in rows if row[:2] == ("sector", "us_market")}
    assert market == {name: pytest.approx(20.0 if name == "Energy" else 8.0) for name in names}
    assert ("industry", "Energy", "Oil", pytest.approx(60.0)) in rows
    assert len(rows) == 11 + 22


def test_calls_and_puts_are_counted_by_expiry() -> None:
    july, august, september = pages.JULY, pages.JULY + 30 * 86400, pages.JULY + 62 * 86400
    chains = {
        july: pages.chain([july, august, september], [(100, 1000), (None, 500)], [(250, 900)]),
        august: pages.chain([august, july], [(5, 0), (7, 0)], [(-3, 40)]),
    }

    def answer(path: str, query: dict[str, str]) -> Any:
        return chains[int(query.get("date", july))]

    fetched = _fetch({pages.OPTIONS + "SPY": answer}, "options")
    assert _rows_of(freeze(SESSION, fetched), "options") == [
        ("SPY", "call_open_interest", pd.Timestamp("2026-07-15"), 1500.0),
        ("SPY", "call_volume", pd.Timestamp("2026-07-15"), 100.0),
        ("SPY", "call_volume", pd.Timestamp("2026-08-14"), 12.0),
        ("SPY", "put_open_interest", pd.Timestamp("2026-07-15"), 900.0),
        ("SPY", "put_open_interest", pd.Timestamp("2026-08-14"), 40.0),
        ("SPY", "put_volume", pd.Timestamp("2026-07-15"), 250.0),
    ]  # interest of nothing throughout is no count, a volume below nothing is none
    assert "options (1 figures) cannot be used" in _notes(fetched)


def _calendar(path: str, query: dict[str, str]) -> Any:
    kind = json.loads(query["sent"])["entityIdType"]
    if kind == "sp_earnings":
        columns = ["Symbol", "Company Name", "Market Cap (Intraday)", "Event Name",
                   "Event Start Date", "Surprise (%)", "EPS Estimate", "Reported EPS"]  # fmt: skip
        rows = [
            ["JPM", "JPMorgan <b>Chase</b>", 8e11, "Q2", "2026-07-14T02:00:00.000Z", 0, 5.1, 0],
            ["BAC", "Bank", 4e11, "Q2", "2026-09-14T12:00:00.000Z", 0, 1.0, 0],
            ["<x>", "Evil", 4e11, "Q2", "2026-07-14T12:00:00.000Z", 0, 1.0, 0],
        ]
        return pages.visual(columns, rows)
    if kind == "economic_event":
        columns = ["Event", "Country Code", "Event Time", "Period", "Actual",
                   "Market Expectation", "Prior to This", "Revised from"]  # fmt: skip
        rows = [
            ["CPI MM", "US", "2026-07-14T12:30:00.000Z", "Jun", None, 0.3, 0.2, None],
            ["CPI MM", "DE", "2026-07-14T06:00:00.000Z", "Jun", None, 0.3, 0.2, None],
        ]
        return pages.visual(columns, rows)
    columns = ["Symbol", "Company Name", "Payable On", "Optionable?", "Old Share Worth",
               "Share Worth"]  # fmt: skip
    rows = [
        ["AAPL", "Apple", "2026-07-09T00:00:00.000", "Y", 1, 4],
        ["TINY", "Nobody's", "2026-07-09T00:00:00.000", "N", 100, 1],
    ]
    return pages.visual(columns, rows)


def test_calendars_give_what_is_due() -> None:
    fetched = _fetch({pages.CALENDARS: _calendar}, "calendar")
    assert _notes(fetched) == ""
    assert _rows_of(freeze(SESSION, fetched), "events") == [
        ("earnings", "JPM", "JPMorgan Chase", "expected EPS 5.1", pd.Timestamp("2026-07-13")),
        ("economic", "US", "CPI MM", "for Jun, expected 0.3, last 0.2", pd.Timestamp("2026-07-14")),
        ("split", "AAPL", "Apple", "4 for 1", pd.Timestamp("2026-07-09")),
    ]  # two o'clock at night in London is the evening before in New York


def test_news_become_headlines_with_safe_links() -> None:
    found = pages.stream(
        pages.article("Stocks <script>alert(1)</script>rise\u202e", "2026-07-02T20:00:00Z",
                      "https://finance.yahoo.com/a"),
        pages.article("Bonds fall", "2026-07-02T20:00:00Z", "javascript:alert(1)", "<i>AP</i>"),
        pages.article("Told tomorrow", "2026-07-03T20:00:00Z", "https://finance.yahoo.com/b"),
        {"title": ["no text"], "pubDate": "2026-07-02T20:00:00Z"},
        pages.article("Undated", "soon", "https://finance.yahoo.com/c"),
    )  # fmt: skip
    snapshot = freeze(SESSION, _fetch({pages.NEWS: found}, "news"))
    assert _rows_of(snapshot, "headlines") == [("AP", "Bonds fall"), ("Reuters", "Stocks rise")]
    assert _rows_of(snapshot, "links") == [
        ("Reuters", "Stocks rise", "https://finance.yahoo.com/a")
    ]


GROUPS = {
    "fundamentals": pages.QUOTE, "funds": pages.SUMMARY, "sectors": pages.SECTORS,
    "calendar": pages.CALENDARS, "options": pages.OPTIONS, "news": pages.NEWS,
}  # fmt: skip


FAILURES: tuple[tuple[Any, str], ...] = (
    ((200, "<html>oops</html>", "text/html"), "cannot be used"),
    (REFUSED, "too many requests"),
    ((200, {"unlike": ["any", {"form": None}]}, "application/json"), ""),
    ((500, "oh", "text/plain"), "cannot be used"),
)


@pytest.mark.parametrize(
    ("group", "page", "told"), some(7, *((g, *one) for one in FAILURES for g in GROUPS))
)
def test_a_group_that_fails_leaves_the_bars_alone(group: str, page: Any, told: str) -> None:
    fetched = _fetch({GROUPS[group]: page}, group)
    assert dict(fetched.tables) == {}
    assert fetched.missing == ()
    assert told in _notes(fetched)


def test_after_a_refusal_no_further_group_is_asked_for() -> None:
    found = {pages.QUOTE: REFUSED, pages.NEWS: pages.stream()}
    with FakeYahoo({"SPY": _rows(600.0)}) as server:
        server.pages = found
        yahoo = Yahoo(
            session=server.session(), sleep=lambda _: None, tables=("fundamentals", "news")
        )
        yahoo.fetch(request(("SPY",), explicit_members=("SPY",)))
        assert pages.QUOTE in server.paths
        assert pages.NEWS not in server.paths


def test_without_tables_nothing_else_is_asked_for() -> None:
    with FakeYahoo({"SPY": _rows(600.0)}) as server:
        fetched = Yahoo(session=server.session()).fetch(request(("SPY",), explicit_members=()))
        assert dict(fetched.tables) == {}
        assert all("chart" in path or "crumb" in path or path == "/" for path in server.paths)


@given(st.text() | st.binary() | st.none() | st.integers())
def test_words_are_plain_whatever_comes(found: Any) -> None:
    plain = words(found)
    assert len(plain) <= 300
    assert not set(plain) & set("<>\n\r\t\x1b\u202e\u200b")
    assert plain.isprintable()
    assert words(plain) == plain or "&" in plain


@given(st.floats() | st.text() | st.none() | st.booleans() | st.integers())
def test_numbers_keep_to_their_limits(found: Any) -> None:
    for field, (low, high) in LIMITS.items():
        value = number(found, field)
        assert value is None or low <= value <= high


@pytest.mark.parametrize(
    "address",
    ["http://a.example/", "https://me@a.example/", "//a.example", "https://", "https://a b", None,
     "https://[", "data:text/html,x", "https://a.example/'onclick", "https://a.example/\u202e"],
)  # fmt: skip
def test_an_unsafe_link_is_none(address: Any) -> None:
    assert link(address) == ""
    assert link("https://a.example/x?y=1") == "https://a.example/x?y=1"
