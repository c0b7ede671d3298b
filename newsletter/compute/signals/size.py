"""Small against large: a state with hysteresis, and what followed in the past."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, Mask, lagged, latch
from newsletter.compute.base_rates import TOO_FEW, base_rate
from newsletter.compute.facts import BaseRate, Fact, Period, Sample, Signal
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit, as_decimal

HORIZON, RECENT = 63, 21
ENTER, LEAVE, TURN, FULL = 5.0, 2.0, 1.0, 10.0
NAME = "small_vs_large"
STATES = ("leading", "fading", "neutral", "lagging", "recovering")


@measure("size")
def size(market: Market) -> Iterator[Output]:
    """Return the signal ``small_vs_large``, its facts and its base rate.

    Formula
    -------
    ``ratio = small / large`` on adjusted closes (price closes where those are known on
    more sessions, as ``kind`` says); ``lead(n) = 100 · (ratio / ratio n
    sessions ago − 1)``, the geometric excess return, stated in points.

    * Side: small from ``lead(63) ≥ 5`` until it falls below 2; large from ``≤ −5`` until
      it rises above −2; none in between.
    * Turn: down from ``lead(21) ≤ −1``, up from ``≥ 1``, else as before.
    * State: ``leading`` (side small, turn not down), ``fading`` (small, down),
      ``lagging`` (large, not up), ``recovering`` (large, up), ``neutral`` (no side).
    * Strength: ``lead(63) / 10``, cut at ±1. Since: first session of the unbroken state.
    * Base rate: events are sessions with ``lead(63) ≥ 5``, the next at least 63 sessions
      later; a hit is a ``lead(63)`` above zero 63 sessions after; all days are every
      63-session stretch of the sample. At present ``lead(63) ≤ −5`` the mirror image:
      after lagging, did they lag again; ``base_rate.condition`` says which.

    Source
    ------
    Relative strength with a two-threshold switch; the recipe is ours.

    Example
    -------
    2026-07-02, IWM and SPY since 2000-05-26: 36 events, 35 known, 19 led again (54 %),
    median 0.12 points; all days 49 % and −0.07.

    Limits
    ------
    On price closes the count is 37 events and 56 %: funds pay different dividends, so
    total return is the fairer race. Medians are leads of small over large, whichever
    way the condition looks. Below ten known events no base rate is stated. A
    session without both closes belongs to no state and ends a run.
    """
    make = Maker(market, size.formula)
    small, large = market.universe.small_caps, market.universe.benchmark
    kind, ratio = _ratio(market, small, large)
    lead, recent = _lead(ratio, HORIZON), _lead(ratio, RECENT)
    names = (market.universe.name(small), market.universe.name(large))
    subject = Subject(NAME, f"{names[0]} against {names[1]}", (small, large))
    facts: list[Fact | Absent] = [
        _lead_fact(make, subject, kind, days, float(values[-1]))
        for days, values in ((HORIZON, lead), (RECENT, recent))
    ]
    states = _states(lead, recent)
    if not states[-1]:
        missing = f"The lead over {HORIZON} sessions is not known on {market.session.date}."
        ids = ("signal.state", "signal.since", *(f"base_rate.{what}" for what in _RATES))
        yield from facts
        yield from (Absent(f"{NAME}.{what}", missing) for what in ids)
        return
    row = _run_start(states)
    facts += _state_facts(make, subject, states[-1], market.sessions[row].date())
    rate = _rate(market, ratio, lead)
    facts += _rate_facts(make, subject, rate, "lagging" if lead[-1] <= -ENTER else "leading")
    yield from facts
    yield Signal(
        name=NAME,
        state=states[-1],
        strength=as_decimal(float(np.clip(lead[-1] / FULL, -1.0, 1.0))),
        since=market.sessions[row].date(),
        evidence=tuple(fact.id for fact in facts if isinstance(fact, Fact)),
        base_rate=rate,
    )


def _ratio(market: Market, small: str, large: str) -> tuple[str, Array]:
    ratios = {}
    for kind in ("total", "price"):
        closes = market.matrix((small, large), kind)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios[kind] = np.where((closes > 0).all(axis=1), closes[:, 0] / closes[:, 1], np.nan)
    known = {kind: int(np.isfinite(ratio).sum()) for kind, ratio in ratios.items()}
    kind = "price" if known["price"] > known["total"] else "total"
    return kind, ratios[kind]


def _lead(ratio: Array, days: int) -> Array:
    return 100.0 * (ratio / lagged(ratio, days) - 1.0)


def _states(lead: Array, recent: Array) -> list[str]:
    known: Mask = np.isfinite(lead) & np.isfinite(recent)
    with np.errstate(invalid="ignore"):
        small = latch(lead >= ENTER, ~known | (lead < LEAVE))
        large = latch(lead <= -ENTER, ~known | (lead > -LEAVE))
        down = latch(recent <= -TURN, ~known | (recent >= TURN))
        up = latch(recent >= TURN, ~known | (recent <= -TURN))
    conditions = [~known, small & down, small, large & up, large]
    names = ["", "fading", "leading", "recovering", "lagging"]
    return [str(state) for state in np.select(conditions, names, default="neutral")]


def _run_start(states: list[str]) -> int:
    row = len(states) - 1
    while row and states[row - 1] == states[-1]:
        row -= 1
    return row


def _rate(market: Market, ratio: Array, lead: Array) -> BaseRate | None:
    first = int(np.flatnonzero(np.isfinite(ratio))[0])
    sign = -1 if lead[-1] <= -ENTER else 1
    return base_rate(
        lead,
        threshold=ENTER,
        sign=sign,
        horizon=HORIZON,
        since=market.sessions[first].date(),
    )


def _lead_fact(make: Maker, subject: Subject, kind: str, days: int, value: float) -> Fact | Absent:
    return make.fact(
        f"{NAME}.lead.{days}d",
        value,
        Unit.POINTS,
        subject=subject,
        metric="lead",
        kind=kind,
        period=make.span(f"{days}d", days + 1),
    )


def _state_facts(make: Maker, subject: Subject, state: str, since: object) -> list[Fact | Absent]:
    stated = (("state", state, Unit.STATE), ("since", since, Unit.DATE))
    return [
        make.fact(
            f"{NAME}.signal.{what}",
            value,  # type: ignore[arg-type]
            unit,
            subject=subject,
            metric=f"signal_{what}",
            kind=unit.value,
            period=make.close(),
        )
        for what, value, unit in stated
    ]


_RATES = (
    "all_days_hit_rate", "all_days_median", "condition", "events", "hit_rate", "horizon",
    "known", "median", "since", "threshold",
)  # fmt: skip


def _rate_facts(
    make: Maker, subject: Subject, rate: BaseRate | None, condition: str
) -> list[Fact | Absent]:
    if rate is None:
        reason = f"Too few: fewer than {TOO_FEW} separate past events have a known sequel."
        return [Absent(f"{NAME}.base_rate.{what}", reason) for what in _RATES]
    session = make.market.session.date
    period = Period(f"since:{rate.since}", rate.since, session)
    hits = Sample(rate.hits, rate.known, rate.since)
    values = (
        ("all_days_hit_rate", float(rate.unconditional_hit_rate), Unit.PERCENT, 0, None),
        ("all_days_median", float(rate.unconditional_median), Unit.POINTS, None, None),
        ("condition", condition, Unit.STATE, None, None),
        ("events", rate.events, Unit.COUNT, None, None),
        ("hit_rate", 100.0 * rate.hits / rate.known, Unit.PERCENT, 0, hits),
        ("horizon", rate.horizon, Unit.COUNT, None, None),
        ("known", rate.known, Unit.COUNT, None, None),
        ("median", float(rate.median), Unit.POINTS, None, hits),
        ("since", rate.since, Unit.DATE, None, None),
        ("threshold", ENTER, Unit.POINTS, 0, None),
    )
    return [
        make.fact(
            f"{NAME}.base_rate.{what}",
            value,
            unit,
            subject=subject,
            metric=f"base_rate_{what}",
            kind="statistic" if unit in {Unit.PERCENT, Unit.POINTS} else unit.value,
            period=period,
            sample=sample,
            places=places,
            lookback=rate.horizon,
        )
        for what, value, unit, places, sample in values
    ]
