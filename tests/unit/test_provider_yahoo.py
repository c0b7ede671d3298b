"""The real yfinance code against a Yahoo on loopback."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
import yfinance as yf
from collect_support import DAYS, SESSION, request
from yahoo_loopback import FakeYahoo, Row

from newsletter.collect.normalise import freeze
from newsletter.collect.providers.yahoo import Yahoo
from newsletter.errors import DataUnavailable


def _rows(price: float, days: tuple[dt.date, ...] = DAYS) -> list[Row]:
    return [(day, price + i, price + i - 0.5, 1000 + i) for i, day in enumerate(days)]


@pytest.fixture
def server() -> Iterator[FakeYahoo]:
    with FakeYahoo({"SPY": _rows(600.0), "IWM": _rows(230.0), "^VIX": _rows(16.0)}) as yahoo:
        yield yahoo


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
    for _ in range(3):  # yfinance tries two more addresses for the first two of a process
        fetched = yahoo.fetch(request(("SPY", "NOSUCH"), explicit_members=("GONE",)))
        assert fetched.missing == ("GONE", "NOSUCH")
    before = len(slept)
    yahoo.fetch(request(("SPY", "NOSUCH"), explicit_members=()))
    assert len(slept) == before


def test_a_symbol_without_a_row_is_missing(server: FakeYahoo) -> None:
    server.rows["HOLLOW"] = []
    server.rows["BLANK"] = [(day, None, None, None) for day in DAYS]
    yahoo, slept = _yahoo(server)
    assert yahoo.fetch(request(("SPY", "HOLLOW", "BLANK"), explicit_members=())).missing == (
        "BLANK",
        "HOLLOW",
    )
    assert slept == []


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
    assert seen == [(1, 3, "yahoo"), (2, 3, "yahoo"), (3, 3, "yahoo")]


def test_settings_of_yfinance_are_put_back(server: FakeYahoo) -> None:
    level, hidden = logging.getLogger("yfinance").level, yf.config.debug.hide_exceptions
    yahoo, _ = _yahoo(server)
    yahoo.fetch(ASKED)
    assert logging.getLogger("yfinance").level == level
    assert yf.config.debug.hide_exceptions == hidden
