"""A seeded market: regimes, factors and stocks, from which funds and the VIX follow.

Beside it a seeded economy, drawn from streams of its own: interest rates with a central
bank that follows them, prices, jobs and claims.

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
_MEETING = 31  # sessions between two decisions of the central bank
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


@dataclass(frozen=True)
class Rates:
    """Simulated interest rates in percent, each of shape (n_sessions,).

    Parameters
    ----------
    target : ndarray
        Upper end of the central bank's range, in quarters of a point.
    bills, two_year, ten_year : ndarray
        Yields of three months, two and ten years.
    breakeven : ndarray
        Ten-year inflation compensation.
    """

    target: Array
    bills: Array
    two_year: Array
    ten_year: Array
    breakeven: Array


@dataclass(frozen=True)
class Economy:
    """Simulated published figures.

    Parameters
    ----------
    prices : ndarray, shape (n_months, 3)
        Consumer prices, their core and the core consumption deflator, as indices.
    payrolls : ndarray, shape (n_months,)
        Jobs in thousands.
    unemployment : ndarray, shape (n_months,)
        Percent, one decimal.
    claims : ndarray, shape (n_weeks,)
        Initial claims, in whole thousands of persons.
    """

    prices: Array
    payrolls: Array
    unemployment: Array
    claims: Array


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


def simulate_rates(n_sessions: int, seed: int) -> Rates:
    """Simulate interest rates; the first sessions do not depend on the length."""
    noise = streams(seed, 2, 1)[0].standard_normal((n_sessions, 5))
    neutral = 3.0 + drifting(noise[:, 0], keep=0.999, step=0.06)
    long = 3.9 + drifting(noise[:, 1], keep=0.9985, step=0.05)
    middle = np.empty(n_sessions)
    rate = 2.375
    for day in range(n_sessions):
        if day % _MEETING == _MEETING - 1 and abs(neutral[day] - rate) > 0.3:
            rate = min(max(rate + (0.25 if neutral[day] > rate else -0.25), 0.125), 6.125)
        middle[day] = rate
    ahead = np.clip(neutral - middle, -1.0, 1.0)
    ten = 0.35 * neutral + 0.65 * long
    bills = middle + 0.3 * ahead + drifting(noise[:, 2], keep=0.9, step=0.02)
    two = 0.55 * (middle + 0.6 * ahead) + 0.45 * ten + drifting(noise[:, 3], keep=0.95, step=0.02)
    breakeven = 2.3 + drifting(noise[:, 4], keep=0.99, step=0.022)
    floor = [np.maximum(values, 0.05) for values in (bills, two, ten, breakeven)]
    return Rates(middle + 0.125, *floor)


def simulate_economy(n_months: int, n_weeks: int, seed: int) -> Economy:
    """Simulate what agencies publish; the first rows do not depend on the lengths."""
    monthly, weekly = streams(seed, 3, 2)
    noise = monthly.standard_normal((n_months, 5))
    core = 0.24 + drifting(noise[:, 1], keep=0.6, step=0.05)
    rises = np.column_stack(
        [
            0.5 * core + 0.11 + drifting(noise[:, 0], keep=0.4, step=0.13),
            core,
            0.85 * core + 0.02 * noise[:, 2],
        ]
    )
    prices = np.array([246.0, 252.0, 104.0]) * np.exp(np.cumsum(rises / 100, axis=0))
    jobs = 130.0 + drifting(noise[:, 3], keep=0.5, step=55.0)
    idle: Array = np.clip(4.1 + drifting(noise[:, 4], keep=0.97, step=0.08), 2.5, 12.0)
    claims = 222.0 + drifting(weekly.standard_normal(n_weeks), keep=0.9, step=4.5)
    return Economy(
        prices=np.round(prices, 3),
        payrolls=np.round(146_000.0 + np.cumsum(jobs)),
        unemployment=np.round(idle, 1),
        claims=1000.0 * np.round(claims),
    )


def drifting(noise: Array, *, keep: float, step: float) -> Array:
    """Return a value that is pulled back to zero and pushed by noise, shape (n,)."""
    out, now = np.empty(len(noise)), 0.0
    for row, push in enumerate(noise.tolist()):
        now = keep * now + step * push
        out[row] = now
    return out


def streams(seed: int, purpose: int, count: int) -> list[np.random.Generator]:
    """Return independent random streams of a world; each purpose has its own number."""
    return [np.random.default_rng(s) for s in np.random.SeedSequence((seed, purpose)).spawn(count)]


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
