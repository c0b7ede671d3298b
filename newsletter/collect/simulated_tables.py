"""Tables of the sample market: an economy, companies, weights and share counts of no world.

Everything follows from the seed and from the simulated closes; a row depends on nothing
later than the day it is known, so that a longer history repeats a shorter one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsletter.collect.macro import next_business_day, published
from newsletter.collect.provider import BarRequest
from newsletter.collect.simulation import (
    YEAR,
    Array,
    Rates,
    drifting,
    simulate_economy,
    streams,
)
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN

LABEL = "SAMPLE DATA (simulated market)"
LICENCE = "simulated: no real prices, never to be mailed to the public"

_MONTHS_FROM, _WEEKS_FROM = "2017-01-01", "2018-01-06"
_FUND, _SHARES, _LOT = "IWM", 280e6, 50_000  # shares are made and redeemed in lots


@dataclass(frozen=True, slots=True)
class Company:
    """A simulated stock as the tables see it.

    Parameters
    ----------
    symbol, sector, industry : str
        Industry empty where none is told.
    shares_bn : float
        Shares outstanding, billions.
    growth : float
        Between 0 (value) and 1 (growth).
    yield_pct, beta : float
        Dividend yield in percent, loading on the market.
    reference : float
        Price on the reference date, which earnings are set against.
    closes : numpy.ndarray, shape (n_sessions,)
        Simulated closes.
    """

    symbol: str
    sector: str
    industry: str
    shares_bn: float
    growth: float
    yield_pct: float
    beta: float
    reference: float
    closes: Array


def simulated_tables(
    seed: int,
    request: BarRequest,
    dates: pd.DatetimeIndex,
    rates: Rates,
    companies: Sequence[Company],
    name: str,
) -> tuple[Mapping[str, pd.DataFrame], tuple[Source, ...]]:
    """Return the tables of the sample market with their sources.

    Parameters
    ----------
    seed : int
        Of the world.
    request : BarRequest
        Session, members and macro series wanted.
    dates : pandas.DatetimeIndex, shape (n_sessions,)
        Simulated sessions; those after the request's are not looked at.
    rates : Rates
        Interest rates on those sessions.
    companies : sequence of Company
        The listed stocks.
    name : str
        The provider's, for the sources.
    """
    end = pd.Timestamp(request.session.date)
    row = _snapshot_row(dates, end)
    tables = {
        "macro": _macro(seed, request.macro, dates, rates, end),
        "fundamentals": _fundamentals(seed, companies, dates, row),
        "classes": _classes(companies, dates[0]),
        "holdings": _holdings(request.members, companies, dates, row),
        "shares": _shares(seed, dates[dates <= end]),
    }
    given = {table: rows[rows[KNOWN] <= end] for table, rows in tables.items()}
    given = {table: rows for table, rows in given.items() if len(rows)}
    sources = tuple(
        Source(name, LABEL, LICENCE, end.date().isoformat(), simulated=True, covers=table)
        for table in given
    )
    return given, sources


def _snapshot_row(dates: pd.DatetimeIndex, end: pd.Timestamp) -> int:
    """Return the last session of the month before, when companies were last looked at."""
    first = pd.Timestamp(end.year, end.month, 1)
    return max(int(dates.searchsorted(first)) - 1, 0)


def _macro(
    seed: int, wanted: Sequence[str], dates: pd.DatetimeIndex, rates: Rates, end: pd.Timestamp
) -> pd.DataFrame:
    months = pd.date_range(_MONTHS_FROM, end, freq="MS")
    weeks = pd.date_range(_WEEKS_FROM, end, freq="7D")
    economy = simulate_economy(len(months), len(weeks), seed)
    made: dict[str, tuple[pd.DatetimeIndex, Array]] = {
        "CPIAUCSL": (months, economy.prices[:, 0]),
        "CPILFESL": (months, economy.prices[:, 1]),
        "PCEPILFE": (months, economy.prices[:, 2]),
        "PAYEMS": (months, economy.payrolls),
        "UNRATE": (months, economy.unemployment),
        "ICSA": (weeks, economy.claims),
        "DFEDTARU": (dates, rates.target),
        "DFEDTARL": (dates, rates.target - 0.25),
        "DGS3MO": (dates, np.round(rates.bills, 2)),
        "DGS2": (dates, np.round(rates.two_year, 2)),
        "DGS10": (dates, np.round(rates.ten_year, 2)),
        "T10YIE": (dates, np.round(rates.breakeven, 2)),
    }
    parts = [
        pd.DataFrame({"series": id, "date": made[id][0], "value": made[id][1]})
        for id in dict.fromkeys(wanted)
        if id in made
    ]
    if not parts:
        return pd.DataFrame(columns=["series", "date", "value", KNOWN])
    rows = pd.concat(parts, ignore_index=True)
    return published(rows[rows["date"] <= end])


def _fundamentals(
    seed: int, companies: Sequence[Company], dates: pd.DatetimeIndex, row: int
) -> pd.DataFrame:
    """Return one picture of every company, at the closes of session `row`.

    Earnings stand so against the reference price that growth companies are dearer, and
    grow from there at a rate of their own; the rest hangs together with them.
    """
    luck = streams(seed, 7, 1)[0].standard_normal((len(companies), 3))
    growth = np.array([company.growth for company in companies])
    price = np.array([company.closes[row] for company in companies])
    reference = np.array([company.reference for company in companies])
    shares = np.array([company.shares_bn for company in companies])
    pace = 3.0 + 14.0 * growth + 4.0 * luck[:, 0]
    years = (dates[row] - pd.Timestamp("2025-12-31")).days / 365.25
    ratio = np.maximum(13.0 + 22.0 * growth + 4.0 * luck[:, 1], 6.0)
    earned = reference / ratio * np.exp(np.log1p(pace / 100) * years)
    margin = np.clip(7.0 + 13.0 * growth + 4.0 * luck[:, 2], 1.0, 45.0)
    fields = {
        "price": price,
        "market_cap": 1e9 * shares * price,
        "eps_trailing": earned,
        "trailing_pe": price / earned,
        "forward_pe": price / (earned * (1 + pace / 100)),
        "price_to_book": price / earned * (0.12 + 0.1 * growth),
        "profit_margin": margin,
        "operating_margin": 1.35 * margin,
        "revenue_growth": 0.7 * pace,
        "earnings_growth": pace,
        "dividend_yield": np.array([company.yield_pct for company in companies]),
        "beta": np.array([company.beta for company in companies]),
    }
    symbols = [company.symbol for company in companies]
    parts = [
        pd.DataFrame({"symbol": symbols, "field": field, "value": np.round(values, 4)})
        for field, values in fields.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(**{KNOWN: dates[row]})


def _classes(companies: Sequence[Company], first: pd.Timestamp) -> pd.DataFrame:
    rows = [(company.symbol, "gics", company.sector, company.industry) for company in companies]
    frame = pd.DataFrame(rows, columns=["symbol", "scheme", "sector", "industry"])
    return frame.assign(**{KNOWN: first})


def _holdings(
    fund: str, companies: Sequence[Company], dates: pd.DatetimeIndex, row: int
) -> pd.DataFrame:
    values = np.array([company.shares_bn * company.closes[row] for company in companies])
    frame = pd.DataFrame(
        {
            "fund": fund,
            "symbol": [company.symbol for company in companies],
            "weight": np.round(100.0 * values / values.sum(), 4),
        }
    )
    return frame.assign(**{KNOWN: dates[row]})


def _shares(seed: int, dates: pd.DatetimeIndex) -> pd.DataFrame:
    noise = streams(seed, 8, 1)[0].standard_normal(len(dates))
    drift = drifting(noise, keep=1 - 1 / YEAR, step=0.008)
    counts = _LOT * np.round(_SHARES * np.exp(drift) / _LOT)
    known = next_business_day(dates.to_numpy("datetime64[D]")).astype("datetime64[ns]")
    return pd.DataFrame({"symbol": _FUND, "date": dates, "shares": counts, KNOWN: known})
