"""Trend lines over the swing highs of a ratio: which line, how often touched, broken or not.

Conventions vary from desk to desk, so this is ours, in full. It looks at the logarithm of a
ratio, ``y``, and at its weekly closes (the last known close of each calendar week; the week
still running is neither a swing nor a touch).

* Swing high: a weekly close above the six before it and not below the six after it. It is
  known once the sixth week after it is over.
* Sigma: the standard deviation (ddof 1) of the last 156 weekly changes of ``y`` (at least
  52) when the line is drawn: one usual week's move.
* Line: through any two of the swing highs of the last 520 weeks, provided that no swing
  high after its start lies more than one sigma above it; that three or more lie within one
  sigma of it (the touches); that first and last touch are 52 weeks or more apart; and that
  the last touch is at most 104 weeks older than the newest swing high. Of several lines
  the one with most touches, then the longest span, then the smallest squared misses, then
  the later points.
* Break: two closes in a row more than one sigma above the line in force. A broken line
  stays in force until a close falls below it again or 52 weeks have gone by.
* State of a session: broken; ``testing`` from one sigma below the line upwards, unless
  broken; ``below`` further down.
* A line is drawn anew when a new swing high becomes known, when a broken one fails and
  when it expires.

Everything at a session depends on that session and earlier ones only. A support line is a
resistance line of ``-y``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsletter.compute.arrays import Array, Mask

SIDE = 6
WINDOW, MEMORY, LEAST = 520, 156, 52
TOUCHES, SPAN, STALE, HELD = 3, 52, 104, 52
FLAT = 1e-9
"""Weekly moves below this are rounding, not a market."""

NO_LINE, BELOW, TESTING, BROKEN = 0, 1, 2, 3
"""Codes of a session's state."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line in the plane of calendar week and log ratio.

    Parameters
    ----------
    week : int
        Week of its first touch.
    last : int
        Week of its last touch.
    level : float
        Log ratio of the first touch.
    slope : float
        Change per week.
    sigma : float
        Tolerance, in log ratio.
    touches : int
        Swing highs within one sigma.
    """

    week: int
    last: int
    level: float
    slope: float
    sigma: float
    touches: int

    def same(self, other: "Line") -> bool:
        """Tell whether two lines run through the same points, whatever touches them."""
        return (self.week, self.level, self.slope) == (other.week, other.level, other.slope)

    def at(self, weeks: Rows) -> Array:
        """Return the line's log ratio in each week."""
        gone: Array = (weeks - self.week).astype(np.float64)
        return self.level + gone * self.slope


@dataclass(frozen=True, eq=False, slots=True)
class Trend:
    """A line's history.

    Parameters
    ----------
    state : numpy.ndarray of int, shape (n,)
        `NO_LINE`, `BELOW`, `TESTING` or `BROKEN` on each session.
    distance : numpy.ndarray, shape (n,)
        Log ratio above the line in force, in sigma; NaN without a line.
    line : Line or None
        In force on the last session.
    since : int
        First session of the present state against the present line.
    """

    state: Rows
    distance: Array
    line: Line | None
    since: int


@dataclass(frozen=True, eq=False, slots=True)
class Weekly:
    """Weekly closes of a series of sessions, with their swing highs.

    Parameters
    ----------
    week : numpy.ndarray of int, shape (n,)
        Calendar week of each session, counted from a Monday.
    place : numpy.ndarray of int, shape (n,)
        Which weekly close the session's week has.
    weeks, closes : numpy.ndarray, shape (m,)
        Calendar week and log ratio of each weekly close.
    swings : numpy.ndarray of int, shape (p,)
        Places of the swing highs.
    known : numpy.ndarray of int, shape (p,)
        First session on which each is known; n where it is not known yet.
    """

    week: Rows
    place: Rows
    weeks: Rows
    closes: Array
    swings: Rows
    known: Rows


