"""The style grid: size by style, who leads in each row and column, best and worst cell."""

from collections.abc import Iterator, Mapping

import numpy as np

from newsletter.compute.arrays import change
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import StyleRow
from newsletter.units import Unit

WINDOWS = ("5d", "1m", "3m", "ytd", "1y")
COLUMNS = ("value", "blend", "growth")
SIZES = ("small", "large")
SLACK = 0.3
TIE = 1e-9

Row = dict[str, float]


@measure("style", lookback=260)
def style(market: Market) -> Iterator[Output]:
    """Return ``style.{value_ahead,small_ahead,best,worst}.ytd`` and ``style_small.lead.ytd``.

    Formula
    -------
    Total returns of the configured funds. ``style_ROW.lead``: value − growth of one row,
    in points. ``value_ahead``: rows in which that lead is above zero. ``small_ahead``:
    columns (value, blend, growth) in which small beat large. ``best`` and ``worst``:
    states naming the fund, whose symbol is the first input. A blend holds the stocks of
    its value and growth funds, so its return must lie between theirs, give or take 0.3
    points; where it does not, the row mixes index families and is absent.

    Source
    ------
    The style box of size by value and growth (Morningstar, 1992); the bounds are ours.

    Example
    -------
    Small value 5.94 %, small growth 6.02 % and small caps 5.57 %: the blend lies 0.37
    points outside, so that row, the counts, best and worst are absent.

    Limits
    ------
    A row needs all three closes at both ends. Counts, best and worst need every row:
    "value led in both sizes" must mean both. Leads closer to zero than 1e-9 points and
    tied cells count for neither side. The rows named ``small`` and ``large`` make
    ``small_ahead``.
    """
    make, grid = Maker(market, style.formula), market.universe.style
    if not grid:
        return
    funds = [getattr(row, column) for row in grid.values() for column in COLUMNS]
    closes = market.matrix(funds, "total")
    for window in WINDOWS:
        period = make.window(window)
        base = market.row(period.start) if period else 0
        moved = change(closes[-1], closes[base]).reshape(len(grid), len(COLUMNS)).tolist()
        rows = {
            name: dict(zip(COLUMNS, values, strict=True))
            for name, values in zip(grid, moved, strict=True)
        }
        yield from _window(make, window, period, rows)


def _window(
    make: Maker, window: str, period: Period | None, rows: Mapping[str, Row]
) -> Iterator[Output]:
    grid, doubt = make.market.universe.style, ""
    for name, row in rows.items():
        subject, problem = _subject(make, name, grid[name]), "History does not reach that far."
        if period is not None:
            problem = _problem(make, subject, grid[name], row, period)
        doubt = doubt or problem
        yield make.fact(
            f"{subject.id}.lead.{window}",
            float("nan") if problem else row["value"] - row["growth"],
            Unit.POINTS,
            subject=subject,
            metric="lead",
            kind="total",
            period=period,
            missing=problem,
        )
    if doubt or period is None:
        for what in ("value_ahead", "small_ahead", "best", "worst"):
            yield Absent(f"style.{what}.{window}", doubt)
        return
    yield from _counts(make, window, period, rows)
    yield from _extremes(make, window, period, rows)


def _subject(make: Maker, name: str, row: StyleRow) -> Subject:
    label = make.market.universe.name
    words = f"{label(row.value)} against {label(row.growth)}"
    return Subject(f"style_{name}", words, (row.value, row.growth, row.blend))


def _problem(make: Maker, subject: Subject, funds: StyleRow, row: Row, period: Period) -> str:
    """Say why a row cannot be used, empty where it can."""
    if not np.isfinite(list(row.values())).all():
        inputs = (funds.value, funds.blend, funds.growth)
        return make.gap(Subject(subject.id, subject.name, inputs), "total", period)
    low, high = sorted((row["value"], row["growth"]))
    outside = max(low - row["blend"], row["blend"] - high)
    if outside <= SLACK + TIE:
        return ""
    return (
        f"{funds.blend} lies {outside:.2f} points outside {funds.value} and {funds.growth}: "
        "mixed index families."
    )


def _counts(
    make: Maker, window: str, period: Period, rows: Mapping[str, Row]
) -> Iterator[Fact | Absent]:
    leads = [row["value"] - row["growth"] for row in rows.values()]
    told = [("value_ahead", "the rows in which value is ahead of growth", leads)]
    if all(size in rows for size in SIZES):
        small, large = (rows[size] for size in SIZES)
        leads = [small[column] - large[column] for column in COLUMNS]
        told.append(("small_ahead", "the styles in which small is ahead of large", leads))
    else:
        reason = "The style grid has no rows named small and large."
        yield Absent(f"style.small_ahead.{window}", reason)
    for what, name, leads in told:
        count = sum(lead > TIE for lead in leads)
        yield make.fact(
            f"style.{what}.{window}",
            float(count),
            Unit.COUNT,
            subject=Subject("style", name, _funds(make)),
            metric=what,
            kind="count",
            period=period,
            sample=Sample(count, len(leads), period.start),
        )


def _extremes(
    make: Maker, window: str, period: Period, rows: Mapping[str, Row]
) -> Iterator[Fact | Absent]:
    funds = _funds(make)
    values = np.array([row[column] for row in rows.values() for column in COLUMNS])
    for what, extreme in (("best", values.max()), ("worst", values.min())):
        at = np.flatnonzero(np.abs(values - extreme) <= TIE)
        if len(at) > 1:
            tied = ", ".join(funds[i] for i in at)
            yield Absent(f"style.{what}.{window}", f"Tied: {tied}.")
            continue
        winner = funds[int(at[0])]
        inputs = (winner, *(fund for fund in funds if fund != winner))
        yield make.fact(
            f"style.{what}.{window}",
            make.market.universe.name(winner),
            Unit.STATE,
            subject=Subject("style", f"the {what} style", inputs),
            metric=what,
            kind="state",
            period=period,
        )


def _funds(make: Maker) -> tuple[str, ...]:
    grid = make.market.universe.style.values()
    return tuple(getattr(row, column) for row in grid for column in COLUMNS)
