"""Growth and margins of the members, their sectors and the giants."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from newsletter.compute.arrays import Array, Mask
from newsletter.compute.facts import Fact, Sample
from newsletter.compute.holdings import (
    Figures,
    Fundamentals,
    classes_of,
    group_subject,
    index_subject,
    one_per_company,
    sourced,
)
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

GROWTHS = ("revenue_growth", "earnings_growth")


@measure("earnings", lookback=1)
def earnings(market: Market) -> Iterator[Output]:
    """Return ``sp500.profit_margin.snapshot``, ``.revenue_growth_median.snapshot`` and kin.

    Formula
    -------
    ``profit_margin``: the companies' profit margins weighted by market cap.
    ``revenue_growth_median``, ``earnings_growth_median``: the median company's.
    ``growing_revenue``, ``growing_earnings``: share of companies above zero; medians and
    shares carry its n/N as ``sample``. For the members and the mega caps; margin and
    median revenue growth also for each sector.

    Source
    ------
    Plain statistics of the provider's company figures. Weighing margins by cap (not by
    revenue) gives the margin of a cap-weighted portfolio, not of the index as one firm.

    Example
    -------
    2026-07-02, snapshot of 2026-06-29: median revenue growth of S&P 500 members 9.0 %,
    revenue growing at 444 of 487; margin 25.2 %, the mega caps' 35.8 %.

    Limits
    ------
    Periods are the provider's: margin over the last four quarters, growth of the latest
    reported quarter on the same quarter a year before; companies' quarters end in
    different months. Growth from or to a loss has no meaning and is blank, so medians
    of earnings growth speak of fewer companies (``sample``) and flatter. Absent where
    fewer than `minimum_coverage` of a group's companies have the figure. Stale after 45
    days, unused after 200.
    """
    make = Maker(sourced(market, "fundamentals", bars=False), earnings.formula)
    symbols = one_per_company(market.members.symbols)
    subject = index_subject(market)
    if not symbols or market.table("fundamentals").empty:
        for what in ("profit_margin", "revenue_growth_median"):
            yield Absent(
                f"{subject.id}.{what}.snapshot", "No fundamentals of the members are known."
            )
        return
    table = Fundamentals(market, symbols)
    margins = table.read("market_cap", "profit_margin")
    growth = {name: table.read(name) for name in GROWTHS}
    giants = [s for s in market.universe.mega_caps if s in symbols]
    everyone: Mask = np.ones(len(symbols), bool)
    groups: list[tuple[Subject, Mask, tuple[str, ...]]] = [(subject, everyone, GROWTHS)]
    if giants:
        top = Subject("mega_caps", "the mega caps", tuple(giants))
        groups.append((top, np.isin(np.array(symbols), giants), GROWTHS))
    for name, members in classes_of(market, symbols, "sector").groups():
        groups.append((group_subject(market, name), members, GROWTHS[:1]))
    for who, members, growths in groups:
        yield _margin(make, who, members, margins)
        for name in growths:
            told = _growth(make, who, members, name, growth[name])
            yield from told if len(growths) == len(GROWTHS) else [next(told)]


def _margin(make: Maker, subject: Subject, members: Mask, figures: Figures) -> Fact | Absent:
    caps, margins = figures["market_cap"], figures["profit_margin"]
    known = members & np.isfinite(caps) & np.isfinite(margins)
    missing = _gate(make, members, known, "profit margin")
    weights = caps[known]
    value = float(weights @ margins[known] / weights.sum()) if known.any() else float("nan")
    return _fact(make, subject, "profit_margin", value, figures, missing)


def _growth(
    make: Maker, subject: Subject, members: Mask, name: str, figures: Figures
) -> Iterator[Output]:
    known = members & np.isfinite(figures[name])
    values: Array = figures[name][known]
    missing = _gate(make, members, known, name.replace("_", " "))
    rising = int((values > 0).sum())
    sample = Sample(rising, len(values), figures.period.end) if figures.period else None
    share = 100.0 * rising / len(values) if len(values) else float("nan")
    median = float(np.median(values)) if len(values) else float("nan")
    every = sample and replace(sample, n=sample.of)
    yield _fact(make, subject, f"{name}_median", median, figures, missing, kind="level",
                sample=every)  # fmt: skip
    yield _fact(make, subject, f"growing_{name.removesuffix('_growth')}", share, figures, missing,
                sample=sample)  # fmt: skip


def _gate(make: Maker, members: Mask, known: Mask, what: str) -> str:
    covered, of = int(known.sum()), int(members.sum())
    if covered and covered >= make.market.universe.breadth.minimum_coverage * of:
        return ""
    return f"{covered} of {of} companies have a figure of {what}."


def _fact(
    make: Maker, subject: Subject, what: str, value: float, figures: Figures, missing: str,
    *, kind: str = "statistic", sample: Sample | None = None,
) -> Fact | Absent:  # fmt: skip
    fact_id = f"{subject.id}.{what}.snapshot"
    if figures.period is None:
        return Absent(fact_id, "No such figure is known from a snapshot young enough.")
    return make.fact(
        fact_id, float("nan") if missing else value, Unit.PERCENT, subject=subject, metric=what,
        kind=kind, period=figures.period, missing=missing, sample=sample,
        quality=figures.quality,
    )  # fmt: skip