def calendar_weeks(dates: npt.NDArray[np.datetime64]) -> Rows:
    """Return the number of each date's week, which starts on Monday.

    Examples
    --------
    >>> days = np.array(["1970-01-04", "1970-01-05", "1970-01-11"], "datetime64[D]")
    >>> calendar_weeks(days).tolist()
    [0, 1, 1]
    """
    weeks: Rows = (dates.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return weeks


def weekly(y: Array, week: Rows) -> Weekly:
    """Gather sessions into weeks and find the swing highs.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Log ratio by session, all known.
    week : numpy.ndarray of int, shape (n,)
        Calendar week of each session, ascending.
    """
    starts = np.flatnonzero(np.diff(week, prepend=week[:1] - 1))
    ends = np.append(starts, len(week))[1:] - 1
    place = np.repeat(np.arange(len(starts)), ends - starts + 1)
    closes = y[ends]
    swings = _swings(closes)
    after = swings + SIDE + 1
    known = np.where(after < len(starts), starts[np.minimum(after, len(starts) - 1)], len(y))
    return Weekly(week, place, week[ends], closes, swings, known)


def _swings(closes: Array) -> Rows:
    count = len(closes) - 2 * SIDE
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    views = np.lib.stride_tricks.sliding_window_view(closes, 2 * SIDE + 1)
    middle = views[:, SIDE]
    # A margin keeps rounding from making a swing out of a plateau.
    above: Mask = middle > views[:, :SIDE].max(axis=1) + FLAT
    above &= middle >= views[:, SIDE + 1 :].max(axis=1) - FLAT
    found: Rows = np.flatnonzero(above) + SIDE
    return found


def draw(x: Rows, y: Array, sigma: float) -> Line | None:
    """Return the best line over swing highs, None where none is good enough.

    Parameters
    ----------
    x : numpy.ndarray of int, shape (p,)
        Weeks of the swing highs known, ascending, the newest last.
    y : numpy.ndarray, shape (p,)
        Their log ratios.
    sigma : float
        Tolerance.

    Notes
    -----
    For each start the tolerance bounds the slope from below by the steepest climb to a
    later swing high less one sigma, so that the permitted pairs are found in p² steps;
    touches are counted for those few only.
    """
    if len(x) < TOUCHES:
        return None
    run = x[None, :] - x[:, None]
    later = run > 0
    span = np.where(later, run, 1)
    rise = y[None, :] - y[:, None]
    least = np.where(later, (rise - sigma) / span, -np.inf).max(axis=1)
    slopes = rise / span
    first, second = np.nonzero(later & (slopes >= least[:, None]))
    slope = slopes[first, second]
    # A line's own points miss it by nothing, whatever rounding says.
    misses = rise[first] - slope[:, None] * run[first]
    misses[np.arange(len(first)), second] = 0.0
    touch = (np.abs(misses) <= sigma) & (run[first] >= 0)
    touches = touch.sum(axis=1)
    last = len(x) - 1 - touch[:, ::-1].argmax(axis=1)
    spans = x[last] - x[first]
    good = np.flatnonzero((touches >= TOUCHES) & (spans >= SPAN) & (x[-1] - x[last] <= STALE))
    if len(good) == 0:
        return None
    squares = (np.where(touch, misses, 0.0)[good] ** 2).sum(axis=1)
    order = np.lexsort((second[good], first[good], -squares, spans[good], touches[good]))
    best = int(good[order[-1]])
    start = int(first[best])
    return Line(int(x[start]), int(x[last[best]]), float(y[start]), float(slope[best]), sigma,
                int(touches[best]))  # fmt: skip


def follow(y: Array, week: Rows) -> Trend:
    """Follow the resistance line in force through all sessions.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Log ratio by session, all known.
    week : numpy.ndarray of int, shape (n,)
        Calendar week of each session, ascending.
    """
    state = np.zeros(len(y), dtype=np.int64)
    distance = np.full(len(y), np.nan)
    line: Line | None = None
    drawn = 0
    for start, end, in_force, broken in _stretches(y, weekly(y, week)):
        if line is None or in_force is None or not line.same(in_force):
            drawn = start
        line = in_force
        if line is None:
            continue
        away = (y[start:end] - line.at(week[start:end])) / line.sigma
        distance[start:end] = away
        state[start:end] = np.where(away < -1.0, BELOW, TESTING)
        if broken is not None:
            state[broken:end] = BROKEN
    other = np.flatnonzero(state != state[-1:])
    changed = int(other[-1]) + 1 if len(other) else 0
    return Trend(state, distance, line, max(changed, drawn))


def _stretches(y: Array, by: Weekly) -> Iterator[tuple[int, int, Line | None, int | None]]:
    """Yield stretches of sessions under one line: start, end, line, where it broke."""
    at, count = 0, len(y)
    events = np.unique(by.known)
    while at < count:
        line = _line_at(by, at)
        following = int(np.searchsorted(events, at, side="right"))
        end = min(int(events[following]), count) if following < len(events) else count
        broken = None if line is None else _break(y, by.week, line, at, end)
        if line is not None and broken is not None:
            end = _release(y, by.week, line, broken)
        yield at, end, line, broken
        at = end


def _line_at(by: Weekly, at: int) -> Line | None:
    """Draw the line that the swings known at a session allow."""
    place = int(by.place[at])
    changes = np.diff(by.closes[max(place - MEMORY - 1, 0) : place])
    swings = by.swings[by.known <= at]
    if len(changes) < LEAST or len(swings) < TOUCHES:
        return None
    sigma = float(changes.std(ddof=1))
    if sigma < FLAT:
        return None
    swings = swings[by.weeks[swings] >= by.weeks[swings[-1]] - WINDOW]
    return draw(by.weeks[swings], by.closes[swings], sigma)


def _break(y: Array, week: Rows, line: Line, at: int, end: int) -> int | None:
    """Return the first session of a stretch that completes two closes beyond the line."""
    start = max(at - 1, 0)
    beyond = y[start:end] - line.at(week[start:end]) > line.sigma
    twice = np.flatnonzero(beyond[1:] & beyond[:-1])
    return start + 1 + int(twice[0]) if len(twice) else None


def _release(y: Array, week: Rows, line: Line, broken: int) -> int:
    """Return the session from which a broken line is in force no longer."""
    over = (y[broken + 1 :] < line.at(week[broken + 1 :])) | (
        week[broken + 1 :] > week[broken] + HELD
    )
    found = np.flatnonzero(over)
    return broken + 1 + int(found[0]) if len(found) else len(y)
