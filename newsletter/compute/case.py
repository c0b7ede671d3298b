"""A signal's case: from a history of states to its facts, its base rates and its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask
from newsletter.compute.base_rates import ENOUGH, HORIZONS, base_rate
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.readings import TOO_FEW, BaseRate, Signal
from newsletter.compute.signal import Absent, Output, Trace
from newsletter.compute.statistics import wilson_interval
from newsletter.units import Unit, as_decimal

Words = npt.NDArray[np.str_]

RATES = (
    "all_days_hit_rate", "all_days_median", "events", "hit_rate", "hit_rate_high",
    "hit_rate_low", "known", "median", "median_high", "median_low",
)  # fmt: skip
"""What is stated for each horizon, beside the verdict."""


@dataclass(frozen=True)
class Case:
    """Everything a signal file works out; `tell` does the rest.

    Parameters
    ----------
    name : str
        Unique name of the signal; the subject of its facts.
    subject : Subject
        Whom it speaks of; its `id` is `name`.
    states : numpy.ndarray of str, shape (n_sessions,)
        State on each session, empty where unknown; each row depends on earlier rows only.
    strength : numpy.ndarray, shape (n_sessions,)
        Between -1 and 1, NaN where unknown; above zero is risk-on, rotation towards the
        first of the two sides, or broader participation.
    outcome : numpy.ndarray, shape (n_sessions,)
        Level whose later change is the sequel.
    against : numpy.ndarray or None, shape (n_sessions,)
        A second level: the sequel is then the difference of both changes, in points.
    unit : {Unit.PERCENT, Unit.POINTS}
        Percent for one level, points for a lead over a second.
    kind : {"price", "total"}
        Which closes the outcome is made of.
    sign : {1, -1}
        Which way a sequel must go to count as a hit.
    condition : str
        The condition in words, such as ``"leading"``.
    holds : numpy.ndarray of bool or None
        Sessions on which the condition held; None means the present state.
    since : int or None
        Row on which the sample starts; None means the first session with a state.
    threshold : float or None
        The size of a relative move that makes an event, percent, where there is one.
    evidence : tuple of Fact or Absent
        Facts it rests on, made here; `cited` names those other measures make.
    cited : tuple of str
        Ids of facts of other measures; they must exist.
    """

    name: str
    subject: Subject
    states: Words
    strength: Array
    outcome: Array
    unit: Unit
    kind: str
    sign: int
    condition: str
    holds: Mask | None = None
    since: int | None = None
    threshold: float | None = None
    against: Array | None = None
    evidence: tuple[Fact | Absent, ...] = ()
    cited: tuple[str, ...] = field(default=())


def fuller_line(market: Market, line: str) -> tuple[str, Array]:
    """Return which closes of a line are known on more sessions, and those closes.

    Parameters
    ----------
    market : Market
        Aligned history.
    line : str
        A symbol or a basket's id.

    Returns
    -------
    kind : {"price", "total"}
        ``total`` where equal: a later return should hold the dividends.
    closes : numpy.ndarray, shape (n_sessions,)
    """
    lines = {kind: market.line(line, kind) for kind in ("total", "price")}
    known = {kind: int(np.isfinite(closes).sum()) for kind, closes in lines.items()}
    kind = "price" if known["price"] > known["total"] else "total"
    return kind, lines[kind]


def tell(make: Maker, case: Case) -> Iterator[Output]:
    """Yield a signal with its facts: state, strength, since, evidence, base rates.

    Parameters
    ----------
    make : Maker
        Of the signal's measure.
    case : Case
        What it found.

    Yields
    ------
    Fact, Absent, Trace or Signal
        Facts ``NAME.signal.{state,since,sessions,strength}``,
        ``NAME.base_rate.{condition,since,threshold}`` and, for each horizon,
        ``NAME.base_rate.63d.{hit_rate,median,…,verdict}``.
    """
    yield from case.evidence
    if len(case.states) == 0 or not case.states[-1] or not np.isfinite(case.strength[-1]):
        yield from _unknown(make, case)
        return
    row = _run_start(case.states)
    first = int(np.flatnonzero(case.states != "")[0]) if case.since is None else case.since
    holds = case.states == case.states[-1] if case.holds is None else case.holds
    holds = holds & (np.arange(len(holds)) >= first)
    outcome = np.where(np.arange(len(holds)) >= first, case.outcome, np.nan)
    began = make.market.sessions[first].date()
    rates = tuple(
        base_rate(
            holds,
            outcome,
            sign=case.sign,
            horizon=horizon,
            since=began,
            against=case.against,
        )
        for horizon in HORIZONS
    )
    facts = [*_state_facts(make, case, row), *_sample_facts(make, case, rates[0])]
    for rate in rates:
        facts += _rate_facts(make, case, rate)
    yield from facts
    yield Trace(case.name, case.strength)
    yield Signal(
        name=case.name,
        state=str(case.states[-1]),
        strength=as_decimal(float(case.strength[-1])),
        since=make.market.sessions[row].date(),
        evidence=(*(f.id for f in (*case.evidence, *facts) if isinstance(f, Fact)), *case.cited),
        base_rates=rates,
    )


def _run_start(states: Words) -> int:
    other = np.flatnonzero(states != states[-1])
    return int(other[-1]) + 1 if len(other) else 0


def _unknown(make: Maker, case: Case) -> Iterator[Absent]:
    reason = f"The state of {case.name} is not known on {make.market.session.date}."
    for what in ("since", "sessions", "state", "strength"):
        yield Absent(f"{case.name}.signal.{what}", reason)
    for what in ("condition", "since", *(() if case.threshold is None else ("threshold",))):
        yield Absent(f"{case.name}.base_rate.{what}", reason)
    for horizon in HORIZONS:
        for what in ("verdict", *RATES):
            yield Absent(f"{case.name}.base_rate.{horizon}d.{what}", reason)


def _state_facts(make: Maker, case: Case, row: int) -> list[Fact | Absent]:
    since, length = make.market.sessions[row].date(), len(case.states) - row
    stated = (
        ("state", str(case.states[-1]), Unit.STATE, "state"),
        ("since", since, Unit.DATE, "date"),
        ("sessions", float(length), Unit.COUNT, "count"),
        ("strength", 100.0 * float(case.strength[-1]), Unit.NUMBER, "statistic"),
    )
    return [
        make.fact(
            f"{case.name}.signal.{what}",
            value,
            unit,
            subject=case.subject,
            metric=f"signal_{what}",
            kind=kind,
            period=make.close(),
            places=0 if unit is Unit.NUMBER else None,
        )
        for what, value, unit, kind in stated
    ]


def _sample_facts(make: Maker, case: Case, rate: BaseRate) -> list[Fact | Absent]:
    period = Period(f"since:{rate.since}", rate.since, make.market.session.date)
    stated: list[tuple[str, object, Unit]] = [
        ("condition", case.condition, Unit.STATE),
        ("since", rate.since, Unit.DATE),
    ]
    if case.threshold is not None:
        stated.append(("threshold", case.threshold, Unit.PERCENT))
    return [
        make.fact(
            f"{case.name}.base_rate.{what}",
            value,  # type: ignore[arg-type]
            unit,
            subject=case.subject,
            metric=f"base_rate_{what}",
            kind="statistic" if unit is Unit.PERCENT else unit.value,
            period=period,
            places=0 if unit is Unit.PERCENT else None,
        )
        for what, value, unit in stated
    ]


def _rate_facts(make: Maker, case: Case, rate: BaseRate) -> list[Fact | Absent]:
    stem = f"{case.name}.base_rate.{rate.horizon}d"
    period = Period(f"since:{rate.since}", rate.since, make.market.session.date)

    def fact(what: str, value: float | str, unit: Unit, kind: str, sample: Sample | None = None,
             places: int | None = None) -> Fact | Absent:  # fmt: skip
        return make.fact(
            f"{stem}.{what}", value, unit, subject=case.subject, metric=f"base_rate_{what}",
            kind=kind, period=period, sample=sample, places=places, lookback=rate.horizon,
        )  # fmt: skip

    verdict = fact("verdict", rate.verdict, Unit.STATE, "state")
    if rate.verdict == TOO_FEW:
        reason = (
            f"Too few: {rate.known} separate past events have a known sequel "
            f"{rate.horizon} sessions on; {ENOUGH} are needed."
        )
        return [verdict, *(Absent(f"{stem}.{what}", reason) for what in RATES)]
    hits = Sample(rate.hits, rate.known, rate.since)
    cases = Sample(rate.known, rate.known, rate.since)
    low, high = wilson_interval(rate.hits, rate.known)
    numbers: tuple[tuple[str, float | Decimal | None, Unit, Sample | None, int | None], ...] = (
        ("all_days_hit_rate", rate.unconditional_hit_rate, Unit.PERCENT, None, 0),
        ("all_days_median", rate.unconditional_median, case.unit, None, None),
        ("events", rate.events, Unit.COUNT, None, None),
        ("hit_rate", 100.0 * rate.hits / rate.known, Unit.PERCENT, hits, 0),
        ("hit_rate_high", high, Unit.PERCENT, None, 0),
        ("hit_rate_low", low, Unit.PERCENT, None, 0),
        ("known", rate.known, Unit.COUNT, None, None),
        ("median", rate.median, case.unit, cases, None),
        ("median_high", rate.high, case.unit, None, None),
        ("median_low", rate.low, case.unit, None, None),
    )
    return [verdict] + [
        fact(what, float(value), unit, _kind(what, unit, case.kind), sample, places)
        for what, value, unit, sample, places in numbers
        if value is not None
    ]


def _kind(what: str, unit: Unit, kind: str) -> str:
    """Shares and points are statistics; a median in percent keeps the kind of its return."""
    if unit is Unit.COUNT:
        return "count"
    return kind if unit is Unit.PERCENT and "median" in what else "statistic"
