"""Who holds or is paid for what an edition names says so in that edition."""

from collections.abc import Iterator, Mapping

from newsletter.patterns import compiled
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, rule
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold
from newsletter.preflight.who.naming import named

_SPACE = compiled(r"\s+")
_ALL = "*"
_HELD = RuleContext(holdings={"IWM": "long, as of 30 June 2026"})
_PAID = RuleContext(
    sponsors={"KRE": "Acme Funds paid USD 5,000 for a sponsorship, concerning KRE"},
    aliases={"Regional banks": "KRE"},
)
_PATRON = RuleContext(sponsors={_ALL: "Acme Funds paid USD 5,000 for a sponsorship"})


@rule(
    "C04",
    citation="MAR RTS 2016/958 Arts 5-6; NI 31-103 s.8.25: interests disclosed concurrently (S4)",
    good=(
        Example("SPY rose.", given=_HELD),
        Example("IWM rose.\n\n~~~\n\nPositions. IWM: long,\nas of 30 June 2026.", given=_HELD),
        "IWM rose.",
    ),
    bad=(
        Example("IWM rose.", given=_HELD),
        Example("IWM rose.\n\n~~~\n\nPositions. IWM: none.", given=_HELD),
        Example("\u0406W\u00adM rose.", given=_HELD),
        Example("\uff29\uff37\uff2d rose.", given=_HELD),
        Example(
            "<p>I\u200bWM rose.</p><p data-furniture>No positions.</p>", html=True, given=_HELD
        ),
    ),
)
def undisclosed_holding(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find instruments the house holds that the text names without stating the position.

    The line ``TICKER: position`` of the register must stand in the document word for
    word. An instrument is named by its ticker, by a name of the ledger or by a label.
    """
    lines = {ticker: f"{ticker}: {words}" for ticker, words in context.holdings.items()}
    message = "The house holds {} ({}); the notice on positions must say so."
    yield from _undisclosed(document, context, lines, context.holdings, message)


@rule(
    "C05",
    citation="Securities Act s.17(b): payer, amount and nature of any consideration (S4)",
    good=(
        Example("SPY rose.", given=_PAID),
        Example(
            "KRE rose.\n\n~~~\n\nAcme Funds paid USD 5,000 for a sponsorship, concerning KRE.",
            given=_PAID,
        ),
        Example("News.\n\n~~~\n\nAcme Funds paid USD 5,000 for a sponsorship.", given=_PATRON),
    ),
    bad=(
        Example("KRE rose.", given=_PAID),
        Example("Regional banks rose.", given=_PAID),
        Example("KRE rose.\n\nAcme Funds paid for a sponsorship.", given=_PAID),
        Example("News of the day.", given=_PATRON),
        Example("K\u00adRE rose.", given=_PAID),
    ),
)
def undisclosed_payment(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find instruments named that somebody pays for, and payments not disclosed at all.

    Payer, amount and nature must stand in the document word for word; where a payment
    concerns no instrument in particular, in every document.
    """
    sponsors = {name: words for name, words in context.sponsors.items() if name != _ALL}
    message = "There is a payment concerning {} ({}); the notice on payments must say so."
    yield from _undisclosed(document, context, sponsors, sponsors, message)
    patron = context.sponsors.get(_ALL, "")
    if patron and _plain(patron) not in _whole(document):
        end = Span(len(document.text), len(document.text))
        yield end, f"There is a payment ({patron}); the notice on payments must say so."


def _undisclosed(
    document: Document,
    context: RuleContext,
    lines: Mapping[str, str],
    words: Mapping[str, str],
    message: str,
) -> Iterator[Fault]:
    if not lines:
        return
    whole = _whole(document)
    missing = {ticker for ticker, line in lines.items() if _plain(line) not in whole}
    seen: set[str] = set()
    for ticker, block, start, end in named(
        document.blocks, missing, context.ledger, context.aliases
    ):
        if ticker not in seen:
            seen.add(ticker)
            yield block.folded.span(start, end), message.format(ticker, words[ticker])


def _whole(document: Document) -> str:
    return _plain(" ".join(block.text for block in document.blocks))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", fold(text).text).strip().casefold()
