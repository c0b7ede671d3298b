"""Small ledgers, editions and records for the tests of the house's memory."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

import pandas as pd

from newsletter.clock import Session
from newsletter.collect.sessions import TradingDays
from newsletter.compute.facts import Fact, Ledger, Period, index_facts
from newsletter.draft.calls import due
from newsletter.draft.memory import CallRecord, Commitment, Findings, Memory, TriggerRecord, View
from newsletter.units import Unit

PAIR = "IWM-SPY"
DAYS = TradingDays("XNYS", dt.date(2026, 12, 31))
MONTHS = {"1m": 1, "3m": 3}


def key(session, kind="evening"):
    """Return an edition's key."""
    return f"{session}.XNYS.{kind}"


@lru_cache(maxsize=4096)
def base(session, horizon):
    """Return a window's base as the compute stage counts it, by pandas."""
    if horizon == "5d":
        return DAYS.back(session, 5)
    start = pd.Timestamp(session) - pd.DateOffset(months=MONTHS[horizon])
    return DAYS.on_or_before(start.date())


def spread(session, horizon, value, *, kind="price", start=None, subject=PAIR):
    """Make the fact that settles a call."""
    what = "spread" if "-" in subject else "return"
    period = Period(horizon, start or base(session, horizon), session)
    return Fact(
        id=f"{subject}.{what}.{horizon}" + (".total" if kind == "total" else ""),
        subject=subject,
        name="the small-cap fund less the S&P 500 fund",
        metric=what,
        period=period,
        value=Decimal(str(value)),
        unit=Unit.POINTS if what == "spread" else Unit.PERCENT,
        kind=kind,
        formula="spread@1",
        source="files",
        inputs=tuple(subject.split("-")),
    )


def ledger(session, *facts, simulated=False, absent=None, exchange="XNYS"):
    """Make a session's ledger of a few facts."""
    return Ledger(
        Session(session, exchange),
        "sha256:0",
        index_facts(facts),
        absent=absent or {},
        simulated=simulated,
    )


def view(session, stance="for", *, kind="evening", simulated=False):
    """Make what an edition argued."""
    return View(key(session, kind), session, "giants", stance, "Headline", "Dek.", simulated)


def call(session, direction="up", horizon="5d", *, number=1, subject=PAIR, kind="price",
         trailing=None, edition="evening"):  # fmt: skip
    """Make a call that readers were sent."""
    before = None if trailing is None else Decimal(str(trailing))
    return CallRecord(
        key(session, edition), number, session, subject, direction, horizon,
        due(session, horizon, DAYS), kind, before,
    )  # fmt: skip


def trigger(session, condition, *, number=1, lapses=None, words="Something.", edition="evening"):
    """Make a thing that would change our mind."""
    until = lapses or session + dt.timedelta(days=30)
    return TriggerRecord(key(session, edition), number, session, words, condition, until)


def said(session, stance="for", *, calls=(), triggers=(), kind="evening", simulated=False):
    """Make what a sent edition is held to."""
    one = view(session, stance, kind=kind, simulated=simulated)
    return Commitment(one, tuple(calls), tuple(triggers))


class Remembered:
    """`Memories` in the memory of the machine."""

    def __init__(self):
        self.whole = Memory()

    def recall(self):
        """Return everything on record."""
        return self.whole

    def record(self, said, now=None):
        """Add what an edition is held to, once."""
        old = self.whole
        if said.view.edition in {one.edition for one in old.views}:
            return False
        self.whole = Memory(
            (*old.views, said.view),
            (*old.calls, *said.calls),
            (*old.triggers, *said.triggers),
            old.marks,
            old.firings,
        )
        return True

    def add(self, found: Findings, now=None):
        """Add what a session found."""
        old = self.whole
        marks = {(m.edition, m.number, m.session): m for m in (*found.marks, *old.marks)}
        firings = {(f.edition, f.number, f.session): f for f in (*found.firings, *old.firings)}
        self.whole = Memory(
            old.views, old.calls, old.triggers, tuple(marks.values()), tuple(firings.values())
        )
