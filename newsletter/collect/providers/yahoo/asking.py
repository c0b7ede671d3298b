"""One question about one symbol, and what Yahoo's answer is worth."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.providers.yahoo.manners import forget_zone
from newsletter.collect.sessions import TradingDays
from newsletter.collect.snapshot import PRICE_COLUMNS

_COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
}
_PRICES = list(PRICE_COLUMNS[:-1])
_LISTED = ("EQUITY", "ETF", "MUTUALFUND")  # instruments that keep the exchange's own days
_PLAIN = re.compile(r"[A-Z]{1,5}(-[A-Z]{1,2})?")  # a listing of the United States
_MOST_SPLIT = 1000.0

Days = npt.NDArray[np.datetime64]

ACTIONS = ["symbol", "date", "kind", "value"]
NO_ACTIONS = pd.DataFrame(
    {
        "symbol": pd.Series(dtype=object),
        "date": pd.Series(dtype="datetime64[ns]"),
        "kind": pd.Series(dtype=object),
        "value": pd.Series(dtype="float64"),
    }
)


@dataclass(frozen=True)
class Answer:
    """What Yahoo told of one symbol.

    Parameters
    ----------
    bars : pandas.DataFrame
        Long, with date and symbol, each row with a price; sorted by date.
    actions : pandas.DataFrame
        ``symbol, date, kind, value``.
    kind : str
        Yahoo's instrument type, e.g. ``ETF``.
    at_home : bool
        Whether it trades on the days of the edition's exchange.
    odd : tuple of str
        Actions that cannot be true, as words.
    """

    bars: pd.DataFrame
    actions: pd.DataFrame
    kind: str
    at_home: bool
    odd: tuple[str, ...] = ()


Outcome = Answer | Literal["absent", "empty", "refused"] | Exception
"""Absent: Yahoo does not know the symbol. Empty: it knows it, and gave not one price."""


class StrangeClock(Exception):
    """The answer is dated by a time zone that cannot be the symbol's."""


@dataclass(frozen=True, slots=True)
class Question:
    """Bars of a symbol from one day to another, both included."""

    symbol: str
    first: dt.date
    last: dt.date


def ask(question: Question, days: TradingDays, session: Any, timeout: float) -> Outcome:
    """Put one question to Yahoo by way of yfinance.

    Parameters
    ----------
    question : Question
        What is wanted.
    days : TradingDays
        The edition's exchange.
    session : curl_cffi.requests.Session
        Carries the question.
    timeout : float
        Seconds for one answer.
    """
    import yfinance as yf
    from yfinance.exceptions import YFRateLimitError, YFTickerMissingError
    from yfinance.scrapers.history import PriceHistory

    ticker = yf.Ticker(question.symbol, session=session)
    try:
        # Else the time zone is asked for with ten seconds' patience, whatever is configured.
        zone = ticker._get_ticker_tz(timeout=timeout)
        ticker._price_history = PriceHistory(ticker._data, ticker.ticker, zone)
        history = ticker.history(
            start=question.first.isoformat(),
            end=(question.last + dt.timedelta(days=1)).isoformat(),  # end is exclusive
            auto_adjust=False,  # close and adjusted close are different facts
            actions=True,
            repair=False,  # it invents prices; what is missing is asked for again instead
            keepna=True,
            timeout=timeout,
        )
        return _read(question, ticker, history, days)
    except YFRateLimitError:
        return "refused"
    except YFTickerMissingError as error:
        if _denied(ticker, timeout):
            return "absent"
        return "empty" if _hollow(ticker, error) else error
    except StrangeClock as error:
        forget_zone(question.symbol)
        return error
    except Exception as error:  # noqa: BLE001 - yfinance raises whatever its parsing hits
        return error


def _denied(ticker: Any, timeout: float) -> bool:
    """Tell whether Yahoo says itself that there is no such symbol.

    yfinance takes every answer with an error in it for a symbol that is gone. The answer it
    saw is in its cache, so that this seldom is another request.
    """
    from yfinance.const import _BASE_URL_

    url = f"{_BASE_URL_}/v8/finance/chart/{ticker.ticker}"
    try:
        answer = ticker._data.cache_get(
            url=url, params={"range": "1d", "interval": "1d"}, timeout=timeout
        )
    except Exception:  # noqa: BLE001 - whatever it is, it is no denial
        return False
    return bool(answer.status_code == 404)


def _hollow(ticker: Any, error: Exception) -> bool:
    """Tell whether Yahoo answered for the symbol, and had no price to tell of."""
    meta = getattr(ticker._price_history, "_history_metadata", None) or {}
    return "exchangeTimezoneName" in meta or bool(getattr(error, "yahoo_reason", None))


