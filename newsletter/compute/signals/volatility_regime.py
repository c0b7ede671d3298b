"""Calm or turbulent: a Markov-switching reading of the benchmark's daily returns."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import YEAR, Array, Mask, latch
from newsletter.compute.case import Case, Words, fuller_line, tell
from newsletter.compute.facts import Fact, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.regime import LARGE_CAPS, daily_returns, rough_probability
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

ENTER, LEAVE = 0.8, 0.2
ESTIMATED_THROUGH = dt.date(2009, 12, 31)


@measure("volatility_regime")
def volatility_regime(market: Market) -> Iterator[Output]:
    """Return the signal ``volatility_regime``, its facts and its base rates.

    Formula
    -------
    Daily log returns of the benchmark are taken to come from one of two normal
    distributions, calm (mean 0.077 %, deviation 0.72 %) and rough (−0.065 %, 1.90 %), with
    a chance of 1.16 % a day to leave the calm one and of 2.31 % to leave the rough one.
    ``probability`` is that of the rough one given all returns up to the close (filtered).

    * State: ``turbulent`` from a probability of 80 % until it falls to 20 %, ``calm`` from
      20 % until it rises to 80 %; none before either was first reached.
    * Strength: ``1 − 2 · probability``; above zero is calm.
    * ``turbulent_sessions.1y``: sessions of the last 252 in the state ``turbulent``.
    * Base rate: events are sessions in today's state; a hit is a higher benchmark (total
      return, price where that is known on more sessions) a horizon later.

    Source
    ------
    J. D. Hamilton, Econometrica 57 (1989). Parameters by maximum likelihood on SPY from
    1993-01-29 through 2009-12-31 (`newsletter.compute.regime`), never estimated again;
    states and base rates start in 2010, so all of them are out of sample.

    Example
    -------
    2026-07-02, SPY: probability 7.9 %, calm. From 2010-01-04 to then 25 % of sessions were
    turbulent, in 40 spells.

    Limits
    ------
    The states are of volatility, not of direction. The parameters are those of large US
    shares, whatever the benchmark. A session without a return (a missing close, and the
    one after it) has no state; the filter goes on with its forecast. Before 2010 nothing
    is stated, since those sessions made the parameters.
    """
    make, symbol = Maker(market, volatility_regime.formula), market.universe.benchmark
    subject = Subject(
        volatility_regime.id, f"the volatility regime of {market.universe.name(symbol)}", (symbol,)
    )
    kind, closes = fuller_line(market, symbol)
    returns = daily_returns(closes)
    rough = rough_probability(returns, LARGE_CAPS)
    told = np.isfinite(returns) & (np.arange(len(returns)) > market.row(ESTIMATED_THROUGH))
    states = states_of(rough, told)
    rough = np.where(told, rough, np.nan)
    yield from tell(
        make,
        Case(
            name=subject.id,
            subject=subject,
            states=states,
            strength=1.0 - 2.0 * rough,
            outcome=closes,
            unit=Unit.PERCENT,
            kind=kind,
            sign=1,
            condition=str(states[-1]),
            evidence=_evidence(make, subject, float(rough[-1]), states),
        ),
    )


def states_of(rough: Array, told: Mask) -> Words:
    """Return the state on each session, empty where none is told."""
    on, off = rough >= ENTER, rough <= LEAVE
    decided = np.maximum.accumulate(on | off)
    return np.select([~(told & decided), latch(on, off)], ["", "turbulent"], default="calm")


def _evidence(
    make: Maker, subject: Subject, rough: float, states: Words
) -> tuple[Fact | Absent, ...]:
    recent, year = states[-YEAR:], make.span("1y", YEAR)
    count = int((recent == "turbulent").sum())
    full = len(recent) == YEAR and bool((recent != "").all())
    return (
        make.fact(
            f"{subject.id}.probability.close", 100.0 * rough, Unit.PERCENT,
            subject=subject, metric="probability", kind="statistic", period=make.close(),
            missing=f"No daily return out of sample on {make.market.session.date}.", places=0,
        ),
        make.fact(
            f"{subject.id}.turbulent_sessions.1y", float(count) if full else float("nan"),
            Unit.COUNT, subject=subject, metric="turbulent_sessions", kind="count", period=year,
            missing=f"Fewer than {YEAR} of the last {YEAR} sessions have a state.",
            sample=Sample(count, YEAR, year.start) if year else None,
        ),
    )  # fmt: skip
