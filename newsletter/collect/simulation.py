"""A seeded market: regimes, factors and stocks, from which funds and the VIX follow.

Pure arithmetic on arrays. Every random stream is drawn row by row from the first
session on, and nothing is scaled by what comes later than the fixed reference session,
so that a longer simulation repeats a shorter one bar for bar.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

YEAR = 252
"""Sessions in a year."""

QUARTER = YEAR // 4
"""Sessions between two dividends."""

# Regime: annual drift, annual volatility, mean length in sessions, and where it leads.
_REGIMES: tuple[tuple[float, float, int, dict[int, float]], ...] = (
    (0.22, 0.095, 60, {1: 0.45, 2: 0.35, 3: 0.20}),  # calm rise
    (0.15, 0.12, 35, {0: 0.50, 2: 0.30, 3: 0.20}),  # rotation below a quiet surface
    (0.03, 0.145, 25, {0: 0.40, 1: 0.25, 3: 0.35}),  # chop
    (-0.70, 0.26, 13, {2: 0.25, 4: 0.75}),  # selloff
    (0.70, 0.18, 24, {0: 0.60, 1: 0.40}),  # recovery
)
_TAIL = 5  # degrees of freedom of the shocks
_UNIT_T = float(np.sqrt((_TAIL - 2) / _TAIL))  # scales a t-shock to variance one


@dataclass(frozen=True)
class Stocks:
    """Fixed properties of the simulated stocks, each of shape (n_stocks,).

    Parameters
    ----------
    sector : ndarray of int
        Index of the sector.
    weight : ndarray
        Capitalisation shares, summing to one.
    growth : ndarray
        Between 0 (value) and 1 (growth).
    quarterly_yield : ndarray
        Dividend of a quarter as a share of price.
    beta : ndarray
        Loading on the market; scaled here so that the whole market has one.
    theme : ndarray of int
        Group with a factor of its own, counted from one; zero for none.
    """

    sector: npt.NDArray[np.int64]
    weight: Array
    growth: Array
    quarterly_yield: Array
    beta: Array
    theme: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Paths:
    """Simulated paths.

    Parameters
    ----------
    stocks : ndarray, shape (n_sessions, n_stocks)
        Logarithm of each price index, dividends taken out.
    market : ndarray, shape (n_sessions,)
        Daily log return of the market factor.
    size : ndarray, shape (n_sessions,)
        Daily log return of small against large companies.
    scale : ndarray, shape (n_sessions,)
        Market volatility against its long-run mean, for ranges and volumes.
    vix : ndarray, shape (n_sessions,)
        Index points.
    """

    stocks: Array
    market: Array
    size: Array
    scale: Array
    vix: Array


def simulate(stocks: Stocks, n_sessions: int, seed: int) -> Paths:
    """Simulate a market.

    Parameters
    ----------
    stocks : Stocks
        What is traded.
    n_sessions : int
        Length; the first sessions do not depend on it.
    seed : int
        Names the world.

    Returns
    -------
    Paths
        One row per session.
    """
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(7)]
    market, volatility, vix = _market(n_sessions, streams[0])
    scale = volatility / 0.14
    breath = np.sqrt(scale)[:, None]  # factors move more when the market does
    n_stocks, n_sectors = len(stocks.weight), int(stocks.sector.max()) + 1

    sectors = 0.0056 * breath * _shocks(streams[1], n_sessions, n_sectors)
    sectors += _wander(streams[2], n_sessions, n_sectors, daily=0.0008)
    share = np.bincount(stocks.sector, weights=stocks.weight, minlength=n_sectors)
    sectors -= (sectors @ share)[:, None]  # what all sectors share is the market

    n_themes = int(stocks.theme.max())
    styles = 0.0040 * breath * _shocks(streams[3], n_sessions, 2 + n_themes)
    styles += _wander(streams[4], n_sessions, 2 + n_themes, daily=0.0007)
    size, growth = styles[:, 0], styles[:, 1]
    themes = np.column_stack([np.zeros(n_sessions), 1.8 * styles[:, 2:]])

    rng = streams[5]
    beta = stocks.beta + 0.3 * (rng.random(n_stocks) - 0.5)
    beta /= beta @ stocks.weight
    small = -np.log(stocks.weight)
    small = np.clip((small - small @ stocks.weight) / 4.0, -0.5, 1.0)
    tilt = stocks.growth - stocks.growth @ stocks.weight
    own = 0.0085 + 0.009 * rng.random(n_stocks) + 0.004 * stocks.growth

    returns = own * breath * _shocks(streams[6], n_sessions, n_stocks)
    returns -= 0.5 * own**2 * scale[:, None]  # so that noise earns nothing on average
    returns += np.outer(market, beta) + np.outer(size, small) + 1.6 * np.outer(growth, tilt)
    returns += sectors[:, stocks.sector] + themes[:, stocks.theme]
    returns += np.log1p(-stocks.quarterly_yield) * is_ex_date(n_sessions, n_stocks)
    return Paths(np.cumsum(returns, axis=0), market, size, scale, vix)


def is_ex_date(n_sessions: int, n_symbols: int) -> npt.NDArray[np.bool_]:
    """Tell on which sessions each symbol goes ex dividend, shape (n_sessions, n_symbols)."""
    found: npt.NDArray[np.bool_] = np.arange(n_sessions)[:, None] % QUARTER == ex_offset(n_symbols)
    return found


def ex_offset(n_symbols: int) -> npt.NDArray[np.int64]:
    """Return the position of each symbol's ex-date within the quarter, in sessions."""
    return (np.arange(n_symbols) * 17 + 5) % QUARTER


