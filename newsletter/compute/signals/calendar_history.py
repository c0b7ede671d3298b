"""Calendar-year history: how often it went on when a year had begun like this one."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, Mask, max_drawdown
from newsletter.compute.facts import Period
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.race import fuller_ratio
from newsletter.compute.signal import Absent, Output, measure
from newsletter.compute.years import FLAT, HISTORY, Years, history
from newsletter.units import Unit

STRONG = 10.0
YOUNG = 21
"""Sessions before which a year has not gone far enough to be compared by it."""
STREAKS = ((2, "two_up_years"), (3, "three_up_years"))


@measure("calendar_history")
def calendar_history(market: Market) -> Iterator[Output]:
    """Return ``SPY.year_so_far.hit_rate``, ``IWM-SPY.year_so_far.…``, ``SPY.two_up_years.…``.

    Formula
    -------
    Of the complete past years in which the condition held: how many went the way named
    (n/N, 95 % Wilson bounds), the median sequel, the ``years`` and the ``exceptions``.

    * ``SPY.year_so_far``: the benchmark stood, after as many sessions as this year has
      had (21 at least), in the same of four bands as now (up 10 % or more, up less, down
      less, down 10 % or more; ``condition`` says which); the rest of the year went on the
      same way.
    * ``IWM-SPY.year_so_far``: small caps led (or trailed, as ``condition`` says) at this
      session of the year, by the change of the ratio; they finished the year on the same
      side. The median is their lead over the whole year, in points.
    * ``two_up_years``, ``three_up_years``: so many years in a row were up, stated while
      that holds of the years before this one; the next year was up.
    * ``fall_in_year``: the deepest fall from a high within the year (its base included)
      was 10 % or more; the year still ended up.

    Source
    ------
    Plain counts; E. B. Wilson's score interval (1927).

    Example
    -------
    2026-07-02: small caps led in 13 past years at this session, in 9 of them at the end too
    (69 %, bounds 42 to 87), all but 2011, 2015, 2018 and 2021.

    Limits
    ------
    Years come from the sample alone, whose start ``sample`` names; the benchmark on price
    closes, the race on the kind known on more sessions, total where equal. Bands
    and thresholds are fixed in advance; a handful of years decides nothing, as the
    bounds show: 0 of 1 allows anything up to 79 %. A year with a missing close at either
    end, or for the fall anywhere, does not count.
    """
    make, universe = Maker(market, calendar_history.formula), market.universe
    symbol = universe.benchmark
    kind = market.kind(symbol, lookback=len(market.sessions))
    subject = make.instrument(symbol)
    years = Years.of(market, market.prices(symbol, kind).to_numpy(np.float64))
    yield from _so_far(make, subject, kind, years)
    if universe.small_caps != symbol:
        yield from _race(make, universe.small_caps, symbol)
    yield from _streaks(make, subject, kind, years)
    holds = _fallen(years)
    yield from history(
        make, subject, "fall_in_year", years=years, holds=holds <= -STRONG,
        sequel=np.where(np.isfinite(holds), years.whole, np.nan), kind=kind,
    )  # fmt: skip


def _so_far(make: Maker, subject: Subject, kind: str, years: Years) -> Iterator[Output]:
    if years.elapsed < YOUNG:
        yield from _unknown(subject, "year_so_far", _early(years))
        return
    moved = years.until(years.elapsed)
    bands: tuple[tuple[str, Mask], ...] = (
        (f"up {STRONG:.0f}% or more", moved >= STRONG),
        (f"up less than {STRONG:.0f}%", (moved > FLAT) & (moved < STRONG)),
        (f"down less than {STRONG:.0f}%", (moved < -FLAT) & (moved > -STRONG)),
        (f"down {STRONG:.0f}% or more", moved <= -STRONG),
    )
    now = next(((words, holds) for words, holds in bands if holds[-1]), None)
    if now is None:
        yield from _unknown(subject, "year_so_far", "This year's change so far is unknown or nil.")
        return
    rest = np.where(np.isfinite(moved), years.after(years.elapsed), np.nan)
    yield from history(
        make, subject, "year_so_far", years=years, holds=now[1], sequel=rest, kind=kind,
        sign=1 if moved[-1] > 0 else -1,
    )  # fmt: skip
    yield _condition(make, subject, now[0], years)


def _race(make: Maker, first: str, second: str) -> Iterator[Output]:
    one, other = make.instrument(first), make.instrument(second)
    subject = Subject(f"{one.id}-{other.id}", f"{one.name} against {other.name}", (first, second))
    kind, ratio = fuller_ratio(make, first, second)
    years = Years.of(make.market, ratio)
    if years.elapsed < YOUNG:
        yield from _unknown(subject, "year_so_far", _early(years))
        return
    moved = years.until(years.elapsed)
    if not abs(float(moved[-1])) > FLAT:
        yield from _unknown(subject, "year_so_far", "Neither is known to lead this year.")
        return
    sign = 1 if moved[-1] > 0 else -1
    sides = (Years.of(make.market, make.market.line(s, kind)).whole for s in (first, second))
    lead = next(sides) - next(sides)
    yield from history(
        make, subject, "year_so_far", years=years, holds=sign * moved > FLAT,
        sequel=np.where(np.isfinite(moved), lead, np.nan), kind=kind, unit=Unit.POINTS,
        sign=sign,
    )  # fmt: skip
    yield _condition(make, subject, "ahead" if sign > 0 else "behind", years)


def _streaks(make: Maker, subject: Subject, kind: str, years: Years) -> Iterator[Output]:
    whole = years.whole
    for length, stem in STREAKS:
        before = _least(whole, length)
        if len(before) == 0 or not before[-1] > FLAT:
            yield from _unknown(
                subject,
                stem,
                f"The {length} years before this one were not all up, or are not all known.",
            )
            continue
        yield from history(
            make, subject, stem, years=years, holds=before > FLAT,
            sequel=np.where(np.isfinite(before), whole, np.nan), kind=kind,
        )  # fmt: skip


def _least(whole: Array, length: int) -> Array:
    """Return the worst of the `length` years before each year, NaN where one is unknown."""
    padded = np.concatenate([np.full(length, np.nan), whole])
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[: len(whole)]
    return np.asarray(windows.min(axis=1), dtype=np.float64)


def _fallen(years: Years) -> Array:
    """Return each year's deepest fall from a high within it, its base included."""
    spans = zip(years.first.tolist(), years.last.tolist(), strict=True)
    return np.array([max_drawdown(years.level[first - 1 : last + 1]) for first, last in spans])


def _early(years: Years) -> str:
    return f"The year has {years.elapsed} of the {YOUNG} sessions that a comparison takes."


def _condition(make: Maker, subject: Subject, words: str, years: Years) -> Output:
    start = make.market.sessions[int(years.first[-1]) - 1].date()
    return make.fact(
        f"{subject.id}.year_so_far.condition", words, Unit.STATE, subject=subject,
        metric="year_so_far_condition", kind="state",
        period=Period("ytd", start, make.market.session.date),
    )  # fmt: skip


def _unknown(subject: Subject, stem: str, reason: str) -> Iterator[Absent]:
    further = ("condition",) if stem == "year_so_far" else ()
    return (Absent(f"{subject.id}.{stem}.{what}", reason) for what in (*HISTORY, *further))
