"""How much of what the signals say could be chance, over all of them together."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import comb

from newsletter.compute.arrays import Array
from newsletter.compute.facts import Sample, Signal
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.readings import NOISE, SIGNAL, TOO_FEW
from newsletter.compute.signal import Absent, Output, digest
from newsletter.units import Unit

CHANCE = Fraction(1, 20)
"""Share of comparisons that stand out where nothing follows from anything."""


@digest("evidence", order=1)
def evidence(
    market: Market, signals: Mapping[str, Signal], _strengths: Mapping[str, Array]
) -> Iterator[Output]:
    """Return ``evidence.compared``, ``.distinct``, ``.expected``, ``.too_few``, ``.verdict``.

    Formula
    -------
    ``compared``: base rates with at least ten known events, over all signals and horizons;
    ``too_few`` the others. ``distinct``: those whose 95 % interval leaves out the median of
    all days. ``expected = 0.05 · compared``. Verdict ``signal`` where as many as `distinct`
    would come by chance less than once in twenty times (binomial, 5 % each), else ``noise``.

    Source
    ------
    The count that a test of many hypotheses owes its reader (Y. Benjamini and Y. Hochberg,
    Journal of the Royal Statistical Society B 57, 1995, on why); the recipe is ours.

    Example
    -------
    2026-07-02, fourteen signals: of 46 comparisons none stands out where chance alone would
    give up to 2.3; ten more have too few events. Noise.

    Limits
    ------
    Signals and horizons overlap, so chance comes in clumps: ``signal`` is a weaker word
    here than for one base rate. Intervals hold more than their 95 %, so chance alone gives
    fewer than `expected`, which is a bound. Conditions were chosen by people who knew the
    past; no count corrects for that.
    """
    make = Maker(market, evidence.formula)
    rates = [(name, rate) for name, signal in sorted(signals.items()) for rate in signal.base_rates]
    if not rates:
        for what in ("compared", "distinct", "expected", "too_few", "verdict"):
            yield Absent(f"evidence.{what}", f"No signal has a state on {market.session.date}.")
        return
    inputs = tuple(f"{name}.base_rate.{rate.horizon}d.verdict" for name, rate in rates)
    verdicts = [rate.verdict for _, rate in rates]
    compared = len(verdicts) - verdicts.count(TOO_FEW)
    distinct = verdicts.count(SIGNAL)
    start = min(rate.since for _, rate in rates)
    overall = SIGNAL if beyond_chance(distinct, compared) else NOISE
    for what, name, value, unit, kind in (
        ("compared", "comparisons with the past", float(compared), Unit.COUNT, "count"),
        ("distinct", "comparisons that stand out", float(distinct), Unit.COUNT, "count"),
        ("expected", "comparisons that chance alone would make stand out at most",
         float(CHANCE * compared), Unit.NUMBER, "statistic"),
        ("too_few", "comparisons with too few events", float(verdicts.count(TOO_FEW)),
         Unit.COUNT, "count"),
        ("verdict", "the evidence as a whole", overall, Unit.STATE, "state"),
    ):  # fmt: skip
        yield make.fact(
            f"evidence.{what}",
            value,
            unit,
            subject=Subject("evidence", name, inputs),
            metric=what,
            kind=kind,
            period=make.close(),
            sample=Sample(distinct, compared, start) if what == "distinct" else None,
        )


def beyond_chance(distinct: int, compared: int) -> bool:
    """Tell whether so many would stand out by chance less than once in twenty times.

    Parameters
    ----------
    distinct, compared : int
        n of N.

    Examples
    --------
    >>> beyond_chance(5, 60), beyond_chance(7, 60)
    (False, True)
    """
    fewer = sum(
        comb(compared, hits) * CHANCE**hits * (1 - CHANCE) ** (compared - hits)
        for hits in range(distinct)
    )
    return 1 - fewer < CHANCE
