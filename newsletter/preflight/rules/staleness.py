"""Prices are of the latest close when an edition goes out."""

import datetime as dt
from collections.abc import Iterator

from newsletter.clock import Session
from newsletter.compute.facts import Ledger
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document


def _at(now: dt.datetime, latest: dt.date, session: dt.date) -> RuleContext:
    ledger = Ledger(Session(session), "sha256:0", {})
    return RuleContext(ledger=ledger, now=now, latest=latest)


_THURSDAY, _MONDAY = dt.date(2026, 7, 2), dt.date(2026, 7, 6)
_SUNDAY_NIGHT = dt.datetime(2026, 7, 5, 23, tzinfo=dt.UTC)
_MONDAY_NIGHT = dt.datetime(2026, 7, 6, 23, tzinfo=dt.UTC)
_TEXT = "Small caps rose 0.6%."


@rule(
    "C06",
    citation="FINRA 2210(d)(1)(A); MAR RTS 2016/958 Art. 3(1)(e): date and time of prices (S6)",
    good=(
        _TEXT,
        Example(_TEXT, given=_at(_SUNDAY_NIGHT, _THURSDAY, _THURSDAY)),
        Example(_TEXT, given=_at(_MONDAY_NIGHT, _MONDAY, _MONDAY)),
    ),
    bad=(
        Example(_TEXT, given=_at(_MONDAY_NIGHT, _MONDAY, _THURSDAY)),
        Example(_TEXT, given=_at(_SUNDAY_NIGHT, _THURSDAY, _MONDAY)),
    ),
)
def stale_prices(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find prices that are not of the last session that had closed at the given instant.

    "Older than a day" means that a later session has closed: over a weekend and a
    holiday the last close stays the latest. Says nothing where no instant is given.
    """
    ledger, latest = context.ledger, context.latest
    if ledger is None or context.now is None or latest is None:
        return
    session, start = ledger.session.date, Span(0, min(1, len(document.text)))
    if session < latest:
        message = (
            f"The prices are of {session}, and the session of {latest} has closed since; make "
            "that session's edition."
        )
        yield start, message
    elif session > latest:
        yield start, f"The session of {session} has not closed yet; wait for its close."
