"""What readers of certain places must, or must not, be told."""

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.phrases.stance import NEGATIVE, POSITIVE, views
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, matches, rule
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_INDIAN = compiled(
    r"\b[A-Z][A-Z0-9&-]{1,14}\.(?:NS|BO)\b|\b(?:NSE|BSE) ?: ?[A-Z0-9&-]{2,15}"
    r"|\b(?:Adani \w+|Apollo Hospitals|Asian Paints|Axis Bank|Bajaj \w+|Bharat Electronics"
    r"|Bharti Airtel|Cipla|Coal India|Dr\.? Reddy's|Eicher Motors|Grasim|HCL ?Tech\w*|HDFC \w+"
    r"|Hero MotoCorp|Hindalco|Hindustan Unilever|ICICI \w+|IndusInd Bank|Infosys|ITC Ltd"
    r"|JSW Steel|Kotak Mahindra|Larsen & Toubro|Mahindra & Mahindra|Maruti(?: Suzuki)?"
    r"|Nestl[eé] India|NTPC|ONGC|Power Grid Corp\w*|Reliance (?:Industries|Jio|Power)"
    r"|State Bank of India|Sun Pharma\w*|Tata (?:Consultancy|Motors|Steel|Consumer|Power)\w*"
    r"|TCS|Tech Mahindra|Titan Company|Trent Ltd|UltraTech Cement|Vedanta|Wipro|Zomato|Eternal Ltd"
    r"|Jio Financial|Shriram Finance)\b"
)
"""Exchange suffixes and prefixes, and the large companies; not a register of securities."""
_EDUCATION = compiled(
    r"\b(?:for|purely|strictly|solely|only) (?:\w+ (?:and|or|/) )?education(?:al)?"
    r"(?: (?:and|or|/) \w+)? ?(?:purposes?|use|only|content)\b"
    r"|\beducational (?:content|material|note|purposes?|publication)\b",
    re.IGNORECASE,
)
_LAG = dt.timedelta(days=30)
_UNION = compiled(r"\bEuropean Union\b|\bEU readers\b", re.IGNORECASE)
_ELEMENTS = {
    "sources": r"\bsources?\b",
    "what is fact and what opinion": r"\bfacts?\b[\s\S]{0,200}?\bopinions?\b",
    "how forecasts are marked, and their assumptions": (
        r"\bforecasts?\b[\s\S]{0,200}?\bassum(?:e|es|ption|ptions)\b"
    ),
    "the time of prices": r"\b(?:closes?|closing) (?:price|of)|\bprices? (?:at|of|as of)\b",
    "the method": r"\bmethods?\b",
    "the horizon": r"\bhorizons?\b",
    "the risk": r"\brisks?\b",
    "how often views are updated": r"\bupdate(?:s|d)?\b|\breviewed each\b",
    "changed views": r"\bchange[sd]?\b[^.]{0,60}\bviews?\b|\bviews?\b[^.]{0,60}\bchange[sd]?\b",
    "the list of the last twelve months": r"\b(?:last|past|preceding) (?:twelve|12) months\b",
    "positions above half a per cent": r"\bhalf (?:of one|a|of a) per ?cent\b|\b0\.5 ?%",
}
_PATTERNS = {name: compiled(text, re.IGNORECASE) for name, text in _ELEMENTS.items()}
_FULL = (
    "Readers in the European Union. Sources: named under Data, at closing prices. Fact and "
    "opinion: judgements are opinion. Forecasts: what could happen; they assume the past. Method: "
    "base rates. Horizon: one quarter. Risk: loss. Updates: each evening. Changed views: said so, "
    "with a list of the last twelve months. Positions: above half of one per cent, in words."
)
_IN, _EU = RuleContext(jurisdictions=("US", "IN")), RuleContext(jurisdictions=("EU",))
_REGISTERED = RuleContext(jurisdictions=("IN",), registrations=("IN",))


