"""How many of the largest companies trail the small-cap fund."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import change, exceeds
from newsletter.compute.facts import Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Output, measure
from newsletter.config import plain
from newsletter.units import Unit

COUNTED = ("1d", "5d", "ytd")
LOOKBACK = 260


@measure("mega_caps", lookback=LOOKBACK)
def mega_caps(market: Market) -> Iterator[Output]:
    """Return counts: ``mega_caps.trailing_IWM.ytd`` and ``….total``.

    Formula
    -------
    Number of configured mega caps whose return over the window is below that of the
    small-cap fund by more than a rounding error, same window and kind; ``sample`` holds n
    of how many.

    Source
    ------
    Plain count.

    Example
    -------
    2026-07-02, ytd, total return: all 7 trail IWM's +21.39 %.

    Limits
    ------
    Absent where any of the returns is: "n of 7" must mean seven.
    """
    make, universe = Maker(market, mega_caps.formula), market.universe
    if not universe.mega_caps:
        return
    benchmark = plain(universe.small_caps)
    symbols = (*universe.mega_caps, universe.small_caps)
    subject = Subject("mega_caps", "the mega caps", symbols)
    closes = {kind: market.matrix(symbols, kind, rows=LOOKBACK) for kind in ("price", "total")}
    for window in COUNTED:
        period = make.window(window)
        row = market.row(period.start) - len(market.sessions) if period else -1
        for kind, suffix in (("price", ""), ("total", ".total")):
            values = change(closes[kind][-1], closes[kind][row])
            grown = 100.0 + values
            count = int(exceeds(grown[-1:], grown[:-1]).sum())
            of = len(universe.mega_caps)
            yield make.fact(
                f"mega_caps.trailing_{benchmark}.{window}{suffix}",
                float(count) if np.isfinite(values).all() else float("nan"),
                Unit.COUNT,
                subject=subject,
                metric=f"trailing_{benchmark}",
                kind="count",
                period=period,
                missing=make.gap(subject, kind, period) if period else "",
                sample=Sample(count, of, period.start) if period else None,
            )
