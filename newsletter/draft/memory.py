"""Memory: what past editions argued, called and doubted, and what has become of it.

Records are only ever added. What follows from them (which call is settled, which trigger has
fired) is computed from all of them, so that the order in which sessions were evaluated, or
how often, changes nothing.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from newsletter.compute.facts import Ledger
from newsletter.draft.calls import Calendar, due, measured, outcome
from newsletter.draft.claims import Call, Draft, filled
from newsletter.draft.condition import Condition
from newsletter.errors import DraftError

LAPSE = 21
"""Sessions for which a trigger stands."""
GRACE = {"5d": dt.timedelta(days=4), "1m": dt.timedelta(days=7), "3m": dt.timedelta(days=7)}
"""How long after it fell due a call can be settled: a window that begins later is another."""


@dataclass(frozen=True, slots=True)
class View:
    """What an edition argued, as it was sent.

    Parameters
    ----------
    edition : str
        Its key, e.g. ``2026-07-02.XNYS.evening``.
    session : datetime.date
        The session it speaks of.
    theme, stance : str
        As in `Draft`.
    headline, dek : str
        As readers saw them.
    simulated : bool
        Whether it was made of sample data.
    """

    edition: str
    session: dt.date
    theme: str
    stance: str
    headline: str
    dek: str
    simulated: bool = False

    @property
    def exchange(self) -> str:
        """The exchange of the edition's key."""
        return self.edition.split(".")[1]

    @property
    def kind(self) -> str:
        """The kind of edition, e.g. ``evening``."""
        return self.edition.split(".")[2]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call that readers were sent.

    Parameters
    ----------
    edition : str
        Key of the edition.
    number : int
        Its place in the edition, from 1.
    session : datetime.date
        Its close is the base.
    subject, direction, horizon : str
        As in `newsletter.draft.claims.Call`.
    due : datetime.date
        First session that can settle it.
    kind : str
        ``price`` or ``total``: the kind of return it is held to.
    trailing : decimal.Decimal or None
        What the same figure was over the same stretch before.
    """

    edition: str
    number: int
    session: dt.date
    subject: str
    direction: str
    horizon: str
    due: dt.date
    kind: str = ""
    trailing: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    """One thing that an edition said would change our mind.

    Parameters
    ----------
    edition, number, session
        As in `CallRecord`.
    words : str
        The sentence as readers saw it.
    condition : str
        The same over facts.
    lapses : datetime.date
        Last session on which it counts.
    """

    edition: str
    number: int
    session: dt.date
    words: str
    condition: str
    lapses: dt.date


@dataclass(frozen=True, slots=True)
class Mark:
    """How a call ended, by one session's facts.

    Parameters
    ----------
    edition, number
        Of the call.
    session : datetime.date
        Whose facts settled it.
    value : decimal.Decimal or None
        The outcome; None where it stays unsettled.
    start : datetime.date or None
        Base of the window that was measured.
    reason : str
        Why it stays unsettled.
    """

    edition: str
    number: int
    session: dt.date
    value: Decimal | None = None
    start: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Firing:
    """A trigger's condition held at a session."""

    edition: str
    number: int
    session: dt.date