@rule(
    "C07",
    citation="SEBI (Research Analysts) Regulations 2014, reg. 3: research needs registration (S7)",
    good=(
        "Infosys looks attractive.",
        Example("Infosys rose 2%.", given=_IN),
        Example("We like Indian shares.", given=_IN),
        Example("Infosys looks attractive.", given=_REGISTERED),
    ),
    bad=(
        Example("Infosys looks attractive.", given=_IN),
        Example("RELIANCE.NS could rally.", given=_IN),
        Example("HDFC Bank is overvalued.", given=_IN),
        Example("Inf\u00adosys looks cheap.", given=_IN),
        Example("\u0406nfosys looks \uff43\uff48\uff45\uff41\uff50.", given=_IN),
    ),
)
def indian_security(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find a view on an Indian security where the publisher is not registered in India.

    Comment on broad indices, trends and the economy is free, and so is what happened.
    """
    if "IN" not in context.jurisdictions or "IN" in context.registrations:
        return
    for block in document.blocks:
        if block.furniture or not _INDIAN.search(block.text):
            continue
        sides = sorted(at for side in (POSITIVE, NEGATIVE) for at, _ in views(block.text, side))
        for start, end in block.sentences():
            match = _INDIAN.search(block.text, start, end)
            if match and bisect_left(sides, start) < bisect_left(sides, end):
                message = (
                    f"“{match[0]}” is an Indian security with a view on it; without registration "
                    "readers in India may only be told what happened."
                )
                yield block.folded.span(match.start(), match.end()), message


@rule(
    "C08",
    citation="SEBI circular on education: no price data of the last 30 days, from 1 July 2026 (S7)",
    good=(
        "For educational purposes only.",
        Example("Education shares rose 2%.", given=_IN),
    ),
    bad=(
        Example("For educational purposes only. Small caps rose 2%.", given=_IN),
        Example("News.\n\n~~~\n\nThis is educational content.", given=_IN),
        Example("For educ\u200bational purposes only.", given=_IN),
    ),
)
def education_label(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find the education label on current prices, for readers in India."""
    if "IN" not in context.jurisdictions:
        return
    ledger, now = context.ledger, context.now
    if ledger is not None and now is not None and now.date() - ledger.session.date >= _LAG:
        return
    for _, match, span in matches(document, _EDUCATION):
        message = f"“{match[0]}” labels prices younger than 30 days as education; take it out."
        yield span, message


@rule(
    "C09",
    citation="MAR RTS 2016/958 Arts 2 to 6: what a recommendation discloses (EU_MAR)",
    good=(
        "News without a notice.",
        Example(f"News.\n\n~~~\n\n{_FULL}", given=_EU),
    ),
    bad=(
        Example("News.", given=_EU),
        Example(f"News.\n\n~~~\n\n{_FULL.replace('Method', 'Way')}", given=_EU),
        Example(f"News.\n\n~~~\n\n{_FULL.replace('last twelve months', 'last year')}", given=_EU),
        Example(f"{_FULL}", given=RuleContext(jurisdictions=("EU", "US"))),
    ),
)
def union_notice(document: Document, context: RuleContext) -> Iterator[Fault]:
    """Find what the notice to readers in the European Union leaves out.

    The notice may be replaced by a publisher's counsel; whatever its words, it names each
    of eleven elements. Only the notice's own paragraph in the footer counts.
    """
    lines = {Kind.SUBJECT, Kind.PREHEADER}
    if "EU" not in context.jurisdictions or {b.kind for b in document.blocks} <= lines:
        return
    notice = " ".join(
        block.text for block in document.blocks if block.furniture and _UNION.search(block.text)
    )
    missing = [name for name, pattern in _PATTERNS.items() if not pattern.search(notice)]
    if missing:
        end = Span(len(document.text), len(document.text))
        yield end, f"The notice to readers in the European Union lacks {', '.join(missing)}."
