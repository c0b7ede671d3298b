"""Bonds, goods, the dollar and further fund styles of the sample market.

They follow the simulated stocks and interest rates and draw noise from a stream of their
own, so that no price of a stock or fund depends on them.
"""

from typing import NamedTuple

import numpy as np

from newsletter.collect.simulation import QUARTER, YEAR, Array, Paths, Rates, drifting, streams

FUND_OFFSET = 55
"""A fund's ex-date within the quarter, in sessions."""


class Asset(NamedTuple):
    """Level on the reference date, dividend yield, daily turnover in billions, what moves it."""

    level: float
    yield_pct: float
    turnover_bn: float
    moved_by: str


ASSETS = {
    "IWB": Asset(372, 1.1, 0.4, "large"),
    "IWN": Asset(181, 1.8, 0.3, "small value"),
    "IWO": Asset(322, 0.6, 0.2, "small growth"),
    "HYG": Asset(80.6, 5.8, 2.8, "junk"),
    "LQD": Asset(110.5, 4.4, 2.5, "grade"),
    "TLT": Asset(87.2, 4.3, 3.2, "long"),
    "GC=F": Asset(4340, 0.0, 20, "gold"),
    "CL=F": Asset(57.4, 0.0, 15, "oil"),
    "DX-Y.NYB": Asset(98.3, 0.0, 0, "dollar"),
    "^VIX3M": Asset(0, 0.0, 0, "fear"),  # follows the VIX and has no level of its own
    "HG=F": Asset(5.65, 0.0, 3, "copper"),
}
FINE = 1
"""How many of them, at the end, are quoted in four decimals instead of cents."""

_CALM = 20.5  # where three-month volatility rests


def asset_prices(
    large: Array, tilt: Array, paths: Paths, rates: Rates, reference: int, seed: int
) -> Array:
    """Return the prices of `ASSETS`.

    Parameters
    ----------
    large, tilt : numpy.ndarray, shape (n_sessions,)
        Logarithms of the whole market's value and of value against growth companies.
    paths : Paths
        The simulated market.
    rates : Rates
        Interest rates.
    reference : int
        Session on which every asset stands at its level.
    seed : int
        Names the world.

    Returns
    -------
    numpy.ndarray, shape (n_sessions, n_assets)
        Unrounded; the first sessions do not depend on the length.
    """
    noise = streams(seed, 4, 1)[0].standard_normal((len(large), len(ASSETS)))
    own = dict(zip(ASSETS, noise.T, strict=True))
    logs = _styles(large, tilt, paths) | _bonds(paths, rates, own) | _goods(paths, rates, own)
    fear = np.exp(drifting(own["^VIX3M"], keep=0.9, step=0.015))
    columns = [
        asset.level * np.exp(logs[asset.moved_by] - logs[asset.moved_by][reference])
        if asset.moved_by in logs
        else paths.vix**0.68 * _CALM**0.32 * fear
        for asset in ASSETS.values()
    ]
    return np.column_stack(columns)


def _styles(large: Array, tilt: Array, paths: Paths) -> dict[str, Array]:
    small = np.cumsum(1.08 * np.diff(large, prepend=large[0]) + 1.1 * paths.size)
    return {
        "large": 0.97 * large + 0.03 * small,
        "small value": small + 0.6 * tilt,
        "small growth": small - 0.6 * tilt,
    }


def _bonds(paths: Paths, rates: Rates, own: dict[str, Array]) -> dict[str, Array]:
    """Prices by duration, share of the stock market, noise, and yield over Treasuries."""
    rise = np.diff(rates.ten_year, prepend=rates.ten_year[:1]) / 100
    carry = np.cumsum(rates.ten_year / 100 / YEAR)
    years = np.arange(len(rise)) / YEAR
    paid = np.cumsum(np.arange(len(rise)) % QUARTER == FUND_OFFSET)  # dividends leave the price
    recipes = (
        ("HYG", 2.2, 0.32, 0.0015, 0.008),
        ("LQD", 8.3, 0.10, 0.0010, 0.005),
        ("TLT", 16.5, 0.0, 0.0012, 0.0),
    )
    return {
        ASSETS[symbol].moved_by: np.cumsum(
            -duration * rise + share * paths.market + noise * own[symbol]
        )
        + carry
        + extra * years
        + np.log1p(-ASSETS[symbol].yield_pct / 400) * paid
        for symbol, duration, share, noise, extra in recipes
    }


def _goods(paths: Paths, rates: Rates, own: dict[str, Array]) -> dict[str, Array]:
    """Gold against yields, oil and copper with the market, the dollar with short rates."""
    ten, two = (
        np.diff(values, prepend=values[:1]) / 100 for values in (rates.ten_year, rates.two_year)
    )
    market = paths.market
    dollar = 0.8 * two - 0.1 * market + 0.004 * own["DX-Y.NYB"]
    return {
        "gold": np.cumsum(0.08 / YEAR - 4.0 * ten + 0.0085 * own["GC=F"]),
        "oil": drifting(0.4 * market + 0.020 * own["CL=F"], keep=0.996, step=1.0),
        "dollar": drifting(dollar, keep=0.998, step=1.0),
        "copper": drifting(0.45 * market + 0.011 * own["HG=F"], keep=0.998, step=1.0),
    }