def _read(question: Question, ticker: Any, history: pd.DataFrame, days: TradingDays) -> Outcome:
    meta = ticker._price_history._history_metadata or {}
    kind = str(meta.get("instrumentType", ""))
    at_home = _clock(question.symbol, meta, history, days)
    # Yahoo repeats a close on holidays.
    listed = days.index.to_numpy("datetime64[ns]") if at_home and kind in _LISTED else None
    bars = _bars(question, history, listed)
    if bars.empty:
        return "empty"
    actions, odd = _actions(question, ticker._price_history)
    return Answer(bars, actions, kind, at_home, odd)


def _clock(symbol: str, meta: Any, history: pd.DataFrame, days: TradingDays) -> bool:
    """Tell whether a symbol keeps the exchange's days.

    Raises
    ------
    StrangeClock
        If the zone contradicts the offset beside it, or a plain listing claims to trade
        elsewhere: dates made with it would be those of the day before or after.
    """
    zone = pd.DatetimeIndex(history.index).tz
    if zone is None or history.empty:
        return False
    noon = pd.Timestamp(history.index[-1]).tz_localize(None) + pd.Timedelta(hours=12)
    there, here = (
        noon - noon.tz_localize(z).tz_convert("UTC").tz_localize(None) for z in (zone, days.zone)
    )
    stated = pd.Timedelta(seconds=float(meta.get("gmtoffset", there.total_seconds())))
    # An hour is allowed: Yahoo states today's offset, also for bars of the other half-year.
    if abs(stated - there) > pd.Timedelta(hours=1):
        raise StrangeClock
    american = str(days.zone) == "America/New_York"
    if american and _PLAIN.fullmatch(symbol) and there != here:
        raise StrangeClock
    # Cboe's indices go by Chicago; what has a suffix is listed elsewhere.
    return "." not in symbol and pd.Timedelta(0) <= here - there <= pd.Timedelta(hours=1)


def _bars(question: Question, history: pd.DataFrame, listed: Days | None) -> pd.DataFrame:
    """Return long bars of the days asked for, each with at least one price."""
    dates = _dates(history.index)
    values = {to: history[name].to_numpy(np.float64) for name, to in _COLUMNS.items()}
    keep = _inside(question, dates)
    # A close of nothing or less is none, and what else stands in that row is as doubtful. An
    # open of nothing is common: Yahoo does not know those of indices of the eighties.
    keep &= ~((values["close"] <= 0) | np.isinf(values["close"]))
    for name in _PRICES:
        values[name] = np.where(
            (values[name] > 0) & np.isfinite(values[name]), values[name], np.nan
        )
    # Yahoo writes rows of a volume alone on days its price feed missed.
    keep &= ~np.isnan([values[name] for name in _PRICES]).all(axis=0)
    if listed is not None:
        keep &= np.isin(dates, listed)
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(dates[rows], kind="stable")]
    columns = {name: found[rows] for name, found in values.items()}
    return pd.DataFrame({"date": dates[rows], "symbol": question.symbol, **columns})


def _inside(question: Question, dates: Days) -> npt.NDArray[np.bool_]:
    first, last = np.datetime64(question.first, "ns"), np.datetime64(question.last, "ns")
    inside: npt.NDArray[np.bool_] = (dates >= first) & (dates <= last)
    return inside


def _dates(index: Any) -> Days:
    """Return the wall dates at the exchange: they are the sessions."""
    stamps = pd.DatetimeIndex(index)
    if stamps.tz is not None:
        stamps = stamps.tz_localize(None)
    return stamps.to_numpy("datetime64[D]").astype("datetime64[ns]")


def _actions(question: Question, told: Any) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return dividends and splits by their own days, and what of them cannot be true.

    `Ticker.history` joins them to bars: where the bar of an ex-date is missing it puts them
    on the day before. So they are read before the join.
    """
    found: list[tuple[str, pd.Timestamp, str, float]] = []
    odd = []
    for kind, given in (("dividend", told._dividends), ("split", told._splits)):
        if not len(given):
            continue
        # What is paid in another currency has that in a second column.
        series = given["Dividends"] if isinstance(given, pd.DataFrame) else given
        values = pd.to_numeric(series, errors="coerce").to_numpy(np.float64)
        dates = _dates(series.index)
        for place in np.flatnonzero(_inside(question, dates) & (values != 0)):
            date, value = pd.Timestamp(dates[place]), float(values[place])
            if _true(kind, value):
                found.append((question.symbol, date, kind, value))
            else:
                odd.append(f"a {kind} on {date:%Y-%m-%d}")
    once = {(date, kind): (name, date, kind, value) for name, date, kind, value in reversed(found)}
    rows = [once[key] for key in sorted(once)]
    return pd.DataFrame(rows, columns=ACTIONS) if rows else NO_ACTIONS, tuple(odd)


def _true(kind: str, value: float) -> bool:
    if kind == "split":
        return 1 / _MOST_SPLIT <= value <= _MOST_SPLIT and abs(value - 1) > 1e-9
    return 0 < value < np.inf
