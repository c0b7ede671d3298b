"""Calendar years of a line: where they begin and end, and how often something followed.

Only years before the session's own count as history, and only those whose base, the last
close of the year before, is known: no part of a year stands for the whole.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask, change
from newsletter.compute.facts import Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output
from newsletter.compute.statistics import wilson_interval
from newsletter.units import Unit

Rows = npt.NDArray[np.int64]

FLAT = 1e-9
"""Percent; a move no larger is neither up nor down."""

TOLD = ("hit_rate", "hit_rate_high", "hit_rate_low", "median")
"""What `told` states of every sample."""

HISTORY = (*TOLD, "exceptions", "years")
"""What `history` states of every condition."""


@dataclass(frozen=True, eq=False, slots=True)
class Years:
    """A line cut into calendar years; the last one is the session's and unfinished.

    Parameters
    ----------
    level : numpy.ndarray, shape (n_sessions,)
        Closes; NaN where unknown.
    numbers : numpy.ndarray of int, shape (n_years,)
        Calendar years, ascending, without the sample's first, which has no base.
    first, last : numpy.ndarray of int, shape (n_years,)
        Rows of each year's first and last session; the base is the row before `first`.
    """

    level: Array
    numbers: Rows
    first: Rows
    last: Rows

    @classmethod
    def of(cls, market: Market, level: Array) -> "Years":
        """Cut a line of the market into years."""
        years = market.sessions.year.to_numpy()
        starts = np.flatnonzero(np.diff(years)) + 1
        ends = np.append(starts[1:] - 1, len(years) - 1)[: len(starts)]
        return cls(level, years[starts].astype(np.int64), starts, ends)

    @property
    def elapsed(self) -> int:
        """Sessions of the session's year so far, itself included; 0 without a base."""
        return int(self.last[-1] - self.first[-1]) + 1 if len(self.numbers) else 0

    @property
    def whole(self) -> Array:
        """Percent change of each year; NaN for the unfinished one."""
        out = change(self.level[self.last], self.level[self.first - 1])
        out[-1:] = np.nan
        return out

    def until(self, session: int) -> Array:
        """Return the percent change of each year up to its n-th session."""
        rows = self.first + session - 1
        here = np.where(rows <= self.last, rows, 0)
        moved = change(self.level[here], self.level[self.first - 1])
        return np.where(rows <= self.last, moved, np.nan)

    def after(self, session: int) -> Array:
        """Return the percent change of each past year from its n-th session to its end.

        A year whose last session that is has no rest and no value.
        """
        rows = self.first + session - 1
        here = np.where(rows < self.last, rows, 0)
        moved = change(self.level[self.last], self.level[here])
        out = np.where(rows < self.last, moved, np.nan)
        out[-1:] = np.nan
        return out


def history(
    make: Maker, subject: Subject, stem: str, *, years: Years, holds: Mask, sequel: Array,
    kind: str, unit: Unit = Unit.PERCENT, sign: int = 1,
) -> Iterator[Output]:  # fmt: skip
    """Yield how often something followed in the past years in which a condition held.

    Parameters
    ----------
    make : Maker
        Of the measure.
    subject : Subject
        Whom it speaks of.
    stem : str
        What the condition is called: ids are ``SUBJECT.stem.hit_rate`` and so on.
    years : Years
        The years looked at.
    holds : numpy.ndarray of bool, shape (n_years,)
        In which of them the condition held.
    sequel : numpy.ndarray, shape (n_years,)
        What followed, in percent or points; a year without one does not count.
    kind : {"price", "total"}
        Which closes.
    unit : Unit
        Of the sequel.
    sign : {1, -1}
        Which way counts as a hit.

    Yields
    ------
    Fact or Absent
        ``hit_rate`` with n of N, its 95 % Wilson bounds ``hit_rate_low`` and
        ``hit_rate_high``, the ``median`` sequel, and as words ``years`` (in which it
        held) and ``exceptions`` (those that went the other way).
    """
    known = np.isfinite(sequel)
    known[-1:] = False
    if not known.any():
        for what in HISTORY:
            yield Absent(f"{subject.id}.{stem}.{what}", "No complete past year is known.")
        return
    since = _base_of(make, years, known)
    take = known & holds
    if not take.any():
        reason = f"It held in none of {int(known.sum())} complete past years since {since}."
        for what in HISTORY:
            yield Absent(f"{subject.id}.{stem}.{what}", reason)
        return
    hit = take & (sign * sequel > FLAT)
    yield from told(make, subject, stem, Sample(int(hit.sum()), int(take.sum()), since),
                    float(np.median(sequel[take])), kind=kind, unit=unit)  # fmt: skip
    for what, listed in (("years", take), ("exceptions", take & ~hit)):
        yield make.fact(
            f"{subject.id}.{stem}.{what}", listing(years.numbers[listed]), Unit.STATE,
            subject=subject, metric=f"{stem}_{what}", kind="state",
            period=Period(f"since:{since}", since, make.market.session.date),
        )  # fmt: skip


def told(
    make: Maker, subject: Subject, stem: str, sample: Sample, median: float, *, kind: str,
    unit: Unit = Unit.PERCENT,
) -> Iterator[Output]:  # fmt: skip
    """Yield hit rate, Wilson bounds and median of a counted sample."""
    period = Period(f"since:{sample.start}", sample.start, make.market.session.date)
    low, high = wilson_interval(sample.n, sample.of)
    rate = 100.0 * sample.n / sample.of if sample.of else float("nan")
    for what, value, of, places in (
        ("hit_rate", rate, sample, 0),
        ("hit_rate_high", high, None, 0),
        ("hit_rate_low", low, None, 0),
        ("median", median, Sample(sample.of, sample.of, sample.start), None),
    ):
        yield make.fact(
            f"{subject.id}.{stem}.{what}", value, unit if what == "median" else Unit.PERCENT,
            subject=subject, metric=f"{stem}_{what}", period=period, sample=of, places=places,
            kind=kind if what == "median" else "statistic", missing="No past case is known.",
        )  # fmt: skip


def listing(numbers: Rows) -> str:
    """Return years as print lists them.

    Examples
    --------
    >>> listing(np.array([1998, 2003])), listing(np.array([], dtype=int))
    ('1998, 2003', 'none')
    """
    return ", ".join(map(str, numbers.tolist())) or "none"


def _base_of(make: Maker, years: Years, known: Mask) -> dt.date:
    row = int(years.first[np.flatnonzero(known)[0]]) - 1
    date: dt.date = make.market.sessions[row].date()
    return date
