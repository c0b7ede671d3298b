"""The rotation gauge: the plain mean of the signals that say where the money goes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from newsletter.compute.arrays import Array, latch
from newsletter.compute.case import Case, Words, tell
from newsletter.compute.facts import Fact, Sample, Signal
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.race import fuller_ratio
from newsletter.compute.signal import Absent, Output, digest
from newsletter.units import Unit

COMPONENTS = {
    "small_vs_large": "small against large",
    "value_vs_growth": "value against growth",
    "equal_vs_cap": "equal against cap weight",
    "cyclical_vs_defensive": "cyclicals against defensives",
    "junk_vs_grade": "high-yield against investment-grade bonds",
    "breadth_regime": "the breadth of the market",
}
"""Signals that count, and how print names them."""

ENOUGH = 4
ENTER, LEAVE = 0.25, 0.10


@digest("gauge")
def gauge(
    market: Market, signals: Mapping[str, Signal], strengths: Mapping[str, Array]
) -> Iterator[Output]:
    """Return ``rotation_gauge.level``, its components, its recipe and its signal.

    Formula
    -------
    ``level = mean of the components' strengths``, each −100 to 100, equal weights; at
    least four of the six must be known on a session. Components: small against large,
    value against growth, equal against cap weight, cyclicals against defensives,
    high-yield against investment-grade bonds, breadth. Plus is away from the leaders:
    small, cheap, equal, cyclical, risky, broad.

    * State: ``rotation on`` from a level of 25 until it falls below 10, ``rotation off``
      from −25 until it rises above −10, ``mixed`` in between.
    * Base rate: events are sessions in today's state; a hit is a lead of the small-cap
      fund over the benchmark a horizon later (a lag, where the state is off).

    Source
    ------
    Recipe ours: no weight is fitted, so there is nothing to overfit. The sequel is the
    small-against-large ratio, since that is what a rotation promises; the benchmark may
    rise or fall in one.

    Example
    -------
    2026-07-02: level 16, the mean of 49, 14, −33, 24, 8 and 36 in that order; mixed since
    2026-04-21. Of 34 quarters after such days since 2015-10-16 small caps led in 10 (29 %;
    of all days 43 %), median −2.0 points (95 % interval −3.8 to 0.0; all days −0.9): noise.

    Limits
    ------
    Components overlap: one sell-off of the giants moves four of them. A component that is
    unknown today is left out of the whole history, one that starts later joins then. The
    volatility regime is no component: it is calm on three days of four, so it would lift
    the level whatever anyone bought.
    """
    if not market.universe.raced:
        return
    make = Maker(market, gauge.formula)
    present = [name for name in COMPONENTS if name in strengths and name in signals]
    level, counted = _level(present, strengths, len(market.sessions))
    cited = tuple(f"{name}.signal.strength" for name in present)
    universe = market.universe
    sides = (*universe.parts(universe.small_caps), *universe.parts(universe.benchmark))
    subject = Subject("rotation_gauge", "the rotation gauge", (*cited, *sides))
    states = states_of(level)
    kind, _ = fuller_ratio(make, universe.small_caps, universe.benchmark)
    off = bool(states[-1] == "rotation off")
    told = tell(
        make,
        Case(
            name=subject.id,
            subject=subject,
            states=states,
            strength=level,
            outcome=market.line(universe.small_caps, kind),
            against=market.line(universe.benchmark, kind),
            unit=Unit.POINTS,
            kind=kind,
            sign=-1 if off else 1,
            condition=str(states[-1]),
            evidence=_evidence(make, Subject(subject.id, subject.name, cited or sides),
                               present, strengths, float(level[-1]), int(counted[-1])),
            cited=cited,
        ),
    )  # fmt: skip
    for output in told:  # breadth, one of its parts, is counted on today's members
        yield replace(output, quality="estimated") if isinstance(output, Fact) else output


def states_of(level: Array) -> Words:
    """Return the state on each session, empty where the level is unknown."""
    known = np.isfinite(level)
    on = latch(level >= ENTER, ~known | (level < LEAVE))
    off = latch(level <= -ENTER, ~known | (level > -LEAVE))
    return np.select([~known, on, off], ["", "rotation on", "rotation off"], default="mixed")


def _level(present: list[str], strengths: Mapping[str, Array], count: int) -> tuple[Array, Array]:
    """Return the mean strength on each session, and of how many components."""
    stack = np.array([strengths[name] for name in present]).reshape(len(present), count)
    known = np.isfinite(stack)
    counted = known.sum(axis=0).astype(np.float64)
    level = np.full(count, np.nan)
    total = np.where(known, stack, 0.0).sum(axis=0)
    np.divide(total, counted, out=level, where=counted >= ENOUGH)
    return level, counted


def _evidence(
    make: Maker, subject: Subject, present: list[str], strengths: Mapping[str, Array],
    level: float, count: int,
) -> tuple[Fact | Absent, ...]:  # fmt: skip
    few = f"Only {count} of {len(COMPONENTS)} components are known; {ENOUGH} are required."
    stem, close = subject.id, make.close()
    known = np.isfinite(level)
    facts = [
        make.fact(
            f"{stem}.level", 100.0 * level, Unit.NUMBER, subject=subject, metric="level",
            kind="statistic", period=close, missing=few, places=0,
            sample=Sample(count, len(COMPONENTS), close.end),
        ),
        make.fact(
            f"{stem}.components", float(count), Unit.COUNT, subject=subject,
            metric="components", kind="count", period=close,
            sample=Sample(count, len(COMPONENTS), close.end),
        ),
        make.fact(
            f"{stem}.recipe", _recipe(present), Unit.STATE, subject=subject, metric="recipe",
            kind="state", period=close,
        ) if known else Absent(f"{stem}.recipe", few),
    ]  # fmt: skip
    for name, words in COMPONENTS.items():
        known = name in present
        facts.append(
            make.fact(
                f"{stem}.component.{name}",
                100.0 * float(strengths[name][-1]) if known else float("nan"),
                Unit.NUMBER,
                subject=Subject(stem, f"the strength of {words}", (f"{name}.signal.strength",)),
                metric="component",
                kind="statistic",
                period=close,
                missing=f"The signal {name} has no state on {make.market.session.date}.",
                places=0,
            )
        )
    return tuple(facts)


def _recipe(present: list[str]) -> str:
    *most, last = [COMPONENTS[name] for name in present]
    return f"the plain mean, equally weighted, of the strengths of {', '.join(most)} and {last}"
