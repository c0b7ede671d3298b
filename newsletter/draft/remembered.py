"""Remembered: the house's own record as facts, and the sentences that stand on them.

What a briefing says of earlier briefings it takes from the ledger like anything else: so it
is proved like anything else, and a replay, which keeps those facts, prints the same.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from newsletter.compute.facts import MEMORY, Fact, Ledger, index_facts
from newsletter.draft import track_record
from newsletter.draft.calls import is_right
from newsletter.draft.claims import Draft, Section
from newsletter.draft.condition import Condition
from newsletter.draft.evening import Evening
from newsletter.draft.memory import (
    CallRecord,
    Commitment,
    Findings,
    Mark,
    Memory,
    TriggerRecord,
    View,
    holds,
)
from newsletter.draft.prose import pick, sentences
from newsletter.draft.track_record import entry
from newsletter.units import Unit

YEAR = dt.timedelta(days=366)
"""For how long a view is one that a change must be declared against."""
VIEW = "memory.view"
TRIGGER = "memory.trigger"
CALLS = "memory.calls"
_TOLD = 5
"""Editions whose views and triggers a writer is told of."""
_CALLS = 30
"""Latest calls a writer is told of."""
_SIDES = frozenset({"for", "against"})
_LONGEST = 220
_NAMES = re.compile(r"S&P 500|Nasdaq-100|Russell \d000|\d{2,3}-day")
_OPENERS = frozenset(
    "a an another any both each either if more most no one small large some the two value "
    "growth when whenever whether".split()
)
"""Words that lose their capital within a sentence; names of instruments keep theirs."""
_HAPPENED = "That has happened, as of today."
_STUBBORN = (
    "We keep our side all the same, for the reasons below; whoever likes may call that stubborn.",
    "It has not moved us: our reasons are below, and readers may weigh them against it.",
    "Our side stays what it was, which is a choice that we owe a reason for; it is given below.",
)
_ASIDE = (
    "It is one reason why we take no side tonight.",
    "So we let go of that view, and take no new one tonight.",
    "We promised to listen to it: no side tonight.",
)


class Memories(Protocol):
    """Where the record is kept; the store implements it. Nothing in it changes or goes."""

    def recall(self) -> Memory:
        """Return everything on record."""
        ...

    def record(self, said: Commitment, now: dt.datetime) -> bool:
        """Add what an edition is held to, once; tell whether it was new."""
        ...

    def add(self, findings: Findings, now: dt.datetime) -> None:
        """Add what a session found; a finding that is on record stays as it is."""
        ...


def with_memory(ledger: Ledger, memory: Memory, kind: str, *, scored: bool = False) -> Ledger:
    """Return a ledger that also holds what the house remembers tonight.

    Parameters
    ----------
    ledger : Ledger
        As computed.
    memory : Memory
        Everything on record, tonight's findings included.
    kind : str
        Kind of the edition: what has happened since its readers' last one leads it.
    scored : bool
        Whether the edition prints how past calls did.
    """
    facts = list(_facts(memory.before(ledger), ledger, kind, scored))
    return replace(ledger, facts=index_facts([*ledger, *facts])) if facts else ledger


def with_remembered(computed: Ledger, kept: Ledger) -> Ledger:
    """Return a computed ledger with the memory of another of the same session."""
    facts = [fact for fact in kept if fact.kind == MEMORY]
    return replace(computed, facts=index_facts([*computed, *facts])) if facts else computed


# -- facts ------------------------------------------------------------------------------


def _facts(memory: Memory, ledger: Ledger, kind: str, scored: bool) -> Iterator[Fact]:
    today = ledger.session.date
    view = standing(memory, today)
    if view is not None:
        yield entry(f"{VIEW}.date", view.session, Unit.DATE, "argued", today)
        yield entry(f"{VIEW}.stance", view.stance, Unit.STATE, "stance", today)
    lead = leading(memory, ledger, kind)
    if lead is not None:
        trigger, when = lead
        ids = Condition.parse(trigger.condition).facts
        about = tuple(sorted({name for id in ids if id in ledger for name in ledger[id].inputs}))
        yield entry(f"{TRIGGER}.date", trigger.session, Unit.DATE, "mind", today, about=about)
        yield entry(f"{TRIGGER}.fired", when, Unit.DATE, "happened", today, about=about)
        held = next((v.stance for v in memory.views if v.edition == trigger.edition), "")
        if held in _SIDES:
            yield entry(f"{TRIGGER}.stance", held, Unit.STATE, "stance", today, about=about)
        words = _quotable(trigger.words, ledger) if when == today else ""
        if words:
            yield entry(f"{TRIGGER}.words", words, Unit.STATE, "doubt", today, about=about)
    yield from _counts(memory, today)
    if scored:
        yield from track_record.facts(memory, today, simulated=ledger.simulated)


def _counts(memory: Memory, today: dt.date) -> Iterator[Fact]:
    if not memory.calls:
        return
    marks = [(call, memory.mark(call)) for call in memory.calls]
    ended = [(call, mark.value) for call, mark in marks if mark and mark.value is not None]
    counts = {
        "made": len(marks),
        "open": sum(mark is None for _, mark in marks),
        "settled": len(ended),
        "right": sum(is_right(call.direction, value) for call, value in ended),
    }
    for name, count in counts.items():
        yield entry(
            f"{CALLS}.{name}", Decimal(count), Unit.COUNT, f"calls_{name}", today, name="our calls"
        )


def standing(memory: Memory, today: dt.date) -> View | None:
    """Return the last view that took a side, if it is not older than a year."""
    sided = (view for view in memory.newest() if view.stance in _SIDES)
    return next((view for view in sided if today - view.session <= YEAR), None)


def leading(memory: Memory, ledger: Ledger, kind: str) -> tuple[TriggerRecord, dt.date] | None:
    """Return the fired trigger that the next briefing opens with, and when it fired.

    Notes
    -----
    One that fired since the last edition of that kind, whose view still stands: no later
    edition has taken another side, for then the mind has been changed already. Of several
    the one set last. What fired tonight must still be so by tonight's facts.
    """
    today, newest = ledger.session.date, memory.newest()
    last = next(
        (v.session for v in newest if v.kind == kind), newest[0].session if newest else today
    )
    stances = {view.edition: view.stance for view in newest}
    found: list[tuple[TriggerRecord, dt.date]] = []
    for trigger in memory.triggers:
        when = memory.fired(trigger)
        if when is None or when <= last:
            continue
        if when == today and not holds(trigger.condition, ledger):
            continue
        after = {view.stance for view in newest if view.session > trigger.session}
        if after <= {stances[trigger.edition], "neither", ""}:
            found.append((trigger, when))
    order = sorted(found, key=lambda f: (f[0].session, f[0].edition, -f[0].number))
    return order[-1] if order else None


def _quotable(words: str, ledger: Ledger) -> str:
    """Return a sentence's condition as a later one can quote it; empty where it cannot.

    What follows a colon is comment. A figure was one of its own evening: it would be read
    as one of tonight's.
    """
    said = words.partition(":")[0].rstrip(". ")
    if not said or len(said) > _LONGEST or re.search(r"\d", _NAMES.sub("", said)):
        return ""
    lower = said[0].lower() + said[1:]
    first = lower.split()[0]
    common = first in _OPENERS or any(fact.name.split(" ", 1)[0] == first for fact in ledger)
    return lower if common else said


# -- what a writer is told --------------------------------------------------------


def told(memory: Memory) -> str:
    """Return what a writer is told of the house's own record.

    Parameters
    ----------
    memory : Memory
        What its session may know (`Memory.before`).
    """
    lines = [
        f"{view.session}: {view.stance or 'no stance'}; {view.headline}"
        for view in memory.newest()[:_TOLD]
    ]
    calls = sorted(memory.calls, key=lambda c: (c.session, c.edition, c.number))[-_CALLS:]
    lines += [_call_told(call, memory.mark(call)) for call in calls]
    lines += [
        f"what would change our mind, said on {trigger.session}: {trigger.words} "
        + (f"It happened on {when}." if when else f"Open until {trigger.lapses}.")
        for trigger, when in _told_triggers(memory)
    ]
    return "\n".join(lines) or "Nothing yet."


def _call_told(call: CallRecord, mark: Mark | None) -> str:
    text = f"called on {call.session}: {call.subject} {call.direction} over {call.horizon}"
    if mark is None:
        return f"{text}, due {call.due}"
    if mark.value is None:
        return f"{text}, unsettled"
    return f"{text}, {'right' if is_right(call.direction, mark.value) else 'wrong'}"


def _told_triggers(memory: Memory) -> Iterator[tuple[TriggerRecord, dt.date | None]]:
    recent = {view.edition for view in memory.newest()[:_TOLD]}
    for trigger in memory.triggers:
        if trigger.edition in recent:
            yield trigger, memory.fired(trigger)


# -- sentences --------------------------------------------------------------------------


def lead(ev: Evening, stance: str) -> str | None:
    """Say that what would change our mind has happened, and whether it has changed.

    Parameters
    ----------
    ev : Evening
        Tonight.
    stance : str
        The side taken tonight.

    Returns
    -------
    str or None
        None where nothing has happened.
    """
    if not ev.has(f"{TRIGGER}.date", f"{TRIGGER}.fired"):
        return None
    said = f"On {{{{{TRIGGER}.date}}}} we said what would change our mind"
    told = f"{said}; on {{{{{TRIGGER}.fired}}}} it happened."
    if ev.has(f"{TRIGGER}.words"):
        told = f"{said}: {{{{{TRIGGER}.words}}}}. {_HAPPENED}"
    return sentences(told, _moved(ev, stance))


def _moved(ev: Evening, stance: str) -> str | None:
    """Own up to a mind that has not changed, or no longer has a side; a change has its own."""
    held = ev.state(f"{TRIGGER}.stance")
    if held not in _SIDES or stance not in _SIDES | {"neither"}:
        return None
    if stance == "neither":
        return pick(ev, 407, _ASIDE)
    return pick(ev, 405, _STUBBORN) if stance == held else None


def change(ev: Evening, stance: str) -> str | None:
    """Declare that we argued the other side within a year; None where we did not."""
    before = ev.state(f"{VIEW}.stance")
    if not {before, stance} >= _SIDES:
        return None
    return pick(
        ev,
        401,
        (
            f"On {{{{{VIEW}.date}}}} we argued the other side.",
            f"This is a change of view: on {{{{{VIEW}.date}}}} we argued the other side.",
        ),
    )


def reminded(draft: Draft, ev: Evening) -> Draft:
    """Return a draft that says what it owes its readers, where it does not yet.

    Parameters
    ----------
    draft : Draft
        By any hand.
    ev : Evening
        Tonight.
    """
    used = set(draft.used())
    due = (
        None if f"{TRIGGER}.date" in used else lead(ev, draft.stance),
        None if f"{VIEW}.date" in used else change(ev, draft.stance),
    )
    if not any(due) or not draft.sections:
        return draft
    first, *rest = draft.sections
    paragraphs = (sentences(*due), *first.paragraphs)
    return replace(draft, sections=(Section(first.heading, paragraphs), *rest))
