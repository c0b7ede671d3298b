"""Precedents: since when something is a first, and what must be known to say so."""

from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import TIE, YEAR, Array, Mask
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.make import Maker, Subject
from newsletter.compute.signal import Absent
from newsletter.units import Unit

ENOUGH = 3 * YEAR
"""Known sessions below which nothing is called the first of a sample."""

TOLERATED = 0.01
"""Share of sessions in between that may be unknown."""

NOTABLE = 21
"""Sessions that an extreme must outlast to be worth a "since"."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """The last time before today, if there was one.

    Parameters
    ----------
    row : int
        Session on which it last held; where it never did, the sample's first session.
    ever : bool
        Whether it ever held before in the sample.
    known, of : int
        Sessions after `row` (from `row` on where it never held) on which it can be told
        whether it held, of how many.
    """

    row: int
    ever: bool
    known: int
    of: int


def precedent(holds: Mask, known: Mask, gap: int) -> Precedent | None:
    """Find the last session on which something held before it held today.

    Parameters
    ----------
    holds : numpy.ndarray of bool, shape (n_sessions,)
        Where it held.
    known : numpy.ndarray of bool, shape (n_sessions,)
        Where that can be told.
    gap : int
        Sessions by which an earlier one must lie back to make today a first.

    Returns
    -------
    Precedent or None
        None where it does not hold today or held less than `gap` sessions ago.

    Examples
    --------
    >>> held = np.array([1, 1, 0, 0, 0, 1], bool)
    >>> precedent(held, np.ones(6, bool), 4)
    Precedent(row=1, ever=True, known=4, of=4)
    """
    if len(holds) == 0 or not holds[-1]:
        return None
    earlier = np.flatnonzero(holds[:-1])
    if len(earlier) == 0:
        row = int(known.argmax())
        return Precedent(row, False, int(known[row:].sum()), len(holds) - row)
    row = int(earlier[-1])
    of = len(holds) - 1 - row
    return None if of < gap else Precedent(row, True, int(known[row + 1 :].sum()), of)


def first_since(
    make: Maker, stem: str, metric: str, subject: Subject, found: Precedent
) -> Fact | Absent:
    """Make the date behind "the first since": of the precedent, or of the sample's start.

    Parameters
    ----------
    make : Maker
        Of the measure.
    stem : str
        The fact's id without its last part.
    metric : str
        Metric where there is a precedent.
    subject : Subject
        Whom it speaks of.
    found : Precedent
        What was found.

    Returns
    -------
    Fact or Absent
        ``STEM.since`` with the date of the precedent, or ``STEM.in_sample`` with metric
        ``first_in_sample`` and the date on which the sample starts: prose may then say no
        more than "the first since our data begin". Absent where over 1 % of the sessions
        in between are unknown, or a sample without precedent is shorter than three years.
    """
    fact_id = f"{stem}.{'since' if found.ever else 'in_sample'}"
    if not found.ever and found.known < ENOUGH:
        return Absent(
            fact_id, f"{found.known} sessions are known; a first of the sample needs {ENOUGH}."
        )
    date = make.market.sessions[found.row].date()
    missing = found.of - found.known
    if missing > TOLERATED * found.of:
        return Absent(fact_id, f"{missing} of {found.of} sessions since {date} are unknown.")
    return make.fact(
        fact_id,
        date,
        Unit.DATE,
        subject=subject,
        metric=metric if found.ever else "first_in_sample",
        kind="date",
        period=Period(f"since:{date}", date, make.market.session.date),
        sample=Sample(found.known, found.of, date),
        quality="estimated" if missing else "ok",
    )


def extreme_since(
    make: Maker,
    fact_id: str,
    subject: Subject,
    *,
    which: str,
    what: str,
    kind: str,
    values: Array,
) -> Fact | Absent:
    """Make the date of "the highest (or lowest) since": the last value as far out.

    Parameters
    ----------
    make : Maker
        Of the measure.
    fact_id : str
        The fact's id.
    subject : Subject
        Whom it speaks of.
    which : {"highest", "lowest"}
        Which way.
    what : str
        What the values are: ``"close"``, ``"ratio"``; in the metric and in reasons.
    kind : str
        Which closes a missing value is one of.
    values : numpy.ndarray, shape (n_sessions,)
        NaN where unknown.

    Returns
    -------
    Fact or Absent
        Metric ``highest_close_since``. Absent where today's value is unknown or the
        furthest of the sample, where an earlier one lies less than a month back, and
        where over 1 % of the values in between are unknown.
    """
    if not np.isfinite(values[-1]):
        return Absent(fact_id, make.gap(subject, kind, make.close()))
    outward, session = values if which == "highest" else -values, make.market.session.date
    with np.errstate(invalid="ignore"):
        earlier = np.flatnonzero(outward[:-1] >= outward[-1] - TIE * abs(outward[-1]))
    if len(earlier) == 0:
        first = make.market.sessions[int(np.flatnonzero(np.isfinite(values))[0])].date()
        return Absent(fact_id, f"The {which} {what} of the whole sample, which starts on {first}.")
    row = int(earlier[-1])
    date, elapsed = make.market.sessions[row].date(), len(values) - 1 - row
    known = int(np.isfinite(values[row + 1 :]).sum())
    if elapsed < NOTABLE:
        return Absent(
            fact_id,
            f"The {what} of {date} was as far out; that is only {elapsed} of {NOTABLE} sessions.",
        )
    if elapsed - known > TOLERATED * elapsed:
        return Absent(fact_id, f"{elapsed - known} of {elapsed} {what}s since {date} are missing.")
    return make.fact(
        fact_id,
        date,
        Unit.DATE,
        subject=subject,
        metric=f"{which}_{what}_since",
        kind="date",
        period=Period(f"since:{date}", date, session),
        sample=Sample(known, elapsed, date),
        quality="ok" if known == elapsed else "estimated",
    )
