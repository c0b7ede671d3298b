"""What is newly fetched of a symbol is held against what is kept of it, before it is kept."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsletter.collect.adjusting import EPOCH, Scales
from newsletter.collect.shelf import VALUES, Batch, Floats, Ints, Versions

UNCHANGED = 5e-4
"""Relative difference of a close up to which a source corrects itself; beyond it, one of the
two is wrong."""

JUMP_PCT = 30.0
"""A larger move of one session without a split is more often a split that was not told."""

WEEK = 5
"""Sessions of a history given in one piece that are judged: it is consistent in itself."""

_CLOSE = VALUES.index("close")
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing new of a symbol is kept.

    Parameters
    ----------
    symbol : str
        The instrument.
    date : datetime.date
        The bar in question.
    reason : str
        Goes on after the symbol: ``"closed …"``.
    """

    symbol: str
    date: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """One symbol's new bars, sorted by day.

    Parameters
    ----------
    day : numpy.ndarray
        Days since 1970-01-01, shape (n_rows,).
    values : tuple of numpy.ndarray
        One array for each of `VALUES`.
    """

    day: Ints
    values: tuple[Floats, ...]


def judge(
    symbol: str, given: Given, kept: Versions, actions: pd.DataFrame, batch: Batch
) -> Refusal | None:
    """Hold a symbol's new bars against those that are kept.

    Parameters
    ----------
    symbol : str
        The instrument.
    given : Given
        Its new bars.
    kept : Versions
        Its last kept rows, the last version of each, as they were given.
    actions : pandas.DataFrame
        All its dividends and splits, new ones among them, as `adjusting.actions_of`.
    batch : Batch
        Of the new bars.

    Returns
    -------
    Refusal or None
        None where nothing speaks against them.
    """
    twice = np.flatnonzero(given.day[1:] == given.day[:-1])
    if len(twice):
        day = _date(given.day[twice[0]])
        return Refusal(symbol, day, f"has two bars on {day}")
    factor = _factor(kept, batch.basis or batch.session, actions)
    old_day, old = _priced(kept.day, kept.values[_CLOSE] * (1.0 if factor is None else factor))
    new_day, new = _priced(given.day, given.values[_CLOSE])
    both, mine, theirs = np.intersect1d(old_day, new_day, assume_unique=True, return_indices=True)
    if len(old) and not len(both):
        last = _date(old_day[-1])
        return Refusal(symbol, last, f"was kept up to {last}, and no day of that was given again")
    off = np.flatnonzero(np.abs(new[theirs] / old[mine] - 1) > UNCHANGED)
    if len(off):
        day, was, now = _date(both[off[0]]), old[mine][off[0]], new[theirs][off[0]]
        return Refusal(
            symbol,
            day,
            f"closed at {was:.10g} on {day} as it was kept, and at {now:.10g} as it is given now, "
            "which no split explains",
        )
    return _jump(symbol, (old_day, old), (new_day, new))


def _priced(day: Ints, close: Floats) -> tuple[Ints, Floats]:
    held = ~np.isnan(close)
    return day[held], close[held]


def _factor(kept: Versions, basis: dt.date, actions: pd.DataFrame) -> Floats | None:
    if "split" not in actions["kind"].tolist():
        return None  # most symbols: nothing is worked out for them
    return Scales(kept, basis, actions).prices()


def _jump(symbol: str, old: tuple[Ints, Floats], new: tuple[Ints, Floats]) -> Refusal | None:
    """Find a step into a new bar that is too large; an index has no splits and may jump."""
    day, close = new
    if symbol.startswith("^") or not len(day):
        return None
    older = old[0] < day[0]
    fresh = day > old[0][-1] if len(old[0]) else np.arange(len(day)) >= len(day) - WEEK
    if older.any():
        day, close = np.append(old[0][older][-1], day), np.append(old[1][older][-1], close)
        fresh = np.append(False, fresh)
    moves = 100 * (close[1:] / close[:-1] - 1)
    large = np.flatnonzero(fresh[1:] & (np.abs(moves) > JUMP_PCT))
    if not len(large):
        return None
    at = int(large[0])
    date = _date(day[at + 1])
    return Refusal(
        symbol,
        date,
        f"moved {moves[at]:+.1f}% on {date}, from {close[at]:.10g} to {close[at + 1]:.10g}, "
        "without a split",
    )


def changed(
    given: Given, kept: Versions, actions: pd.DataFrame, batch: Batch
) -> npt.NDArray[np.bool_]:
    """Tell which new bars say something else than what is kept, or more.

    Parameters
    ----------
    given : Given
        One symbol's new bars.
    kept : Versions
        Its kept rows, the last version of each.
    actions : pandas.DataFrame
        As for `judge`.
    batch : Batch
        Of the new bars.
    """
    if not len(kept.day):
        return np.ones(len(given.day), np.bool_)
    factor = _factor(kept, batch.basis or batch.session, actions)
    rows = np.minimum(np.searchsorted(kept.day, given.day), len(kept.day) - 1)
    held = kept.day[rows] == given.day
    # A bar that has lost its close takes nothing back.
    lost = held & np.isnan(given.values[_CLOSE]) & ~np.isnan(kept.values[_CLOSE][rows])
    same = held.copy()
    for name, new, column in zip(VALUES, given.values, kept.values, strict=True):
        if name == "adj_close" and batch.basis:
            continue
        old, slack = column[rows], np.zeros(len(rows))
        if factor is not None:
            scale = factor[rows]
            old = old / scale if name == "volume" else old * scale
            slack = np.where(scale == 1, 0.0, _ROUNDING)  # a rescaled price is rounded anew
        same &= (np.abs(new - old) <= slack * np.abs(old)) | (np.isnan(new) & np.isnan(old))
    new_rows: npt.NDArray[np.bool_] = ~(same | lost)
    return new_rows


def _date(day: Any) -> dt.date:
    return EPOCH + dt.timedelta(days=int(day))
