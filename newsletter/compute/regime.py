"""Two-state Markov-switching filter: how likely is it that the market is in its rough state.

J. D. Hamilton, "A new approach to the economic analysis of nonstationary time series and
the business cycle", Econometrica 57 (1989). Only *filtered* probabilities are given: what
was known at each close. Smoothed ones would read the past with knowledge of what followed.
"""

from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import Array

FAR = 700.0
"""Largest log density ratio taken at its word; beyond it ``exp`` leaves float64."""


@dataclass(frozen=True, slots=True)
class Switching:
    """Parameters of a Gaussian model that switches between two states.

    Parameters
    ----------
    calm_stays : float
        Probability that a calm day follows a calm one.
    rough_calms : float
        Probability that a calm day follows a rough one.
    mean_calm, mean_rough : float
        Mean daily log return by state, percent.
    variance_calm, variance_rough : float
        Variance of daily log returns by state, percent squared.
    """

    calm_stays: float
    rough_calms: float
    mean_calm: float
    mean_rough: float
    variance_calm: float
    variance_rough: float

    @property
    def usual(self) -> float:
        """The share of rough days in the long run, where the filter starts."""
        leaves = 1.0 - self.calm_stays
        return leaves / (leaves + self.rough_calms)


LARGE_CAPS = Switching(
    calm_stays=0.98837,
    rough_calms=0.02310,
    mean_calm=0.0771,
    mean_rough=-0.0646,
    variance_calm=0.5155,
    variance_rough=3.6015,
)
"""Estimated once, by maximum likelihood, on SPY's adjusted closes from 1993-01-29 through
2009-12-31 (4,263 daily log returns in percent, log-likelihood −6208.96), with statsmodels:
``MarkovRegression(returns, k_regimes=2, switching_variance=True).fit()``. A calm day moves
by 0.72 % and a rough one by 1.90 % (standard deviations); calm spells last 86 sessions and
rough ones 43 on average. Never estimated again, so that no reading changes in hindsight."""


def daily_returns(closes: Array) -> Array:
    """Return log returns in percent, NaN unless both closes are known and positive."""
    out = np.full(len(closes), np.nan)
    logs = np.full(len(closes), np.nan)
    np.log(closes, out=logs, where=closes > 0)
    out[1:] = 100.0 * np.diff(logs)
    return out


def rough_probability(returns: Array, model: Switching) -> Array:
    """Return the filtered probability of the rough state at each close.

    Parameters
    ----------
    returns : numpy.ndarray, shape (n,)
        Daily log returns, percent; NaN where there is none.
    model : Switching
        Parameters.

    Returns
    -------
    numpy.ndarray, shape (n,)
        NaN before the first return. Each value depends on earlier rows only. A session
        without a return teaches nothing: its probability is the forecast from the day
        before.

    Notes
    -----
    With p the probability of the rough state a session earlier: forecast
    ``f = p·(1 − rough_calms) + (1 − p)·(1 − calm_stays)``; then Bayes' rule with the two
    normal densities, ``p = f / (f + (1 − f)·density_calm / density_rough)``. The ratio of
    densities is formed from their logarithms, so a crash cannot make it 0/0.
    """
    out = np.full(len(returns), np.nan)
    known = np.flatnonzero(np.isfinite(returns))
    if len(known) == 0:
        return out
    first = int(known[0])
    likely = np.exp(np.clip(_log_ratio(returns[first:], model), -FAR, FAR))
    likely[np.isnan(likely)] = 1.0
    stays, turns = 1.0 - model.rough_calms, 1.0 - model.calm_stays
    rough, path = model.usual, []
    for ratio in likely.tolist():
        forecast = rough * stays + (1.0 - rough) * turns
        rough = forecast / (forecast + (1.0 - forecast) * ratio)
        path.append(rough)
    out[first:] = path
    return out


def _log_ratio(returns: Array, model: Switching) -> Array:
    """Return the log of the calm density over the rough one."""

    def log_density(mean: float, variance: float) -> Array:
        out: Array = -0.5 * (np.log(variance) + (returns - mean) ** 2 / variance)
        return out

    calm = log_density(model.mean_calm, model.variance_calm)
    return calm - log_density(model.mean_rough, model.variance_rough)