@dataclass(frozen=True)
class Memory:
    """Everything on record.

    Parameters
    ----------
    views, calls, triggers
        What was sent.
    marks, firings
        What sessions since then found.
    """

    views: tuple[View, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    triggers: tuple[TriggerRecord, ...] = ()
    marks: tuple[Mark, ...] = ()
    firings: tuple[Firing, ...] = ()

    def before(self, ledger: Ledger) -> "Memory":
        """Return what a session may know: earlier editions of its kind of data, and since.

        Editions of the session itself are left out, so that an edition made again after
        it was sent does not remember itself.
        """
        session = ledger.session
        views = tuple(
            view
            for view in self.views
            if view.session < session.date
            and (view.exchange, view.simulated) == (session.exchange, ledger.simulated)
        )
        own = {view.edition for view in views}
        return Memory(
            views,
            tuple(c for c in self.calls if c.edition in own),
            tuple(t for t in self.triggers if t.edition in own),
            tuple(m for m in self.marks if m.edition in own and m.session <= session.date),
            tuple(f for f in self.firings if f.edition in own and f.session <= session.date),
        )

    def mark(self, call: CallRecord) -> Mark | None:
        """Return how a call ended; the earliest session that could settle it counts."""
        return self._marked.get((call.edition, call.number))

    def fired(self, trigger: TriggerRecord) -> dt.date | None:
        """Return the first session on which a trigger's condition held."""
        return self._fired.get((trigger.edition, trigger.number))

    @cached_property
    def _marked(self) -> dict[tuple[str, int], Mark]:
        ordered = sorted(self.marks, key=lambda m: (m.value is None, m.session), reverse=True)
        return {(mark.edition, mark.number): mark for mark in ordered}

    @cached_property
    def _fired(self) -> dict[tuple[str, int], dt.date]:
        ordered = sorted(self.firings, key=lambda f: f.session, reverse=True)
        return {(firing.edition, firing.number): firing.session for firing in ordered}

    def newest(self) -> tuple[View, ...]:
        """Return the views, latest session first."""
        return tuple(sorted(self.views, key=lambda v: (v.session, v.edition), reverse=True))


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a sent edition is held to."""

    view: View
    calls: tuple[CallRecord, ...] = ()
    triggers: tuple[TriggerRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What one session's facts add to the record."""

    marks: tuple[Mark, ...] = ()
    firings: tuple[Firing, ...] = ()


def committed(edition: str, draft: Draft, ledger: Ledger, calendar: Calendar) -> Commitment:
    """Return what a sent edition is held to.

    Parameters
    ----------
    edition : str
        Its key.
    draft : Draft
        As approved.
    ledger : Ledger
        The facts it stands on.
    calendar : Calendar
        The exchange's sessions, from its own to half a year later.

    Returns
    -------
    Commitment
        The view, its calls, and those doubts whose condition the ledger decides and finds
        false: one that was no condition, or held already, triggers nothing.
    """
    session, read = ledger.session.date, filled(draft, ledger)
    view = View(
        edition, session, draft.theme, draft.stance, read.headline, read.dek, ledger.simulated
    )
    calls = (
        _call(edition, number, call, ledger, calendar) for number, call in enumerate(draft.calls, 1)
    )
    lapses = session
    for _ in range(LAPSE):
        lapses = calendar.next(lapses)
    # A doubt struck out or added by hand leaves nobody sure which condition is whose.
    paired = len(read.change_mind) == len(draft.conditions)
    doubts = zip(read.change_mind, draft.conditions, strict=True) if paired else ()
    triggers = (
        TriggerRecord(edition, number, session, words, condition, lapses)
        for number, (words, condition) in enumerate(doubts, 1)
        if holds(condition, ledger) is False
    )
    return Commitment(view, tuple(calls), tuple(triggers))


def _call(edition: str, number: int, call: Call, ledger: Ledger, calendar: Calendar) -> CallRecord:
    session = ledger.session.date
    before = outcome(ledger, call.subject, call.horizon)
    return CallRecord(
        edition,
        number,
        session,
        call.subject,
        call.direction,
        call.horizon,
        due(session, call.horizon, calendar),
        before.kind if before else "",
        before.number if before else None,
    )


def evaluate(memory: Memory, ledger: Ledger) -> Findings:
    """Judge by one session's facts what is open.

    Parameters
    ----------
    memory : Memory
        Everything on record.
    ledger : Ledger
        The session's facts.

    Returns
    -------
    Findings
        Nothing that the record holds already.
    """
    known = memory.before(ledger)
    marks = (settled(call, ledger) for call in known.calls if known.mark(call) is None)
    firings = (fires(trigger, ledger) for trigger in known.triggers if not known.fired(trigger))
    return Findings(
        tuple(mark for mark in marks if mark is not None),
        tuple(firing for firing in firings if firing is not None),
    )


def settled(call: CallRecord, ledger: Ledger) -> Mark | None:
    """Return how a call ended if this session's facts can tell; None leaves it open.

    Notes
    -----
    A call is held to the window of its length that begins at its session's close, or at
    the first later one within `GRACE`. After that it is unsettled, with the reason.
    """
    today, last = ledger.session.date, call.due + GRACE[call.horizon]
    if today < call.due:
        return None
    fact = outcome(ledger, call.subject, call.horizon, call.kind)
    if today <= last:
        if fact is None or fact.period.start < call.session:
            return None
        return Mark(call.edition, call.number, today, fact.number, fact.period.start)
    return Mark(call.edition, call.number, today, reason=_reason(call, last, ledger))


def fires(trigger: TriggerRecord, ledger: Ledger) -> Firing | None:
    """Return that a trigger's condition holds, on a session on which it counts."""
    today = ledger.session.date
    if not trigger.session < today <= trigger.lapses or not holds(trigger.condition, ledger):
        return None
    return Firing(trigger.edition, trigger.number, today)


def holds(condition: str, ledger: Ledger) -> bool | None:
    """Tell whether a condition holds; None where there is none or it cannot be decided."""
    try:
        return Condition.parse(condition).against(ledger).check(ledger)
    except DraftError:
        return None


def _reason(call: CallRecord, last: dt.date, ledger: Ledger) -> str:
    text = f"No session from {call.due} to {last} gave its figure."
    price, total = measured(call.subject, call.horizon)
    why = ledger.absent.get(total if call.kind == "total" else price)
    return f"{text} {why}" if why else text
