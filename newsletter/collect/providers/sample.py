"""Sample: a simulated market under real tickers, for demonstrations and tests.

Nothing in it happened. `Source.simulated` is set, so its mail can never leave the
machine. The same seed gives the same bar for the same date whatever session is asked.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched, Provider
from newsletter.collect.sessions import TradingDays
from newsletter.collect.simulated_assets import ASSETS, FINE, FUND_OFFSET, asset_prices
from newsletter.collect.simulated_tables import LABEL, LICENCE, Company, simulated_tables
from newsletter.collect.simulation import (
    QUARTER,
    Array,
    Paths,
    Rates,
    Stocks,
    ex_offset,
    simulate,
    simulate_rates,
)
from newsletter.collect.snapshot import Members, Source
from newsletter.config import Providers
from newsletter.errors import DataUnavailable

FIRST = dt.date(2019, 1, 2)
"""First simulated session."""

_REFERENCE = dt.date(2025, 12, 31)  # where every price equals its listed level
_ADJUSTED_TO = 8 * 252  # adjusted closes meet closes this many sessions after the first
_STOCK_WIDTH, _FUND_WIDTH = 0.0095, 0.0045  # of a day's range, as a share of the price
_VIX = "^VIX"
_SEED = 185


class _Sector(NamedTuple):
    """Dividend yield, place between value (0) and growth (1), loading on the market."""

    yield_pct: float
    growth: float
    beta: float


_SECTORS = {
    "Communication Services": _Sector(0.7, 0.70, 1.00),
    "Consumer Discretionary": _Sector(0.8, 0.65, 1.15),
    "Consumer Staples": _Sector(2.6, 0.30, 0.60),
    "Energy": _Sector(3.4, 0.10, 0.85),
    "Financials": _Sector(1.8, 0.20, 1.05),
    "Health Care": _Sector(1.6, 0.45, 0.75),
    "Industrials": _Sector(1.3, 0.45, 1.00),
    "Information Technology": _Sector(0.6, 0.85, 1.25),
    "Materials": _Sector(1.8, 0.30, 0.95),
    "Real Estate": _Sector(3.6, 0.25, 0.90),
    "Utilities": _Sector(2.9, 0.20, 0.55),
}
_THEMES = ("bank", "semi")
_INDUSTRIES = ("", "Banks", "Semiconductors")  # by theme; of other stocks none is told
_NO_DIVIDEND = frozenset(
    "AMZN TSLA BRK-B NFLX AMD PLTR ADBE NOW PANW CRWD FTNT SNPS CDNS ANET ADSK WDAY BA UBER "
    "ISRG VRTX REGN BSX EW IDXX DXCM COIN ORLY AZO CMG ABNB LULU ULTA NVR DECK DASH".split()
)


class _Fund(NamedTuple):
    """Level on the reference date, dividend yield, daily turnover, and what it holds."""

    level: float
    yield_pct: float
    turnover_bn: float
    holding: str


_FUNDS = {
    "SPY": _Fund(682, 1.1, 45, "cap"),
    "QQQ": _Fund(614, 0.5, 32, "tech"),
    "DIA": _Fund(481, 1.5, 2.4, "dow"),
    "RSP": _Fund(192, 1.6, 2.6, "equal"),
    "IWM": _Fund(246, 1.1, 9, "small"),
    "IWD": _Fund(210, 1.7, 0.6, "value"),
    "IWF": _Fund(119, 0.4, 0.9, "growth"),
    "SMH": _Fund(360, 0.3, 3.5, "semi"),
    "KRE": _Fund(64, 2.5, 1.0, "bank"),
    "MAGS": _Fund(66, 0.4, 0.2, "mega"),
    "XLB": _Fund(45, 1.9, 0.6, "Materials"),
    "XLC": _Fund(117, 0.9, 0.7, "Communication Services"),
    "XLE": _Fund(45, 3.2, 1.4, "Energy"),
    "XLF": _Fund(55, 1.4, 2.2, "Financials"),
    "XLI": _Fund(155, 1.3, 1.5, "Industrials"),
    "XLK": _Fund(144, 0.6, 2.0, "Information Technology"),
    "XLP": _Fund(78, 2.6, 1.1, "Consumer Staples"),
    "XLRE": _Fund(41, 3.3, 0.3, "Real Estate"),
    "XLU": _Fund(43, 2.7, 0.9, "Utilities"),
    "XLV": _Fund(154, 1.6, 1.4, "Health Care"),
    "XLY": _Fund(120, 0.8, 1.0, "Consumer Discretionary"),
}


@dataclass(frozen=True)
class _World:
    """The whole simulated history; arrays have shape (n_sessions, n_symbols)."""

    dates: pd.DatetimeIndex
    symbols: tuple[str, ...]
    fields: dict[str, Array]
    rates: Rates


@dataclass(frozen=True)
class Sample:
    """Bars of the simulated market.

    Parameters
    ----------
    seed : int
        Names the world; another seed is another history.
    """

    seed: int = _SEED
    name: str = "sample"

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        """Return the bars of a request.

        Parameters
        ----------
        request : BarRequest
            What is wanted.
        progress : callable, optional
            Told when the market is simulated.

        Returns
        -------
        Fetched
            Bars up to and including the session.

        Raises
        ------
        newsletter.errors.DataUnavailable
            If the session is before the first simulated one.
        """
        session = request.session
        if session.date < FIRST:
            raise DataUnavailable(
                f"The sample market starts on {FIRST}; choose a later session than {session.date}."
            )
        until = max(session.date, _REFERENCE)
        world = _world(self.seed, session.exchange, until)
        progress(1, 1, "simulated market")
        listed = tuple(row.symbol for row in _listed())
        members = request.configured_members() or Members(
            request.members, "stocks in the sample market", tuple(sorted(listed))
        )
        asked = {*request.symbols, *members.symbols}
        bars = _long(world, asked, request)
        tables, sources = simulated_tables(
            self.seed, request, world.dates, world.rates, _companies(world), self.name
        )
        return Fetched(
            bars=bars,
            members=members,
            source=Source(
                name=self.name,
                label=LABEL,
                licence=LICENCE,
                as_of=session.date.isoformat(),
                simulated=True,
            ),
            missing=tuple(sorted(asked - set(world.symbols))),
            tables=tables,
            table_sources=sources,
        )


class _Listed(NamedTuple):
    symbol: str
    sector: str
    price: float
    cap: float
    groups: frozenset[str]


@lru_cache(maxsize=1)
def _listed() -> tuple[_Listed, ...]:
    path = Path(__file__).with_name("us_large.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Listed(
                row["symbol"],
                row["sector"],
                float(row["price"]),
                float(row["cap_bn"]),
                frozenset(row["groups"].split()),
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=2)
def _world(seed: int, exchange: str, until: dt.date) -> _World:
    index = TradingDays(exchange, until).index
    dates = index[(index >= pd.Timestamp(FIRST)) & (index <= pd.Timestamp(until))]
    reference = int(dates.searchsorted(pd.Timestamp(_REFERENCE), side="right")) - 1
    listed, stocks = _listed(), _stocks()
    paths = simulate(stocks, len(dates), seed)

    growth = np.exp(paths.stocks - paths.stocks[reference])  # price against reference price
    funds = _funds(growth, paths, stocks, reference)
    levels = np.array([row.price for row in listed])
    closes = np.column_stack([growth * levels, funds, paths.vix])
    turnover = [0.004 * row.cap for row in listed] + [f.turnover_bn for f in _FUNDS.values()] + [0]
    width = np.repeat([_STOCK_WIDTH, _FUND_WIDTH], [len(listed), len(_FUNDS) + 1])
    fields = _bars(closes, paths, np.array(turnover), width, (seed, 1), swings=-1)
    annual = [fund.yield_pct / 400 for fund in _FUNDS.values()]
    fields["adj_close"] = _adjusted(
        fields["close"],
        np.concatenate([stocks.quarterly_yield, annual, [0.0]]),
        np.concatenate([ex_offset(len(listed)), np.full(len(_FUNDS) + 1, FUND_OFFSET)]),
    )
    rates, weights = simulate_rates(len(dates), seed), _weights(stocks)
    large = np.log(growth @ weights["cap"])
    tilt = np.log((growth @ weights["value"]) / (growth @ weights["growth"]))
    assets = _asset_bars(asset_prices(large, tilt, paths, rates, reference, seed), paths, seed)
    fields = {name: np.column_stack([values, assets[name]]) for name, values in fields.items()}
    symbols = (*(row.symbol for row in listed), *_FUNDS, _VIX, *ASSETS)
    return _World(dates, symbols, fields, rates)


def _stocks() -> Stocks:
    listed = _listed()
    sectors = list(_SECTORS)
    caps = np.array([row.cap for row in listed])
    # A fixed spread around the sector's usual place between value and growth.
    spread = 0.15 * np.sin(np.arange(len(listed)) * 2.399963)
    annual = [0.0 if r.symbol in _NO_DIVIDEND else _SECTORS[r.sector].yield_pct for r in listed]
    return Stocks(
        sector=np.array([sectors.index(row.sector) for row in listed]),
        weight=caps / caps.sum(),
        growth=np.clip([_SECTORS[row.sector].growth for row in listed] + spread, 0.0, 1.0),
        quarterly_yield=np.array(annual) / 400,
        beta=np.array([_SECTORS[r.sector].beta + 0.25 * ("semi" in r.groups) for r in listed]),
        theme=np.array([_theme(row.groups) for row in listed]),
    )


def _theme(groups: frozenset[str]) -> int:
    return next((i + 1 for i, theme in enumerate(_THEMES) if theme in groups), 0)


def _weights(stocks: Stocks) -> dict[str, Array]:
    """Return what each fund holds, as shares of its value on the reference date."""
    listed = _listed()
    caps = stocks.weight
    raw = {
        "cap": caps,
        "dow": np.array([row.price if "dow" in row.groups else 0.0 for row in listed]),
        "value": caps * (1 - stocks.growth) ** 2,
        "growth": caps * stocks.growth**2,
    }
    for group, power in (("semi", 0.7), ("bank", 0.0), ("mega", 0.0)):
        raw[group] = np.array([group in row.groups for row in listed]) * caps**power
    for sector in _SECTORS:
        raw[sector] = np.array([row.sector == sector for row in listed]) * caps**0.8
    modern = ("Information Technology", "Communication Services", "Consumer Discretionary")
    inside = np.array([1.0 if row.sector in modern else 0.0 for row in listed])
    held = np.array(
        [0.25 if row.sector in {"Consumer Staples", "Health Care"} else 0.0 for row in listed]
    )
    raw["tech"] = caps**0.9 * (inside + held)
    return {name: weight / weight.sum() for name, weight in raw.items()}


def _funds(growth: Array, paths: Paths, stocks: Stocks, reference: int) -> Array:
    """Return fund prices, shape (n_sessions, n_funds): baskets of the stocks."""
    weights = _weights(stocks)
    market = np.log(growth @ weights["cap"])
    average = np.concatenate(([0.0], np.log((growth[1:] / growth[:-1]).mean(axis=1)).cumsum()))
    step = np.diff(market, prepend=market[0])
    small = np.cumsum(1.08 * step + 1.1 * paths.size)
    special = {"equal": average, "small": small}
    columns = []
    for fund in _FUNDS.values():
        path = special.get(fund.holding)
        basket = growth @ weights[fund.holding] if path is None else np.exp(path - path[reference])
        columns.append(fund.level * basket)
    return np.column_stack(columns)


def _asset_bars(closes: Array, paths: Paths, seed: int) -> dict[str, Array]:
    """Return the bars of `ASSETS`, from streams that the stocks and funds do not use."""
    assets = list(ASSETS.values())
    turnover = np.array([asset.turnover_bn for asset in assets])
    width, cut = np.full(len(assets), _FUND_WIDTH), len(assets) - FINE
    fields = _bars(closes[:, :cut], paths, turnover[:cut], width[:cut], (seed, 5), swings=cut - 1)
    fine = _bars(closes[:, cut:], paths, turnover[cut:], width[cut:], (seed, 6), places=4)
    fields = {name: np.column_stack([values, fine[name]]) for name, values in fields.items()}
    annual = np.array([asset.yield_pct / 400 for asset in assets])
    offset = np.full(len(assets), FUND_OFFSET)
    return fields | {"adj_close": _adjusted(fields["close"], annual, offset)}


def _companies(world: _World) -> tuple[Company, ...]:
    """Return what the tables tell of each stock, with its simulated closes."""
    stocks = _stocks()
    return tuple(
        Company(
            symbol=row.symbol,
            sector=row.sector,
            industry=_INDUSTRIES[int(stocks.theme[i])],
            shares_bn=row.cap / row.price,
            growth=float(stocks.growth[i]),
            yield_pct=float(400 * stocks.quarterly_yield[i]),
            beta=float(stocks.beta[i]),
            reference=row.price,
            closes=world.fields["close"][:, i],
        )
        for i, row in enumerate(_listed())
    )


def _bars(
    closes: Array, paths: Paths, turnover_bn: Array, width: Array, entropy: tuple[int, int],
    *, swings: int | None = None, places: int = 2,
) -> dict[str, Array]:  # fmt: skip
    """Return open, high, low, close in cents and volume in hundreds of shares.

    `width` is how far each symbol moves within a day; the column `swings` moves more.
    """
    n, k = closes.shape
    draws = [np.random.default_rng(s) for s in np.random.SeedSequence(entropy).spawn(3)]
    step = np.diff(np.log(closes), axis=0, prepend=np.log(closes[:1]))
    breath = np.sqrt(paths.scale)[:, None]
    width = width * breath
    if swings is not None:
        width[:, swings] = 0.03
    opened = closes * np.exp(-0.6 * step + 0.5 * width * draws[0].standard_normal((n, k)))
    tails = width[:, :, None] * np.abs(draws[1].standard_normal((n, k, 2)))
    close, start = np.round(closes, places), np.round(opened, places)
    high = np.round(np.maximum(close, start) * (1 + 0.6 * tails[:, :, 0]), places)
    low = np.round(np.minimum(close, start) * (1 - 0.6 * tails[:, :, 1]), places)
    busy = np.exp(0.22 * draws[2].standard_normal((n, k)) + 12 * np.abs(step)) * breath
    volume = np.round(turnover_bn * 1e9 / closes * busy / 100) * 100
    return {"open": start, "high": high, "low": low, "close": close, "volume": volume}


def _adjusted(close: Array, quarterly: Array, offset: npt.NDArray[np.int64]) -> Array:
    """Return dividend-adjusted closes, from the rounded closes so that they repeat exactly.

    The dividend is a fixed share of the price, so the factor between two sessions needs
    only the number of ex-dates between them, and no later price.
    """
    day = np.arange(len(close))[:, None]
    ahead = (_ADJUSTED_TO - offset) // QUARTER - (day - offset) // QUARTER
    factor: Array = (1 - quarterly) ** ahead
    return np.round(close * factor, 6)


def _long(world: _World, asked: set[str], request: BarRequest) -> pd.DataFrame:
    rows = (world.dates >= pd.Timestamp(request.start)) & (
        world.dates <= pd.Timestamp(request.session.date)
    )
    dates = world.dates[rows]
    order = sorted(range(len(world.symbols)), key=world.symbols.__getitem__)
    columns = np.array([i for i in order if world.symbols[i] in asked], dtype=np.int64)
    names = [world.symbols[i] for i in columns]
    codes: npt.NDArray[np.int64] = np.repeat(np.arange(len(columns)), len(dates))
    frame = pd.DataFrame(
        {
            "date": np.tile(dates.to_numpy(), len(columns)),
            "symbol": pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype=object)),
        }
    )
    for field, values in world.fields.items():
        frame[field] = values[rows][:, columns].T.ravel()
    return frame


class _Plugin:
    id: str = "sample"

    def open(self, settings: Providers, path: Path | None) -> Provider:
        """Make the simulated market; it needs no settings."""
        del settings, path
        return Sample()


PROVIDER = _Plugin()
