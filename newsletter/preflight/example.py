"""Ledgers of a few facts for the examples that rules carry."""

import datetime as dt
from decimal import Decimal

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, Period, index_facts
from newsletter.preflight.rule import Example, RuleContext
from newsletter.units import Unit

SESSION = dt.date(2026, 7, 2)


def stated(
    id: str, value: str, unit: Unit = Unit.PERCENT, *, name: str = "", metric: str = "level"
) -> Fact:
    """Make one fact at the example's session.

    Parameters
    ----------
    id : str
        Its id; the subject is the part before the first dot.
    value : str
        A decimal number.
    unit : Unit
        What it counts.
    name : str
        The subject in words; its ticker by default.
    metric : str
        As in `Fact`.
    """
    subject = id.partition(".")[0]
    return Fact(
        id=id,
        subject=subject,
        name=name or subject,
        metric=metric,
        period=Period("close", SESSION, SESSION),
        value=Decimal(value),
        unit=unit,
        kind="level",
        formula="example@1",
        source="example",
        inputs=(subject,),
    )


def given(*facts: Fact, session: dt.date = SESSION) -> RuleContext:
    """Return a context whose ledger holds these facts."""
    return RuleContext(ledger=Ledger(Session(session), "sha256:example", index_facts(facts)))


def dated(text: str, session: dt.date = SESSION) -> Example:
    """Return an example that is checked as of a session."""
    return Example(text, given=given(session=session))


def padded(*lines: str) -> str:
    """Return an article: the lines as paragraphs, with filler that claims nothing."""
    filler = "Nothing else happened that anyone would wish to read about in a letter. " * 9
    return "\n\n".join((*lines, filler.strip()))