def _market(n: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return the market's daily log returns, annual volatility and the VIX."""
    # One row per session keeps the beginning of a longer draw equal to a shorter one.
    shocks = _UNIT_T * rng.standard_t(_TAIL, size=(n, 3))
    draws = rng.spawn(1)[0].random((n, 2))
    returns, volatility, vix = np.empty(n), np.empty(n), np.empty(n)
    regime, log_volatility, mood = 0, float(np.log(0.12)), 0.0
    for day in range(n):
        drift, base, length, onward = _REGIMES[regime]
        sigma = float(np.exp(log_volatility))
        z = float(shocks[day, 0])
        returns[day] = drift / YEAR - 0.5 * sigma**2 / YEAR + sigma / np.sqrt(YEAR) * z
        volatility[day] = sigma
        # Leverage: a fall raises tomorrow's volatility, and with it tonight's VIX.
        log_volatility += 0.06 * (np.log(base) - log_volatility)
        log_volatility += -0.055 * z + 0.025 * float(shocks[day, 1])
        log_volatility = min(max(log_volatility, np.log(0.07)), np.log(0.70))
        mood += -0.12 * mood + 0.025 * float(shocks[day, 2])
        if draws[day, 0] < 1 / length:
            regime = _onward(onward, float(draws[day, 1]))
            if regime == 3:  # fear jumps first
                log_volatility += 0.22
                mood += 0.08
        expected = 0.75 * np.exp(log_volatility) + 0.25 * 0.14
        vix[day] = 100 * expected * 1.16 * np.exp(mood)
    return returns, volatility, vix


def _onward(onward: dict[int, float], draw: float) -> int:
    total = 0.0
    for regime, probability in onward.items():
        total += probability
        if draw < total:
            return regime
    return next(reversed(onward))


def _shocks(rng: np.random.Generator, n: int, k: int) -> Array:
    return _UNIT_T * rng.standard_t(_TAIL, size=(n, k))


def _wander(rng: np.random.Generator, n: int, k: int, *, daily: float) -> Array:
    """Return slowly changing drifts, which is what makes leadership last for weeks."""
    keep = 0.975
    noise = rng.standard_normal((n, k)) * np.sqrt(1 - keep**2)
    drift, now = np.empty((n, k)), np.zeros(k)
    for day in range(n):
        now = keep * now + noise[day]
        drift[day] = now
    return daily * drift
