"""Trend lines of the ratios: what caps or carries them, for how long, and whether it broke."""

from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import Array, rolling_mean
from newsletter.compute.case import Case, Words, tell
from newsletter.compute.facts import Fact, Period, Series
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.race import pair_of
from newsletter.compute.signal import Absent, Output, measure
from newsletter.compute.trend import (
    BELOW,
    BROKEN,
    LEAST,
    TESTING,
    Line,
    Rows,
    Trend,
    calendar_weeks,
    follow,
)
from newsletter.config import Pair
from newsletter.units import Unit, as_decimal

NAME = "trend_break"
AVERAGE = 50
YOUNG = 2 * LEAST
YEAR_OF_WEEKS = 365.2425 / 7
METRICS = {
    "distance": "line_offset",
    "since": "trend_since",
    "slope": "trend_slope",
    "span": "line_span",
    "start": "line_start",
    "state": "trend_state",
    "touches": "line_touches",
}
"""What is stated of a line, with each fact's metric."""
STATES = {
    "resistance": {BELOW: "below", TESTING: "testing", BROKEN: "broken out"},
    "support": {BELOW: "above", TESTING: "testing", BROKEN: "broken down"},
}
STRENGTHS = {
    "broken out": 1.0,
    "broken down": -1.0,
    "testing resistance": 0.5,
    "testing support": -0.5,
}
"""Of the signal's states that lean one way, first match wins; ``capped``, ``uncapped`` are 0."""


@measure("trend_lines")
def trend_lines(market: Market) -> Iterator[Output]:
    """Return ``IWM/SPY.trend.resistance.state`` and the like, and the signal ``trend_break``.

    Formula
    -------
    `newsletter.compute.trend` on the log of each pair's ratio; support is the resistance
    of its negative. ``state``: resistance ``below``, ``testing``, ``broken out``; support
    ``above``, ``testing``, ``broken down``. ``since``: first session of that state against
    the present line. ``touches``: swing highs (lows) within one sigma. ``start``: session
    of the first touch. ``span``: years from first to last touch. ``distance``: percent
    from the line to the ratio, above zero where it stands above. ``slope``: percent a
    year.

    ``trend_break`` reads the first pair of theme ``size``: ``broken out``, else ``broken
    down``, else ``testing resistance``, else ``testing support``, else ``capped`` (below a
    resistance) or ``uncapped`` (none is in force). Strength 1, −1, ½, −½ and 0. Base rate:
    stretches that began in the present state; a hit is a rise of the ratio (a fall, in
    the two states of support). Series ``IWM/SPY.trend.resistance`` and ``.trend.support`` by
    week from each line's first touch, and, from the earlier of the two, ``.trend.weekly`` and
    ``.trend.average``: the last ratio of a week and the mean of 50 sessions up to it.

    Source
    ------
    Conventions of drawing differ; tolerance, number of touches and the two closes of a
    break are ours and stated in `newsletter.compute.trend`.

    Example
    -------
    2026-07-02, IWM/SPY: a line with seven touches since 2021-06-11, 4.4 years from first to
    last, falling 8.6 % a year, ``broken out`` since 2026-01-06, now 15.5 % above. Of 17
    known quarters begun so, 7 brought a further rise (41 %); all days 48 %: noise.

    Limits
    ------
    On split-adjusted closes; on adjusted closes where those are known on more sessions.
    The first two years of a ratio have no state. Lines are chosen among swings known at
    the time, so a later eye may draw better ones. Of a hundred lines some break by
    chance: the base rate says what followed.
    """
    make, universe = Maker(market, trend_lines.formula), market.universe
    size = pair_of(universe, theme="size")
    weeks = calendar_weeks(market.sessions.to_numpy())
    for pair in universe.pairs:
        parts = (*universe.parts(pair.first), *universe.parts(pair.second))
        kind = market.kind(*parts, lookback=len(market.sessions))
        ratio = market.ratio(pair.first, pair.second, kind)
        name = f"the ratio of {universe.name(pair.first)} to {universe.name(pair.second)}"
        view = _View(make, Subject(pair.ratio, name, parts), kind, ratio, weeks)
        if pair is size:
            yield from view.signal(pair)
        else:
            yield from view.facts()


