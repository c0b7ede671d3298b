"""Money into and out of funds, from the number of their shares."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from newsletter.collect.tables import latest
from newsletter.compute.arrays import Array
from newsletter.compute.facts import Period
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

WINDOWS = (1, 5)
FROZEN = 5
TAIL = FROZEN + 2  # five changes, and the last count may be of the session before
GRAIN = 1e5  # dollars: a close is not the net asset value at which shares were made


@measure("flows", lookback=TAIL)
def flows(market: Market) -> Iterator[Output]:
    """Return ``IWM.flow.1d``, ``IWM.flow.5d`` and ``IWM.flow_share.5d``.

    Formula
    -------
    ``flow(n) = Σ (shares(t) − shares(t−1)) · close(t)`` over the last n sessions with a
    count, in dollars, to the nearest 100,000. ``flow_share`` = that flow in percent of
    ``shares · close`` on the session before the window.

    Source
    ------
    Shares outstanding as the fund states them; the price close stands for net asset value.

    Example
    -------
    2026-05-18, IWM: 388.6 million dollars in on 15 May, 32.6 million out over five sessions
    (−0.04 %). 2026-07-02: absent, the count at hand ends on 15 May.

    Limits
    ------
    The count of an evening is public on the next business day: the newest flow is of the
    session before, as the period says. A count that did not move over five sessions is
    taken for a source that repeats itself, not for calm; a missing count or close makes
    the window absent. Shares are also made to be lent and sold short: a flow is demand
    for the fund's shares, not proof of buyers.
    """
    make = Maker(market, flows.formula)
    table = market.table("shares")
    known = set(table["symbol"])
    symbols = [s for s in market.universe.symbols if s in known] or [market.universe.small_caps]
    for symbol in symbols:
        yield from _fund(make, symbol, latest("shares", table[table["symbol"] == symbol]))


def _fund(make: Maker, symbol: str, rows: pd.DataFrame) -> Iterator[Output]:
    market, subject = make.market, make.instrument(symbol)
    sessions = market.sessions[-TAIL:]
    counts = pd.Series(rows["shares"].to_numpy(np.float64), index=pd.DatetimeIndex(rows["date"]))
    shares = counts.reindex(sessions).to_numpy(np.float64)
    closes = market.matrix((symbol,), "price", rows=TAIL)[:, 0]
    last = len(shares) - 1 if np.isfinite(shares[-1]) else len(shares) - 2
    shares, closes = shares[: last + 1], closes[: last + 1]
    missing = _missing(subject, counts, shares, market)
    if missing:
        for what in ("flow.1d", "flow.5d", "flow_share.5d"):
            yield Absent(f"{subject.id}.{what}", missing)
        return
    for days in WINDOWS:
        yield from _window(make, subject, days, sessions[: last + 1], shares, closes)


def _missing(subject: Subject, counts: "pd.Series[float]", shares: Array, market: Market) -> str:
    """Say why no flow can be stated, or nothing."""
    if counts.empty:
        return f"The source counts no shares of {subject.name}."
    if len(shares) == 0 or not np.isfinite(shares[-1]):
        end = counts.index[-1].date()
        return f"The count of shares of {subject.name} ends on {end}, before {market.session.date}."
    tail = shares[-FROZEN - 1 :]
    known = tail[np.isfinite(tail)]
    if len(known) > 1 and (known == known[-1]).all():
        return (
            f"The count of shares of {subject.name} shows no move in {FROZEN} sessions: "
            "its source seems to repeat it."
        )
    return ""


def _window(
    make: Maker, subject: Subject, days: int, sessions: pd.DatetimeIndex, shares: Array,
    closes: Array,
) -> Iterator[Output]:  # fmt: skip
    flow = held = float("nan")
    period = None
    if len(shares) > days:
        flow = float((np.diff(shares) * closes[1:])[-days:].sum())
        held = float(shares[-1 - days] * closes[-1 - days])
        period = Period(f"{days}d", sessions[-1 - days].date(), sessions[-1].date())
    missing = f"A count of shares or a close of {subject.name} is missing within {days} sessions."
    stated = [("flow", GRAIN * float(np.round(flow / GRAIN)), Unit.USD)]
    if days == WINDOWS[-1]:
        stated.append(("flow_share", 100.0 * flow / held if held > 0 else np.nan, Unit.PERCENT))
    for metric, value, unit in stated:
        yield make.fact(
            f"{subject.id}.{metric}.{days}d",
            value,
            unit,
            subject=subject,
            metric=metric,
            kind="level",
            period=period,
            missing=missing,
            quality="estimated",
            places=0 if unit is Unit.USD else None,
            source=make.market.table_sources.get("shares"),
        )
