"""An evening whose readers watch tickers, and the words of a copy as its program decodes them."""

import email
import email.policy
from decimal import Decimal

from render_support import facts, ledger, mail
from send_support import frozen, reader, signer

from newsletter.compute.facts import Fact, Ledger, Period, index_facts
from newsletter.units import Unit

LABELS = {"SPY": "S&P 500", "IWM": "Small caps", "^VIX": "VIX", "QQQ": "Nasdaq-100", "TLT": "Bonds"}
"""As universe.instruments has them; the ledger knows nothing of TLT."""


def level(symbol: str, value: str) -> Fact:
    """Make the close of a fund."""
    session = ledger().session.date
    period = Period("close", session, session)
    return Fact(
        f"{symbol}.level", symbol, LABELS[symbol], "level", period, Decimal(value), Unit.USD,
        "level", "hand@1", "files",
    )  # fmt: skip


def book(*more: Fact) -> Ledger:
    """Return the hand-made ledger with closes, and other facts in the place of its own."""
    closes = [level(*one) for one in (("SPY", "640.12"), ("IWM", "231.75"), ("QQQ", "598.4"))]
    given = {fact.id: fact for fact in (*facts(), *closes, *more)}
    base = ledger()
    return Ledger(base.session, base.snapshot, index_facts(given.values()), series=base.series)


def evening(**more):
    """Render the evening with rows."""
    return mail(book=more.pop("book", None) or book(), instruments=LABELS, **more)


def decoded(message, **changes):
    """Return text and HTML of a reader's copy, with LF."""
    raw = message.for_reader(reader(**changes), signer()).data
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    return tuple(
        parsed.get_body((kind,)).get_payload(decode=True).replace(b"\r\n", b"\n").decode()
        for kind in ("plain", "html")
    )


def kept(rendered):
    """Return the frozen message as a crash leaves it: written and read back."""
    made = frozen(rendered)
    return type(made).from_bytes(made.to_bytes())