class _View:
    """One ratio with its two lines."""

    def __init__(self, make: Maker, subject: Subject, kind: str, ratio: Array, weeks: Rows) -> None:
        self.make, self.subject, self.kind = make, subject, kind
        self.ratio, self.weeks = ratio, weeks
        self.known = np.flatnonzero(np.isfinite(ratio))
        logs = np.log(ratio[self.known])
        self.sides = {
            side: follow(sign * logs, weeks[self.known])
            for side, sign in (("resistance", 1.0), ("support", -1.0))
        }

    def facts(self) -> list[Fact | Absent]:
        """Return the facts of both sides, or why there are none."""
        return [one for side in self.sides for one in self._side(side)]

    def _side(self, side: str) -> list[Fact | Absent]:
        stem, trend = f"{self.subject.id}.trend.{side}", self.sides[side]
        if not len(self.ratio) or not np.isfinite(self.ratio[-1]):
            reason = self.make.gap(self.subject, self.kind, self.make.close())
            return [Absent(f"{stem}.{what}", reason) for what in METRICS]
        if trend.line is None:
            reason = f"No {side} line with three touches over a year is in force."
            return [Absent(f"{stem}.{what}", reason) for what in METRICS]
        return self._line_facts(stem, side, trend, trend.line)

    def _line_facts(self, stem: str, side: str, trend: Trend, line: Line) -> list[Fact | Absent]:
        sign, dates = 1.0 if side == "resistance" else -1.0, self.make.market.sessions
        first = self.known[self.weeks[self.known] <= line.week][-1]
        start = dates[first].date()
        values: dict[str, tuple[object, Unit, str]] = {
            "state": (STATES[side][int(trend.state[-1])], Unit.STATE, "state"),
            "since": (dates[self.known[trend.since]].date(), Unit.DATE, "date"),
            "start": (start, Unit.DATE, "date"),
            "touches": (float(line.touches), Unit.COUNT, "count"),
            "span": ((line.last - line.week) / YEAR_OF_WEEKS, Unit.NUMBER, "statistic"),
            "distance": (
                100.0 * float(np.expm1(sign * trend.distance[-1] * line.sigma)),
                Unit.PERCENT,
                self.kind,
            ),
            "slope": (
                100.0 * float(np.expm1(sign * line.slope * YEAR_OF_WEEKS)),
                Unit.PERCENT,
                self.kind,
            ),
        }
        return [
            self.make.fact(
                f"{stem}.{what}",
                value,  # type: ignore[arg-type]
                unit,
                subject=self.subject,
                metric=METRICS[what],
                kind=kind,
                period=Period(f"since:{start}", start, self.make.market.session.date),
            )
            for what, (value, unit, kind) in values.items()
        ]

    def signal(self, pair: Pair) -> Iterator[Output]:
        """Yield the signal over both lines, its facts, and the series of a chart."""
        universe = self.make.market.universe
        states = self._states()
        strength = np.zeros(len(states))
        for state, value in STRENGTHS.items():
            strength[states == state] = value
        strength[states == ""] = np.nan
        now = str(states[-1])
        name = f"the trend of {universe.name(pair.first)} against {universe.name(pair.second)}"
        yield from tell(
            self.make,
            Case(
                name=NAME,
                subject=Subject(NAME, name, self.subject.inputs),
                states=states,
                strength=strength,
                outcome=self.make.market.line(pair.first, self.kind),
                against=self.make.market.line(pair.second, self.kind),
                unit=Unit.POINTS,
                kind=self.kind,
                sign=-1 if STRENGTHS.get(now, 0.0) < 0 else 1,
                condition=now,
                evidence=tuple(self.facts()),
            ),
        )
        yield from self._series()

    def _states(self) -> Words:
        upper, lower = self.sides["resistance"].state, self.sides["support"].state
        words = np.select(
            [upper == BROKEN, lower == BROKEN, upper == TESTING, lower == TESTING, upper == BELOW],
            [*STRENGTHS, "capped"],
            default="uncapped",
        )
        out = np.full(len(self.ratio), "", dtype=words.dtype)
        out[self.known] = words
        if len(self.known):
            out[self.weeks < self.weeks[self.known[0]] + YOUNG] = ""
        return out

    def _series(self) -> Iterator[Series]:
        drawn = {side: t.line for side, t in self.sides.items() if t.line is not None}
        if not drawn or not np.isfinite(self.ratio[-1]):
            return
        first = min(line.week for line in drawn.values())
        rows = self.known[self.weeks[self.known] >= first]
        rows = rows[np.append(np.diff(self.weeks[rows]) > 0, True)]
        name = self.subject.name
        yield self._weekly("weekly", name, rows, self.ratio[rows])
        yield self._weekly(
            "average", f"the {AVERAGE}-day average of {name}", rows,
            rolling_mean(self.ratio, AVERAGE)[rows],
        )  # fmt: skip
        for side, line in drawn.items():
            sign = 1.0 if side == "resistance" else -1.0
            its = rows[self.weeks[rows] >= line.week]
            levels = np.exp(sign * line.at(self.weeks[its]))
            yield self._weekly(side, f"the {side} of {name}", its, levels)

    def _weekly(self, what: str, name: str, rows: Rows, values: Array) -> Series:
        dates = tuple(self.make.market.sessions[row].date() for row in rows)
        numbers = (as_decimal(v) if np.isfinite(v) else None for v in values.tolist())
        return Series(f"{self.subject.id}.trend.{what}", name, Unit.RATIO, dates, tuple(numbers))
