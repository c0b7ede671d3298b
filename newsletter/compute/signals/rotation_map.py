"""Relative-rotation map (RRG-style) of the sectors against the benchmark."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.facts import Sample, Series
from newsletter.compute.make import Maker, Subject, possessive
from newsletter.compute.market import Market
from newsletter.compute.rotation import MONTH, QUADRANTS, Rotation, rotate
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit, as_decimal

ENOUGH = 8
WEEK, TAIL = 5, 8
HISTORY = 2 * 252 + MONTH - 1
WHAT = ("strength", "momentum", "quadrant", "since")


@measure("rotation_map")
def rotation_map(market: Market) -> Iterator[Output]:
    """Return ``XLK.rotation.{strength,momentum,quadrant,since}``, ``sectors.rotation.leading``.

    Formula
    -------
    `newsletter.compute.rotation` on total returns against the benchmark: strength = 100 +
    distance of the relative line from its 252-session mean in standard deviations;
    momentum = 100 + its change over 21 sessions in root-mean-square changes; quadrants
    with a band of a quarter either side of 100. ``since``: first session of the unbroken
    quadrant. ``sectors.rotation.leading`` (and ``weakening``, ``lagging``, ``improving``)
    counts sectors. Series ``XLK.rotation.strength`` and ``.momentum``: the tail, every
    fifth session back over eight weeks.

    Source
    ------
    Relative-rotation map (RRG-style); our own recipe, not the one of the trademark, whose
    normalisation is not published.

    Example
    -------
    2026-07-02: technology at strength 101.8 and momentum 97.5, ``weakening`` since
    2026-06-05; two sectors leading, two weakening, none lagging, seven improving.

    Limits
    ------
    Adjusted closes, because price closes are not known for every sector. A sector needs
    524 sessions without a gap. Strength compares a sector with its own year: one that led
    by as much all year stands near 100. Counts need eight sectors (or all, when fewer are
    configured), and two at least.
    """
    make, symbols = Maker(market, rotation_map.formula), market.universe.sectors
    benchmark = market.prices(market.universe.benchmark, "total").to_numpy()
    found = rotate(market.matrix(symbols, "total"), benchmark)
    for column, symbol in enumerate(symbols):
        yield from _sector(make, symbol, found, column)
    yield from _counts(make, found)


def _sector(make: Maker, symbol: str, found: Rotation, column: int) -> Iterator[Output]:
    sector = make.instrument(symbol)
    inputs = (symbol, make.market.universe.benchmark)
    subject = Subject(sector.id, sector.name, inputs)
    quadrants = found.quadrant[:, column]
    now = str(quadrants[-1])
    if not now:
        reason = f"Fewer than {HISTORY} sessions in a row on which {sector.id} moved."
        yield from (Absent(f"{sector.id}.rotation.{what}", reason) for what in WHAT)
        return
    other = np.flatnonzero(quadrants != now)
    run = int(other[-1]) + 1 if len(other) else 0
    values = {"strength": found.strength[:, column], "momentum": found.momentum[:, column]}
    stated: list[tuple[str, object, Unit, str]] = [
        (what, float(line[-1]), Unit.NUMBER, "total") for what, line in values.items()
    ]
    stated.append(("quadrant", now, Unit.STATE, "state"))
    stated.append(("since", make.market.sessions[run].date(), Unit.DATE, "date"))
    for what, value, unit, kind in stated:
        yield make.fact(
            f"{sector.id}.rotation.{what}",
            value,  # type: ignore[arg-type]
            unit,
            subject=subject,
            metric=f"rotation_{what}",
            kind=kind,
            period=make.span("1y", 252),
        )
    rows = np.arange(len(quadrants) - 1 - WEEK * TAIL, len(quadrants), WEEK)
    rows = rows[rows >= 0]
    dates = tuple(date.date() for date in make.market.sessions[rows])
    for what, line in values.items():
        yield Series(
            f"{sector.id}.rotation.{what}",
            f"{possessive(sector.name)} relative {what}",
            Unit.NUMBER,
            dates,
            tuple(as_decimal(v) if np.isfinite(v) else None for v in line[rows].tolist()),
        )


def _counts(make: Maker, found: Rotation) -> Iterator[Output]:
    symbols = make.market.universe.sectors
    now = found.quadrant[-1]
    of = int((now != "").sum())
    if of < max(2, min(ENOUGH, len(symbols))):
        reason = f"Only {of} of {len(symbols)} sectors are on the map."
        yield from (Absent(f"sectors.rotation.{quadrant}", reason) for quadrant in QUADRANTS)
        return
    period = make.span("1y", 252)
    inputs = (*symbols, make.market.universe.benchmark)
    subject = Subject("sectors", "the sectors", inputs)
    for quadrant in QUADRANTS:
        count = int((now == quadrant).sum())
        yield make.fact(
            f"sectors.rotation.{quadrant}",
            float(count),
            Unit.COUNT,
            subject=subject,
            metric=f"rotation_{quadrant}",
            kind="count",
            period=period,
            sample=Sample(count, of, period.start) if period else None,
        )
