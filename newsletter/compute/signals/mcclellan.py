"""The McClellan oscillator: whether advances have lately been gaining on declines."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import restarting_mean, unbroken
from newsletter.compute.facts import Period, Sample
from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

FAST, SLOW = 0.10, 0.05
SCALE = 1000.0
SETTLED = 100
IDS = ("oscillator", "summation", "side", "crossed")


@measure("mcclellan")
def mcclellan(market: Market) -> Iterator[Output]:
    """Return ``sp500.mcclellan.oscillator`` and its running sum.

    Formula
    -------
    ``rana = 1000 · (A − D) / (A + D)`` over the members with this adjusted close and the
    one before; ``oscillator = mean(rana, 0.10) − mean(rana, 0.05)``, exponential averages
    in which the newest session weighs 10 or 5 percent, started at the first session with
    enough members. ``summation = 19 · mean(rana, 0.05) − 9 · mean(rana, 0.10)``, which is
    the running sum of the oscillator but for a constant: it moves by the oscillator every
    session. ``side`` is ``above zero`` or ``below zero``, ``crossed`` the first session of
    the present unbroken side.

    Source
    ------
    S. and M. McClellan, Patterns for Profit, 1970; ratio-adjusted net advances and the
    closed form of the summation index after J. Miekka.

    Example
    -------
    2026-07-02: oscillator 34, summation 333, above zero since 2026-06-23.

    Limits
    ------
    Ratio-adjusted and over one index's members: not comparable in size with figures over
    all listed issues. Needs 100 sessions in a row with enough members, after which the
    start weighs less than 1 %; a session without enough members or on which none moved
    ends a run. Members are those of one list (see ``breadth``): ``estimated`` unless it
    is as old as the run.
    """
    make, roster = Maker(market, mcclellan.formula), Roster(market)
    stem = f"{roster.subject.id}.mcclellan"
    rana = SCALE * market.crowd.net_advances(roster.needed)
    fast, slow = restarting_mean(rana, FAST), restarting_mean(rana, SLOW)
    count = unbroken(rana)
    if count < SETTLED:
        reason = f"Needs {SETTLED} sessions in a row on which enough members are covered."
        yield from (Absent(f"{stem}.{what}", reason) for what in IDS)
        return
    row = len(rana) - count
    oscillator = (fast - slow)[row:]
    start, end = market.sessions[row].date(), market.session.date
    above = oscillator > 0
    other = np.flatnonzero(above != above[-1])
    crossed = market.sessions[row + (int(other[-1]) + 1 if len(other) else 0)].date()
    run = Period(f"since:{start}", start, end)
    for what, value, unit, period, sample in (
        ("oscillator", float(oscillator[-1]), Unit.NUMBER, make.close(), None),
        ("summation", float(19.0 * slow[-1] - 9.0 * fast[-1]), Unit.NUMBER, run,
         Sample(count, count, start)),
        ("side", "above zero" if above[-1] else "below zero", Unit.STATE, make.close(), None),
        ("crossed", crossed, Unit.DATE, Period(f"since:{crossed}", crossed, end), None),
    ):  # fmt: skip
        yield make.fact(
            f"{stem}.{what}",
            value,
            unit,
            subject=roster.subject,
            metric=f"mcclellan_{what}",
            kind="statistic" if unit is Unit.NUMBER else unit.value,
            period=period,
            sample=sample,
            quality=roster.quality(start),
            places=0 if unit is Unit.NUMBER else None,
        )
