"""Scorecard: how the house's calls did, beside callers who know nothing.

Two of them are asked on the same occasions, by the same outcomes: one that calls whatever
the trailing stretch of the same length did, and one that always calls the fund, or the first
of the pair, to rise. A record that does not beat them is no record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from newsletter.draft.calls import HORIZONS, is_right
from newsletter.draft.memory import CallRecord, Mark, Memory
from newsletter.units import rounded

if TYPE_CHECKING:  # what keeps no score waits for no numpy
    from newsletter.compute.arrays import Array

SCHEMA = "scorecard/1"
FEWEST = 10
"""Settled calls below which no rate is stated, and calls apart below which no interval of a
mean or difference is: blocks as long as the record give no interval worth the name."""
TOO_FEW = "too few"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call with how it ended.

    Parameters
    ----------
    call : CallRecord
        As it was sent.
    mark : Mark or None
        How it ended; None while it is open.
    """

    call: CallRecord
    mark: Mark | None

    @property
    def value(self) -> Decimal | None:
        """What the subject did; None while open, and where nothing could settle it."""
        return self.mark.value if self.mark else None

    @property
    def state(self) -> str:
        """``open``, ``settled`` or ``unsettled``."""
        if self.mark is None:
            return "open"
        return "unsettled" if self.mark.value is None else "settled"

    @property
    def right(self) -> bool | None:
        """Whether the call was borne out."""
        return None if self.value is None else is_right(self.call.direction, self.value)

    @property
    def signed(self) -> float:
        """The outcome in the call's own direction, percent or points."""
        size = float(self.value or 0)
        return size if self.call.direction == "up" else -size

    @property
    def trailing(self) -> bool | None:
        """Whether the trailing stretch's side was; None where that took none."""
        before = self.call.trailing
        if self.value is None or not before:
            return None
        return is_right("up" if before > 0 else "down", self.value)

    @property
    def always(self) -> bool | None:
        """Whether "up" was, or the first of the pair."""
        return None if self.value is None else is_right("up", self.value)

    def to_json(self) -> dict[str, Any]:
        """Return the call as in ``scorecard/1``."""
        call, mark = self.call, self.mark
        return {
            "edition": call.edition,
            "number": call.number,
            "session": call.session.isoformat(),
            "subject": call.subject,
            "direction": call.direction,
            "horizon": call.horizon,
            "due": call.due.isoformat(),
            "state": self.state,
            "settled": mark.session.isoformat() if mark and mark.value is not None else None,
            "from": mark.start.isoformat() if mark and mark.start else None,
            "outcome": None if self.value is None else float(self.value),
            "kind": call.kind,
            "hit": self.right,
            "naive": {"trailing": self.trailing, "always_up": self.always},
            "reason": mark.reason if mark else "",
        }


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval, percent; None where there are too few cases.

    Parameters
    ----------
    hits, of : int
        n of N.
    share, low, high : float or None
        Percent, with Wilson's interval.
    """

    hits: int
    of: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """How much better the house did than a naive caller on the same occasions.

    Parameters
    ----------
    naive : Rate
        The naive caller's own.
    difference, low, high : float or None
        House less naive, points, with a bootstrap interval.
    """

    naive: Rate
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The record over one horizon, or over all.

    Parameters
    ----------
    horizon : str
        ``5d``, ``1m``, ``3m`` or ``all``.
    rate : Rate
        The house's.
    mean, low, high : float or None
        Mean outcome in the called direction (percent for a fund, points for a pair), with
        a bootstrap interval.
    trailing, always : Edge
        Against the two naive callers.
    overlap : float
        Mean number of calls that begin before one is due, itself included: the bootstrap's
        block.
    """

    horizon: str
    rate: Rate
    mean: float | None
    low: float | None
    high: float | None
    trailing: Edge
    always: Edge
    overlap: float

    @property
    def apart(self) -> int:
        """How many calls there are once those that share their time count as one."""
        return _apart(self.rate.of, self.overlap)

    @property
    def verdict(self) -> str:
        """``too few``, ``better``, ``worse`` or ``no better`` than both naive callers."""
        edges = [(e.low, e.high) for e in (self.trailing, self.always)]
        if any(low is None or high is None for low, high in edges):
            return TOO_FEW
        if all(low > 0 for low, _ in edges if low is not None):
            return "better"
        if all(high < 0 for _, high in edges if high is not None):
            return "worse"
        return "no better"

    def to_json(self) -> dict[str, Any]:
        """Return the score as in ``scorecard/1``."""
        return {
            "horizon": self.horizon,
            "settled": self.rate.of,
            "overlap": _round(self.overlap),
            "apart": self.apart,
            "hits": self.rate.hits,
            "hit_rate": self.rate.share,
            "interval": _pair(self.rate.low, self.rate.high),
            "mean": self.mean,
            "mean_interval": _pair(self.low, self.high),
            "naive": {"trailing": _edge(self.trailing), "always_up": _edge(self.always)},
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Every call, and what they come to.

    Parameters
    ----------
    outcomes : tuple of Outcome
        In the order in which they were made.
    scores : tuple of Score
        By horizon, those that have settled calls, and over all where several have.
    triggers, fired : int
        What would change our mind: how often said, how often it has happened.
    simulated : bool
        Whether it is the record on the sample market.
    """

    outcomes: tuple[Outcome, ...]
    scores: tuple[Score, ...]
    triggers: int
    fired: int
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """Return the ``scorecard/1`` document."""
        from newsletter.compute.statistics import LEVEL

        states = [outcome.state for outcome in self.outcomes]
        return {
            "schema": SCHEMA,
            "simulated": self.simulated,
            "level": LEVEL,
            "fewest": FEWEST,
            "made": len(states),
            "open": states.count("open"),
            "settled": states.count("settled"),
            "unsettled": states.count("unsettled"),
            "triggers": {"set": self.triggers, "fired": self.fired},
            "scores": [score.to_json() for score in self.scores],
            "calls": [outcome.to_json() for outcome in self.outcomes],
        }


def scorecard(memory: Memory, *, simulated: bool = False) -> Scorecard:
    """Return how everything on record turned out.

    Parameters
    ----------
    memory : Memory
        Only what was sent is in it.
    simulated : bool
        Score the editions made of sample data, instead of all others.
    """
    own = {view.edition for view in memory.views if view.simulated is simulated}
    calls = sorted(
        (call for call in memory.calls if call.edition in own),
        key=lambda call: (call.session, call.edition, call.number),
    )
    outcomes = tuple(Outcome(call, memory.mark(call)) for call in calls)
    triggers = [trigger for trigger in memory.triggers if trigger.edition in own]
    return Scorecard(
        outcomes,
        scores(outcomes),
        len(triggers),
        sum(memory.fired(trigger) is not None for trigger in triggers),
        simulated,
    )


def scores(outcomes: Sequence[Outcome]) -> tuple[Score, ...]:
    """Return the record by horizon, and over all where there are several."""
    settled = [outcome for outcome in outcomes if outcome.state == "settled"]
    groups = {h: [o for o in settled if o.call.horizon == h] for h in HORIZONS}
    known = {name: group for name, group in groups.items() if group}
    if len(known) > 1:
        known[ALL] = settled
    return tuple(score(name, group) for name, group in known.items())


def score(horizon: str, settled: Sequence[Outcome]) -> Score:
    """Return the record of some settled calls, in the order in which they were made.

    Notes
    -----
    Wilson's interval takes calls for independent. Calls of neighbouring evenings share
    most of their time, so that the means and differences have a stationary bootstrap, whose
    blocks are as long as the calls that share time with one; none is stated before there
    are `FEWEST` such blocks.
    """
    import numpy as np

    block = overlap(settled)
    signed: Array = np.array([outcome.signed for outcome in settled])
    low, high = _interval(signed, block)
    return Score(
        horizon,
        _rate([bool(outcome.right) for outcome in settled]),
        _round(float(signed.mean())) if len(settled) >= FEWEST else None,
        low,
        high,
        edge(settled, [outcome.trailing for outcome in settled]),
        edge(settled, [outcome.always for outcome in settled]),
        block,
    )


def edge(settled: Sequence[Outcome], naive: Sequence[bool | None]) -> Edge:
    """Compare hits pair by pair, where the naive caller took a side."""
    import numpy as np

    pairs = [(o, hit) for o, hit in zip(settled, naive, strict=True) if hit is not None]
    rate = _rate([hit for _, hit in pairs])
    if len(pairs) < FEWEST:
        return Edge(rate)
    apart: Array = np.array([100.0 * (bool(o.right) - hit) for o, hit in pairs])
    low, high = _interval(apart, overlap([o for o, _ in pairs]))
    return Edge(rate, _round(float(apart.mean())), low, high)


def _interval(values: Array, block: float) -> tuple[float | None, float | None]:
    """Return a mean's interval; None where too few of the values are apart in time."""
    if _apart(len(values), block) < FEWEST:
        return None, None
    from newsletter.compute.statistics import mean_interval

    low, high = mean_interval(values, block=block)
    return _round(low), _round(high)


def overlap(outcomes: Iterable[Outcome]) -> float:
    """Return how many calls begin, on average, before one of them is due, itself included."""
    import numpy as np

    spans = [(o.call.session, o.call.due) for o in outcomes]
    starts = np.sort(np.array([start.toordinal() for start, _ in spans]))
    first = np.searchsorted(starts, [start.toordinal() for start, _ in spans], side="left")
    last = np.searchsorted(starts, [due.toordinal() for _, due in spans], side="left")
    return float(np.mean(last - first)) if spans else 1.0


def _apart(count: int, block: float) -> int:
    return int(count / block + 1e-9)  # ten in blocks of 1.0 are ten


def _rate(hits: Sequence[bool]) -> Rate:
    count, of = sum(hits), len(hits)
    if of < FEWEST:
        return Rate(count, of)
    from newsletter.compute.statistics import wilson_interval

    low, high = wilson_interval(count, of)
    return Rate(count, of, _round(100.0 * count / of), _round(low), _round(high))


def _round(value: float) -> float:
    return float(rounded(Decimal(repr(value)), 4))


def _pair(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


def _edge(edge: Edge) -> dict[str, Any]:
    naive = edge.naive
    return {
        "of": naive.of,
        "hits": naive.hits,
        "hit_rate": naive.share,
        "interval": _pair(naive.low, naive.high),
        "difference": edge.difference,
        "difference_interval": _pair(edge.low, edge.high),
    }
